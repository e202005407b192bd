// Nodes' keys, admissions and removals.
#include "tests/support/node_fixture.h"

#include "ledger/model/genesis.h"

namespace jiandu::contracts::testing {

std::string Hex(const crypto::Ed25519PublicKey& key) { return HexEncode(key.View()); }

std::string Proof(const crypto::Ed25519PrivateKey& key, std::string_view department,
                  std::string_view purpose) {
  const Hash256 digest = ledger::KeyProofDigest(kChain, department, purpose);
  return HexEncode(key.Sign(digest.View()).View());
}

Json Admission(std::string_view department, const std::string& alias) {
  Json body = Json::MakeObject({{"department", department}});
  for (const std::string which : {"consensus", "node", "cosign"}) {
    const auto key = NodeKey(alias + "-node-" + which);
    body.Set(which + "_key", Hex(key.PublicKey()));
    body.Set(which + "_proof", Proof(key, department, "node-" + which));
  }
  return body;
}

Json Removal(const std::string& alias) {
  return Json::MakeObject({{"consensus_key", Hex(NodeKey(alias + "-node-consensus").PublicKey())},
                           {"reason_code", "RETIRED"}});
}

}  // namespace jiandu::contracts::testing
