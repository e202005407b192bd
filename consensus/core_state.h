// The inside of Core: what it remembers, and how its work is divided among the core_*.cc files.
//
// Owned by Core; one thread. core.cc takes inputs apart, core_height.cc begins and restores
// heights, core_messages.cc stores proposals, votes and certificates, core_rules.cc fires the 13
// rules to quiescence, core_sign.cc asks for signatures and repeats what was said.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "consensus/core.h"
#include "consensus/round_state.h"
#include "consensus/vote_tally.h"

namespace jiandu::consensus {

class Core::State {
 public:
  State(std::string chain_id, std::optional<Address> me, Params params,
        std::unique_ptr<ProposerSchedule> schedule)
      : chain_id_(std::move(chain_id)), me_(me), params_(params), schedule_(std::move(schedule)) {}

  [[nodiscard]] std::vector<Effect> Handle(const Input& input);
  [[nodiscard]] CoreView View() const;
  [[nodiscard]] SafetyState Safety() const;
  [[nodiscard]] std::size_t ItemsKept() const;

 private:
  using Step = consensus::Step;  // not Core::Step

  enum class Phase : std::uint8_t {
    kIdle,     // no height yet
    kWaiting,  // for work (docs/consensus.md (Pace))
    kRounds,
    kDecided,  // until the next StartHeight
    kHalted,   // the network committed what our application refuses
  };
  enum class Validity : std::uint8_t { kAsked, kValid, kInvalid };
  struct StoredProposal {
    Proposal proposal;
    bool timely = false;
    bool has_polka = false;  // came with a polka certificate for its pol_round
  };
  // Position of a signature inside a height; each is asked for at most once, in ascending order.
  using SignPlace = std::pair<Round, Step>;

  // Ids whose validity is remembered.
  static constexpr std::size_t kChecksMax = 64;
  static constexpr int kRulesPerInputMax = 64;

  // core.cc
  void On(const StartHeight& input);
  void On(const ProposalIn& input);
  void On(const VoteIn& input);
  void On(const CertificateIn& input);
  void On(const TimeoutIn& input);
  void On(const SignedOwn& input);
  void On(const SyncedBlock& input);
  void On(const WorkAvailable& input);
  void On(const Built& input);
  void On(const Checked& input);
  void On(const Finalized& input);
  void OnRoundTimeout(const Timeout& timeout);

  // core_height.cc
  void Reset(const StartHeight& input);
  void BeginWaiting(Work needs_proof);
  void Restore(const SafetyState& record);
  void RestoreOwnMessages(const SafetyState& record);
  void ReplayBuffer();
  void BufferVote(const Vote& vote);
  void BufferProposal(const ProposalIn& input);
  [[nodiscard]] bool ShouldLeaveWaiting() const;
  void EnterRounds();
  void StartRound(Round round);

  // core_messages.cc
  void AddProposal(const Proposal& proposal, bool timely);
  void StoreProposal(const Proposal& proposal, bool timely, bool has_polka);
  void AddVote(const Vote& vote);
  void AddCertificate(const Certificate& certificate);
  void NoticeOwn(SignPlace place, bool same_as_ours, const char* what);
  void NoteCommit(Round round);
  void RequestCheck(const BlockId& id);
  void BoundProposals();
  void BoundChecks();
  [[nodiscard]] std::optional<Validity> ValidityOf(const BlockId& id) const;
  [[nodiscard]] bool HasPolka(Round round, const BlockId& id) const;

  // core_rules.cc
  void Run();
  bool FireOne();
  bool TryDecide();            // L49
  bool TryLock();              // L36
  bool TryPrevote();           // L22, L28
  bool TryNilPolka();          // L44
  bool TryScheduleTimeouts();  // L34, L47
  void ScheduleIfOvertaken();
  bool TrySkip();  // L55
  void SkipTo(Round round, Certificate reason);
  [[nodiscard]] const StoredProposal* CurrentProposal() const;
  void Speculate(const BlockId& id);
  // Applies the input, keeps the state and performs the output; false when it was refused.
  bool Transition(const RoundInput& input);
  void Perform(const round_output::None&) {}
  void Perform(const round_output::Refused&) {}
  void Perform(const round_output::Propose& output);
  void Perform(const round_output::CastVote& output);
  void Perform(const round_output::Schedule& output);
  void Perform(const round_output::GetValue& output);
  void Perform(const round_output::Decided& output);
  void Perform(const round_output::SkipTo& output);

  // core_sign.cc
  [[nodiscard]] bool CanSign() const;
  [[nodiscard]] bool TakePlace(SignPlace place);
  void AskProposal(const BlockId& id, Round pol_round);
  void AskVote(VoteType type, const std::optional<BlockId>& id);
  void ShareLock(const BlockId& id);
  void Rebroadcast();

  template <typename T>
  void Emit(T effect) {
    effects_.emplace_back(std::move(effect));
  }
  void Arm(Timeout::Kind kind, Round round) {
    Emit(SetTimer{.timeout = {.kind = kind, .height = rs_.height, .round = round}});
  }

  // Fixed for the run.
  std::string chain_id_;
  std::optional<Address> me_;
  Params params_;
  std::unique_ptr<ProposerSchedule> schedule_;

  // Of the height.
  Phase phase_ = Phase::kIdle;
  ValidatorSetPtr set_;
  RoundState rs_;
  VoteTally tally_;
  std::map<Round, std::vector<StoredProposal>> proposals_;
  std::map<BlockId, Validity> checks_;
  std::set<BlockId> speculated_;
  std::optional<Certificate> commit_;       // quorum of precommits for an id, whichever the round
  bool fetch_asked_ = false;                // for the id of commit_
  std::optional<Certificate> valid_polka_;  // of rs_.valid_id
  std::optional<Certificate> seen_commit_;  // of height - 1
  bool work_ = false;
  bool min_interval_passed_ = false;
  bool heartbeat_passed_ = false;
  bool quarantined_ = false;  // a signature of ours turned up that we do not know

  // Of the round. Which rules have fired, by line.
  bool fired_l34_ = false;
  bool fired_l36_ = false;
  bool fired_l47_ = false;
  std::optional<Certificate> entered_by_;  // why we are in this round, for those who are not
  std::optional<SignPlace> asked_;         // last signature asked for in this height
  std::optional<std::optional<BlockId>> asked_value_;  // what it says (a vote's nil is inside)
  std::optional<Proposal> last_proposal_;              // signed and durable, of this round
  std::optional<Vote> last_prevote_;
  std::optional<Vote> last_precommit_;

  // Beyond the height.
  std::optional<SafetyState> restored_;                             // of a height still to come
  std::map<std::pair<Round, Address>, ProposalIn> next_proposals_;  // of height + 1, rounds 0 and 1
  std::map<std::tuple<Round, VoteType, Address>, Vote> next_votes_;

  std::vector<Effect> effects_;
};

}  // namespace jiandu::consensus
