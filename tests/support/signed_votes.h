// Signed votes and proposals as node.equivocation takes them, in pieces of hex.
//
// Written here by hand, after CometBFT's canonical messages: the contract reads them with a reader
// of its own, and the node's test holds it to the consensus core's bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "tests/support/contract_world.h"

namespace jiandu::contracts::testing {

struct Said {
  std::string_view block = "a";  // "": nil
  std::uint64_t type = 2;        // 1 prevote, 2 precommit, 32 proposal
  std::int64_t height = 1;
  std::int64_t round = 0;
  std::string_view chain = kChain;
  std::int64_t second = 9;  // of its time
};

[[nodiscard]] Bytes SignBytes(const Said& said);
[[nodiscard]] Json Pieces(ByteView message);
// Signed by NodeKey(by).
[[nodiscard]] Json SignedPieces(const Said& said, std::string_view by);

}  // namespace jiandu::contracts::testing
