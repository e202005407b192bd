// The strict protobuf writer and reader.
#include "base/wire.h"

namespace jiandu {
namespace {

// Wire types of the protobuf encoding guide. Groups (3, 4) and 32-bit values (5) are not used.
constexpr std::uint32_t kVarintType = 0;
constexpr std::uint32_t kFixed64Type = 1;
constexpr std::uint32_t kLengthType = 2;

constexpr std::uint32_t kFieldMax = (1U << 29U) - 1;
constexpr std::size_t kVarintBytesMax = 10;

struct VarintValue {
  std::uint64_t value;
  std::size_t size;
};

// The minimal varint at the front, or nothing.
std::optional<VarintValue> PeekVarint(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < kVarintBytesMax; ++i) {
    const std::uint8_t byte = bytes[i];
    // The tenth byte holds the 64th bit alone.
    if (i == kVarintBytesMax - 1 && byte > 1) return std::nullopt;
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80U) != 0) continue;
    if (byte == 0 && i > 0) return std::nullopt;  // a shorter form exists
    return VarintValue{.value = value, .size = i + 1};
  }
  return std::nullopt;
}

void AppendU64Le(Bytes& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

std::uint64_t ReadU64Le(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i > 0; --i) value = (value << 8U) | bytes[i - 1];
  return value;
}

std::unexpected<Error> FieldError(Errc code, std::uint32_t field, std::string_view what) {
  std::string detail = "wire: field ";
  detail += std::to_string(field);
  detail += ": ";
  detail += what;
  return Fail(code, std::move(detail));
}

}  // namespace

void AppendVarint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

void WireWriter::Tag(std::uint32_t field, std::uint32_t wire_type) {
  JD_ASSERT(field >= 1 && field <= kFieldMax);
  // Only a length-delimited field may be repeated.
  JD_ASSERT(field > last_field_ || (field == last_field_ && wire_type == kLengthType));
  last_field_ = field;
  // Most messages are small: one allocation instead of seven.
  constexpr std::size_t kUsualBytes = 64;
  if (out_.capacity() == 0) out_.reserve(kUsualBytes);
  AppendVarint(out_, (std::uint64_t{field} << 3U) | wire_type);
}

void WireWriter::Varint(std::uint32_t field, std::uint64_t value) {
  if (value == 0) return;
  Tag(field, kVarintType);
  AppendVarint(out_, value);
}

void WireWriter::Int64(std::uint32_t field, std::int64_t value) {
  Varint(field, static_cast<std::uint64_t>(value));
}

void WireWriter::Sfixed64(std::uint32_t field, std::int64_t value) {
  if (value == 0) return;
  Tag(field, kFixed64Type);
  AppendU64Le(out_, static_cast<std::uint64_t>(value));
}

void WireWriter::BytesField(std::uint32_t field, ByteView value) {
  if (!value.empty()) Message(field, value);
}

void WireWriter::Message(std::uint32_t field, ByteView message) {
  Tag(field, kLengthType);
  AppendVarint(out_, message.size());
  Append(out_, message);
}

// Most submessages are short: one byte is left for the length, and more are made where it is not.
std::size_t WireWriter::Begin(std::uint32_t field) {
  Tag(field, kLengthType);
  out_.push_back(0);
  last_field_ = 0;
  return out_.size();
}

void WireWriter::End(std::uint32_t field, std::size_t start) {
  last_field_ = field;
  const std::size_t size = out_.size() - start;
  if (size < 0x80) {
    out_[start - 1] = static_cast<std::uint8_t>(size);
    return;
  }
  Bytes length;
  AppendVarint(length, size);
  out_[start - 1] = length.front();
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(start), length.begin() + 1, length.end());
}

std::optional<WireReader::TagValue> WireReader::PeekTag() const {
  const std::optional<VarintValue> tag = PeekVarint(rest_);
  if (!tag.has_value() || tag->value >> 3U > kFieldMax || tag->value >> 3U == 0) {
    return std::nullopt;
  }
  return TagValue{.field = static_cast<std::uint32_t>(tag->value >> 3U),
                  .wire_type = static_cast<std::uint32_t>(tag->value & 7U),
                  .size = tag->size};
}

