// The whole space of one-off sharing 一事一议: who agrees on what (docs/contracts.md 4.7 CN4), and
// who opens what from it (4.8 GT1; S0 6.3.3). What the engine does is what two tables written from
// the clauses say.
//
// The tables ask the questions of 4.20 in their order; the first that is answered decides.
#include <bit>

#include "tests/contracts/decision_one_off_points.h"

namespace jiandu::contracts::testing {
namespace {

using namespace decision;  // NOLINT(google-build-using-namespace): its dimensions

constexpr int kSignersMax = 4;
constexpr Bits kIsSideToo = kIsConsumer | kIsProvider;
constexpr Bits kParts[] = {kC, kProv, kMan, kGov, kAud, kElse};

// The three seats of 6.3.3: where M is one of the others, the government has its.
Bits SeatsOf(const OneOff& p) { return kC | kProv | (p.side == kNoSide ? kMan : kGov); }
// Who opens by the profile's table in 4.2; the manager that is a side stands there as that side.
Bits OpenerOf(const OneOff& p) {
  if (p.law == kOrder809) return kProv;
  return p.side == kNoSide ? kMan : p.side == kIsConsumer ? kC : kProv;
}
bool IsManager(const OneOff& p, Bits part) {
  return part == kMan || (p.side == kIsConsumer && part == kC) ||
         (p.side == kIsProvider && part == kProv);
}

struct Question {
  std::string_view clause;
  OneOff row;
  bool (*asks)(const OneOff&);  // null: the row alone
  Code code;
  std::string_view status = "";
};

constexpr Question kResolving[] = {
    {"1b: the terms go beyond those asked for, or agreed on before",
     {.stage = kAgreed | kOpened, .end = kBeyond90Days},
     nullptr,
     Code::kFieldInvalid},
    {"6.3.3: only who has a seat signs",
     {},
     [](const OneOff& p) { return ((p.signers | p.sender) & ~SeatsOf(p)) != 0; },
     Code::kRoleDenied},
    {"CN4: in session", {.stage = static_cast<Bits>(~kInSession)}, nullptr, Code::kBadState},
    {"6.3.3: all three",
     {},
     [](const OneOff& p) { return ((p.signers | p.sender) & SeatsOf(p)) != SeatsOf(p); },
     Code::kThreeSignaturesRequired},
    {"Art. 14(3): a legal basis", {.basis = kNo}, nullptr, Code::kBasisRequired},
    {"CN4: counted uses", {.uses = kNo}, nullptr, Code::kOneOffTerms},
    {"CN4: 90 days", {.end = kBeyond90Days}, nullptr, Code::kOneOffTerms},
    {"CN4", {}, nullptr, Code::kAccepted, "AGREED"},
};
constexpr Question kOpening[] = {
    {"4.6: A only where nobody is above",
     {.above = kSomebody, .peer = kAuditor},
     nullptr,
     Code::kRoleDenied},
    {"6.5.1: the opener",
     {},
     [](const OneOff& p) { return p.sender != OpenerOf(p); },
     Code::kRoleDenied},
    {"Art. 20: the head signs too", {.signing = kMakerOnly}, nullptr, Code::kHeadSignatureRequired},
    {"CN8: once", {.stage = kOpened}, nullptr, Code::kSourceConsumed},
    {"GT1: agreed", {.stage = static_cast<Bits>(~kAgreed)}, nullptr, Code::kNotApproved},
    {"4.6: M opens and is a side",
     {.side = kIsSideToo, .peer = kNoPeer},
     [](const OneOff& p) { return IsManager(p, p.sender); },
     Code::kPeerRequired},
    {"Art. 17: another class by law", {.since = kReclassed}, nullptr, Code::kResReclassed},
    {"6.5.1: no longer than agreed", {.end = kBeyondDecision}, nullptr, Code::kTermsExceedDecision},
    {"6.5.1: no more uses than agreed", {.uses = kYes}, nullptr, Code::kTermsExceedDecision},
    {"GT1: one matter or case", {.one_case = kNeither}, nullptr, Code::kOneOffTerms},
    {"GT1", {}, nullptr, Code::kAccepted, "GRANTED"},
};

template <std::size_t n>
const Question& FirstOf(const Question (&questions)[n], const OneOff& point) {
  return *std::ranges::find_if(questions, [&point](const Question& one) {
    return Covers(one.row, point) && (one.asks == nullptr || one.asks(point));
  });
}

// The government that does not exist agrees to nothing; what nobody can agree on is not opened.
bool CanBe(const OneOff& p) {
  const bool agreed = p.stage == kAgreed || p.stage == kOpened;
  return !agreed || p.side == kNoSide || p.above == kSomebody;
}
bool CanSend(const OneOff& p, Bits part) {
  if (part == kMan && p.side != kNoSide) return false;  // it is named as the side it is
  return part != kGov || p.above == kSomebody;
}
using Visit = std::function<void(const OneOff&)>;

void ForEachMeeting(const Visit& visit) {
  static constexpr Dimension<OneOff> kDimensions[] = {
      {&OneOff::law, {kCombined, kHangzhou, kOrder809}},
      {&OneOff::side, {kNoSide, kIsConsumer, kIsProvider}},
      {&OneOff::above, {kSomebody, kNobody}},
      {&OneOff::stage, {kOpen, kInSession, kAgreed, kTurnedDown, kTakenBack, kLapsed, kOpened}}};
  OneOff point{.since = kAsItWas, .clock = kInTime, .one_case = kMatter};
  ForEach<OneOff>(kDimensions, point, [&visit](const OneOff& found) {
    if (CanBe(found)) visit(found);
  });
}
void ForEachResolution(const OneOff& state, const Visit& visit) {
  static constexpr Dimension<OneOff> kDimensions[] = {
      {&OneOff::sender, {kC, kProv, kMan, kGov, kAud, kElse}},
      {&OneOff::basis, {kNo, kYes}},
      {&OneOff::uses, {kNo, kYes}},
      {&OneOff::end, {kWithin, kBeyond90Days}}};
  OneOff point = state;
  ForEach<OneOff>(kDimensions, point, [&visit](const OneOff& found) {
    if (!CanSend(found, found.sender)) return;
    for (Bits others = 0; others < 64; ++others) {
      const bool able = std::ranges::all_of(kParts, [&](Bits part) {
        return (others & part) == 0 || (part != found.sender && CanSend(found, part));
      });
      if (!able || std::popcount(others) >= kSignersMax) continue;
      OneOff one = found;
      one.signers = others;
      visit(one);
    }
  });
}
void ForEachAgreement(const Visit& visit) {
  static constexpr Dimension<OneOff> kDimensions[] = {
      {&OneOff::since, {kAsItWas, kReclassed}},
      {&OneOff::clock, {kInTime, kLate}},
      {&OneOff::one_case, {kMatter, kCommitment, kNeither}}};
  ForEachMeeting([&visit](const OneOff& state) {
    OneOff point = state;
    ForEach<OneOff>(kDimensions, point, visit);
  });
}
void ForEachOpening(const OneOff& state, const Visit& visit) {
  static constexpr Dimension<OneOff> kDimensions[] = {
      {&OneOff::sender, {kC, kProv, kMan, kGov, kAud, kElse}},
      {&OneOff::signing, {kBoth, kMakerOnly}},
      {&OneOff::peer, {kNoPeer, kGovernment, kAuditor}},
      {&OneOff::uses, {kNo, kYes}},
      {&OneOff::end, {kWithin, kBeyondDecision}}};
  OneOff point = state;
  ForEach<OneOff>(kDimensions, point, [&visit](const OneOff& found) {
    const bool signs_twice = (found.peer == kGovernment && found.sender == kGov) ||
                             (found.peer == kAuditor && found.sender == kAud);
    const bool exists = found.peer != kGovernment || found.above == kSomebody;
    if (CanSend(found, found.sender) && exists && !signs_twice) visit(found);
  });
}

// Holds the engine to a table, over every `stride`th point and every point that is accepted.
class Held {
 public:
  void Expect(const Question& wanted, std::uint64_t flags, const Consulted::Answered& is,
              const OneOff& point) {
    const bool taken = wanted.code == Code::kAccepted;
    accepted_ += taken ? 1 : 0;
    const bool same = is.code == wanted.code && is.flags == (taken ? flags : 0) &&
                      (!taken || is.status == wanted.status);
    if (same) return;
    ++failures_;
    ADD_FAILURE() << wanted.clause << " says " << CodeName(wanted.code) << " " << wanted.status
                  << " flags " << flags << ", the engine " << CodeName(is.code) << " " << is.status
                  << " flags " << is.flags << "\n at" << Describe(point);
  }
  [[nodiscard]] bool IsAsked(const Question& wanted) {
    if (failures_ > 20) return false;
    return place_++ % stride_ == 0 || (wanted.code == Code::kAccepted && place_ % 3 == 0);
  }
  [[nodiscard]] std::size_t Accepted() const { return accepted_; }

