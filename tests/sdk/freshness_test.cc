// What is too old, or of another time, is refused though it holds.
#include "sdk/cpp/freshness.h"

#include <gtest/gtest.h>

#include "sdk/cpp/ascii_json.h"

namespace jiandu::sdk {
namespace {

constexpr ledger::TimeMs kTime = 1'795'249'801'000;

ProofVerdict Good() {
  ProofVerdict verdict;
  verdict.verified = true;
  verdict.as_of = 100;
  verdict.time = kTime;
  verdict.proven = {{.en = "something", .zh = ""}};
  verdict.steps = {{"answer", true, "", ""}};
  return verdict;
}

bool IsFresh(const Freshness& freshness) {
  ProofVerdict verdict = Good();
  RequireFresh(verdict, freshness);
  EXPECT_EQ(verdict.verified, verdict.steps.back().holds);
  EXPECT_EQ(verdict.verified, !verdict.proven.empty());
  EXPECT_EQ(verdict.steps.back().name, "freshness");
  return verdict.verified;
}

TEST(Freshness, IsOfHeightAndAge) {
  EXPECT_TRUE(IsFresh({.min_height = 100, .max_age = 0, .now = 0}));
  EXPECT_FALSE(IsFresh({.min_height = 101, .max_age = 0, .now = 0}));
  EXPECT_TRUE(IsFresh({.min_height = 0, .max_age = 1000, .now = kTime + 1000}));
  EXPECT_FALSE(IsFresh({.min_height = 0, .max_age = 1000, .now = kTime + 1001}));
  EXPECT_FALSE(IsFresh({.min_height = 101, .max_age = 1000, .now = kTime}));
  // A clock that is behind cannot tell the age.
  EXPECT_TRUE(IsFresh({.min_height = 0, .max_age = 1000, .now = kTime - 60'000}));
  EXPECT_FALSE(IsFresh({.min_height = 0, .max_age = 1000, .now = kTime - 60'001}));
}

TEST(Freshness, AddsNothingWhenNothingIsAskedOrNothingHolds) {
  ProofVerdict verdict = Good();
  RequireFresh(verdict, {});
  EXPECT_EQ(verdict.steps.size(), 1U);
  verdict.verified = false;
  RequireFresh(verdict, {.min_height = 1000, .max_age = 0, .now = 0});
  EXPECT_EQ(verdict.steps.size(), 1U);
}

TEST(Freshness, TimesAreReadable) { EXPECT_EQ(UtcText(kTime), "2026-11-21 08:30:01 UTC"); }

TEST(AsciiJson, EscapesWhatIsNotPlain) {
  EXPECT_EQ(AsciiJson("code/330100-ga-0012"), "\"code/330100-ga-0012\"");
  EXPECT_EQ(AsciiJson("a\x1b\x7f\""), R"("a\u001b\u007f\u0022")");
  EXPECT_EQ(AsciiJson("简\U00010348"), R"("\u7b80\ud800\udf48")");
  EXPECT_EQ(AsciiJson("\xff"), R"("\ufffd")");
}

}  // namespace
}  // namespace jiandu::sdk
