// Proposals and blocks: from parts to bytes, from bytes to a verdict, from a decision to a new tip.

#include <utility>

#include "base/limits.h"
#include "node/consensus_host.h"

namespace jiandu::node {
namespace {

constexpr std::uint32_t kUndecodablePoints = 20;

}  // namespace

void ConsensusHost::MakeParts() {
  PartGossipActions actions;
  actions.send = [this](const PeerId& peer, const consensus::PeerMessage& message) {
    Send(peer, message);
  };
  actions.broadcast = [this](const consensus::PeerMessage& message) { BroadcastMessage(message); };
  actions.peers = [this] { return parts_.hub->Connected(); };
  actions.on_block = [this](consensus::Height height, const consensus::BlockId& id,
                            const BlockBytesPtr& bytes) { OnBlockBytes(height, id, bytes); };
  actions.find_decided = [this](consensus::Height height,
                                const consensus::BlockId& id) -> BlockBytesPtr {
    if (height > tip_.height) return nullptr;
    auto stored = options_.read_block(height);
    return stored && stored->commit.id == id ? stored->block : nullptr;
  };
  actions.punish = [this](const PeerId& peer, std::uint32_t points, const std::string& why) {
    parts_.hub->Punish(peer, points, why);
  };
  gossip_ = std::make_unique<PartGossip>(std::move(actions));
}

BlockPtr ConsensusHost::FindBlock(const consensus::BlockId& id) const {
  const auto found = blocks_.find(id);
  return found == blocks_.end() ? nullptr : found->second;
}

// Whoever signed a proposal of this id is to blame, not whoever carried it or proposes now.
void ConsensusHost::PunishProposersOf(const consensus::BlockId& id) {
  const auto found = proposals_.find(id);
  if (found == proposals_.end()) return;
  for (const KnownProposal& known : found->second) {
    const auto peer = options_.peer_of.find(known.proposal.from);
    if (peer == options_.peer_of.end()) continue;
    parts_.hub->Punish(peer->second, kUndecodablePoints, "undecodable block");
  }
}

// The bytes fit the parts of the id; whether they are a block with its header hash is seen here. A
// proposer may sign an id whose bytes are no block: then nobody gets a ProposalIn and the round
// ends by its time-out.
void ConsensusHost::OnBlockBytes(consensus::Height height, const consensus::BlockId& id,
                                 const BlockBytesPtr& bytes) {
  if (height != tip_.height + 1 || blocks_.contains(id)) return;
  auto block = consensus::Block::Decode(*bytes);
  if (!block || block->header.Hash() != id.hash) {
    parts_.log.Warn("proposed bytes are no block of their id",
                    {{"height", height}, {"why", block ? "header hash" : block.error().detail}});
    PunishProposersOf(id);
    return;
  }
  auto data = std::make_shared<BlockData>();
  data->id = id;
  data->block = std::move(*block);
  data->bytes = bytes;
  const BlockPtr decoded = data;
  blocks_.emplace(id, std::move(data));
  if (decided_) {
    if (decided_->commit.id == id) FinishDecided(decoded);
    return;
  }
  if (checks_.contains(id)) StartCheck(id);
  DeliverProposals(id);
  // The core asked for it because a quorum of precommits decides it: any source of the bytes will
  // do (L49).
  if (fetching_ && fetching_->id == id) {
    const consensus::Certificate commit = std::move(fetching_->commit);
    fetching_.reset();
    Step(consensus::SyncedBlock{.commit = commit, .id = id});
  }
}

void ConsensusHost::DeliverProposals(const consensus::BlockId& id) {
  const BlockPtr block = FindBlock(id);
  const auto found = proposals_.find(id);
  if (block == nullptr || found == proposals_.end()) return;
  const std::int64_t header_ms = block->block.header.time.Ms();
  // By place: a step may add to them. NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < found->second.size(); ++i) {
    KnownProposal& known = found->second[i];
    if (known.delivered || known.proposal.height != tip_.height + 1) continue;
    known.delivered = true;
    const bool timely =
        options_.params.IsTimely(header_ms, known.received_ms, known.proposal.round);
    Step(consensus::ProposalIn{.proposal = known.proposal, .timely = timely});
    if (!proposals_.contains(id)) return;  // the step may have ended the height
  }
}

