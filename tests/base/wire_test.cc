// The strict wire codec: known bytes, refusals, and one encoding for one value.
#include "base/wire.h"

#include <gtest/gtest.h>

#include <limits>

namespace jiandu {
namespace {

constexpr std::size_t kAnySize = 1 << 20;

Bytes Varint(std::uint64_t value) {
  Bytes out;
  AppendVarint(out, value);
  return out;
}

TEST(WireVarint, IsMinimal) {
  EXPECT_EQ(Varint(0), Bytes({0x00}));
  EXPECT_EQ(Varint(127), Bytes({0x7f}));
  EXPECT_EQ(Varint(128), Bytes({0x80, 0x01}));
  EXPECT_EQ(Varint(300), Bytes({0xac, 0x02}));  // the example of the encoding guide
  EXPECT_EQ(Varint(std::numeric_limits<std::uint64_t>::max()),
            Bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
}

TEST(WireWriter, GivesTheBytesOfTheEncodingGuide) {
  WireWriter writer;
  writer.Varint(1, 150);
  writer.Text(2, "testing");
  EXPECT_EQ(writer.Written(),
            Bytes({0x08, 0x96, 0x01, 0x12, 0x07, 't', 'e', 's', 't', 'i', 'n', 'g'}));
}

TEST(WireWriter, LeavesDefaultsOutButKeepsMessages) {
  WireWriter writer;
  writer.Varint(1, 0);
  writer.Int64(2, 0);
  writer.Sfixed64(3, 0);
  writer.BytesField(4, {});
  writer.Text(5, "");
  EXPECT_TRUE(writer.Written().empty());
  writer.Message(6, {});
  writer.Element(7, {});
  writer.Element(7, {});
  EXPECT_EQ(writer.Take(), Bytes({0x32, 0x00, 0x3a, 0x00, 0x3a, 0x00}));
}

TEST(WireWriter, WritesASubmessageInPlaceAsIfItHadBeenCopied) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 128U, 16'380U, 16'384U, 100'000U}) {
    const Bytes value(size, 7);
    WireWriter inner;
    inner.BytesField(1, value);
    WireWriter copied;
    copied.Message(2, inner.Written());
    copied.Message(2, inner.Written());
    copied.Varint(3, 1);
    WireWriter nested;
    for (int i = 0; i < 2; ++i) {
      nested.Nested(2, [&](WireWriter& writer) { writer.BytesField(1, value); });
    }
    nested.Varint(3, 1);
    EXPECT_EQ(nested.Written(), copied.Written()) << size;
  }
}

TEST(WireWriter, WritesNegativeNumbersInTwosComplement) {
  WireWriter writer;
  writer.Int64(1, -1);
  writer.Sfixed64(2, -2);
  EXPECT_EQ(writer.Written(),
            Bytes({0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,  //
                   0x11, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
}

TEST(WireWriterDeathTest, FieldsAscendAndScalarsDoNotRepeat) {
  EXPECT_DEATH(
      {
        WireWriter writer;
        writer.Varint(2, 1);
        writer.Varint(1, 1);
      },
      "assertion failed");
  EXPECT_DEATH(
      {
        WireWriter writer;
        writer.Varint(2, 1);
        writer.Varint(2, 1);
      },
      "assertion failed");
}

TEST(WireReader, ReadsExtremeValues) {
  for (const std::int64_t value : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                   std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
    WireWriter writer;
    writer.Varint(1, static_cast<std::uint64_t>(value));
    writer.Int64(2, value);
    writer.Sfixed64(3, value);
    WireReader reader(writer.Written());
    EXPECT_EQ(reader.Varint(1).value(), static_cast<std::uint64_t>(value));
    EXPECT_EQ(reader.Int64(2).value(), value);
    EXPECT_EQ(reader.Sfixed64(3).value(), value);
    EXPECT_TRUE(reader.Finish().has_value());
  }
}

TEST(WireReader, AbsentScalarsAreZeroAndAbsentMessagesAreAnError) {
  WireReader reader{ByteView()};
  EXPECT_EQ(reader.Varint(1).value(), 0U);
  EXPECT_EQ(reader.Int64(2).value(), 0);
  EXPECT_EQ(reader.Sfixed64(3).value(), 0);
  EXPECT_TRUE(reader.BytesField(4, kAnySize).value().empty());
  EXPECT_EQ(reader.Text(5, kAnySize).value(), "");
  EXPECT_FALSE(reader.OptionalFixed<4>(6).value().has_value());
  EXPECT_FALSE(reader.NextIs(7));
  EXPECT_FALSE(reader.Message(7).has_value());
  EXPECT_FALSE(reader.Fixed<4>(8).has_value());
  EXPECT_TRUE(reader.Finish().has_value());
}

TEST(WireReader, RefusesExplicitDefaults) {
  const Bytes zero_varint{0x08, 0x00};
  EXPECT_FALSE(WireReader(zero_varint).Varint(1).has_value());
  const Bytes zero_fixed{0x09, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(WireReader(zero_fixed).Sfixed64(1).has_value());
  const Bytes empty{0x0a, 0x00};
  EXPECT_FALSE(WireReader(empty).BytesField(1, kAnySize).has_value());
  EXPECT_FALSE(WireReader(empty).Text(1, kAnySize).has_value());
  EXPECT_FALSE(WireReader(empty).OptionalFixed<4>(1).has_value());
  EXPECT_TRUE(WireReader(empty).Message(1).value().empty());
}

TEST(WireReader, RefusesVarintsThatAreNotMinimalOrTooLong) {
  const Bytes padded{0x08, 0x81, 0x00};
  EXPECT_FALSE(WireReader(padded).Varint(1).has_value());
  const Bytes open{0x08, 0x81};
  EXPECT_FALSE(WireReader(open).Varint(1).has_value());
  const Bytes bit65{0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
  EXPECT_FALSE(WireReader(bit65).Varint(1).has_value());
  const Bytes eleven{0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
  EXPECT_FALSE(WireReader(eleven).Varint(1).has_value());
  const Bytes padded_tag{0x88, 0x00, 0x01};
  EXPECT_FALSE(WireReader(padded_tag).Varint(1).has_value());
  const Bytes padded_length{0x0a, 0x81, 0x00, 'x'};
  EXPECT_FALSE(WireReader(padded_length).BytesField(1, kAnySize).has_value());
}

TEST(WireReader, RefusesFieldNumbersZeroAndPastTheMaximum) {
  const Bytes zero{0x00, 0x01};
  EXPECT_FALSE(WireReader(zero).Varint(1).has_value());
  EXPECT_FALSE(WireReader(zero).NextIs(0));
  // 2^29 as a field number.
  const Bytes past{0x80, 0x80, 0x80, 0x80, 0x10, 0x01};
  EXPECT_FALSE(WireReader(past).Varint(1).has_value());
}

TEST(WireReader, RefusesUnknownRepeatedAndUnorderedFields) {
  const Bytes unknown{0x08, 0x01, 0x18, 0x01};
  WireReader skips(unknown);
  EXPECT_TRUE(skips.Varint(1).has_value());
  EXPECT_TRUE(skips.Varint(2).has_value());
  EXPECT_FALSE(skips.Finish().has_value());

  const Bytes twice{0x08, 0x01, 0x08, 0x01, 0x10, 0x01};
  WireReader repeated(twice);
  EXPECT_TRUE(repeated.Varint(1).has_value());
  EXPECT_FALSE(repeated.Varint(2).has_value());

  const Bytes unordered{0x10, 0x01, 0x08, 0x01};
  WireReader swapped(unordered);
  EXPECT_EQ(swapped.Varint(1).value(), 0U);
  EXPECT_TRUE(swapped.Varint(2).has_value());
  EXPECT_FALSE(swapped.Finish().has_value());
}

TEST(WireReader, RefusesOtherWireTypes) {
  for (unsigned type = 1; type < 8; ++type) {
    Bytes bytes{static_cast<std::uint8_t>(0x08U | type), 1, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_FALSE(WireReader(bytes).Varint(1).has_value()) << type;
  }
  const Bytes varint{0x08, 0x01};
  EXPECT_FALSE(WireReader(varint).BytesField(1, kAnySize).has_value());
  EXPECT_FALSE(WireReader(varint).Message(1).has_value());
  EXPECT_FALSE(WireReader(varint).Sfixed64(1).has_value());
}

TEST(WireReader, RefusesLengthsPastTheEnd) {
  for (const Bytes& bytes :
       {Bytes{0x0a, 0x02, 'x'}, Bytes{0x0a}, Bytes{0x0a, 0x80},
        Bytes{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 'x'}}) {
    EXPECT_FALSE(WireReader(bytes).BytesField(1, kAnySize).has_value());
    EXPECT_FALSE(WireReader(bytes).Message(1).has_value());
  }
  const Bytes short_fixed{0x09, 1, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(WireReader(short_fixed).Sfixed64(1).has_value());
}

TEST(WireReader, HoldsValuesToTheirSize) {
  WireWriter writer;
  writer.BytesField(1, AsBytes("abcd"));
  const Bytes bytes = writer.Take();
  EXPECT_EQ(AsText(WireReader(bytes).BytesField(1, 4).value()), "abcd");
  const auto too_long = WireReader(bytes).BytesField(1, 3);
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().code, Errc::kTooLarge);
  EXPECT_TRUE(WireReader(bytes).Fixed<4>(1).has_value());
  EXPECT_FALSE(WireReader(bytes).Fixed<3>(1).has_value());
  EXPECT_FALSE(WireReader(bytes).Fixed<5>(1).has_value());
  EXPECT_TRUE(WireReader(bytes).OptionalFixed<4>(1).value().has_value());
  EXPECT_FALSE(WireReader(bytes).OptionalFixed<5>(1).has_value());
}

TEST(WireReader, ReadsRepeatedFields) {
  WireWriter writer;
  writer.Element(3, AsBytes("a"));
  writer.Element(3, {});
  writer.Element(3, AsBytes("b"));
  writer.Varint(4, 9);
  const Bytes bytes = writer.Take();
  WireReader reader(bytes);
  std::vector<std::string> elements;
  while (reader.NextIs(3)) elements.push_back(ToText(reader.Message(3).value()));
  EXPECT_EQ(elements, (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(reader.Varint(4).value(), 9U);
  EXPECT_TRUE(reader.Finish().has_value());
}

TEST(WireReader, TextIsUtf8) {
  const Bytes bad{0x0a, 0x02, 0xc0, 0x80};
  EXPECT_TRUE(WireReader(bad).BytesField(1, kAnySize).has_value());
  EXPECT_FALSE(WireReader(bad).Text(1, kAnySize).has_value());
}

TEST(Utf8, TakesEveryScalarValueAtItsBoundaries) {
  for (const std::string_view text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
        "abcdefgh\xe7\xae\x80\xe7\x89\x8d"}) {
    EXPECT_TRUE(IsUtf8(AsBytes(text))) << text;
  }
  EXPECT_TRUE(IsUtf8(Bytes{0x00}));
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndStrayBytes) {
  for (const std::string_view text :
       {"\x80",     "\xbf",         "\xc0\x80",         "\xc1\xbf",         "\xc2",
        "\xc2\x7f", "\xc2\xc2\x80", "\xe0\x9f\xbf",     "\xed\xa0\x80",     "\xed\xbf\xbf",
        "\xe7\xae", "\xe7",         "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff",     "\xfe",         "\xf0\x90\x80",     "abcdefgh\x80",     "abcdefg\x80"}) {
    EXPECT_FALSE(IsUtf8(AsBytes(text))) << text;
  }
}

}  // namespace
}  // namespace jiandu
