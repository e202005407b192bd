// The host's part of a node: effects, signer, application, recovery.
#include "tests/sim/sim_node.h"

#include "consensus/vote_tally.h"
#include "crypto/hash.h"

namespace jiandu::sim {

using consensus::BlockId;
using consensus::Height;
using consensus::SafetyState;
using consensus::SignGuard;

namespace {

constexpr std::string_view kChain = "sim";

}  // namespace

std::unique_ptr<Actor> MakeNode(World& world, std::size_t index) {
  return std::make_unique<Node>(world, index);
}

Node::Node(World& world, std::size_t index)
    : world_(world),
      index_(index),
      me_(world.SeatOf(index)),
      disk_(world.Broken() == Sabotage::kLyingDisk ? DiskKind::kLying : DiskKind::kHonest) {
  // Made with the key, before the node first runs: so a torn first write leaves something exact.
  consensus::SafetyRecord first;
  first.chain_id = kChain;
  disk_.WriteSlot(0, *consensus::EncodeSafetySlot(first));
  disk_.SyncRecord();
}

void Node::Start() { Restart(); }

void Node::Crash() {
  ++life_;
  disk_.Crash(world_.Chance());
  core_.reset();
  to_sign_.clear();
  signing_ = false;
  candidates_.clear();
  without_block_.clear();
  chain_.clear();
  commits_.clear();
  fetching_.reset();
}

void Node::After(Micros delay, std::function<void()> action) {
  world_.At(delay, [this, life = life_, action = std::move(action)] {
    if (life == life_ && IsUp()) action();
  });
}

void Node::Step(const consensus::Input& input) {
  for (const consensus::Effect& effect : core_->Step(input)) {
    std::visit([this](const auto& one) { Perform(one); }, effect);
  }
  world_.Check().OnItemsKept(core_->ItemsKept());
}

// Starting up.

SafetyState Node::ReadRecord() {
  const auto choice = consensus::ChooseSafetySlot(disk_.Slots(), kChain, {});
  if (!choice) {
    if (world_.Broken() != Sabotage::kLyingDisk) {
      world_.Check().OnBroken("safety record lost: " + choice.error().detail);
    }
    return {};
  }
  seq_ = choice->record.seq;
  SafetyState state = choice->record.state;
  if (world_.Broken() == Sabotage::kForgetRecord) return {};
  if (world_.Broken() == Sabotage::kForgetLock) {
    state.locked_round = state.valid_round = -1;
    state.locked_id.reset();
    state.valid_id.reset();
    state.polka.reset();
  }
  return state;
}

// docs/consensus.md (Start): the newest block with a known commit, from whichever of the three
// places.
void Node::Recover() {
  last_signed_ = ReadRecord();
  // A record may have reached the disk although its answer never reached the core.
  if (last_signed_.last_proposal) world_.Check().OnSigned(me_, *last_signed_.last_proposal);
  if (last_signed_.last_prevote) world_.Check().OnSigned(me_, *last_signed_.last_prevote);
  if (last_signed_.last_precommit) world_.Check().OnSigned(me_, *last_signed_.last_precommit);
  std::map<BlockId, consensus::Certificate> known;
  const auto learn = [&known](const std::optional<consensus::Certificate>& commit) {
    if (commit && commit->id) known.emplace(*commit->id, *commit);
  };
  learn(last_signed_.seen_commit);
  for (const auto& [id, block] : disk_.Blocks()) learn(block->last_commit);
  for (const auto& [height, commit] : disk_.States()) learn(commit);
  decided_ = 0;
  tip_hash_ = app_hash_ = {};
  tip_empty_ = true;
  for (bool found = true; found;) {
    found = false;
    for (const auto& [id, block] : disk_.Blocks()) {
      if (block->height != decided_ + 1 || !known.contains(id)) continue;
      commits_[block->height] = known.at(id);
      Apply(block);
      found = true;
      break;
    }
  }
  for (const auto& [id, block] : disk_.Blocks()) {
    if (block->height == decided_ + 1) candidates_[id] = block;
  }
  if (world_.Broken() != Sabotage::kNone) return;
  if (last_signed_.height > decided_ + 1) world_.Check().OnBroken("record ahead of the blocks");
  if (last_signed_.height == decided_ + 1 && last_signed_.locked_id &&
      !disk_.HasBlock(*last_signed_.locked_id)) {
    world_.Check().OnBroken("a locked block is not on disk");
  }
}

void Node::Restart() {
  core_.emplace(std::string(kChain), me_, world_.params,
                std::make_unique<consensus::SeatRotation>());
  Recover();
  BeginHeight(last_signed_);
  AnnounceRegularly();
}

void Node::BeginHeight(std::optional<SafetyState> restored) {
  consensus::StartHeight start;
  start.height = decided_ + 1;
  start.set = world_.SetFor(index_);
  start.needs_proof = tip_empty_ ? consensus::Work::kNone : consensus::Work::kPending;
  if (commits_.contains(decided_)) start.last_commit = commits_.at(decided_);
  start.restored = std::move(restored);
  fetching_.reset();
  Step(start);
  if (!world_.idle && world_.Chance().Percent(60)) {
    After(world_.Chance().Between(0, 50 * kMs),
          [this, height = start.height] { Step(consensus::WorkAvailable{.height = height}); });
  }
}

void Node::AnnounceRegularly() {
  world_.SendToAll(index_, Status{.decided = decided_});
  After(150 * kMs, [this] { AnnounceRegularly(); });
}

// The signer: block bytes, then the record, then the answer; a crash may come between any two.

void Node::Perform(const consensus::SignAndPersist& effect) {
  to_sign_.push_back(effect);
  if (!signing_) SignNext();
}

void Node::SignNext() {
  signing_ = false;
  if (to_sign_.empty()) return;
  signing_ = true;
  const consensus::SignAndPersist ask = to_sign_.front();
  to_sign_.pop_front();
  const SignGuard::Verdict verdict = SignGuard::Decide(last_signed_, ask);
  if (const auto* stored = std::get_if<SignGuard::ReturnStored>(&verdict)) {
    return After(0, [this, message = stored->message] { Said(message); });
  }
  if (const auto* refuse = std::get_if<SignGuard::Refuse>(&verdict)) {
    if (refuse->why == SignGuard::Why::kConflict && world_.Broken() == Sabotage::kNone) {
      world_.Check().OnBroken("sign guard: " + refuse->reason);
    }
    return After(0, [this] { SignNext(); });
  }
  if (ask.block_must_be_durable) {
    const BlockPtr block = Find(*ask.block_must_be_durable);
    if (block == nullptr) {
      world_.Check().OnBroken("asked to make a block durable that is not here");
      return;
    }
    disk_.AppendBlock(block);
  }
  After(world_.Chance().Between(0, 2 * kMs), [this, ask] {
    disk_.SyncBlocks();
    WriteRecord(ask);
  });
}

void Node::WriteRecord(const consensus::SignAndPersist& ask) {
  SignGuard::Message message = ask.unsigned_message;
  const auto now = static_cast<std::int64_t>(world_.Now() / kMs);
  std::visit(
      [now](auto& one) {
        one.time = consensus::Time::FromMs(now);
        one.signature.bytes.fill(0x5A);
      },
      message);
  consensus::SafetyRecord record;
  record.seq = ++seq_;
  record.chain_id = kChain;
  record.state = SignGuard::RecordOf(last_signed_, ask.state, message);
  const auto slot = consensus::EncodeSafetySlot(record);
  if (!slot) return world_.Check().OnBroken(slot.error().detail);
  disk_.WriteSlot(record.seq % 2, *slot);
  After(world_.Chance().Between(0, 2 * kMs), [this, message, state = record.state] {
    disk_.SyncRecord();
    last_signed_ = state;
    Said(message);
  });
}

void Node::Said(const SignGuard::Message& message) {
  world_.Check().OnSigned(me_, message);
  Step(consensus::SignedOwn{.message = message});
  SignNext();
}

// The application: a hash chain.

BlockPtr Node::Find(const BlockId& id) const {
  if (const auto found = candidates_.find(id); found != candidates_.end()) return found->second;
  for (const auto& [height, block] : chain_) {
    if (block->id == id) return block;
  }
  return nullptr;
}

bool Node::IsAcceptable(const Block& block) const {
  if (!block.app_valid || block.height != decided_ + 1 || block.parent != tip_hash_) return false;
  if (decided_ == 0) return true;
  return block.last_commit && block.last_commit->id && block.last_commit->id->hash == tip_hash_ &&
         AllAuthentic(*block.last_commit) &&
         consensus::IsCertificate(*block.last_commit, *world_.SetFor(index_));
}

void Node::Answer(const BlockId& id) {
  const BlockPtr block = Find(id);
  if (block == nullptr) return;
  Step(consensus::Checked{.height = core_->View().height, .id = id, .valid = IsAcceptable(*block)});
}

void Node::Apply(const BlockPtr& block) {
  decided_ = block->height;
  chain_[decided_] = block;
  tip_hash_ = block->id.hash;
  tip_empty_ = block->empty;
  if (!block->empty) app_hash_ = crypto::Sha256({app_hash_.View(), block->id.hash.View()});
  world_.Check().OnApplied(decided_, app_hash_);
}

void Node::Perform(const consensus::Build& effect) {
  const bool slow = world_.Chance().Percent(4);
  const Micros delay = world_.Chance().Between(0, slow ? 200 * kMs : 3 * kMs);
  After(delay, [this, effect] {
    if (effect.height != decided_ + 1) return;
    std::optional<consensus::Certificate> commit;
    if (commits_.contains(decided_)) commit = commits_.at(decided_);
    std::uint64_t nonce = world_.Chance().Next();
    if (world_.idle) nonce -= nonce % 3;  // MakeBlock takes that for an empty block
    const BlockPtr block = MakeBlock(effect.height, tip_hash_, nonce, true, std::move(commit));
    candidates_[block->id] = block;
    Step(consensus::Built{.height = effect.height, .round = effect.round, .id = block->id});
  });
}

void Node::Perform(const consensus::Check& effect) {
  After(world_.Chance().Between(0, 3 * kMs), [this, effect] { Answer(effect.id); });
}

void Node::Perform(const consensus::Finalize& effect) {
  if (effect.speculative) return;
  After(world_.Chance().Between(0, 3 * kMs), [this, effect] {
    const BlockPtr block = Find(effect.id);
    if (block == nullptr || block->height != decided_ + 1) return;
    Apply(block);
    disk_.WriteState(decided_, commits_.at(decided_));
    std::erase_if(candidates_, [&](const auto& entry) { return entry.second->height <= decided_; });
    without_block_.clear();
    Step(consensus::Finalized{.height = effect.height, .id = effect.id});
    world_.SendToAll(index_, Status{.decided = decided_});
    BeginHeight(std::nullopt);
  });
}

void Node::Perform(const consensus::Decide& effect) {
  world_.Trace(index_, "decides height " + std::to_string(effect.height) + " in round " +
                           std::to_string(effect.round));
  const BlockPtr block = Find(effect.id);
  world_.Check().OnDecided(me_, effect, block);
  if (block == nullptr) return;
  commits_[effect.height] = effect.commit;
  disk_.AppendBlock(block);  // synced before the first signature of the next height
}

void Node::Perform(const consensus::Equivocation& effect) {
  const auto sender = [](const std::variant<consensus::Proposal, consensus::Vote>& message) {
    return std::visit([](const auto& one) { return one.from; }, message);
  };
  if (sender(effect.first) != sender(effect.second) ||
      (!world_.Check().IsByzantine(sender(effect.first)) && world_.Broken() == Sabotage::kNone)) {
    world_.Check().OnBroken("a correct member is accused of equivocation");
  }
}

void Node::Perform(const consensus::Alarm& effect) {
  if (world_.Broken() == Sabotage::kNone) world_.Check().OnBroken("alarm: " + effect.what);
}

}  // namespace jiandu::sim
