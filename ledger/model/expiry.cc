// Keys and values of the expiry set.
#include "ledger/model/expiry.h"

#include "base/wire.h"

namespace jiandu::ledger {
namespace {

constexpr std::uint64_t kHourMs = 3'600'000;

Bytes HourKey(std::string_view prefix, std::uint64_t hour) {
  Bytes key;
  key.reserve(prefix.size() + 8);
  Append(key, prefix);
  AppendU64Be(key, hour);
  return key;
}

}  // namespace

std::uint64_t ExpiryHourOf(TimeMs exp) {
  return exp > 0 ? static_cast<std::uint64_t>(exp) / kHourMs : 0;
}

bool HasHourPassed(std::uint64_t hour, TimeMs time) { return hour < ExpiryHourOf(time); }

Bytes ExpiryLeafKey(std::uint64_t hour) { return HourKey("exp/", hour); }
Bytes ExpiryLeafPrefix() { return ToBytes("exp/"); }
Bytes ExpiryPeaksKey(std::uint64_t hour) { return HourKey("Y", hour); }

Bytes EncodeExpiryPlace(std::uint64_t place) {
  Bytes value;
  value.reserve(8);
  AppendU64Be(value, place);
  return value;
}

Bytes ExpiryLeaf::Encode() const {
  WireWriter writer;
  writer.Varint(1, count);
  writer.BytesField(2, root.View());
  return writer.Take();
}

Result<ExpiryLeaf> ExpiryLeaf::Decode(ByteView bytes) {
  WireReader reader(bytes);
  ExpiryLeaf leaf;
  JD_TRY(leaf.count, reader.Varint(1));
  JD_TRY(leaf.root, reader.Fixed<32>(2));
  JD_CHECK(reader.Finish());
  if (leaf.count == 0) return jiandu::Fail(Errc::kInvalid, "expiry leaf: counts nothing");
  return leaf;
}

Bytes EncodePeaks(const crypto::MerkleFrontier& frontier) {
  Bytes bytes;
  bytes.reserve(Hash256::kSize * frontier.Peaks().size());
  for (const Hash256& peak : frontier.Peaks()) Append(bytes, peak.View());
  return bytes;
}

Result<crypto::MerkleFrontier> DecodePeaks(std::uint64_t count, ByteView bytes) {
  if (bytes.size() % Hash256::kSize != 0) {
    return jiandu::Fail(Errc::kInvalid, "expiry peaks: torn hash");
  }
  std::vector<Hash256> peaks;
  peaks.reserve(bytes.size() / Hash256::kSize);
  for (std::size_t at = 0; at < bytes.size(); at += Hash256::kSize) {
    peaks.push_back(*Hash256::From(bytes.subspan(at, Hash256::kSize)));
  }
  return crypto::MerkleFrontier::From(count, std::move(peaks));
}

}  // namespace jiandu::ledger
