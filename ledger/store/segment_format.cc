// Encoding and reading of segment records and seals.
#include "ledger/store/segment_format.h"

#include <algorithm>

#include "base/crc32c.h"
#include "base/hex.h"
#include "base/json.h"
#include "crypto/hash.h"

namespace jiandu::store {
namespace {

constexpr std::size_t kNameDigits = 20;
constexpr std::string_view kSegmentSuffix = ".seg";
constexpr std::size_t kSealBytesMax = 512;
constexpr std::size_t kRedactedBytes = 40;

std::string Digits(ledger::Height from) {
  std::string digits = std::to_string(from);
  digits.insert(0, kNameDigits - digits.size(), '0');
  return digits;
}

}  // namespace

Bytes EncodeRecord(RecordKind kind, ledger::Height height, const Hash256& id, ByteView payload) {
  JD_ASSERT(payload.size() <= kRecordPayloadMax);
  Bytes record;
  record.reserve(kRecordHeadBytes + payload.size());
  AppendU32Be(record, 0);
  record.push_back(static_cast<std::uint8_t>(kind));
  AppendU64Be(record, height);
  AppendU32Be(record, static_cast<std::uint32_t>(payload.size()));
  Append(record, id.View());
  Append(record, payload);
  const std::uint32_t crc = Crc32c(ByteView(record).subspan(4));
  for (std::size_t i = 0; i < 4; ++i) {
    record[i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
  }
  return record;
}

std::optional<RecordHead> ParseRecordHead(ByteView bytes) {
  if (bytes.size() < kRecordHeadBytes) return std::nullopt;
  const std::uint8_t kind = bytes[4];
  if (kind != static_cast<std::uint8_t>(RecordKind::kBlock) &&
      kind != static_cast<std::uint8_t>(RecordKind::kRedacted)) {
    return std::nullopt;
  }
  RecordHead head{.crc = ReadU32Be(bytes),
                  .kind = static_cast<RecordKind>(kind),
                  .height = ReadU64Be(bytes.subspan(5)),
                  .length = ReadU32Be(bytes.subspan(13)),
                  .id = *Hash256::From(bytes.subspan(17, 32))};
  if (head.length > kRecordPayloadMax) return std::nullopt;
  if (head.kind == RecordKind::kRedacted && head.length != kRedactedBytes) return std::nullopt;
  return head;
}

bool HasGoodChecksum(ByteView record) {
  return record.size() >= kRecordHeadBytes && Crc32c(record.subspan(4)) == ReadU32Be(record);
}

Hash256 SealLeaf(ByteView record) {
  const auto head = ParseRecordHead(record);
  if (head.has_value() && head->kind == RecordKind::kRedacted) {
    const auto redacted = DecodeRedacted(record.subspan(kRecordHeadBytes));
    if (redacted.has_value()) return redacted->sha256;
  }
  return crypto::Sha256(record);
}

Bytes EncodeRedacted(const Redacted& redacted) {
  Bytes payload = ToBytes(redacted.sha256.View());
  AppendU64Be(payload, redacted.length);
  return payload;
}

Result<Redacted> DecodeRedacted(ByteView payload) {
  if (payload.size() != kRedactedBytes) return Fail(Errc::kCorrupt, "redacted: wrong length");
  return Redacted{.sha256 = *Hash256::From(payload.first(32)),
                  .length = ReadU64Be(payload.subspan(32))};
}

std::string SegmentName(ledger::Height from) { return Digits(from).append(kSegmentSuffix); }

std::string SealName(ledger::Height from) { return Digits(from) + ".seal"; }

std::optional<ledger::Height> FromOfSegmentName(std::string_view name) {
  if (name.size() != kNameDigits + kSegmentSuffix.size() || !name.ends_with(kSegmentSuffix)) {
    return std::nullopt;
  }
  ledger::Height from = 0;
  for (const char c : name.substr(0, kNameDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<ledger::Height>(c - '0');
    if (from > (~ledger::Height{0} - digit) / 10) return std::nullopt;
    from = from * 10 + digit;
  }
  return from;
}

std::string SegmentSeal::Encode() const {
  Json json = Json::MakeObject();
  json.Set("bytes", bytes).Set("digest", HexEncode(digest.View()));
  json.Set("from", from).Set("to", to);
  return CanonicalJson(json);
}

Result<SegmentSeal> SegmentSeal::Decode(std::string_view text) {
  JD_TRY(const Json json, ParseCanonicalJson(text, kSealBytesMax));
  JsonFields fields(json, "");
  const auto number = [&](std::string_view name) {
    return static_cast<std::uint64_t>(fields.Integer(name, 0, limits::kJsonIntegerMax));
  };
  SegmentSeal seal;
  seal.bytes = number("bytes");
  seal.digest = fields.Hex<32>("digest");
  seal.from = number("from");
  seal.to = number("to");
  JD_CHECK(fields.Finish());
  if (seal.to < seal.from) return Fail(Errc::kCorrupt, "seal: heights out of order");
  return seal;
}

}  // namespace jiandu::store
