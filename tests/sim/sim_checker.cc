// The invariants, one function each.
#include "tests/sim/sim_checker.h"

#include "base/hex.h"
#include "consensus/core.h"
#include "consensus/vote_tally.h"

namespace jiandu::sim {

using consensus::Address;
using consensus::BlockId;
using consensus::Height;
using consensus::Power;
using consensus::Proposal;
using consensus::Round;
using consensus::Vote;
using consensus::VoteType;

namespace {

std::string Where(const Address& who, Height height, Round round) {
  return HexEncode(who.View().first(3)) + " at " + std::to_string(height) + "/" +
         std::to_string(round);
}

}  // namespace

Checker::Checker(consensus::ValidatorSetPtr set, std::set<Address> byzantine)
    : set_(std::move(set)), byzantine_(std::move(byzantine)) {}

void Checker::OnSigned(const Address& who, const std::variant<Proposal, Vote>& message) {
  if (const auto* proposal = std::get_if<Proposal>(&message)) {
    const auto [at, inserted] =
        proposals_.try_emplace({who, proposal->height, proposal->round}, proposal->id);
    if (!inserted && at->second != proposal->id && !byzantine_.contains(who)) {
      OnBroken("two proposals signed by " + Where(who, proposal->height, proposal->round));
    }
    return;
  }
  const auto& vote = std::get<Vote>(message);
  std::set<Value>& values = votes_[who][{vote.height, vote.round, vote.type}];
  values.insert(vote.id);
  if (byzantine_.contains(who)) return;
  if (values.size() > 1) OnBroken("two votes signed by " + Where(who, vote.height, vote.round));
  CheckLockRule(who, vote);
}

// A polka exists when correct members signed enough of it; those that lie count as having signed
// whatever is needed.
bool Checker::HasPolka(Height height, Round round, const BlockId& id) const {
  Power power = 0;
  for (const consensus::Validator& validator : set_->List()) {
    if (byzantine_.contains(validator.address)) {
      power += validator.power;
      continue;
    }
    const auto log = votes_.find(validator.address);
    if (log == votes_.end()) continue;
    const auto found = log->second.find({height, round, VoteType::kPrevote});
    if (found != log->second.end() && found->second.contains(id)) power += validator.power;
  }
  return set_->IsQuorum(power);
}

// Precommit v at r, later prevote v' != v: needs a polka for v' at r or later. And a precommit for
// a block needs its polka in the same round.
void Checker::CheckLockRule(const Address& who, const Vote& vote) {
  if (!vote.id) return;
  if (vote.type == VoteType::kPrecommit) {
    if (!HasPolka(vote.height, vote.round, *vote.id)) {
      OnBroken("precommit without a polka by " + Where(who, vote.height, vote.round));
    }
    return;
  }
  for (const auto& [place, values] : votes_[who]) {
    const auto& [height, round, type] = place;
    if (height != vote.height || type != VoteType::kPrecommit || round >= vote.round) continue;
    for (const Value& locked : values) {
      if (!locked || locked == vote.id) continue;
      bool released = false;
      for (Round polka = round; polka < vote.round && !released; ++polka) {
        released = HasPolka(height, polka, *vote.id);
      }
      if (!released) OnBroken("lock broken by " + Where(who, vote.height, vote.round));
    }
  }
}

bool Checker::IsAuthentic(const Vote& vote) const {
  if (byzantine_.contains(vote.from)) return true;
  const auto log = votes_.find(vote.from);
  if (log == votes_.end()) return false;
  const auto found = log->second.find({vote.height, vote.round, vote.type});
  return found != log->second.end() && found->second.contains(vote.id);
}

bool Checker::IsAuthentic(const Proposal& proposal) const {
  if (byzantine_.contains(proposal.from)) return true;
  const auto found = proposals_.find({proposal.from, proposal.height, proposal.round});
  return found != proposals_.end() && found->second == proposal.id;
}

std::optional<consensus::Certificate> Checker::CommitAt(Height height) const {
  const auto found = decided_.find(height);
  return found == decided_.end() ? std::nullopt : std::optional(found->second);
}

void Checker::OnDecided(const Address& who, const consensus::Decide& decide,
                        const BlockPtr& block) {
  const auto [at, inserted] = decided_.try_emplace(decide.height, decide.commit);
  if (!inserted && at->second.id != decide.id) {
    OnBroken("two blocks decided at height " + std::to_string(decide.height));
  }
  if (decide.commit.kind != consensus::Certificate::Kind::kCommit ||
      decide.commit.id != decide.id || decide.commit.height != decide.height ||
      !consensus::IsCertificate(decide.commit, *set_)) {
    OnBroken("decision without a certificate by " + Where(who, decide.height, decide.round));
  }
  for (const Vote& vote : decide.commit.votes) {
    if (!IsAuthentic(vote)) {
      OnBroken("forged vote in the commit of " + Where(who, decide.height, decide.round));
    }
  }
  if (block == nullptr || !block->app_valid || block->height != decide.height) {
    OnBroken("unusable block decided by " + Where(who, decide.height, decide.round));
  }
}

void Checker::OnApplied(Height height, const Hash256& app_hash) {
  const auto [at, inserted] = app_hashes_.try_emplace(height, app_hash);
  if (!inserted && at->second != app_hash) {
    OnBroken("application hashes differ at height " + std::to_string(height));
  }
}

void Checker::OnItemsKept(std::size_t kept) {
  if (kept > consensus::Core::ItemsKeptMax(set_->List().size())) {
    OnBroken("memory: " + std::to_string(kept) + " items");
  }
}

}  // namespace jiandu::sim
