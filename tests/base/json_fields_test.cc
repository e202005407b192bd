// Reading objects by field: every member is asked for, and the first problem is the one told.
#include <gtest/gtest.h>

#include "base/json.h"

namespace jiandu {
namespace {

Json Read(std::string_view text) { return ParseJson(text, 1 << 16).value(); }

std::string ProblemOf(JsonFields& fields) {
  const Result<void> result = fields.Finish();
  return result.has_value() ? "none" : result.error().detail;
}

TEST(JsonFields, ReadsEveryKind) {
  const Json json = Read(
      R"({"text":"x","int":5,"flag":true,"list":[1,2],"object":{"a":1},"hex":"00ff","extra":"y"})");
  JsonFields fields(json, "");
  EXPECT_EQ(fields.Text("text", 1), "x");
  EXPECT_EQ(fields.Integer("int", 5, 5), 5);
  EXPECT_TRUE(fields.OptionalBool("flag", false));
  EXPECT_EQ(fields.Array("list", 2).size(), 2U);
  ASSERT_NE(fields.Object("object"), nullptr);
  EXPECT_EQ(fields.Hex<2>("hex").bytes, (std::array<std::uint8_t, 2>{0x00, 0xff}));
  EXPECT_EQ(fields.OptionalText("extra", 1), "y");
  EXPECT_EQ(ProblemOf(fields), "none");
}

TEST(JsonFields, AbsentOptionalMembersGiveTheirDefaults) {
  const Json json = Json::MakeObject();
  JsonFields fields(json, "");
  EXPECT_EQ(fields.OptionalText("a", 1), "");
  EXPECT_EQ(fields.OptionalInteger("b", 0, 1, -9), -9);
  EXPECT_TRUE(fields.OptionalBool("c", true));
  EXPECT_TRUE(fields.OptionalArray("d", 1).empty());
  EXPECT_EQ(fields.OptionalObject("e"), nullptr);
  EXPECT_EQ(ProblemOf(fields), "none");
}

TEST(JsonFields, RefusesMembersNobodyAskedFor) {
  const Json json = Read(R"({"a":"x","b":1})");
  JsonFields fields(json, "/body");
  EXPECT_EQ(fields.Text("a", 9), "x");
  EXPECT_EQ(ProblemOf(fields), "/body/b: unknown member");
}

TEST(JsonFields, RefusesMissingWrongKindsAndOutOfRange) {
  const Json json = Read(R"({"t":"abc","i":7,"a":[1,2,3],"o":{},"h":"0G","n":null})");
  const auto problem = [&json](auto read) {
    JsonFields fields(json, "");
    read(fields);
    const std::string all = ProblemOf(fields);
    return all.substr(all.find(": ") + 2);
  };
  EXPECT_EQ(problem([](auto& f) { (void)f.Text("none", 9); }), "missing");
  EXPECT_EQ(problem([](auto& f) { (void)f.Text("i", 9); }), "not a string");
  EXPECT_EQ(problem([](auto& f) { (void)f.Text("n", 9); }), "not a string");
  EXPECT_EQ(problem([](auto& f) { (void)f.Text("t", 2); }), "too long");
  EXPECT_EQ(problem([](auto& f) { (void)f.OptionalText("i", 9); }), "not a string");
  EXPECT_EQ(problem([](auto& f) { (void)f.Integer("none", 0, 9); }), "missing");
  EXPECT_EQ(problem([](auto& f) { (void)f.Integer("t", 0, 9); }), "not an integer");
  EXPECT_EQ(problem([](auto& f) { (void)f.Integer("i", 8, 9); }), "out of range");
  EXPECT_EQ(problem([](auto& f) { (void)f.Integer("i", 0, 6); }), "out of range");
  EXPECT_EQ(problem([](auto& f) { (void)f.OptionalInteger("i", 0, 6, 1); }), "out of range");
  EXPECT_EQ(problem([](auto& f) { (void)f.OptionalBool("i", true); }), "not true or false");
  EXPECT_EQ(problem([](auto& f) { (void)f.Array("none", 9); }), "missing");
  EXPECT_EQ(problem([](auto& f) { (void)f.Array("o", 9); }), "not an array");
  EXPECT_EQ(problem([](auto& f) { (void)f.Array("a", 2); }), "too many elements");
  EXPECT_EQ(problem([](auto& f) { (void)f.OptionalArray("a", 2); }), "too many elements");
  EXPECT_EQ(problem([](auto& f) { (void)f.Object("none"); }), "missing");
  EXPECT_EQ(problem([](auto& f) { (void)f.Object("a"); }), "not an object");
  EXPECT_EQ(problem([](auto& f) { (void)f.OptionalObject("a"); }), "not an object");
  EXPECT_EQ(problem([](auto& f) { (void)f.template Hex<1>("h"); }),
            "not lower-case hex of 1 bytes");
  EXPECT_EQ(problem([](auto& f) { (void)f.template Hex<2>("h"); }),
            "not lower-case hex of 2 bytes");
  EXPECT_EQ(problem([](auto& f) { (void)f.template Hex<1>("t"); }), "too long");
  EXPECT_EQ(problem([](auto& f) { (void)f.template Hex<1>("none"); }), "missing");
}

TEST(JsonFields, KeepsTheFirstProblemAndReturnsDefaultsAfterIt) {
  const Json json = Read(R"({"a":1,"b":"x","c":[1],"d":{},"e":true,"f":7})");
  JsonFields fields(json, "/x");
  EXPECT_EQ(fields.Text("a", 9), "");
  EXPECT_EQ(fields.Text("b", 9), "");
  EXPECT_TRUE(fields.Array("c", 9).empty());
  EXPECT_EQ(fields.Object("d"), nullptr);
  EXPECT_FALSE(fields.OptionalBool("e", false));
  EXPECT_EQ(fields.OptionalInteger("f", 0, 9, 3), 3);
  fields.Problem("b", "something else");
  EXPECT_EQ(ProblemOf(fields), "/x/a: not a string");
}

TEST(JsonFields, RefusesWhatIsNoObject) {
  const Json json = Read("[1]");
  JsonFields fields(json, "");
  EXPECT_EQ(fields.Text("a", 9), "");
  EXPECT_EQ(ProblemOf(fields), "/: not an object");
}

TEST(JsonFields, NamesInProblemsAreEscapedAndCut) {
  const Json slash = Read(R"({"a/b~c":1})");
  JsonFields escaped(slash, "");
  EXPECT_EQ(ProblemOf(escaped), "/a~1b~0c: unknown member");

  std::string name;
  for (int i = 0; i < 1000; ++i) name += "简";
  const Json longname = Json::MakeObject({{name, 1}});
  JsonFields cut(longname, "");
  const std::string problem = ProblemOf(cut);
  EXPECT_LT(problem.size(), 100U);
  EXPECT_EQ(problem.substr(0, 4), "/简");
  EXPECT_TRUE(ParseJson("\"" + problem + "\"", 1000).has_value()) << "cut within a character";
}

}  // namespace
}  // namespace jiandu
