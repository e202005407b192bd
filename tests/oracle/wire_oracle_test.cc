// Our wire codec against libprotobuf: what we write it reads as equal and writes the same, and what
// we accept of mangled bytes it writes the same.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>

#include "sample.pb.h"
#include "tests/support/wire_sample.h"

namespace jiandu::support {
namespace {

constexpr unsigned kSeed = 20261121;

std::string Serialise(const oracle::Sample& message) {
  std::string out;
  {
    google::protobuf::io::StringOutputStream stream(&out);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    EXPECT_TRUE(message.SerializeToCodedStream(&coded));
  }
  return out;
}

void Fill(oracle::Inner& out, const WireInner& inner) {
  out.set_value(inner.value);
  if (inner.leaf.has_value()) out.mutable_leaf()->set_text(inner.leaf->text);
}

oracle::Sample ToProto(const WireSample& sample) {
  oracle::Sample out;
  out.set_count(sample.count);
  out.set_delta(sample.delta);
  out.set_stamp(sample.stamp);
  out.set_data(ToText(sample.data));
  out.set_text(sample.text);
  Fill(*out.mutable_inner(), sample.inner);
  for (const Bytes& element : sample.elements) out.add_elements(ToText(element));
  if (sample.tag.has_value()) out.set_tag(ToText(sample.tag->View()));
  for (const WireInner& inner : sample.inners) Fill(*out.add_inners(), inner);
  out.set_last(sample.last);
  return out;
}

WireInner FromProto(const oracle::Inner& inner) {
  WireInner out;
  out.value = inner.value();
  if (inner.has_leaf()) out.leaf = WireLeaf{.text = inner.leaf().text()};
  return out;
}

WireSample FromProto(const oracle::Sample& message) {
  WireSample out;
  out.count = message.count();
  out.delta = message.delta();
  out.stamp = message.stamp();
  out.data = ToBytes(message.data());
  out.text = message.text();
  out.inner = FromProto(message.inner());
  for (const std::string& element : message.elements()) out.elements.push_back(ToBytes(element));
  if (!message.tag().empty()) out.tag = FixedBytes<4>::From(AsBytes(message.tag()));
  for (const oracle::Inner& inner : message.inners()) out.inners.push_back(FromProto(inner));
  out.last = message.last();
  return out;
}

// Random values that like the borders of varint lengths.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return random_() % bound; }

  std::uint64_t Number() {
    switch (Below(4)) {
      case 0: return 0;
      case 1: return std::numeric_limits<std::uint64_t>::max() >> Below(64);
      case 2: return std::uint64_t{1} << Below(64);
      default: return random_();
    }
  }

  Bytes Data() {
    static constexpr auto kSizes = std::to_array<std::size_t>({0, 1, 5, 127, 128, 300});
    Bytes out(kSizes[Below(kSizes.size())]);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_());
    return out;
  }

  std::string Text() {
    static constexpr auto kPieces =
        std::to_array<std::string_view>({"", "a", "简牍", "é", "😀", "\x7f", "0123456789"});
    std::string out;
    for (std::size_t i = Below(4); i > 0; --i) out += kPieces[Below(kPieces.size())];
    return out;
  }

  WireInner Inner() {
    WireInner inner;
    inner.value = Number();
    if (Below(2) == 0) inner.leaf = WireLeaf{.text = Text()};
    return inner;
  }

  WireSample Sample() {
    WireSample sample;
    sample.count = Number();
    sample.delta = static_cast<std::int64_t>(Number());
    sample.stamp = static_cast<std::int64_t>(Number());
    sample.data = Data();
    sample.text = Text();
    sample.inner = Inner();
    for (std::size_t i = Below(4); i > 0; --i) sample.elements.push_back(Data());
    if (Below(2) == 0) sample.tag = FixedBytes<4>::From(Bytes{0, 1, 2, 3});
    for (std::size_t i = Below(4); i > 0; --i) sample.inners.push_back(Inner());
    sample.last = Number();
    return sample;
  }

