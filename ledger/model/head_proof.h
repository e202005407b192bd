// The certified header that a proof hangs on, and the way to it from genesis.
//
// Header, commit and validator sets are CometBFT's bytes. The header is of height as_of + 1 or
// later: its app_hash opens to (log_size, log_root, state_root), the ledger as of the height before
// it. Checked by sdk/cpp/head_verifier.h. Plain value.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

// A header at which the validator set changed.
struct EpochStep {
  Bytes header;
  Bytes commit;
  Bytes next_set;
  bool operator==(const EpochStep&) const = default;
};

struct HeadProof {
  static constexpr std::size_t kEpochsMax = 1024;
  static constexpr std::size_t kHeaderBytesMax = 4096;
  static constexpr std::size_t kSetBytesMax = 65536;  // commits and sets of 128 validators

  std::string chain;
  Hash256 genesis_hash;
  std::vector<EpochStep> epochs;  // oldest first
  Bytes header;
  Bytes commit;                // certifies the header
  std::uint64_t log_size = 0;  // the opening of app_hash
  Hash256 log_root;
  Hash256 state_root;
  bool operator==(const HeadProof&) const = default;
};

}  // namespace jiandu::ledger
