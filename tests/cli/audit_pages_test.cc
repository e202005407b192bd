// Pages of an audit answer, put together: nothing that any of them leaves out is lost.
#include "cli/audit_pages.h"

#include <gtest/gtest.h>

namespace jiandu::cli {
namespace {

Json Page(std::int64_t height, std::string_view row, std::string_view gap, std::string_view next) {
  Json rows = Json::MakeArray();
  rows.Push(Json::MakeObject({{"detector", row}}));
  Json gaps = Json::MakeArray();
  Json gaps_zh = Json::MakeArray();
  if (!gap.empty()) {
    gaps.Push(gap);
    gaps_zh.Push(std::string(gap) + "-zh");
  }
  Json completeness = Json::MakeObject({{"whole", gap.empty()}, {"statement", "all"}});
  completeness.Set("gaps", gaps).Set("gaps_zh", gaps_zh);
  Json page = Json::MakeObject({{"query", "q6"}, {"height", height}});
  page.Set("rows", rows).Set("completeness", completeness);
  return page.Set("next", next.empty() ? Json() : Json(next));
}

TEST(AuditPages, KeepTheGapsOfEachPage) {
  AuditPages pages;
  ASSERT_TRUE(pages.Add(Page(7, "A", "first", "c1")));
  EXPECT_EQ(pages.Next(), "c1");
  EXPECT_EQ(pages.Height(), 7);
  ASSERT_TRUE(pages.Add(Page(7, "B", "first", "c2")));
  ASSERT_TRUE(pages.Add(Page(7, "C", "", "")));
  const Json answer = pages.Take();
  EXPECT_EQ(answer.ItemsOf("rows").size(), 3U);
  EXPECT_FALSE(answer.BoolOr("more", true));
  const Json* completeness = answer.Find("completeness");
  EXPECT_FALSE(completeness->BoolOr("whole", true));
  ASSERT_EQ(completeness->ItemsOf("gaps").size(), 1U);
  EXPECT_EQ(completeness->ItemsOf("gaps")[0].AsString(), "first");
  EXPECT_EQ(completeness->ItemsOf("gaps_zh")[0].AsString(), "first-zh");
  EXPECT_NE(completeness->TextOr("statement").find("gaps"), std::string_view::npos);
}

TEST(AuditPages, OfSeveralHeightsSayIt) {
  AuditPages pages;
  ASSERT_TRUE(pages.Add(Page(7, "A", "", "c1")));
  ASSERT_TRUE(pages.Add(Page(9, "B", "", "")));
  const Json answer = pages.Take();
  EXPECT_EQ(answer.IntegerOr("height"), 7);
  const auto gaps = answer.Find("completeness")->ItemsOf("gaps");
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_NE(gaps[0].AsString().find("7 to 9"), std::string::npos);
}

TEST(AuditPages, CutByALimitAreNotWhole) {
  AuditPages pages;
  ASSERT_TRUE(pages.Add(Page(7, "A", "", "c1")));
  const Json answer = pages.Take();
  EXPECT_TRUE(answer.BoolOr("more"));
  EXPECT_FALSE(answer.Find("completeness")->BoolOr("whole", true));
}

TEST(AuditPages, OfAnotherQueryAreRefused) {
  AuditPages pages;
  ASSERT_TRUE(pages.Add(Page(7, "A", "", "c1")));
  Json other = Page(7, "B", "", "");
  other.Set("query", "q5");
  EXPECT_FALSE(pages.Add(other));
}

TEST(AuditPages, WithoutGapsAreWhole) {
  AuditPages pages;
  ASSERT_TRUE(pages.Add(Page(7, "A", "", "")));
  const Json answer = pages.Take();
  EXPECT_TRUE(answer.Find("completeness")->BoolOr("whole"));
  EXPECT_EQ(answer.Find("completeness")->TextOr("statement"), "all");
}

}  // namespace
}  // namespace jiandu::cli
