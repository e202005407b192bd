// The protobuf wire format, written and read strictly: one value has one encoding.
//
// Fields stand in ascending order, varints are minimal, a scalar that is zero or a bytes field that
// is empty is absent, no unknown field or wire type is let through, and a required submessage is
// present even when empty. Pure; any thread. A reader borrows its input and returns views into it.
// Source: protobuf encoding guide; docs/adr/0001 (Bytes and keys) says why the codec is ours.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu {

// Appends fields in the order of the calls; the caller keeps the numbers ascending (asserted).
class WireWriter {
 public:
  void Varint(std::uint32_t field, std::uint64_t value);   // absent when 0
  void Int64(std::uint32_t field, std::int64_t value);     // two's complement varint; absent when 0
  void Sfixed64(std::uint32_t field, std::int64_t value);  // absent when 0
  void BytesField(std::uint32_t field, ByteView value);    // absent when empty
  void Text(std::uint32_t field, std::string_view value) { BytesField(field, AsBytes(value)); }
  void Message(std::uint32_t field, ByteView message);  // always present; also repeated ones
  // Likewise, and `fill` writes its fields here, with no copy of them.
  template <typename Fill>
  void Nested(std::uint32_t field, const Fill& fill) {
    const std::size_t start = Begin(field);
    fill(*this);
    End(field, start);
  }
  // One element of a repeated bytes field: present even when empty.
  void Element(std::uint32_t field, ByteView value) { Message(field, value); }

  [[nodiscard]] const Bytes& Written() const { return out_; }
  [[nodiscard]] Bytes Take() { return std::move(out_); }

 private:
  void Tag(std::uint32_t field, std::uint32_t wire_type);
  [[nodiscard]] std::size_t Begin(std::uint32_t field);  // where its fields begin
  void End(std::uint32_t field, std::size_t start);

  Bytes out_;
  std::uint32_t last_field_ = 0;
};

// Appends an unsigned varint with no tag: the length prefix of signed messages.
void AppendVarint(Bytes& out, std::uint64_t value);

// Reads the fields the caller asks for, in ascending order. Every call either takes the field or
// says what is wrong; Finish() refuses anything left.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) : rest_(bytes) {}

  // Zero (or empty) when the field is absent; an explicit default is an error.
  [[nodiscard]] Result<std::uint64_t> Varint(std::uint32_t field);
  [[nodiscard]] Result<std::int64_t> Int64(std::uint32_t field);
  [[nodiscard]] Result<std::int64_t> Sfixed64(std::uint32_t field);
  [[nodiscard]] Result<ByteView> BytesField(std::uint32_t field, std::size_t size_max);
  // Exactly N bytes, required.
  template <std::size_t N>
  [[nodiscard]] Result<FixedBytes<N>> Fixed(std::uint32_t field) {
    JD_TRY(const ByteView view, BytesField(field, N));
    if (view.size() != N) return Fail(Errc::kInvalid, "wire: field has the wrong length");
    return *FixedBytes<N>::From(view);
  }
  // Absent or exactly N bytes.
  template <std::size_t N>
  [[nodiscard]] Result<std::optional<FixedBytes<N>>> OptionalFixed(std::uint32_t field) {
    JD_TRY(const ByteView view, BytesField(field, N));
    if (view.empty()) return std::optional<FixedBytes<N>>();
    if (view.size() != N) return Fail(Errc::kInvalid, "wire: field has the wrong length");
    return FixedBytes<N>::From(view);
  }
  // UTF-8 text, at most `size_max` bytes.
  [[nodiscard]] Result<std::string_view> Text(std::uint32_t field, std::size_t size_max);
  // A submessage that must be present.
  [[nodiscard]] Result<ByteView> Message(std::uint32_t field);
  // True when the next field is `field`: for repeated and optional ones.
  [[nodiscard]] bool NextIs(std::uint32_t field) const;
  // Fails unless every byte was read.
  [[nodiscard]] Result<void> Finish() const;

 private:
  struct TagValue {
    std::uint32_t field;
    std::uint32_t wire_type;
    std::size_t size;
  };
  [[nodiscard]] std::optional<TagValue> PeekTag() const;
  // Reads the tag when the next field is `field`; false when the field is absent.
  [[nodiscard]] Result<bool> Enter(std::uint32_t field, std::uint32_t wire_type);
  [[nodiscard]] Result<ByteView> LengthDelimited(std::uint32_t field, std::size_t size_max);

  ByteView rest_;
  std::uint32_t last_field_ = 0;
};

// True when the bytes are valid UTF-8 (no surrogates, no overlong form, no value past U+10FFFF).
[[nodiscard]] bool IsUtf8(ByteView bytes);

}  // namespace jiandu
