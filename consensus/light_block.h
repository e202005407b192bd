// A light block: a certified header with the set that signed it, in CometBFT v0.38's two forms.
//
// What light clients read: the protobuf message tendermint.types.LightBlock, and the JSON of
// CometBFT's RPC (types.LightBlock). Pure; any thread. Decode checks that the three parts belong
// together, as CometBFT's ValidateBasic does; no signature (light_client.h does).
#pragma once

#include "base/error.h"
#include "base/json.h"
#include "consensus/commit.h"
#include "consensus/header.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

struct LightBlock {
  // 128 validators: keys and signatures of some 200 bytes each, and a header.
  static constexpr std::size_t kBytesMax = 64UL * 1024;

  Header header;
  Commit commit;
  ValidatorSet set;  // that signs at this height

  // kInvalid: commit or set are not of this header.
  [[nodiscard]] static Result<LightBlock> From(Header header, Commit commit, ValidatorSet set);
  // The set's `proposer` is the header's; CometBFT wants one there, nothing is made of it.
  [[nodiscard]] Bytes Encode() const;
  [[nodiscard]] static Result<LightBlock> Decode(ByteView bytes);
  [[nodiscard]] Json ToJson() const;
};

}  // namespace jiandu::consensus