  void Mangle(Bytes& bytes) {
    static constexpr auto kBytes =
        std::to_array<std::uint8_t>({0x00, 0x01, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x12, 0x32});
    const std::size_t at = Below(bytes.size() + 1);
    const auto position = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (Below(5)) {
      case 0:
        if (at < bytes.size()) bytes[at] ^= static_cast<std::uint8_t>(1U << Below(8));
        return;
      case 1: bytes.insert(position, kBytes[Below(kBytes.size())]); return;
      case 2:
        if (at < bytes.size()) bytes.erase(position);
        return;
      case 3: bytes.resize(at); return;
      default:
        if (at < bytes.size()) bytes[at] = kBytes[Below(kBytes.size())];
        return;
    }
  }

 private:
  std::mt19937_64 random_;
};

TEST(WireOracle, LibprotobufWritesAndReadsWhatWeWrite) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Generator generator(kSeed);
  for (int i = 0; i < 20000; ++i) {
    const WireSample sample = generator.Sample();
    const Bytes ours = Encode(sample);
    ASSERT_EQ(Serialise(ToProto(sample)), AsText(ours)) << i;
    oracle::Sample parsed;
    ASSERT_TRUE(parsed.ParseFromArray(ours.data(), static_cast<int>(ours.size()))) << i;
    ASSERT_EQ(FromProto(parsed), sample) << i;
    const Result<WireSample> decoded = DecodeSample(ours);
    ASSERT_TRUE(decoded.has_value()) << i << decoded.error().detail;
    ASSERT_EQ(*decoded, sample) << i;
  }
}

TEST(WireOracle, WhatWeAcceptOfMangledBytesHasOneEncoding) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const google::protobuf::LogSilencer quiet;  // it reports every text that is not UTF-8
  Generator generator(kSeed);
  int accepted = 0;
  int only_libprotobuf = 0;
  for (int i = 0; i < 60000; ++i) {
    Bytes bytes = Encode(generator.Sample());
    for (std::size_t times = 1 + generator.Below(3); times > 0; --times) generator.Mangle(bytes);
    const Result<WireSample> decoded = DecodeSample(bytes);
    oracle::Sample parsed;
    const bool theirs = parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    if (!decoded.has_value()) {
      only_libprotobuf += static_cast<int>(theirs);
      continue;
    }
    ++accepted;
    ASSERT_TRUE(theirs) << i;
    ASSERT_EQ(Serialise(parsed), AsText(bytes)) << i;
    ASSERT_EQ(FromProto(parsed), *decoded) << i;
    ASSERT_EQ(Encode(*decoded), bytes) << i;
  }
  // Both kinds must have been met, or nothing was tested.
  EXPECT_GT(accepted, 5000);
  EXPECT_GT(only_libprotobuf, 500);
}

// The looseness for which the codec is ours: libprotobuf takes each of these, we take none.
TEST(WireOracle, LibprotobufTakesWhatWeRefuse) {
  for (const Bytes& bytes : {
           Bytes{0x32, 0x00, 0x08, 0x01},              // fields out of order
           Bytes{0x08, 0x00, 0x32, 0x00},              // an explicit zero
           Bytes{0x08, 0x81, 0x00, 0x32, 0x00},        // a varint that is not minimal
           Bytes{0x32, 0x00, 0x50, 0x01},              // an unknown field
           Bytes{0x32, 0x00, 0x53, 0x54},              // an unknown group
           Bytes{0x08, 0x01},                          // the required message is absent
           Bytes{0x08, 0x01, 0x08, 0x02, 0x32, 0x00},  // a scalar twice
           Bytes{0x32, 0x00, 0x32, 0x00},              // a message twice
           Bytes{0x22, 0x00, 0x32, 0x00},              // explicit empty bytes
           Bytes{0x32, 0x00, 0x42, 0x01, 0x07},        // four bytes that are one
       }) {
    oracle::Sample parsed;
    EXPECT_TRUE(parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    EXPECT_FALSE(DecodeSample(bytes).has_value());
  }
}

}  // namespace
}  // namespace jiandu::support
