// Messages of peers: form was checked by the codec, here come membership, signatures and doubles.

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "consensus/canonical.h"
#include "node/consensus_host.h"
#include "node/peer_types.h"

namespace jiandu::node {
namespace {

// A vote may come twice for the same place with different content (equivocation): two are passed
// on.
constexpr int kVotesPerPlaceMax = 2;
constexpr std::size_t kSeenVotesMax = 8192;
constexpr std::uint32_t kBadSignaturePoints = 20;
constexpr std::uint32_t kUnwantedPoints = 5;
constexpr consensus::Round kEarlyRoundMax = 1;
constexpr std::int64_t kCertificateAgainMs = 500;

}  // namespace

void ConsensusHost::OnMessage(const PeerId& peer, consensus::PeerMessage message) {
  std::visit([&](auto& one) { On(peer, one); }, message);
}

// The set of the height under way and of the one after it: known two heights ahead
// (docs/consensus.md (Validator sets)).
const consensus::ValidatorSet* ConsensusHost::SetOf(consensus::Height height) const {
  if (height == tip_.height + 1) return tip_.set.get();
  if (height == tip_.height + 2) return tip_.next_set.get();
  return nullptr;
}

void ConsensusHost::On(const PeerId& peer, consensus::Hello&) {
  parts_.hub->Punish(peer, kUnwantedPoints, "second hello");
}

void ConsensusHost::On(const PeerId& peer, consensus::TxBatch&) {
  parts_.hub->Punish(peer, kUnwantedPoints, "transactions on the wrong path");
}

void ConsensusHost::On(const PeerId& peer, consensus::CheckpointMsg&) {
  parts_.hub->Punish(peer, kUnwantedPoints, "checkpoint on the wrong path");
}

void ConsensusHost::On(const PeerId& peer, consensus::SnapshotsMsg&) {
  parts_.hub->Punish(peer, kUnwantedPoints, "snapshots on the wrong path");
}
void ConsensusHost::On(const PeerId& peer, consensus::SnapshotRequest&) {
  parts_.hub->Punish(peer, kUnwantedPoints, "snapshot request on the wrong path");
}
void ConsensusHost::On(const PeerId& peer, consensus::SnapshotPiece&) {
  parts_.hub->Punish(peer, kUnwantedPoints, "snapshot piece on the wrong path");
}

// Doubles are dropped before their signatures are looked at.
bool ConsensusHost::IsNewVote(const consensus::Vote& vote) const {
  const auto found = seen_votes_.find({vote.height, vote.round, vote.type, vote.from});
  if (found == seen_votes_.end()) return true;
  const auto& [first, count] = found->second;
  return !(first.height == vote.height && first.id == vote.id) && count < kVotesPerPlaceMax;
}

void ConsensusHost::RememberSigned(consensus::SignedMessage message) {
  consensus::DropPolka(message);
  const auto [where, is_first] = highest_signed_.try_emplace(SignerOf(message), message);
  if (!is_first && PlaceOf(where->second) <= PlaceOf(message)) where->second = std::move(message);
}

void ConsensusHost::RememberVote(const consensus::Vote& vote) {
  RememberSigned(vote);
  if (seen_votes_.size() >= kSeenVotesMax) return;
  auto& [first, count] = seen_votes_[{vote.height, vote.round, vote.type, vote.from}];
  if (count++ == 0) first = vote;
}

void ConsensusHost::DropOldVotes() {
  std::erase_if(seen_votes_,
                [this](const auto& entry) { return std::get<0>(entry.first) <= tip_.height; });
  seen_certificates_.clear();
  // A key that has lost its seat never gets one again: nobody will ask what it has signed.
  std::erase_if(highest_signed_, [this](const auto& entry) {
    return tip_.set->Find(entry.first) == nullptr && tip_.next_set->Find(entry.first) == nullptr;
  });
}

void ConsensusHost::AddFills(Fills& fills) const {
  const std::size_t validators = tip_.set == nullptr ? 0 : tip_.set->List().size();
  fills.push_back({.name = "votes seen", .now = seen_votes_.size(), .most = kSeenVotesMax});
  fills.push_back({.name = "highest signed",
                   .now = highest_signed_.size(),
                   .most = 2 * limits::kValidatorsMax});
  fills.push_back({.name = "core",
                   .now = core_->ItemsKept(),
                   .most = consensus::Core::ItemsKeptMax(validators)});
  fills.push_back({.name = "blocks decoded ahead", .now = prepared_.size(), .most = 2});
  gossip_->AddFills(fills);
  catch_up_->AddFills(fills);
}

void ConsensusHost::TakeVote(const PeerId& peer, const consensus::Vote& vote) {
  const auto* set = SetOf(vote.height);
  if (set == nullptr || !IsNewVote(vote)) return;
  if (!consensus::VerifyVote(tip_.chain, vote, *set)) {
    parts_.hub->Punish(peer, kBadSignaturePoints, "vote with a bad signature");
    return;
  }
  RememberVote(vote);
  NoteNilPrecommit(vote);
  Step(consensus::VoteIn{vote});
}

void ConsensusHost::On(const PeerId& peer, consensus::VoteMsg& message) {
  TakeVote(peer, message.vote);
}

void ConsensusHost::On(const PeerId& peer, consensus::CertificateMsg& message) {
  const consensus::Certificate& certificate = message.certificate;
  const std::tuple place{certificate.kind, certificate.round, certificate.id};
  if (certificate.height != tip_.height + 1) return;
  // Not for ever: the core may have forgotten it, and its senders say it again each second.
  const std::int64_t now_ms = EventLoop::SteadyMs();
  const auto seen = seen_certificates_.find(place);
  if (seen != seen_certificates_.end() && now_ms - seen->second < kCertificateAgainMs) return;
  if (auto held = consensus::VerifyCertificate(tip_.chain, message.certificate, *tip_.set); !held) {
    parts_.hub->Punish(peer, kBadSignaturePoints, "certificate: " + held.error().detail);
    return;
  }
  for (const consensus::Vote& vote : certificate.votes) RememberSigned(vote);
  seen_certificates_[place] = now_ms;
  Step(consensus::CertificateIn{std::move(message.certificate)});
}

// Rounds whose proposals are kept: of the height under way those that the core may still use, of
// the next one those in which it begins. The rest comes again when it is time (rebroadcast).
bool ConsensusHost::IsInWindow(const consensus::Proposal& proposal) const {
  if (proposal.height > tip_.height + 1) return proposal.round <= kEarlyRoundMax;
  if (decided_) return false;
  const consensus::Round round = std::max(core_->View().round, 0);
  return proposal.round >= round - 1 && proposal.round <= round + limits::kProposalRoundsAhead;
}

bool ConsensusHost::Follow(const consensus::Proposal& proposal) {
  auto wanted =
      gossip_->Expect(proposal.height, proposal.round, proposal.id, EventLoop::SteadyMs());
  if (!wanted) parts_.log.Debug("proposal not followed", {{"why", wanted.error().detail}});
  return wanted.has_value();
}

void ConsensusHost::On(const PeerId& peer, consensus::ProposalMsg& message) {
  const consensus::Proposal& proposal = message.proposal;
  const auto* set = SetOf(proposal.height);
  if (set == nullptr || !IsInWindow(proposal)) return;
  // Before anything is set aside for it: only the proposer of a round has a claim to its places.
  if (proposal.from !=
      consensus::SeatRotation().ProposerOf(proposal.height, proposal.round, *set)) {
    parts_.hub->Punish(peer, kBadSignaturePoints, "proposal out of turn");
    return;
  }
  int of_round = 0;
  for (const auto& [id, others] : proposals_) {
    for (const KnownProposal& one : others) {
      if (one.proposal.height != proposal.height || one.proposal.round != proposal.round) continue;
      if (id != proposal.id) {
        ++of_round;
      } else if (!gossip_->Knows(id)) {
        // It gave way to nearer rounds and comes again.
        Follow(proposal);
        return ArmGossip();
      } else {
        return;
      }
    }
  }
  if (of_round >= static_cast<int>(limits::kProposalsPerRoundMax)) return;
  auto& known = proposals_[proposal.id];
  const auto refuse = [&](const std::string& why) {
    if (known.empty()) proposals_.erase(proposal.id);
    parts_.hub->Punish(peer, kBadSignaturePoints, "proposal: " + why);
  };
  if (!consensus::VerifyProposal(tip_.chain, proposal, *set)) return refuse("bad signature");
  if (proposal.polka) {
    if (auto held = consensus::VerifyCertificate(tip_.chain, *proposal.polka, *set); !held) {
      return refuse("polka: " + held.error().detail);
    }
    for (const consensus::Vote& vote : proposal.polka->votes) RememberSigned(vote);
  }
  RememberSigned(proposal);
  known.push_back({.proposal = proposal, .received_ms = EventLoop::WallMs()});
  const consensus::BlockId id = proposal.id;
  if (!Follow(proposal)) {
    known.pop_back();
    if (known.empty()) proposals_.erase(id);
    return;
  }
  DeliverProposals(id);
  ArmGossip();
}

void ConsensusHost::On(const PeerId& peer, consensus::PartMsg& message) {
  gossip_->OnPart(peer, std::move(message), EventLoop::SteadyMs());
}

void ConsensusHost::On(const PeerId& peer, consensus::PartRequest& message) {
  gossip_->OnPartRequest(peer, message);
}

void ConsensusHost::On(const PeerId& peer, consensus::FetchBlockMsg& message) {
  gossip_->OnFetchBlock(peer, message);
}

void ConsensusHost::On(const PeerId& peer, consensus::BlockRequest& message) {
  catch_up_->OnBlockRequest(peer, message, EventLoop::SteadyMs());
  ArmServe();
}

void ConsensusHost::On(const PeerId& peer, consensus::BlockPiece& message) {
  catch_up_->OnBlockPiece(peer, std::move(message), EventLoop::SteadyMs());
}

void ConsensusHost::On(const PeerId& peer, consensus::StatusMsg& message) {
  catch_up_->OnStatus(peer, message, EventLoop::SteadyMs());
  ReleaseSignatures();
}

}  // namespace jiandu::node
