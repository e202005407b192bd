// Messages of peers: form was checked by the codec, here come membership, signatures and doubles.

#include <utility>

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

}  // namespace

void ConsensusHost::OnMessage(const PeerId& peer, consensus::PeerMessage message) {
  std::visit([&](auto& one) { On(peer, one); }, message);
}

// The set of the height under way and of the one after it: known two heights ahead
// (consensus.md 1.7).
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

// Doubles are dropped before their signatures are looked at.
bool ConsensusHost::IsNewVote(const consensus::Vote& vote) {
  const auto found = seen_votes_.find({vote.round, vote.type, vote.from});
  if (found == seen_votes_.end()) return true;
  const auto& [first, count] = found->second;
  return !(first.height == vote.height && first.id == vote.id) && count < kVotesPerPlaceMax;
}

void ConsensusHost::RememberVote(const consensus::Vote& vote) {
  auto& highest = highest_votes_[vote.from];
  if (std::tuple(vote.height, vote.round, vote.type) >=
      std::tuple(highest.height, highest.round, highest.type)) {
    highest = vote;
  }
  if (vote.height != tip_.height + 1 || seen_votes_.size() >= kSeenVotesMax) return;
  auto& [first, count] = seen_votes_[{vote.round, vote.type, vote.from}];
  if (count++ == 0) first = vote;
}

void ConsensusHost::DropOldVotes() { seen_votes_.clear(); }

void ConsensusHost::TakeVote(const PeerId& peer, const consensus::Vote& vote) {
  const auto* set = SetOf(vote.height);
  if (set == nullptr || (vote.height == tip_.height + 1 && !IsNewVote(vote))) return;
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
  if (message.certificate.height != tip_.height + 1) return;
  if (auto held = consensus::VerifyCertificate(tip_.chain, message.certificate, *tip_.set); !held) {
    parts_.hub->Punish(peer, kBadSignaturePoints, "certificate: " + held.error().detail);
    return;
  }
  Step(consensus::CertificateIn{std::move(message.certificate)});
}

void ConsensusHost::On(const PeerId& peer, consensus::ProposalMsg& message) {
  const consensus::Proposal& proposal = message.proposal;
  const auto* set = SetOf(proposal.height);
  if (set == nullptr || decided_) return;
  auto& known = proposals_[proposal.id];
  for (const KnownProposal& one : known) {
    if (one.proposal.round == proposal.round && one.proposal.from == proposal.from) return;
  }
  const auto refuse = [&](const std::string& why) {
    if (known.empty()) proposals_.erase(proposal.id);
    parts_.hub->Punish(peer, kBadSignaturePoints, "proposal: " + why);
  };
  if (!consensus::VerifyProposal(tip_.chain, proposal, *set)) return refuse("bad signature");
  if (proposal.polka) {
    if (auto held = consensus::VerifyCertificate(tip_.chain, *proposal.polka, *set); !held) {
      return refuse("polka: " + held.error().detail);
    }
  }
  known.push_back({.proposal = proposal, .received_ms = EventLoop::WallMs()});
  const consensus::BlockId id = proposal.id;
  if (auto wanted = gossip_->Expect(proposal.height, proposal.round, id, EventLoop::SteadyMs());
      !wanted) {
    parts_.log.Debug("proposal not followed", {{"why", wanted.error().detail}});
    known.pop_back();
    if (known.empty()) proposals_.erase(id);
    return;
  }
  DeliverProposals(id);
  ArmTick();
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
}

void ConsensusHost::On(const PeerId& peer, consensus::BlockPiece& message) {
  catch_up_->OnBlockPiece(peer, std::move(message), EventLoop::SteadyMs());
}

void ConsensusHost::On(const PeerId& peer, consensus::StatusMsg& message) {
  catch_up_->OnStatus(peer, message, EventLoop::SteadyMs());
}

}  // namespace jiandu::node
