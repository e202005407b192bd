// The strict JSON reader: what RapidJSON would let through is refused here.
#include "base/json.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace jiandu {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kAnySize = 8 * limits::kMiB;

Result<Json> Parse(std::string_view text) { return ParseJson(text, kAnySize); }

std::string Nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(JsonReader, ReadsEveryKindOfValue) {
  const Json json = Parse(R"( {"a":[null,true,false,-7,"x"],"b":{}} )").value();
  const Json expected =
      Json::MakeObject({{"a", Json::Array{Json(), Json(true), Json(false), Json(-7), Json("x")}},
                        {"b", Json::MakeObject()}});
  EXPECT_EQ(json, expected);
  EXPECT_TRUE(Parse("null").value().IsNull());
  EXPECT_EQ(Parse("\"\"").value(), Json(""));
  EXPECT_EQ(Parse("[]").value(), Json::MakeArray());
  EXPECT_EQ(Parse("\t\r\n 1 ").value(), Json(1));
}

TEST(JsonReader, IntegersAreExactUpTo2Pow53Minus1) {
  EXPECT_EQ(Parse("9007199254740991").value().AsInteger(), 9007199254740991);
  EXPECT_EQ(Parse("-9007199254740991").value().AsInteger(), -9007199254740991);
  EXPECT_EQ(Parse("0").value().AsInteger(), 0);
  for (const std::string_view text :
       {"9007199254740992", "-9007199254740992", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551616", "100000000000000000000000000000000"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Parse(std::string(400, '9')).has_value());
}

TEST(JsonReader, RefusesWhatIsNotWrittenAsAnInteger) {
  for (const std::string_view text :
       {"1.0", "1.5",      "0.0",       "1e2",   "1E2", "1e0",   "-0", "-0.0",
        "-",   "+1",       "01",        "-01",   "1.",  ".5",    "1e", "0x10",
        "NaN", "Infinity", "-Infinity", "1e400", "1 2", "1_000", "--1"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
    EXPECT_FALSE(Parse("[" + std::string(text) + "]").has_value()) << text;
    EXPECT_FALSE(Parse(R"({"n":)" + std::string(text) + "}").has_value()) << text;
  }
}

TEST(JsonReader, RefusesDuplicateNamesHoweverTheyAreSpelt) {
  EXPECT_FALSE(Parse(R"({"a":1,"a":1})").has_value());
  EXPECT_FALSE(Parse(R"({"a":1,"b":2,"a":3})").has_value());
  EXPECT_FALSE(Parse(R"({"a":1,"\u0061":2})").has_value());
  EXPECT_FALSE(Parse(R"([{"x":{"a":1,"c":0,"b":2,"a":3}}])").has_value());
  EXPECT_FALSE(Parse(R"({"":1,"":2})").has_value());
  EXPECT_FALSE(Parse(R"({"😀":1,"\ud83d\ude00":2})").has_value());
  EXPECT_TRUE(Parse(R"({"a":{"a":1},"b":{"a":1}})").has_value());
}

TEST(JsonReader, RefusesLoneSurrogates) {
  for (const std::string_view text :
       {R"("\udc00")", R"("\udfff")", R"("\ud800")", R"("\ud800x")", R"("\ud800\u0041")",
        R"("\ud800\ud800")", R"("\udc00\ud800")", R"({"\udc00":1})", R"(["ok","\udead"])"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
  }
  EXPECT_EQ(Parse(R"("\ud83d\ude00")").value(), Json("😀"));
  EXPECT_FALSE(Parse("\"\xed\xa0\x80\"").has_value());
}

TEST(JsonReader, RefusesInvalidUtf8) {
  for (const std::string_view text :
       {"\"\x80\"", "\"\xc0\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xe7\xae\"", "{\"\xff\":1}",
        "\"\xf0\x8f\xbf\xbf\"", "\xff", "[1]\xe7"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
  }
}

TEST(JsonReader, RefusesByteOrderMarks) {
  EXPECT_FALSE(Parse("\xef\xbb\xbf{}").has_value());
  EXPECT_FALSE(Parse("\xef\xbb\xbf").has_value());
  EXPECT_FALSE(Parse("{}\xef\xbb\xbf").has_value());
  EXPECT_FALSE(Parse("\xff\xfe{\0}\0"s).has_value());
  EXPECT_TRUE(Parse("\"\xef\xbb\xbf\"").has_value());
}

TEST(JsonReader, RefusesNulAndWhateverFollowsIt) {
  EXPECT_FALSE(Parse("1\0"s).has_value());
  EXPECT_FALSE(Parse("1\0x"s).has_value());
  EXPECT_FALSE(Parse("\0"s).has_value());
  EXPECT_FALSE(Parse("{}\0{}"s).has_value());
  EXPECT_FALSE(Parse("\"a\0b\""s).has_value());
  EXPECT_EQ(Parse(R"("a\u0000b")").value(), Json("a\0b"s));
}

TEST(JsonReader, RefusesAnythingAfterTheEnd) {
  for (const std::string_view text :
       {"", " ", "{}{}", "{} x", "1,", "[],", "null null", "{}]", "[1]1", R"("a""b")"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
  }
}

TEST(JsonReader, RefusesBrokenGrammar) {
  for (const std::string_view text :
       {"{",          "}",           "[",       "]",        "{]",    "[}",       "[1,]",
        "{\"a\":1,}", "[,1]",        "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}",  "[1 2]",
        "{1:2}",      "{null:1}",    "nul",     "True",     "tru",   "\"",       R"("\x")",
        R"("\u12")",  R"("\u12g4")", "/*c*/1",  "1//c",     "#",     "\"a\nb\"", "\"a\tb\"",
        "\"\x1f\"",   "\v1",         "\f1",     "\u00a01"}) {
    EXPECT_FALSE(Parse(text).has_value()) << text;
  }
}

TEST(JsonReader, DepthEndsAt16) {
  EXPECT_TRUE(Parse(Nested(16, "[", "]")).has_value());
  EXPECT_FALSE(Parse(Nested(17, "[", "]")).has_value());
  EXPECT_TRUE(Parse(Nested(16, "{\"a\":", "}")).has_value());
  EXPECT_FALSE(Parse(Nested(17, "{\"a\":", "}")).has_value());
  EXPECT_FALSE(Parse(Nested(200000, "[", "]")).has_value());
  EXPECT_FALSE(Parse(std::string(200000, '[')).has_value());
  EXPECT_FALSE(Parse(Nested(200000, "{\"a\":", "}")).has_value());
}

TEST(JsonReader, MembersAndElementsAreCountedTogether) {
  const auto zeros = [](std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_TRUE(Parse(zeros(limits::kJsonMembersMax)).has_value());
  const Result<Json> over = Parse(zeros(limits::kJsonMembersMax + 1));
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, Errc::kTooLarge);
  EXPECT_FALSE(Parse("{\"a\":" + zeros(limits::kJsonMembersMax) + "}").has_value());
}

TEST(JsonReader, ManyMembersInDescendingOrderAreReadInTime) {
  std::string text = "{";
  for (std::size_t i = limits::kJsonMembersMax; i > 0; --i) {
    if (text.size() > 1) text += ',';
    text += "\"" + std::to_string(1000000 + i) + "\":0";
  }
  text += "}";
  const Json json = Parse(text).value();
  ASSERT_EQ(json.Members().size(), limits::kJsonMembersMax);
  EXPECT_EQ(json.Members().front().name, "1000001");
}

TEST(JsonReader, SizeIsHeld) {
  EXPECT_TRUE(ParseJson("[1]", 3).has_value());
  const Result<Json> over = ParseJson("[1]", 2);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, Errc::kTooLarge);
}

TEST(JsonValue, MembersAreFoundSetReplacedAndRemoved) {
  Json json = Json::MakeObject({{"b", 2}, {"a", 1}});
  EXPECT_EQ(json.Members().front().name, "a");
  json.Set("c", 3).Set("b", "two");
  EXPECT_EQ(json.TextOr("b"), "two");
  EXPECT_EQ(json.IntegerOr("c"), 3);
  EXPECT_EQ(json.IntegerOr("b", 9), 9);
  EXPECT_EQ(json.TextOr("none", "else"), "else");
  EXPECT_TRUE(json.BoolOr("none", true));
  EXPECT_TRUE(json.ItemsOf("a").empty());
  json.Remove("b");
  json.Remove("b");
  EXPECT_EQ(json.Find("b"), nullptr);
  EXPECT_EQ(Json(1).Find("a"), nullptr);
  EXPECT_EQ(json.Members().size(), 2U);
}

TEST(JsonValue, FindsEveryMemberOfLargeObjects) {
  Json json = Json::MakeObject();
  for (int i = 0; i < 100; ++i) json.Set("k" + std::to_string(i), i);
  json.Set("\xef\xac\xb3", 100).Set("😀", 101);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(json.IntegerOr("k" + std::to_string(i), -1), i);
  EXPECT_EQ(json.IntegerOr("\xef\xac\xb3"), 100);
  EXPECT_EQ(json.IntegerOr("😀"), 101);
  EXPECT_EQ(json.Find("k100"), nullptr);
}

}  // namespace
}  // namespace jiandu
