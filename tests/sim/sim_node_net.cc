// The network's part of a node: what it sends and how it takes what it receives.
#include <algorithm>

#include "consensus/vote_tally.h"
#include "tests/sim/sim_node.h"

namespace jiandu::sim {

using consensus::BlockId;

void Node::Perform(const consensus::Broadcast& effect) {
  if (const auto* proposal = std::get_if<consensus::Proposal>(&effect.message)) {
    world_.SendToAll(index_, ProposalMsg{.proposal = *proposal, .block = Find(proposal->id)});
  } else if (const auto* vote = std::get_if<consensus::Vote>(&effect.message)) {
    world_.Trace(index_, std::string(vote->type == consensus::VoteType::kPrevote ? "prevote "
                                                                                 : "precommit ") +
                             std::to_string(vote->height) + "/" + std::to_string(vote->round) +
                             (vote->id ? " block" : " nil"));
    world_.SendToAll(index_, *vote);
  } else {
    world_.SendToAll(index_, std::get<consensus::Certificate>(effect.message));
  }
}

void Node::Perform(const consensus::SetTimer& effect) {
  // Clocks run at slightly different speeds.
  const Micros exact = world_.params.DurationMs(effect.timeout) * kMs;
  After(exact + exact * world_.Chance().Between(0, 10) / 100,
        [this, timeout = effect.timeout] { Step(consensus::TimeoutIn{.timeout = timeout}); });
}

void Node::Perform(const consensus::FetchBlock& effect) {
  fetching_ = effect.id;
  if (Find(effect.id) != nullptr) {
    After(0, [this, id = effect.id] { Answer(id); });
    return;
  }
  world_.SendToAll(index_, BlockRequest{.id = effect.id});
}

void Node::Perform(const consensus::Reshare& effect) {
  if (const BlockPtr block = Find(effect.id)) world_.SendToAll(index_, BlockMsg{.block = block});
}

void Node::Receive(std::size_t from, const Message& message) {
  std::visit([this, from](const auto& one) { On(from, one); }, message);
}

bool Node::AllAuthentic(const consensus::Certificate& certificate) const {
  return std::ranges::all_of(certificate.votes, [this](const consensus::Vote& vote) {
    return world_.Check().IsAuthentic(vote);
  });
}

void Node::On(std::size_t /*from*/, const ProposalMsg& message) {
  const consensus::Proposal& proposal = message.proposal;
  if (!world_.Check().IsAuthentic(proposal)) return;
  if (proposal.polka && !AllAuthentic(*proposal.polka)) return;
  if (message.block != nullptr && message.block->height > decided_) {
    candidates_[message.block->id] = message.block;
  }
  if (Find(proposal.id) == nullptr) {
    if (without_block_.size() < 8) without_block_[proposal.id] = proposal;
    return;
  }
  const bool timely = !world_.Chance().Percent(1);
  Step(consensus::ProposalIn{.proposal = proposal, .timely = timely});
}

void Node::On(std::size_t /*from*/, const consensus::Vote& vote) {
  if (world_.Check().IsAuthentic(vote)) Step(consensus::VoteIn{.vote = vote});
}

void Node::On(std::size_t /*from*/, const consensus::Certificate& certificate) {
  if (AllAuthentic(certificate)) Step(consensus::CertificateIn{.certificate = certificate});
}

void Node::On(std::size_t /*from*/, const BlockMsg& message) {
  if (message.block->height <= decided_) return;
  const BlockId id = message.block->id;
  candidates_[id] = message.block;
  if (const auto waiting = without_block_.find(id); waiting != without_block_.end()) {
    const consensus::Proposal proposal = waiting->second;
    without_block_.erase(waiting);
    Step(consensus::ProposalIn{.proposal = proposal, .timely = true});
  }
  if (fetching_ == id) Answer(id);
}

void Node::On(std::size_t from, const BlockRequest& message) {
  if (const BlockPtr block = Find(message.id)) {
    world_.Send(index_, from, BlockMsg{.block = block});
  }
}

void Node::On(std::size_t from, const SyncRequest& message) {
  if (!chain_.contains(message.height) || !commits_.contains(message.height)) return;
  world_.Send(index_, from,
              SyncReply{.block = chain_.at(message.height), .commit = commits_.at(message.height)});
}

void Node::On(std::size_t /*from*/, const SyncReply& message) {
  sync_asked_until_ = 0;
  if (message.block->height != decided_ + 1 || message.commit.id != message.block->id) return;
  if (!AllAuthentic(message.commit)) return;
  candidates_[message.block->id] = message.block;
  Step(consensus::SyncedBlock{.commit = message.commit, .id = message.block->id});
}

void Node::On(std::size_t from, const Status& message) {
  if (message.decided <= decided_ || world_.Now() < sync_asked_until_) return;
  sync_asked_until_ = world_.Now() + 50 * kMs;
  world_.Send(index_, from, SyncRequest{.height = decided_ + 1});
}

}  // namespace jiandu::sim
