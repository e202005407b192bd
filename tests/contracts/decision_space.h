// The space of decisions on requests: every state a case can be in, and finding the one row of a
// table that covers a point of it.
//
// Header only; for the tests of the tables.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>

#include "tests/contracts/decision_clauses.h"

namespace jiandu::contracts::testing::decision {

inline std::string Describe(const Point& p) {
  std::string text;
  const auto add = [&text](const char* name, Bits value) {
    text += std::string(" ") + name + "=" + std::to_string(value);
  };
  add("law", p.law), add("chain", p.chain), add("class", p.share_class), add("kind", p.kind);
  add("side", p.side);
  add("stage", p.stage), add("clock", p.clock), add("returned", p.returned);
  add("since", p.since), add("above", p.above), add("sender", p.sender);
  add("signing", p.signing), add("peer", p.peer), add("verdict", p.verdict);
  add("reason", p.reason), add("terms", p.terms);
  return text;
}

// Of rows that say yes or no, the one that covers the point.
template <std::size_t n>
bool Says(const std::array<Membership, n>& rows, const Point& point, std::string_view what) {
  const Membership* found = nullptr;
  int count = 0;
  for (const Membership& row : rows) {
    if (!Covers(row.row, point)) continue;
    found = &row;
    ++count;
  }
  EXPECT_EQ(count, 1) << what << " rows cover" << Describe(point);
  return found != nullptr && found->member;
}

inline Bits ChainFor(Bits law, Bits share_class) {
  if (law == kOrder809) return kP;
  return law == kHangzhou && share_class == kUnconditional ? kM : kPM;
}
// States that cannot be: a step the chain has not, a return that was not, an extension of nothing.
inline bool CanBe(const Point& p) {
  if (p.stage == kStepP && p.chain == kM) return false;
  if (p.stage == kStepM && p.chain == kP) return false;
  if (p.stage == kReturned && p.returned == kNo) return false;
  // Who asks for what flows back stands below the manager it is asked of.
  if (p.kind == kReturnFlow && p.side == kIsConsumer) return false;
  if (p.since == kRightsOff && p.above == kNobody) return false;  // no government, no second power
  if (p.clock == kExtended) {
    return p.stage == kStepP && p.law != kHangzhou && p.returned == kNo && p.since == kAsItWas;
  }
  return true;
}

// Whether the peers of the point exist, and are not the sender.
inline bool CanStandBeside(const Point& p) {
  if (p.peer == kGovernment) return p.above == kSomebody;
  if (p.peer != kAuditorAndProvider) return true;
  return p.above == kNobody && p.side != kIsProvider && p.sender != kProvider;
}

// Values one dimension takes, one after the other.
template <typename Value>
struct Dimension {
  Bits Value::* member;
  std::initializer_list<Bits> values;
};
// All combinations, the last dimension fastest.
template <typename Value>
void ForEach(std::span<const Dimension<Value>> dimensions, Value& point,
             const std::function<void(const Value&)>& visit) {
  if (dimensions.empty()) return visit(point);
  for (const Bits value : dimensions.front().values) {
    point.*dimensions.front().member = value;
    ForEach(dimensions.subspan(1), point, visit);
  }
}

inline void ForEachState(const std::function<void(const Point&)>& visit) {
  static constexpr Dimension<Point> kDimensions[] = {
      {&Point::law, {kCombined, kHangzhou, kOrder809}},
      {&Point::share_class, {kUnconditional, kConditional}},
      {&Point::kind, {kNormal, kReturnFlow}},
      {&Point::side, {kNoSide, kIsConsumer, kIsProvider}},
      {&Point::stage, {kStepP, kStepM, kOffered, kReturned, kApproved, kRefused, kWithdrawn}},
      {&Point::clock, {kInTime, kLate, kExtended}},
      {&Point::returned, {kNo, kYes}},
      {&Point::since, {kAsItWas, kSuspended, kReclassed, kRightsOff}},
      {&Point::above, {kSomebody, kNobody}}};
  Point state;
  ForEach<Point>(kDimensions, state, [&visit](const Point& found) {
    Point point = found;
    point.chain = ChainFor(point.law, point.share_class);
    if (CanBe(point)) visit(point);
  });
}

// Every point in ./dev test --long, else every 53rd (sanitized 499th); JIANDU_DECISION_STRIDE=n
// sets it.
inline std::size_t Stride() {
  if (const char* value = std::getenv("JIANDU_DECISION_STRIDE")) {
    return std::max<std::size_t>(1, std::strtoull(value, nullptr, 10));
  }
  if (std::getenv("JIANDU_LONG") != nullptr) return 1;
  return std::getenv("JIANDU_SANITIZED") != nullptr ? 499 : 53;
}

}  // namespace jiandu::contracts::testing::decision