 private:
  std::size_t stride_ = Stride();
  std::size_t place_ = 0;
  std::size_t accepted_ = 0;
  int failures_ = 0;
};

TEST(OneOffTable, EveryQuestionDecidesSomething) {
  std::map<const Question*, std::size_t> decided;
  ForEachMeeting([&](const OneOff& state) {
    ForEachResolution(state, [&](const OneOff& p) { ++decided[&FirstOf(kResolving, p)]; });
  });
  ForEachAgreement([&](const OneOff& state) {
    ForEachOpening(state, [&](const OneOff& p) { ++decided[&FirstOf(kOpening, p)]; });
  });
  for (const Question& one : kResolving) EXPECT_GT(decided[&one], 0U) << one.clause;
  for (const Question& one : kOpening) EXPECT_GT(decided[&one], 0U) << one.clause;
}

TEST(OneOffTable, TheThreeAgreeAsTheClausesSay) {
  Held held;
  ForEachMeeting([&](const OneOff& state) {
    std::optional<Consulted> scene;
    ForEachResolution(state, [&](const OneOff& point) {
      const Question& wanted = FirstOf(kResolving, point);
      if (!held.IsAsked(wanted)) return;
      if (!scene) scene.emplace(state);
      held.Expect(wanted, 0, scene->Resolve(point), point);
    });
  });
  EXPECT_GT(held.Accepted(), 5U);
}

TEST(OneOffTable, AGrantIsOpenedAsTheClausesSay) {
  Held held;
  ForEachAgreement([&](const OneOff& state) {
    std::optional<Consulted> scene;
    ForEachOpening(state, [&](const OneOff& point) {
      const Question& wanted = FirstOf(kOpening, point);
      if (!held.IsAsked(wanted)) return;
      if (!scene) scene.emplace(state);
      const std::uint64_t late = point.clock == kLate ? ledger::FlagBit(Flag::kLate) : 0;  // D16
      held.Expect(wanted, late, scene->OpenGrant(point), point);
    });
  });
  EXPECT_GT(held.Accepted(), 5U);
}

}  // namespace
}  // namespace jiandu::contracts::testing