void ConsensusHost::StartCheck(const consensus::BlockId& id) {
  const BlockPtr block = FindBlock(id);
  checks_.insert(id);
  if (block == nullptr) return;
  const consensus::Height height = tip_.height + 1;
  auto context = std::make_shared<VerifyContext>();
  context->chain = tip_.chain;
  context->height = tip_.height;
  context->block_time = block->block.header.time.Ms();
  context->view = view_;
  auto transactions = std::shared_ptr<const std::vector<Bytes>>(block, &block->block.transactions);
  const auto pushed = parts_.pool->CheckBlock(
      std::move(transactions), std::move(context),
      [this, height, id, loop = parts_.loop,
       alive = std::weak_ptr(alive_)](VerifyPool::BlockVerdict verdict) mutable {
        loop->Post(
            [this, height, id, alive = std::move(alive), verdict = std::move(verdict)]() mutable {
              if (!alive.expired()) OnTransactionsChecked(height, id, std::move(verdict));
            });
      });
  if (pushed != PushResult::kOk) {
    parts_.log.Warn("too many blocks under check; proposal not judged", {{"height", height}});
  }
}

void ConsensusHost::OnTransactionsChecked(consensus::Height height, const consensus::BlockId& id,
                                          VerifyPool::BlockVerdict verdict) {
  const auto found = blocks_.find(id);
  if (height != tip_.height + 1 || found == blocks_.end()) return;
  if (!verdict.valid) {
    std::string why = "a transaction does not hold";
    for (const CheckedTx& checked : verdict.transactions) {
      if (checked.verdict != TxVerdict::kValid && checked.verdict != TxVerdict::kSkipped)
        why = checked.detail;
    }
    OnChecked({.height = height, .id = id, .why_not = std::move(why)});
    return;
  }
  auto complete = std::make_shared<BlockData>(*found->second);
  complete->transactions.clear();
  complete->transactions.reserve(verdict.transactions.size());
  for (CheckedTx& checked : verdict.transactions) {
    complete->transactions.push_back(std::move(checked.transaction));
  }
  found->second = complete;
  parts_.executor->Check(std::move(complete));
}

void ConsensusHost::OnChecked(CheckedBlock checked) {
  if (checked.height != tip_.height + 1) return;
  if (!checked.why_not.empty()) {
    parts_.log.Warn("proposal refused", {{"height", checked.height}, {"why", checked.why_not}});
  }
  Step(consensus::Checked{
      .height = checked.height, .id = checked.id, .valid = checked.why_not.empty()});
}

void ConsensusHost::OnBuilt(BuiltBlock built) {
  parts_.mempool->Remove(built.unfit);
  if (built.height != tip_.height + 1 || built.block == nullptr) return;
  const consensus::BlockId id = built.block->id;
  blocks_.emplace(id, std::move(built.block));
  Step(consensus::Built{.height = built.height, .round = built.round, .id = id});
}

void ConsensusHost::OnApplied(const AppliedBlock& applied) {
  const consensus::Height height = applied.tip.height;
  if (height != tip_.height + 1) {
    parts_.log.Error("executed a height that was not next", {{"height", height}});
    return;
  }
  last_set_ = tip_.set;
  tip_ = applied.tip;
  view_ = applied.view;
  needs_proof_ = applied.app_hash_changed ? consensus::Work::kPending : consensus::Work::kNone;
  std::vector<ledger::TxId> committed;
  committed.reserve(applied.block->transactions.size());
  for (const auto& transaction : applied.block->transactions)
    committed.push_back(transaction->txid);
  parts_.mempool->Remove(committed);
  (void)parts_.mempool->RemoveExpired(tip_.time_ms);
  events_.on_applied(applied);
  Step(consensus::Finalized{.height = height, .id = applied.block->id});
  AnnounceOwn();
  const bool synced = syncing_ == height;
  EnterHeight();
  // Only now: the next block may be delivered at once, and the core must stand at its height.
  if (synced) JudgeSynced(height, CatchUp::Judged::kGood);
}

}  // namespace jiandu::node
