// RFC 8785: member order, escapes, and the published test files where they hold integers only.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>

#include "base/json.h"
#include "base/limits.h"
#include "tests/support/vectors.h"

namespace jiandu {
namespace {

constexpr std::size_t kAnySize = limits::kMiB;

std::string Canonical(std::string_view text) {
  const Result<Json> json = ParseJson(text, kAnySize);
  return json.has_value() ? CanonicalJson(*json) : "refused: " + json.error().detail;
}

// RFC 8785 section 3.2.3, the sorting sample.
TEST(CanonicalJson, SortsByUtf16CodeUnits) {
  EXPECT_EQ(
      Canonical(
          R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",)"
          R"("1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",)"
          R"("\u00f6":"Latin Small Letter O With Diaeresis"})"),
      "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
      "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
      "\"😀\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST(CanonicalJson, NamesCompareAsUtf16) {
  // Ascending in UTF-16; the fourth and fifth stand the other way round in UTF-8.
  const std::vector<std::string> ascending{"",
                                           "a",
                                           "aa",
                                           "\xed\x9f\xbf",
                                           "\xf0\x90\x80\x80",
                                           "\xf4\x8f\xbf\xbf",
                                           "\xee\x80\x80",
                                           "\xef\xbf\xbf"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const int expected = i < j ? -1 : static_cast<int>(i > j);
      EXPECT_EQ(CompareJsonNames(ascending[i], ascending[j]), expected) << i << " " << j;
      EXPECT_EQ(CompareJsonNames("x" + ascending[i], "x" + ascending[j]), expected);
    }
  }
}

// RFC 8785 section 3.2.2.2.
TEST(CanonicalJson, EscapesAsRfc8785) {
  EXPECT_EQ(Canonical(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/")"),
            "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  EXPECT_EQ(Canonical(R"("\u0000\b\t\n\u000b\f\r\u001f\u007f")"),
            "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\"");
  EXPECT_EQ(Canonical(R"("\u7b80\u724d")"), "\"简牍\"");
}

TEST(CanonicalJson, WritesNoSpaces) {
  EXPECT_EQ(Canonical(" { \"b\" : [ 1 , [ ] , { } ] , \"a\" : null } "),
            R"({"a":null,"b":[1,[],{}]})");
  EXPECT_EQ(Canonical("-9007199254740991"), "-9007199254740991");
}

TEST(CanonicalJson, CanonicalReaderTakesCanonicalTextOnly) {
  for (const std::string_view text : {R"({"a":1,"b":[true,null,"x"]})", R"([])", R"("\n\u0001")",
                                      R"(0)", "\"简牍\"", "{\"😀\":1,\"\xef\xac\xb3\":2}"}) {
    EXPECT_TRUE(ParseCanonicalJson(text, kAnySize).has_value()) << text;
  }
  for (const std::string_view text :
       {R"({"b":1,"a":2})", R"({"a": 1})", R"( [])", R"([] )", R"("\u000a")", R"("\u000F")",
        R"("\/")", R"("\u0041")", R"("\u7b80")", "{\"\xef\xac\xb3\":2,\"😀\":1}", R"(-0)",
        "[1,2\n]", R"("\ud83d\ude00")"}) {
    EXPECT_FALSE(ParseCanonicalJson(text, kAnySize).has_value()) << text;
  }
}

TEST(CanonicalJson, PrettyTextReadsBackAsTheSameValue) {
  const Json json = ParseJson(R"({"b":[1,{"c":"x"},[]],"a":{},"\n":"\u0001"})", kAnySize).value();
  const std::string pretty = PrettyJson(json);
  EXPECT_EQ(pretty,
            "{\n  \"\\n\": \"\\u0001\",\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"c\": "
            "\"x\"\n    },\n    []\n  ]\n}");
  EXPECT_EQ(ParseJson(pretty, kAnySize).value(), json);
}

// A random value, at most `depth` deep.
Json RandomJson(std::mt19937& random, unsigned depth) {
  static constexpr auto kPieces = std::to_array<std::string_view>(
      {"a", "\"", "\\", "\n", "\x01", "é", "简", "😀", "\xef\xac\xb3", "/", "\x7f"});
  const auto text = [&random] {
    std::string out;
    for (auto i = random() % 6; i > 0; --i) out += kPieces[random() % kPieces.size()];
    return out;
  };
  switch (random() % (depth == 0 ? 4 : 6)) {
    case 0: return {};
    case 1: return Json(random() % 2 == 0);
    case 2: return Json(static_cast<std::int64_t>(random()) - 2147483648);
    case 3: return Json(text());
    case 4: {
      Json array = Json::MakeArray();
      for (auto i = random() % 5; i > 0; --i) array.Push(RandomJson(random, depth - 1));
      return array;
    }
    default: {
      Json object = Json::MakeObject();
      for (auto i = random() % 20; i > 0; --i) object.Set(text(), RandomJson(random, depth - 1));
      return object;
    }
  }
}

TEST(CanonicalJson, RandomValuesSurviveTheRoundTrip) {
  constexpr unsigned kSeed = 8785;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int i = 0; i < 2000; ++i) {
    const Json json = RandomJson(random, 4);
    const std::string text = CanonicalJson(json);
    const Result<Json> read = ParseCanonicalJson(text, kAnySize);
    ASSERT_TRUE(read.has_value()) << text << read.error().detail;
    ASSERT_EQ(*read, json) << text;
    ASSERT_EQ(ParseJson(PrettyJson(json), kAnySize).value(), json) << text;
  }
}

// The reader of one pass takes a text exactly when the general one reads it and would write it so.
void ExpectSameVerdict(const std::string& text) {
  const std::optional<Json> quick = ReadCanonicalJson(text);
  const Result<Json> general = ParseJson(text, kAnySize);
  const bool canonical = general.has_value() && CanonicalJson(*general) == text;
  ASSERT_EQ(quick.has_value(), canonical) << text;
  if (quick) {
    ASSERT_EQ(*quick, *general) << text;
  }
}

TEST(CanonicalJson, OnePassAgreesWithTheGeneralReaderOnTextsSpoiltAnywhere) {
  constexpr unsigned kSeed = 65536;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  constexpr std::string_view kBytes = "\"\\,:[]{}-0123456789abfnrtu \n\x01\x7f\x80\xc3\xff";
  for (int i = 0; i < 3000; ++i) {
    std::string text = CanonicalJson(RandomJson(random, 3));
    ASSERT_NO_FATAL_FAILURE(ExpectSameVerdict(text));
    const std::size_t place = random() % text.size();
    switch (random() % 4) {
      case 0: text[place] = kBytes[random() % kBytes.size()]; break;
      case 1: text.insert(place, 1, kBytes[random() % kBytes.size()]); break;
      case 2: text.erase(place, 1 + random() % 3); break;
      default: text.insert(place, text.substr(random() % text.size(), 4)); break;
    }
    ASSERT_NO_FATAL_FAILURE(ExpectSameVerdict(text));
  }
}

TEST(CanonicalJson, OnePassKeepsTheSameLimits) {
  for (const std::string_view number :
       {"9007199254740991", "-9007199254740991", "9007199254740992", "-9007199254740992", "0", "-0",
        "00", "01", "-01", "-", "1.0", "1e3", "99999999999999999999999", "+1", ""}) {
    ExpectSameVerdict(std::string(number));
    ExpectSameVerdict("[" + std::string(number) + "]");
  }
  for (const std::size_t depth : {15U, 16U, 17U}) {
    ExpectSameVerdict(std::string(depth, '[') + std::string(depth, ']'));
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i) objects += R"({"a":)";
    ExpectSameVerdict(objects + "1" + std::string(depth, '}'));
  }
  for (const std::size_t count : {limits::kJsonMembersMax, limits::kJsonMembersMax + 1}) {
    std::string list = "[0";
    for (std::size_t i = 1; i < count; ++i) list += ",0";
    EXPECT_EQ(ReadCanonicalJson(list + "]").has_value(), count == limits::kJsonMembersMax);
    ExpectSameVerdict(list + "]");
  }
  for (const std::string_view text : {R"({"a":1,"a":2})",
                                      R"({"a":1,})",
                                      R"([1,])",
                                      R"({"a"})",
                                      R"({a:1})",
                                      R"("a)",
                                      R"("\)",
                                      R"("\u001)",
                                      R"("\u0008")",
                                      R"("\u001g")",
                                      R"("\u0020")",
                                      R"("\u001A")",
                                      R"("\u0000")",
                                      "\xef\xbb\xbf[]",
                                      "tru",
                                      "nul",
                                      "nulls",
                                      "[]x",
                                      "\"\x1f\"",
                                      "\"12345678\x1f\"",
                                      "\"1234567\x7f",
                                      "\"1234567\x7f\""}) {
    ExpectSameVerdict(std::string(text));
  }
}

