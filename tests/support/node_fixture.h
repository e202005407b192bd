// What is put to the vote about nodes: who comes with which keys, and who goes.
#pragma once

#include "tests/support/vote_fixture.h"

namespace jiandu::contracts::testing {

// More than two thirds of the four departments with a node: three.
inline const std::vector<Signing> kThree = {Head("db-h1"), Peer("ga-h1"), Peer("jt-h1")};

std::string Hex(const crypto::Ed25519PublicKey& key);
// That the key is the department's, for this purpose: "node-consensus", "log".
std::string Proof(const crypto::Ed25519PrivateKey& key, std::string_view department,
                  std::string_view purpose);
// Bodies of node.admit and node.remove; the keys are NodeKey(alias + "-node-...").
Json Admission(std::string_view department, const std::string& alias);
Json Removal(const std::string& alias);

}  // namespace jiandu::contracts::testing
