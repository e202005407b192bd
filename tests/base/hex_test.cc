// Hex and base64 against RFC 4648, and what they must refuse.
#include "base/hex.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace jiandu {
namespace {

struct Pair {
  std::string_view plain;
  std::string_view encoded;
};

// RFC 4648 section 10.
constexpr auto kBase64Pairs = std::to_array<Pair>({{.plain = "", .encoded = ""},
                                                   {.plain = "f", .encoded = "Zg=="},
                                                   {.plain = "fo", .encoded = "Zm8="},
                                                   {.plain = "foo", .encoded = "Zm9v"},
                                                   {.plain = "foob", .encoded = "Zm9vYg=="},
                                                   {.plain = "fooba", .encoded = "Zm9vYmE="},
                                                   {.plain = "foobar", .encoded = "Zm9vYmFy"}});

TEST(Hex, WritesLowerCase) {
  EXPECT_EQ(HexEncode(Bytes{0x00, 0x9f, 0xab, 0xff}), "009fabff");
  EXPECT_EQ(HexEncode({}), "");
}

TEST(Hex, ReadsWhatItWrites) {
  Bytes all;
  for (unsigned byte = 0; byte < 256; ++byte) all.push_back(static_cast<std::uint8_t>(byte));
  EXPECT_EQ(HexDecode(HexEncode(all)).value(), all);
  EXPECT_EQ(HexDecode("").value(), Bytes());
}

TEST(Hex, RefusesOddLengthUpperCaseAndStrangers) {
  for (const std::string_view text : {"0", "abc", "AB", "0G", "0x00", " 00", "00 ", "g0", "-1"}) {
    EXPECT_FALSE(HexDecode(text).has_value()) << text;
  }
  EXPECT_FALSE(HexDecode(std::string_view("0\0", 2)).has_value());
  EXPECT_FALSE(HexDecode("\xc3\xa9").has_value());
}

TEST(Hex, FixedTakesExactlyItsLength) {
  EXPECT_EQ(HexDecodeFixed<2>("0102").value().bytes, (std::array<std::uint8_t, 2>{1, 2}));
  EXPECT_FALSE(HexDecodeFixed<2>("01").has_value());
  EXPECT_FALSE(HexDecodeFixed<2>("010203").has_value());
  EXPECT_FALSE(HexDecodeFixed<2>("01020").has_value());
  EXPECT_FALSE(HexDecodeFixed<2>("01zz").has_value());
}

TEST(Base64, GivesTheVectorsOfRfc4648) {
  for (const auto& [plain, encoded] : kBase64Pairs) {
    EXPECT_EQ(Base64Encode(AsBytes(plain)), encoded);
    EXPECT_EQ(Base64Decode(encoded).value(), ToBytes(plain));
  }
}

TEST(Base64, PaddingIsOptionalButRightWhenPresent) {
  EXPECT_EQ(Base64Decode("Zg").value(), ToBytes("f"));
  EXPECT_EQ(Base64Decode("Zm8").value(), ToBytes("fo"));
  for (const std::string_view text :
       {"Zg=", "Zg===", "Zm8==", "Zm9v=", "Zm9v====", "=", "==", "====", "Z", "Zm9vY",
        "Z===", "Zg==Zg==", "Z=g=", "Zm9v=Zm9v"}) {
    EXPECT_FALSE(Base64Decode(text).has_value()) << text;
  }
}

TEST(Base64, BothAlphabetsButNotMixed) {
  const Bytes bytes{0xfb, 0xff, 0xbf};
  EXPECT_EQ(Base64Encode(bytes), "+/+/");
  EXPECT_EQ(Base64UrlEncode(bytes), "-_-_");
  EXPECT_EQ(Base64Decode("+/+/").value(), bytes);
  EXPECT_EQ(Base64Decode("-_-_").value(), bytes);
  EXPECT_FALSE(Base64Decode("+_+_").has_value());
  EXPECT_FALSE(Base64Decode("-/-/").has_value());
  EXPECT_EQ(Base64UrlEncode(AsBytes("f")), "Zg");
}

TEST(Base64, UnusedBitsAreZero) {
  EXPECT_TRUE(Base64Decode("Zg").has_value());
  EXPECT_FALSE(Base64Decode("Zh").has_value());
  EXPECT_FALSE(Base64Decode("Zh==").has_value());
  EXPECT_TRUE(Base64Decode("Zm8").has_value());
  EXPECT_FALSE(Base64Decode("Zm9").has_value());
}

TEST(Base64, RefusesSpacesLineEndsAndStrangers) {
  for (const std::string_view text : {"Zm9v\n", " Zm9v", "Zm 9v", "Zm\r\n9v", "Zm9*", "Zm9\xc3"}) {
    EXPECT_FALSE(Base64Decode(text).has_value()) << text;
  }
  EXPECT_FALSE(Base64Decode(std::string_view("Zm9\0", 4)).has_value());
}

TEST(Base64, ReadsWhatItWritesAtEveryLength) {
  constexpr unsigned kSeed = 20240601;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (std::size_t size = 0; size < 200; ++size) {
    Bytes bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)).value(), bytes);
    EXPECT_EQ(Base64Decode(Base64UrlEncode(bytes)).value(), bytes);
    EXPECT_EQ(HexDecode(HexEncode(bytes)).value(), bytes);
  }
}

}  // namespace
}  // namespace jiandu