Result<bool> WireReader::Enter(std::uint32_t field, std::uint32_t wire_type) {
  // The caller asks in ascending order; the input is held to it below.
  JD_ASSERT(field > last_field_ || (field == last_field_ && wire_type == kLengthType));
  last_field_ = field;
  if (rest_.empty()) return false;
  const std::optional<TagValue> tag = PeekTag();
  if (!tag.has_value()) return FieldError(Errc::kInvalid, field, "malformed tag");
  if (tag->field > field) return false;
  if (tag->field < field) return FieldError(Errc::kInvalid, tag->field, "unknown or out of order");
  if (tag->wire_type != wire_type) return FieldError(Errc::kInvalid, field, "wrong wire type");
  rest_ = rest_.subspan(tag->size);
  return true;
}

Result<std::uint64_t> WireReader::Varint(std::uint32_t field) {
  JD_TRY(const bool present, Enter(field, kVarintType));
  if (!present) return 0;
  const std::optional<VarintValue> varint = PeekVarint(rest_);
  if (!varint.has_value()) return FieldError(Errc::kInvalid, field, "malformed varint");
  if (varint->value == 0) return FieldError(Errc::kInvalid, field, "explicit zero");
  rest_ = rest_.subspan(varint->size);
  return varint->value;
}

Result<std::int64_t> WireReader::Int64(std::uint32_t field) {
  JD_TRY(const std::uint64_t value, Varint(field));
  return static_cast<std::int64_t>(value);
}

Result<std::int64_t> WireReader::Sfixed64(std::uint32_t field) {
  JD_TRY(const bool present, Enter(field, kFixed64Type));
  if (!present) return 0;
  if (rest_.size() < 8) return FieldError(Errc::kInvalid, field, "truncated");
  const std::uint64_t value = ReadU64Le(rest_);
  if (value == 0) return FieldError(Errc::kInvalid, field, "explicit zero");
  rest_ = rest_.subspan(8);
  return static_cast<std::int64_t>(value);
}

// After the tag: the length and that many bytes.
Result<ByteView> WireReader::LengthDelimited(std::uint32_t field, std::size_t size_max) {
  const std::optional<VarintValue> size = PeekVarint(rest_);
  if (!size.has_value()) return FieldError(Errc::kInvalid, field, "malformed length");
  if (size->value > rest_.size() - size->size) {
    return FieldError(Errc::kInvalid, field, "longer than the input");
  }
  if (size->value > size_max) return FieldError(Errc::kTooLarge, field, "too long");
  const auto length = static_cast<std::size_t>(size->value);
  const ByteView value = rest_.subspan(size->size, length);
  rest_ = rest_.subspan(size->size + length);
  return value;
}

Result<ByteView> WireReader::BytesField(std::uint32_t field, std::size_t size_max) {
  JD_TRY(const bool present, Enter(field, kLengthType));
  if (!present) return ByteView();
  JD_TRY(const ByteView value, LengthDelimited(field, size_max));
  if (value.empty()) return FieldError(Errc::kInvalid, field, "explicit empty value");
  return value;
}

Result<std::string_view> WireReader::Text(std::uint32_t field, std::size_t size_max) {
  JD_TRY(const ByteView value, BytesField(field, size_max));
  if (!IsUtf8(value)) return FieldError(Errc::kInvalid, field, "not UTF-8");
  return AsText(value);
}

Result<ByteView> WireReader::Message(std::uint32_t field) {
  JD_TRY(const bool present, Enter(field, kLengthType));
  if (!present) return FieldError(Errc::kInvalid, field, "missing");
  return LengthDelimited(field, rest_.size());
}

bool WireReader::NextIs(std::uint32_t field) const {
  const std::optional<TagValue> tag = PeekTag();
  return tag.has_value() && tag->field == field;
}

Result<void> WireReader::Finish() const {
  if (!rest_.empty()) return Fail(Errc::kInvalid, "wire: unknown field or bytes after the end");
  return {};
}

}  // namespace jiandu
