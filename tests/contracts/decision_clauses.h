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
  Bits law = 0, chain = 0, share_class = 0, side = 0, stage = 0, clock = 0, returned = 0;
  Bits since = 0, above = 0, sender = 0, signing = 0, peer = 0, verdict = 0, reason = 0, terms = 0;
  bool operator==(const Point&) const = default;
};
constexpr Bits kNo = 1, kYes = 2;  // `returned`

[[nodiscard]] constexpr bool Covers(const Point& row, const Point& point) {
  const auto fits = [](Bits wanted, Bits is) { return wanted == 0 || (wanted & is) != 0; };
  return fits(row.law, point.law) && fits(row.chain, point.chain) &&
         fits(row.share_class, point.share_class) && fits(row.side, point.side) &&
         fits(row.stage, point.stage) && fits(row.clock, point.clock) &&
         fits(row.returned, point.returned) && fits(row.since, point.since) &&
         fits(row.above, point.above) && fits(row.sender, point.sender) &&
         fits(row.signing, point.signing) && fits(row.peer, point.peer) &&
         fits(row.verdict, point.verdict) && fits(row.reason, point.reason) &&
         fits(row.terms, point.terms);
}

// Whether the sender belongs to the chain at all (4.6; 809 Art. 20-21; S0 6.3.1, 6.3.2).
struct Membership {
  std::string_view clause;
  Point row;
  bool member;
};
constexpr std::array kMembers = {
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
constexpr std::array kTurns = {
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
constexpr std::array kBeside = {
    Membership{"M is no side", {.side = kNoSide}, true},
    Membership{"as P it answers like any other",
               {.side = kIsConsumer | kIsProvider, .stage = static_cast<Bits>(~kStepM)},
               true},
    Membership{"a refusal is blocked by nothing",
               {.side = kIsConsumer | kIsProvider, .stage = kStepM, .verdict = kRefuse},
               true},
    Membership{"nobody beside it",
               {.side = kIsConsumer | kIsProvider,
                .stage = kStepM,
                .peer = kNoPeer,
                .verdict = kApprove | kNarrow},
               false},
    Membership{"government or superior",
               {.side = kIsConsumer | kIsProvider,
                .stage = kStepM,
                .peer = kGovernment,
                .verdict = kApprove | kNarrow},
               true},
    Membership{
        "A alone, where M is the consumer",
        {.side = kIsConsumer, .stage = kStepM, .peer = kAuditor, .verdict = kApprove | kNarrow},
        false},
    Membership{
        "A, where M is P and has signed as such",
        {.side = kIsProvider, .stage = kStepM, .peer = kAuditor, .verdict = kApprove | kNarrow},
        true},
    Membership{"P h and A h",
               {.side = kIsConsumer | kIsProvider,
                .stage = kStepM,
                .peer = kAuditorAndProvider,
                .verdict = kApprove | kNarrow},
               true},
};

// Whether the case knows the peer at all: above the manager, or beside it where nobody is above.
constexpr std::array kPeers = {
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
constexpr std::array kAnswers = {
    Answer{"a peer the case does not know", {}, kFalse, 0, 0, 0, Code::kRoleDenied, ""},
    Answer{"Art. 36: not of the chain", {}, kTrue, kFalse, 0, 0, Code::kRoleDenied, ""},
    Answer{"Art. 20: the head signs too",
           {.signing = kMakerOnly},
           kTrue,
           kTrue,
           0,
           0,
           Code::kHeadSignatureRequired,
           ""},
    Answer{"4.5: not SUBMITTED",
           {.stage = static_cast<Bits>(~kSubmitted), .signing = kBoth},
           kTrue,
           kTrue,
           0,
           0,
           Code::kBadState,
           ""},
    Answer{
        "Art. 17: closed with its resource; refusing it is left",
        {.stage = kSubmitted, .since = kReclassed, .signing = kBoth, .verdict = kApprove | kNarrow},
        kTrue,
        kTrue,
        0,
        0,
        Code::kResReclassed,
        ""},
    Answer{"6.3.2: not its turn",
           {.stage = kSubmitted, .since = static_cast<Bits>(~kReclassed), .signing = kBoth},
           kTrue,
           kTrue,
           kFalse,
           0,
           Code::kApprovalOrder,
           ""},
    Answer{"6.3.2: not its turn, of a closed one",
           {.stage = kSubmitted, .since = kReclassed, .signing = kBoth, .verdict = kRefuse},
           kTrue,
           kTrue,
           kFalse,
           0,
           Code::kApprovalOrder,
           ""},
    Answer{"4.6 self-dealing",
           {.stage = kSubmitted, .since = static_cast<Bits>(~kReclassed), .signing = kBoth},
           kTrue,
           kTrue,
           kTrue,
           kFalse,
           Code::kPeerRequired,
           ""},
    Answer{"Art. 21: reasons for narrowing",
           {.stage = kSubmitted,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kNarrow,
            .reason = kNone},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kReasonRequired,
           ""},
    Answer{"Art. 21: reasons for refusing",
           {.stage = kSubmitted, .signing = kBoth, .verdict = kRefuse, .reason = kNone},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kReasonRequired,
           ""},
    Answer{"Art. 20: nothing that was not asked for",
           {.stage = kSubmitted,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kApprove,
            .terms = kNotAsked},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kItemNotRequested,
           ""},
    Answer{"RQ6",
           {.stage = kSubmitted,
            .signing = kBoth,
            .verdict = kRefuse,
            .reason = kLaw | kWorkload | kIncomplete},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kAccepted,
           "REFUSED"},
    Answer{"RQ7",
           {.stage = kSubmitted,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kNarrow,
            .reason = kLaw | kWorkload | kIncomplete},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kAccepted,
           "OFFERED"},
    Answer{"Art. 15: a condition outside the list narrows",
           {.stage = kSubmitted,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kApprove,
            .terms = kExtra},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kAccepted,
           "OFFERED"},
    Answer{"RQ4: M is next",
           {.chain = kPM,
            .stage = kStepP,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kApprove,
            .terms = kNoTerms | kListed},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kAccepted,
           "SUBMITTED"},
    Answer{"RQ4: P was the last",
           {.chain = kP,
            .stage = kStepP,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kApprove,
            .terms = kNoTerms | kListed},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kAccepted,
           "APPROVED"},
    Answer{"RQ4: M was the last",
           {.stage = kStepM,
            .since = static_cast<Bits>(~kReclassed),
            .signing = kBoth,
            .verdict = kApprove,
            .terms = kNoTerms | kListed},
           kTrue,
           kTrue,
           kTrue,
           kTrue,
           Code::kAccepted,
           "APPROVED"},
};

// Flags of what is accepted: raised exactly where one of its rows covers the point (4.21).
struct Raised {
  std::string_view clause;
  Point row;
  Flag flag;
};
constexpr std::array kRaised = {
    Raised{"809 Art. 21: P past due; hangzhou sets P no term, what was closed owes nothing",
           {.law = kCombined | kOrder809,
            .stage = kStepP,
            .clock = kLate,
            .since = static_cast<Bits>(~kReclassed)},
           Flag::kLate},
    Raised{"D08",
           {.stage = kStepM, .clock = kLate, .since = static_cast<Bits>(~kReclassed)},
           Flag::kLate},
    Raised{"Art. 15", {.verdict = kApprove | kNarrow, .terms = kExtra}, Flag::kExtraCondition},
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
           {.side = kIsConsumer | kIsProvider, .stage = kStepM, .above = kNobody},
           Flag::kSelfDealing},
};

}  // namespace jiandu::contracts::testing::decision
