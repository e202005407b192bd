// The decision on a request as rows of clauses, in another form than the engine's: for every
// question what may be answered, and what then follows. Nothing of contracts/ stands here.
//
// A row names the values it is about, as bits of each dimension; 0 is "whatever". No row comes
// before another: of a table every point has exactly one row (decision_table_test.cc).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ledger/model/code_numbers.h"

namespace jiandu::contracts::testing::decision {

using ledger::Code;
using ledger::Flag;
using Bits = std::uint16_t;

// Who answers, by the profile's table in 4.2: hangzhou [M] and [P, M], order809 [P], combined [P,
// M].
enum Chain : Bits { kM = 1, kP = 2, kPM = 4 };
enum Law : Bits { kCombined = 1, kHangzhou = 2, kOrder809 = 4 };  // the profile
enum Class : Bits { kUnconditional = 1, kConditional = 2 };
// What is asked for: data of another department, or data of its own territory from above (Art. 24).
enum Kind : Bits { kNormal = 1, kReturnFlow = 2 };
// The manager is no side, the consumer, or the provider of the case.
enum Side : Bits { kNoSide = 1, kIsConsumer = 2, kIsProvider = 4 };
// Where the case stands; the first two are SUBMITTED at P's step and at M's.
enum Stage : Bits {
  kStepP = 1,
  kStepM = 2,
  kOffered = 4,
  kReturned = 8,
  kApproved = 16,
  kRefused = 32,
  kWithdrawn = 64
};
constexpr Bits kSubmitted = kStepP | kStepM;
// The clock of the step: in time, past due, or past the old due and within an extension.
enum Clock : Bits { kInTime = 1, kLate = 2, kExtended = 4 };
// The resource since: as it was; suspended by P; of another class by law; the consumer's rights
// suspended.
enum Since : Bits { kAsItWas = 1, kSuspended = 2, kReclassed = 4, kRightsOff = 8 };
enum Above : Bits { kSomebody = 1, kNobody = 2 };
// The sender by its part; MANAGER where it is another part as well.
enum Sender : Bits { kProvider = 1, kManager = 2, kConsumer = 4, kOther = 8 };
enum Signed : Bits { kBoth = 1, kMakerOnly = 2 };
enum Peer : Bits { kNoPeer = 1, kGovernment = 2, kAuditor = 4, kAuditorAndProvider = 8 };
enum Verdict : Bits { kApprove = 1, kNarrow = 2, kRefuse = 4 };
enum Reason : Bits { kNone = 1, kLaw = 2, kWorkload = 4, kIncomplete = 8 };
enum Terms : Bits { kNoTerms = 1, kListed = 2, kExtra = 4, kNotAsked = 8 };

// One point, or the values of a row.
struct Point {
  Bits law = 0, chain = 0, share_class = 0, kind = 0, side = 0, stage = 0, clock = 0, returned = 0;
  Bits since = 0, above = 0, sender = 0, signing = 0, peer = 0, verdict = 0, reason = 0, terms = 0;
  bool operator==(const Point&) const = default;
};
constexpr Bits kNo = 1, kYes = 2;  // `returned`

[[nodiscard]] constexpr bool Covers(const Point& row, const Point& point) {
  const auto fits = [](Bits wanted, Bits is) { return wanted == 0 || (wanted & is) != 0; };
  return fits(row.law, point.law) && fits(row.chain, point.chain) &&
         fits(row.share_class, point.share_class) && fits(row.kind, point.kind) &&
         fits(row.side, point.side) && fits(row.stage, point.stage) &&
         fits(row.clock, point.clock) && fits(row.returned, point.returned) &&
         fits(row.since, point.since) && fits(row.above, point.above) &&
         fits(row.sender, point.sender) && fits(row.signing, point.signing) &&
         fits(row.peer, point.peer) && fits(row.verdict, point.verdict) &&
         fits(row.reason, point.reason) && fits(row.terms, point.terms);
}

// Whether the sender belongs to the chain at all (4.6; 809 Art. 20-21; S0 6.3.1, 6.3.2).
struct Membership {
  std::string_view clause;
  Point row;
  bool member;
};
inline constexpr std::array kMembers = {
    Membership{"only who answers decides", {.sender = kConsumer | kOther}, false},
    Membership{"6.3.1 [M]: P has no step", {.chain = kM, .sender = kProvider}, false},
    Membership{"Art. 20 [P]: M has no step",
               {.chain = kP, .side = kNoSide | kIsConsumer, .sender = kManager},
               false},
    Membership{"Art. 20 [P]: M is P", {.chain = kP, .side = kIsProvider, .sender = kManager}, true},
    Membership{"Art. 20, 6.3.2: P", {.chain = kP | kPM, .sender = kProvider}, true},
    Membership{"6.3.1, 6.3.2: M", {.chain = kM | kPM, .sender = kManager}, true},
};
// Whether it is the sender's turn (6.3.2).
inline constexpr std::array kTurns = {
    Membership{"P at P's step", {.stage = kStepP, .sender = kProvider}, true},
    Membership{"M that is P, at P's step",
               {.side = kIsProvider, .stage = kStepP, .sender = kManager},
               true},
    Membership{
        "M before P", {.side = kNoSide | kIsConsumer, .stage = kStepP, .sender = kManager}, false},
    Membership{"M at M's step", {.stage = kStepM, .sender = kManager}, true},
    Membership{"P at M's step", {.stage = kStepM, .sender = kProvider}, false},
};
// Whether the head beside the manager is the one 4.6 asks for, where it is a side.
constexpr Bits kIsSide = kIsConsumer | kIsProvider;
constexpr Bits kAgrees = kApprove | kNarrow;
inline constexpr std::array kBeside = {
    Membership{"M is no side", {.side = kNoSide}, true},
    Membership{"as P it answers like any other",
               {.side = kIsSide, .stage = static_cast<Bits>(~kStepM)},
               true},
    Membership{"a refusal is blocked by nothing",
               {.side = kIsSide, .stage = kStepM, .verdict = kRefuse},
               true},
    Membership{"nobody beside it",
               {.side = kIsSide, .stage = kStepM, .peer = kNoPeer, .verdict = kAgrees},
               false},
    Membership{"government or superior; or P h and A h",
               {.side = kIsSide,
                .stage = kStepM,
                .peer = kGovernment | kAuditorAndProvider,
                .verdict = kAgrees},
               true},
    Membership{"A alone, where M is the consumer",
               {.side = kIsConsumer, .stage = kStepM, .peer = kAuditor, .verdict = kAgrees},
               false},
    Membership{"A, where M is P and has signed as such",
               {.side = kIsProvider, .stage = kStepM, .peer = kAuditor, .verdict = kAgrees},
               true},
};

// Whether the case knows the peer at all: above the manager, or beside it where nobody is above.
inline constexpr std::array kPeers = {
    Membership{"none", {.peer = kNoPeer}, true},
    Membership{"government or superior", {.peer = kGovernment}, true},
    Membership{"A while somebody is above", {.above = kSomebody, .peer = kAuditor}, false},
    Membership{"A while nobody is", {.above = kNobody, .peer = kAuditor}, true},
    Membership{"P's head beside the manager that is the consumer",
               {.side = kIsConsumer, .sender = kManager, .peer = kAuditorAndProvider},
               true},
    Membership{"P's head beside the manager that is no side",
               {.side = kNoSide, .sender = kManager, .peer = kAuditorAndProvider},
               false},
    Membership{"P's head beside anybody else",
               {.sender = kConsumer | kOther, .peer = kAuditorAndProvider},
               false},
};

// What is answered, once it is known who sent it, whose turn it is and who stands beside it.
enum Three : Bits { kFalse = 1, kTrue = 2 };  // 0: whatever
struct Answer {
  std::string_view clause;
  Point row;
  Bits peer_fits, member, turn, beside;
  Code code;
  std::string_view status;  // after; "": unchanged
};
// How far an act has come when the row answers: known to the case, a member, its turn, with the
// peer that 4.6 asks for.
struct Came {
  Bits peer_fits = kTrue, member = kTrue, turn = kTrue, beside = kTrue;
};
constexpr Came kWholly{};
constexpr Bits kOfToday = static_cast<Bits>(~kReclassed);
// What both signed for a case that is SUBMITTED, of the class it was asked for in.
constexpr Point Sent(Bits verdict, Bits reason = 0, Bits terms = 0) {
  return {.stage = kSubmitted,
          .since = verdict == kRefuse ? Bits{0} : kOfToday,  // what is closed may be refused still
          .signing = kBoth,
          .verdict = verdict,
          .reason = reason,
          .terms = terms};
}
constexpr Point Agreed(Bits chain, Bits stage) {
  Point row = Sent(kApprove, 0, kNoTerms | kListed);
  row.chain = chain, row.stage = stage;
  return row;
}
constexpr Point Unturned(Bits since, Bits verdict) {
  return {.stage = kSubmitted, .since = since, .signing = kBoth, .verdict = verdict};
}
constexpr Answer Row(std::string_view clause, const Point& row, const Came& came, Code code,
                     std::string_view status = "") {
  return {clause, row, came.peer_fits, came.member, came.turn, came.beside, code, status};
}
constexpr Bits kGiven = kLaw | kWorkload | kIncomplete;
inline constexpr std::array kAnswers = {
    Row("a peer the case does not know", {}, {kFalse, 0, 0, 0}, Code::kRoleDenied),
    Row("Art. 36: not of the chain", {}, {kTrue, kFalse, 0, 0}, Code::kRoleDenied),
    Row("Art. 20: the head signs too", {.signing = kMakerOnly}, {kTrue, kTrue, 0, 0},
        Code::kHeadSignatureRequired),
    Row("4.5: not SUBMITTED", {.stage = static_cast<Bits>(~kSubmitted), .signing = kBoth},
        {kTrue, kTrue, 0, 0}, Code::kBadState),
    Row("Art. 17: closed with its resource; refusing it is left", Unturned(kReclassed, kAgrees),
        {kTrue, kTrue, 0, 0}, Code::kResReclassed),
    Row("6.3.2: not its turn", Unturned(kOfToday, 0), {kTrue, kTrue, kFalse, 0},
        Code::kApprovalOrder),
    Row("6.3.2: not its turn, of a closed one", Unturned(kReclassed, kRefuse),
        {kTrue, kTrue, kFalse, 0}, Code::kApprovalOrder),
    Row("4.6 self-dealing", Unturned(kOfToday, 0), {kTrue, kTrue, kTrue, kFalse},
        Code::kPeerRequired),
    Row("Art. 21: reasons for narrowing", Sent(kNarrow, kNone), kWholly, Code::kReasonRequired),
    Row("Art. 21: reasons for refusing", Sent(kRefuse, kNone), kWholly, Code::kReasonRequired),
    Row("Art. 20: nothing that was not asked for", Sent(kApprove, 0, kNotAsked), kWholly,
        Code::kItemNotRequested),
    Row("RQ6", Sent(kRefuse, kGiven), kWholly, Code::kAccepted, "REFUSED"),
    Row("RQ7", Sent(kNarrow, kGiven), kWholly, Code::kAccepted, "OFFERED"),
    Row("Art. 15, 24: a condition outside the list narrows", Sent(kApprove, 0, kExtra), kWholly,
        Code::kAccepted, "OFFERED"),
    Row("RQ4: M is next", Agreed(kPM, kStepP), kWholly, Code::kAccepted, "SUBMITTED"),
    Row("RQ4: P was the last", Agreed(kP, kStepP), kWholly, Code::kAccepted, "APPROVED"),
    Row("RQ4: M was the last", Agreed(0, kStepM), kWholly, Code::kAccepted, "APPROVED"),
};

// Flags of what is accepted: raised exactly where one of its rows covers the point (4.21).
struct Raised {
  std::string_view clause;
  Point row;
  Flag flag;
};
inline constexpr std::array kRaised = {
    Raised{"809 Art. 21: P past due; hangzhou sets P no term, what was closed owes nothing",
           {.law = kCombined | kOrder809, .stage = kStepP, .clock = kLate, .since = kOfToday},
           Flag::kLate},
    Raised{"D08", {.stage = kStepM, .clock = kLate, .since = kOfToday}, Flag::kLate},
    Raised{
        "Art. 15", {.kind = kNormal, .verdict = kAgrees, .terms = kExtra}, Flag::kExtraCondition},
    Raised{"Art. 24",
           {.kind = kReturnFlow, .verdict = kAgrees, .terms = kExtra},
           Flag::kReturnFlowCondition},
    Raised{"Art. 15, 21",
           {.share_class = kUnconditional,
            .stage = kStepP,
            .verdict = kRefuse,
            .reason = kWorkload | kIncomplete},
           Flag::kUnconditionalRefusal},
    Raised{"Art. 21: not refused but returned",
           {.returned = kNo, .verdict = kRefuse, .reason = kIncomplete},
           Flag::kReturnFirst},
    Raised{"RQ6: M after P",
           {.chain = kPM, .stage = kStepM, .verdict = kRefuse, .reason = kWorkload | kIncomplete},
           Flag::kManagerRefusalGround},
    Raised{"4.6: nobody stands above",
           {.side = kIsSide, .stage = kStepM, .above = kNobody},
           Flag::kSelfDealing},
};

}  // namespace jiandu::contracts::testing::decision
