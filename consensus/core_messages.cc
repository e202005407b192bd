// What others said: proposals, votes and certificates, stored within bounds.
#include <algorithm>

#include "consensus/core_state.h"

namespace jiandu::consensus {

std::optional<Core::State::Validity> Core::State::ValidityOf(const BlockId& id) const {
  const auto found = checks_.find(id);
  if (found == checks_.end()) return std::nullopt;
  return found->second;
}

bool Core::State::HasPolka(Round round, const BlockId& id) const {
  return tally_.HasQuorumFor(round, VoteType::kPrevote, id);
}

void Core::State::RequestCheck(const BlockId& id) {
  if (!checks_.try_emplace(id, Validity::kAsked).second) return;
  Emit(Check{.height = rs_.height, .id = id});
  BoundChecks();
}

// Validity is forgotten oldest round first, never of what is proposed, locked, valid or committed.
void Core::State::BoundChecks() {
  if (checks_.size() <= kChecksMax) return;
  std::set<BlockId> needed;
  for (const auto& [round, entries] : proposals_) {
    for (const StoredProposal& entry : entries) needed.insert(entry.proposal.id);
  }
  if (rs_.locked_id) needed.insert(*rs_.locked_id);
  if (rs_.valid_id) needed.insert(*rs_.valid_id);
  if (commit_ && commit_->id) needed.insert(*commit_->id);
  std::erase_if(checks_, [&needed](const auto& entry) { return !needed.contains(entry.first); });
  std::erase_if(speculated_, [&needed](const BlockId& id) { return !needed.contains(id); });
}

void Core::State::AddProposal(const Proposal& proposal, bool timely) {
  if (proposal.round < 0 || proposal.round > limits::kRoundMax) return;
  if (proposal.pol_round < -1 || proposal.pol_round >= proposal.round) return;
  if (proposal.id.parts > limits::kPartsMax) return;
  if (proposal.from != schedule_->ProposerOf(rs_.height, proposal.round, *set_)) return;
  if (me_ == proposal.from) {
    const bool ours = last_proposal_ && last_proposal_->round == proposal.round;
    NoticeOwn({proposal.round, Step::kPropose}, !ours || last_proposal_->id == proposal.id,
              "proposal");
  }
  bool has_polka = false;
  if (proposal.pol_round >= 0 && proposal.polka) {
    const Certificate& polka = *proposal.polka;
    has_polka = polka.kind == Certificate::Kind::kPolka && polka.height == rs_.height &&
                polka.round == proposal.pol_round && polka.id == proposal.id &&
                IsCertificate(polka, *set_);
    if (has_polka) AddCertificate(polka);
  }
  StoreProposal(proposal, timely, has_polka);
}

void Core::State::StoreProposal(const Proposal& proposal, bool timely, bool has_polka) {
  // A past round's proposal matters only as the bytes of what was committed there.
  const bool committed = commit_ && commit_->id == proposal.id;
  if (proposal.round < rs_.round) {
    if (committed || proposal.round == rs_.round - 1) RequestCheck(proposal.id);
    return;
  }
  if (committed) RequestCheck(proposal.id);
  if (proposal.round > std::max(rs_.round, 0) + limits::kProposalRoundsAhead) return;
  std::vector<StoredProposal>& entries = proposals_[proposal.round];
  for (StoredProposal& entry : entries) {
    if (entry.proposal.id != proposal.id) continue;
    if (entry.proposal.pol_round == proposal.pol_round && has_polka && !entry.has_polka) {
      entry.proposal.polka = proposal.polka;
      entry.has_polka = true;
    }
    return;
  }
  if (entries.size() >= limits::kProposalsPerRoundMax) return;
  if (!entries.empty()) {
    Emit(Equivocation{.first = entries.front().proposal, .second = proposal});
  }
  entries.push_back({.proposal = proposal, .timely = timely, .has_polka = has_polka});
  RequestCheck(proposal.id);
  BoundProposals();
}

// At most kProposalBytesMax of blocks that are only proposed: the farthest round gives way. Past
// rounds are dropped: what counts of them is known by id.
void Core::State::BoundProposals() {
  std::erase_if(proposals_, [this](const auto& entry) { return entry.first < rs_.round; });
  const auto bytes = [this] {
    std::size_t sum = 0;
    for (const auto& [round, entries] : proposals_) {
      for (const StoredProposal& entry : entries) {
        sum += entry.proposal.id.parts * limits::kPartBytes;
      }
    }
    return sum;
  };
  while (proposals_.size() > 1 && bytes() > limits::kProposalBytesMax) {
    proposals_.erase(std::prev(proposals_.end()));
  }
}

// A message signed by our key that we never asked for: somebody else has the key, or our record
// went back in time. Either way nothing more is signed in this height (docs/consensus.md
// (Signing)).
void Core::State::NoticeOwn(SignPlace place, bool same_as_ours, const char* what) {
  const bool known = asked_ && place <= *asked_;
  if ((known && same_as_ours) || quarantined_) return;
  quarantined_ = true;
  Emit(Alarm{.what = std::string("a ") + what + " signed by our key which we " +
                     (known ? "contradicted" : "do not know") + ": not signing in height " +
                     std::to_string(rs_.height)});
}

void Core::State::AddVote(const Vote& vote) {
  if (vote.round < 0 || vote.round > limits::kRoundMax) return;
  if (me_ == vote.from) {
    const Step step = vote.type == VoteType::kPrevote ? Step::kPrevote : Step::kPrecommit;
    const std::optional<Vote>& own =
        vote.type == VoteType::kPrevote ? last_prevote_ : last_precommit_;
    const bool ours = own && own->round == vote.round;
    const bool at_asked = asked_ == SignPlace{vote.round, step} && asked_value_;
    NoticeOwn({vote.round, step},
              (!ours || own->id == vote.id) && (!at_asked || *asked_value_ == vote.id), "vote");
  }
  const VoteTally::Added added = tally_.Add(vote);
  if (added.outcome == VoteTally::Outcome::kConflict) {
    Emit(Equivocation{.first = *added.first, .second = vote});
  }
  if (added.outcome == VoteTally::Outcome::kCounted && vote.type == VoteType::kPrecommit) {
    NoteCommit(vote.round);
  }
}

// Remembers a quorum of precommits for a block, of whatever round, until its bytes are here.
void Core::State::NoteCommit(Round round) {
  if (commit_) return;
  const auto value = tally_.QuorumValue(round, VoteType::kPrecommit);
  if (!value || !*value) return;
  commit_ = tally_.Make(Certificate::Kind::kCommit, rs_.height, round, *value);
}

void Core::State::AddCertificate(const Certificate& certificate) {
  if (certificate.round > limits::kRoundMax) return;
  if (certificate.kind == Certificate::Kind::kCommit && !commit_) commit_ = certificate;
  tally_.AddCertificate(certificate);
  // Far ahead of us the votes one by one would not all be kept, but together they are a reason to
  // go there at once (L55): any certificate holds more than a third.
  if (certificate.round > std::max(rs_.round, 0) + 1 && !TryDecide()) {
    if (phase_ == Phase::kWaiting) EnterRounds();
    if (phase_ == Phase::kRounds) SkipTo(certificate.round, certificate);
  }
  if (phase_ == Phase::kDecided || phase_ == Phase::kHalted) return;
  for (const Vote& vote : certificate.votes) AddVote(vote);
}

}  // namespace jiandu::consensus
