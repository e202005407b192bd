// Rows of nine bytes.
#include "ledger/model/flag_counts.h"

#include <algorithm>

namespace jiandu::ledger {
namespace {

constexpr std::size_t kRowBytes = 9;
constexpr std::size_t kFlagBits = 64;

}  // namespace

Bytes FlagCountsKey(const TxId& txid) {
  Bytes key;
  key.reserve(1 + TxId::kSize);
  key.push_back('K');
  Append(key, txid.View());
  return key;
}

Bytes EncodeFlagCounts(const FlagCounts& counts) {
  Bytes bytes;
  bytes.reserve(counts.size() * kRowBytes);
  for (const FlagCount& counted : counts) {
    bytes.push_back(static_cast<std::uint8_t>(counted.flag));
    AppendU64Be(bytes, counted.n);
  }
  return bytes;
}

FlagCounts FlagCountsOf(const StateView& view, const TxId& txid) {
  FlagCounts counts;
  const auto bytes = view.Get(FlagCountsKey(txid));
  if (!bytes || bytes->size() % kRowBytes != 0 || bytes->size() > kFlagBits * kRowBytes) {
    return counts;
  }
  for (ByteView left = *bytes; !left.empty(); left = left.subspan(kRowBytes)) {
    counts.push_back({.flag = static_cast<Flag>(left[0]), .n = ReadU64Be(left.subspan(1))});
  }
  return counts;
}

std::uint64_t CountOf(const FlagCounts& counts, std::uint32_t bit) {
  const auto found = std::ranges::find(counts, static_cast<Flag>(bit), &FlagCount::flag);
  return found != counts.end() ? found->n : 0;
}

}  // namespace jiandu::ledger
