// The whole space of the decision on a request: every point has exactly one answer in a table
// written from the clauses (decision_clauses.h), and the engine gives that answer.
#include "tests/contracts/decision_points.h"
#include "tests/contracts/decision_space.h"

namespace jiandu::contracts::testing {
namespace {

using namespace decision;  // NOLINT(google-build-using-namespace): its dimensions

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

// What may be sent in a state. A department is named once, by its first part in the list.
bool CanBeSent(const Point& p) {
  if (p.sender == kProvider && p.side == kIsProvider) return false;
  if (p.sender == kConsumer && p.side == kIsConsumer) return false;
  return CanStandBeside(p);
}
void ForEachAct(const Point& state, const std::function<void(const Point&)>& visit) {
  static constexpr Dimension<Point> kDimensions[] = {
      {&Point::sender, {kManager, kProvider, kConsumer, kOther}},
      {&Point::signing, {kBoth, kMakerOnly}},
      {&Point::peer, {kNoPeer, kGovernment, kAuditor, kAuditorAndProvider}},
      {&Point::verdict, {kApprove, kNarrow, kRefuse}},
      {&Point::reason, {kNone, kLaw, kWorkload, kIncomplete}},
      {&Point::terms, {kNoTerms, kListed, kExtra, kNotAsked}}};
  Point point = state;
  ForEach<Point>(kDimensions, point, [&visit](const Point& found) {
    if (CanBeSent(found)) visit(found);
  });
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
  EXPECT_GT(points, 500'000U);
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
  EXPECT_GT(asked, 500'000U / stride / 2);
  EXPECT_GT(accepted, asked / 100);
}

}  // namespace
}  // namespace jiandu::contracts::testing