TEST(Json, ReleaseMovesAMemberOut) {
  Json json = ParseJson(R"({"a":[1],"b":2})", kAnySize).value();
  EXPECT_EQ(CanonicalJson(json.Release("a")), "[1]");
  EXPECT_EQ(CanonicalJson(json), R"({"a":null,"b":2})");
  EXPECT_TRUE(json.Release("c").IsNull());
  EXPECT_TRUE(Json(1).Release("a").IsNull());
}

// The files of cyberphone/json-canonicalization. Two of them hold numbers we forbid.
TEST(CanonicalJson, PublishedFiles) {
  const std::filesystem::path folder = testing::VectorsFolder("jcs");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no vectors at " << folder;
  for (const std::string_view name : {"arrays", "french", "unicode", "weird"}) {
    const std::string file = std::string(name) + ".json";
    const std::string expected = testing::ReadText(folder / "output" / file);
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(Canonical(testing::ReadText(folder / "input" / file)), expected) << name;
    EXPECT_TRUE(ParseCanonicalJson(expected, kAnySize).has_value()) << name;
  }
  for (const std::string_view name : {"structures", "values"}) {
    const std::string text = testing::ReadText(folder / "input" / (std::string(name) + ".json"));
    ASSERT_FALSE(text.empty());
    EXPECT_FALSE(ParseJson(text, kAnySize).has_value()) << name;
  }
  // The same structure with the one float written as the integer it is.
  std::string structures = testing::ReadText(folder / "input" / "structures.json");
  structures.replace(structures.find("56.0"), 4, "56");
  EXPECT_EQ(Canonical(structures), testing::ReadText(folder / "output" / "structures.json"));
}

}  // namespace
}  // namespace jiandu
