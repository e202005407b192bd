// The txids that may not come again, as the state keeps them: a row for each until the hour of its
// `exp` has passed, and one leaf for each such hour.
//
// The leaf binds count and RFC 6962 root of the hour's txids in the order they were committed, so
// that a block appends to it and reads none of the others. A row holds the txid's place in that
// order, from which a snapshot's reader builds the root again. Plain values. Source: docs/adr/0001
// (Transactions).
#pragma once

#include "base/error.h"
#include "crypto/merkle.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// Hours since 1970 in which `exp` lies.
[[nodiscard]] std::uint64_t ExpiryHourOf(TimeMs exp);
// No txid of the hour can be valid any more at `time`.
[[nodiscard]] bool HasHourPassed(std::uint64_t hour, TimeMs time);

[[nodiscard]] Bytes ExpiryLeafKey(std::uint64_t hour);  // "exp/" u64be hour -> ExpiryLeaf
[[nodiscard]] Bytes ExpiryLeafPrefix();                 // "exp/"
[[nodiscard]] Bytes ExpiryPeaksKey(
    std::uint64_t hour);  // "Y" u64be hour -> peaks, outside the tree

// Value of a row "X" u64be exp txid: u64be place among the txids of its hour, from 0.
[[nodiscard]] Bytes EncodeExpiryPlace(std::uint64_t place);

struct ExpiryLeaf {
  std::uint64_t count = 0;
  Hash256 root;
  bool operator==(const ExpiryLeaf&) const = default;

  [[nodiscard]] Bytes Encode() const;  // wire {1 count, 2 root}
  [[nodiscard]] static Result<ExpiryLeaf> Decode(ByteView bytes);
};
// Right edge of the hour's tree: 32 bytes a peak, largest subtree first.
[[nodiscard]] Bytes EncodePeaks(const crypto::MerkleFrontier& frontier);
[[nodiscard]] Result<crypto::MerkleFrontier> DecodePeaks(std::uint64_t count, ByteView bytes);

}  // namespace jiandu::ledger
