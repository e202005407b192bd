// The whole space of the decision on a request: every point has exactly one answer in a table
// written from the clauses (decision_clauses.h), and the engine gives that answer.
//
// Every point in ./dev test --long, else every 53rd (sanitized 499th); JIANDU_DECISION_STRIDE=n
// sets it.
#include <cstdlib>

#include "tests/contracts/decision_points.h"

namespace jiandu::contracts::testing {
namespace {

using namespace decision;  // NOLINT(google-build-using-namespace): its dimensions

std::string Describe(const Point& p) {
  std::string text;
  const auto add = [&text](const char* name, Bits value) {
    text += std::string(" ") + name + "=" + std::to_string(value);
  };
  add("law", p.law), add("chain", p.chain), add("class", p.share_class), add("side", p.side);
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

bool Fits(Bits wanted, bool is) { return wanted == 0 || (wanted & (is ? kTrue : kFalse)) != 0; }

const Answer* AnswerFor(const Point& point) {
  const bool peer_fits = Says(kPeers, point, "peer");
  const bool member = Says(kMembers, point, "member");
  const bool asked_turn = member && (point.stage & kSubmitted) != 0;
  const bool turn = asked_turn && Says(kTurns, point, "turn");
  const bool beside = Says(kBeside, point, "beside");
  const Answer* found = nullptr;
  int count = 0;
  for (const Answer& row : kAnswers) {
    const bool fits = Covers(row.row, point) && Fits(row.peer_fits, peer_fits) &&
                      Fits(row.member, member) && Fits(row.turn, turn) && Fits(row.beside, beside);
    if (!fits) continue;
    found = &row;
    ++count;
  }
  EXPECT_EQ(count, 1) << "answers cover" << Describe(point);
  return found;
}

std::uint64_t FlagsFor(const Point& point) {
  std::uint64_t flags = 0;
  for (const Raised& row : kRaised) {
    if (!Covers(row.row, point)) continue;
    EXPECT_EQ(flags & ledger::FlagBit(row.flag), 0U) << row.clause << Describe(point);
    flags |= ledger::FlagBit(row.flag);
  }
  return flags;
}

Bits ChainFor(Bits law, Bits share_class) {
  if (law == kOrder809) return kP;
  return law == kHangzhou && share_class == kUnconditional ? kM : kPM;
}
// States that cannot be: a step the chain has not, a return that was not, an extension of nothing.
bool CanBe(const Point& p) {
  if (p.stage == kStepP && p.chain == kM) return false;
  if (p.stage == kStepM && p.chain == kP) return false;
  if (p.stage == kReturned && p.returned == kNo) return false;
  if (p.since == kRightsOff && p.above == kNobody) return false;  // no government, no second power
  if (p.clock == kExtended) {
    return p.stage == kStepP && p.law != kHangzhou && p.returned == kNo && p.since == kAsItWas;
  }
  return true;
}

template <typename Visit>
void ForEachState(Visit visit) {
  for (const Bits law : {kCombined, kHangzhou, kOrder809}) {
    for (const Bits share_class : {kUnconditional, kConditional}) {
      for (const Bits side : {kNoSide, kIsConsumer, kIsProvider}) {
        for (const Bits stage :
             {kStepP, kStepM, kOffered, kReturned, kApproved, kRefused, kWithdrawn}) {
          for (const Bits clock : {kInTime, kLate, kExtended}) {
            for (const Bits returned : {kNo, kYes}) {
              for (const Bits since : {kAsItWas, kSuspended, kReclassed, kRightsOff}) {
                for (const Bits above : {kSomebody, kNobody}) {
                  const Point state{.law = law,
                                    .chain = ChainFor(law, share_class),
                                    .share_class = share_class,
                                    .side = side,
                                    .stage = stage,
                                    .clock = clock,
                                    .returned = returned,
                                    .since = since,
                                    .above = above};
                  if (CanBe(state)) visit(state);
                }
              }
            }
          }
        }
      }
    }
  }
}

// What may be sent in a state. A department is named once, by its first part in the list.
template <typename Visit>
void ForEachAct(const Point& state, Visit visit) {
  for (const Bits sender : {kManager, kProvider, kConsumer, kOther}) {
    if (sender == kProvider && state.side == kIsProvider) continue;
    if (sender == kConsumer && state.side == kIsConsumer) continue;
    for (const Bits signing : {kBoth, kMakerOnly}) {
      for (const Bits peer : {kNoPeer, kGovernment, kAuditor, kAuditorAndProvider}) {
        if (peer == kGovernment && state.above == kNobody) continue;
        const bool two = state.above == kNobody && state.side != kIsProvider && sender != kProvider;
        if (peer == kAuditorAndProvider && !two) continue;
        for (const Bits verdict : {kApprove, kNarrow, kRefuse}) {
          for (const Bits reason : {kNone, kLaw, kWorkload, kIncomplete}) {
            for (const Bits terms : {kNoTerms, kListed, kExtra, kNotAsked}) {
              Point point = state;
              point.sender = sender, point.signing = signing, point.peer = peer;
              point.verdict = verdict, point.reason = reason, point.terms = terms;
              visit(point);
            }
          }
        }
      }
    }
  }
}

std::size_t Stride() {
  if (const char* value = std::getenv("JIANDU_DECISION_STRIDE")) {
    return std::max<std::size_t>(1, std::strtoull(value, nullptr, 10));
  }
  if (std::getenv("JIANDU_LONG") != nullptr) return 1;
  return std::getenv("JIANDU_SANITIZED") != nullptr ? 499 : 53;
}

TEST(DecisionTable, EveryPointHasExactlyOneAnswer) {
  std::size_t points = 0;
  ForEachState([&](const Point& state) {
    ForEachAct(state, [&](const Point& point) {
      ++points;
      const Answer* answer = AnswerFor(point);
      if (answer != nullptr && answer->code == Code::kAccepted) (void)FlagsFor(point);
    });
  });
  RecordProperty("points", static_cast<int>(points));
  EXPECT_GT(points, 300'000U);
}

TEST(DecisionTable, TheEngineAnswersAsTheClausesSay) {
  const std::size_t stride = Stride();
  std::size_t place = 0;
  std::size_t asked = 0;
  std::size_t accepted = 0;
  int failures = 0;
  ForEachState([&](const Point& state) {
    if (failures > 20) return;
    // Some states wholly would say little about the others: each gets its share.
    std::optional<Scene> scene;
    ForEachAct(state, [&](const Point& point) {
      if (place++ % stride != 0 || failures > 20) return;
      if (!scene) scene.emplace(state);
      ++asked;
      const Answer* wanted = AnswerFor(point);
      ASSERT_NE(wanted, nullptr);
      const Scene::Answered is = scene->Ask(point);
      const bool taken = wanted->code == Code::kAccepted;
      accepted += taken ? 1 : 0;
      const std::uint64_t flags = taken ? FlagsFor(point) : 0;
      const bool same =
          is.code == wanted->code && is.flags == flags && (!taken || is.status == wanted->status);
      if (same) return;
      ++failures;
      ADD_FAILURE() << wanted->clause << " says " << CodeName(wanted->code) << " " << wanted->status
                    << " flags " << flags << ", the engine " << CodeName(is.code) << " "
                    << is.status << " flags " << is.flags << "\n at" << Describe(point);
    });
  });
  EXPECT_GT(asked, 300'000U / stride / 2);
  EXPECT_GT(accepted, asked / 100);
}

}  // namespace
}  // namespace jiandu::contracts::testing
