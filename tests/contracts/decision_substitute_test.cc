// The whole space of the manager's answer in the provider's place (docs/contracts.md 4.6 RQ5; S0
// 6.3.1): what the engine does is what a table written from the clause says.
//
// The table asks the questions of 4.20 in their order; the first that is answered decides.
#include "tests/contracts/decision_points.h"
#include "tests/contracts/decision_space.h"

namespace jiandu::contracts::testing {
namespace {

using namespace decision;  // NOLINT(google-build-using-namespace): its dimensions

constexpr Bits kUnlessSubmitted = static_cast<Bits>(~kSubmitted);

struct Question {
  std::string_view clause;
  Point row;
  Code code;
  std::string_view status = "";
};
constexpr Question kQuestions[] = {
    // 3: who
    {"A while somebody is above", {.above = kSomebody, .peer = kAuditor}, Code::kRoleDenied},
    {"P's head beside the manager that is no side",
     {.side = kNoSide, .sender = kManager, .peer = kAuditorAndProvider},
     Code::kRoleDenied},
    {"6.3.1: M and nobody else", {.sender = kProvider | kConsumer | kOther}, Code::kRoleDenied},
    {"Art. 20: the head signs too", {.signing = kMakerOnly}, Code::kHeadSignatureRequired},
    // 5: state
    {"4.5: not SUBMITTED", {.stage = kUnlessSubmitted}, Code::kBadState},
    {"Art. 17: closed with its resource", {.since = kReclassed}, Code::kResReclassed},
    // 7: rule
    {"the profile has it", {.law = kHangzhou | kOrder809}, Code::kSubstituteNotAllowed},
    {"only UNCONDITIONAL", {.share_class = kConditional}, Code::kSubstituteNotAllowed},
    {"a return flow has D04, not D03", {.kind = kReturnFlow}, Code::kSubstituteNotAllowed},
    {"P's step", {.stage = kStepM}, Code::kSubstituteNotAllowed},
    {"nobody stands in for itself", {.side = kIsProvider}, Code::kSubstituteNotAllowed},
    {"D03 overdue", {.clock = kInTime | kExtended}, Code::kSubstituteNotAllowed},
    {"4.6: M is C, nobody beside it; A alone is not enough",
     {.side = kIsConsumer, .peer = kNoPeer | kAuditor},
     Code::kPeerRequired},
    {"Art. 20: nothing that was not asked for", {.terms = kNotAsked}, Code::kItemNotRequested},
    // RQ5
    {"Art. 15: a condition outside the list narrows",
     {.terms = kExtra},
     Code::kAccepted,
     "OFFERED"},
    {"M is next", {.terms = kNoTerms | kListed}, Code::kAccepted, "SUBMITTED"},
};
constexpr Raised kFlags[] = {
    {"6.3.1", {}, Flag::kSubstituted},
    {"Art. 39(4): P's lateness stays", {}, Flag::kLate},
    {"Art. 15", {.terms = kExtra}, Flag::kExtraCondition},
    {"4.6: nobody stands above", {.side = kIsConsumer, .above = kNobody}, Flag::kSelfDealing},
};

void ForEachSubstitution(const Point& state, const std::function<void(const Point&)>& visit) {
  static constexpr Dimension<Point> kDimensions[] = {
      {&Point::sender, {kManager, kProvider, kConsumer, kOther}},
      {&Point::signing, {kBoth, kMakerOnly}},
      {&Point::peer, {kNoPeer, kGovernment, kAuditor, kAuditorAndProvider}},
      {&Point::terms, {kNoTerms, kListed, kExtra, kNotAsked}}};
  Point point = state;
  ForEach<Point>(kDimensions, point, [&visit](const Point& found) {
    const bool twice = (found.sender == kProvider && found.side == kIsProvider) ||
                       (found.sender == kConsumer && found.side == kIsConsumer);
    if (!twice && CanStandBeside(found)) visit(found);
  });
}

const Question* FirstFor(const Point& point) {
  const auto* const found = std::ranges::find_if(
      kQuestions, [&point](const Question& one) { return Covers(one.row, point); });
  return found != std::end(kQuestions) ? found : nullptr;
}
std::uint64_t FlagsFor(const Point& point) {
  std::uint64_t flags = 0;
  for (const Raised& row : kFlags) {
    if (Covers(row.row, point)) flags |= ledger::FlagBit(row.flag);
  }
  return flags;
}

TEST(SubstitutionTable, EveryQuestionDecidesSomething) {
  std::map<const Question*, std::size_t> decided;
  ForEachState([&](const Point& state) {
    ForEachSubstitution(state, [&](const Point& point) {
      const Question* first = FirstFor(point);
      ASSERT_NE(first, nullptr) << Describe(point);
      ++decided[first];
    });
  });
  for (const Question& one : kQuestions) EXPECT_GT(decided[&one], 0U) << one.clause;
}

// Some substitutions are accepted in few states only: every state that has one is asked wholly.
TEST(SubstitutionTable, TheEngineAnswersAsTheClauseSays) {
  const std::size_t stride = Stride();
  std::size_t place = 0;
  std::size_t accepted = 0;
  int failures = 0;
  ForEachState([&](const Point& state) {
    if (failures > 20) return;
    std::optional<Scene> scene;
    ForEachSubstitution(state, [&](const Point& point) {
      const Question& wanted = *FirstFor(point);
      const bool taken = wanted.code == Code::kAccepted;
      if (!taken && place++ % stride != 0) return;
      if (!scene) scene.emplace(state);
      const Scene::Answered is = scene->AskToSubstitute(point);
      accepted += taken ? 1 : 0;
      const std::uint64_t flags = taken ? FlagsFor(point) : 0;
      if (is.code == wanted.code && is.flags == flags && (!taken || is.status == wanted.status)) {
        return;
      }
      ++failures;
      ADD_FAILURE() << wanted.clause << " says " << CodeName(wanted.code) << " " << wanted.status
                    << " flags " << flags << ", the engine " << CodeName(is.code) << " "
                    << is.status << " flags " << is.flags << "\n at" << Describe(point);
    });
  });
  EXPECT_GT(accepted, 50U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
