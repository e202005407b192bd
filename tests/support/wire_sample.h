// A message with every kind of field that base/wire knows, for the wire fuzzer and the oracle test.
//
// tests/oracle/sample.proto declares the same message for libprotobuf. Plain values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/wire.h"

namespace jiandu::support {

struct WireLeaf {
  std::string text;
  bool operator==(const WireLeaf&) const = default;
};

struct WireInner {
  std::uint64_t value = 0;
  std::optional<WireLeaf> leaf;
  bool operator==(const WireInner&) const = default;
};

struct WireSample {
  std::uint64_t count = 0;
  std::int64_t delta = 0;
  std::int64_t stamp = 0;
  Bytes data;
  std::string text;
  WireInner inner;  // required: present even when empty
  std::vector<Bytes> elements;
  std::optional<FixedBytes<4>> tag;
  std::vector<WireInner> inners;
  std::uint64_t last = 0;  // the largest field number there is
  bool operator==(const WireSample&) const = default;
};

inline constexpr std::uint32_t kLastField = 536870911;
inline constexpr std::size_t kSampleBytesMax = 1 << 16;

inline Bytes Encode(const WireInner& inner) {
  WireWriter writer;
  writer.Varint(1, inner.value);
  if (inner.leaf.has_value()) {
    WireWriter leaf;
    leaf.Text(1, inner.leaf->text);
    writer.Message(2, leaf.Written());
  }
  return writer.Take();
}

inline Bytes Encode(const WireSample& sample) {
  WireWriter writer;
  writer.Varint(1, sample.count);
  writer.Int64(2, sample.delta);
  writer.Sfixed64(3, sample.stamp);
  writer.BytesField(4, sample.data);
  writer.Text(5, sample.text);
  writer.Message(6, Encode(sample.inner));
  for (const Bytes& element : sample.elements) writer.Element(7, element);
  if (sample.tag.has_value()) writer.BytesField(8, sample.tag->View());
  for (const WireInner& inner : sample.inners) writer.Message(9, Encode(inner));
  writer.Varint(kLastField, sample.last);
  return writer.Take();
}

inline Result<WireLeaf> DecodeLeaf(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const std::string_view text, reader.Text(1, kSampleBytesMax));
  JD_CHECK(reader.Finish());
  return WireLeaf{.text = std::string(text)};
}

inline Result<WireInner> DecodeInner(ByteView bytes) {
  WireReader reader(bytes);
  WireInner inner;
  JD_TRY(inner.value, reader.Varint(1));
  if (reader.NextIs(2)) {
    JD_TRY(const ByteView message, reader.Message(2));
    JD_TRY(inner.leaf, DecodeLeaf(message));
  }
  JD_CHECK(reader.Finish());
  return inner;
}

inline Result<WireSample> DecodeSample(ByteView bytes) {
  WireReader reader(bytes);
  WireSample sample;
  JD_TRY(sample.count, reader.Varint(1));
  JD_TRY(sample.delta, reader.Int64(2));
  JD_TRY(sample.stamp, reader.Sfixed64(3));
  JD_TRY(const ByteView data, reader.BytesField(4, kSampleBytesMax));
  sample.data = ToBytes(data);
  JD_TRY(const std::string_view text, reader.Text(5, kSampleBytesMax));
  sample.text = std::string(text);
  JD_TRY(const ByteView inner, reader.Message(6));
  JD_TRY(sample.inner, DecodeInner(inner));
  while (reader.NextIs(7)) {
    JD_TRY(const ByteView element, reader.Message(7));
    sample.elements.push_back(ToBytes(element));
  }
  JD_TRY(sample.tag, reader.OptionalFixed<4>(8));
  while (reader.NextIs(9)) {
    JD_TRY(const ByteView message, reader.Message(9));
    JD_TRY(WireInner item, DecodeInner(message));
    sample.inners.push_back(std::move(item));
  }
  JD_TRY(sample.last, reader.Varint(kLastField));
  JD_CHECK(reader.Finish());
  return sample;
}

}  // namespace jiandu::support
