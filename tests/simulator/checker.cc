// The invariants, one function each.
#include "tests/simulator/checker.h"

#include <utility>

#include "base/hex.h"
#include "consensus/canonical.h"
#include "crypto/hash.h"

namespace jiandu::simulator {

using consensus::Address;
using consensus::BlockId;
using consensus::Height;
using consensus::Proposal;
using consensus::Round;
using consensus::Vote;
using consensus::VoteType;

namespace {

constexpr std::size_t kViolationsMax = 100;

std::string Where(const Address& who, Height height, Round round) {
  return HexEncode(who.View().first(3)) + " at " + std::to_string(height) + "/" +
         std::to_string(round);
}

}  // namespace

void Checker::OnBroken(std::string what) {
  if (violations_.size() < kViolationsMax) violations_.push_back(std::move(what));
}

void Checker::OnRecord(const Address& who, const consensus::SafetyState& state,
                       std::size_t machine) {
  if (liars_.contains(who)) return;
  auto& written = written_[{who, machine}];
  if (state.last_proposal) written.emplace_back(*state.last_proposal);
  if (state.last_prevote) written.emplace_back(*state.last_prevote);
  if (state.last_precommit) written.emplace_back(*state.last_precommit);
}

void Checker::OnRecordSynced(const Address& who, std::size_t machine) {
  for (const Message& message : std::exchange(written_[{who, machine}], {})) {
    if (const auto* vote = std::get_if<Vote>(&message)) {
      OnVote(who, *vote);
    } else {
      OnProposal(who, std::get<Proposal>(message));
    }
  }
}

void Checker::OnProposal(const Address& who, const Proposal& proposal) {
  const auto [at, inserted] =
      proposals_.try_emplace({who, proposal.height, proposal.round}, proposal.id);
  if (!inserted && at->second != proposal.id && !shared_.contains(who)) {
    OnBroken("two proposals signed by " + Where(who, proposal.height, proposal.round));
  }
  durable_.insert(proposal.signature);
}

void Checker::OnVote(const Address& who, const Vote& vote) {
  std::set<Value>& values = votes_[who][{vote.height, vote.round, vote.type}];
  durable_.insert(vote.signature);
  if (!values.insert(vote.id).second) return;
  ++signatures_;
  if (vote.from != who) OnBroken("a vote in another's name by " + Where(who, vote.height, 0));
  const bool is_shared = shared_.contains(who);
  if (values.size() > 1 && !is_shared) {
    OnBroken("two votes signed by " + Where(who, vote.height, vote.round));
  }
  CheckPolka(who, vote);
  if (!is_shared) CheckLockRule(who, vote);
}

// A polka exists when correct members signed enough of it; those that lie, or whose key is on two
// machines, count as having signed whatever is needed.
bool Checker::HasPolka(Height height, Round round, const BlockId& id) const {
  consensus::Power power = 0;
  const consensus::ValidatorSet& set = SetAt(height);
  for (const consensus::Validator& validator : set.List()) {
    if (liars_.contains(validator.address) || shared_.contains(validator.address)) {
      power += validator.power;
      continue;
    }
    const auto log = votes_.find(validator.address);
    if (log == votes_.end()) continue;
    const auto found = log->second.find({height, round, VoteType::kPrevote});
    if (found != log->second.end() && found->second.contains(id)) power += validator.power;
  }
  return set.IsQuorum(power);
}

// A precommit for a block needs its polka in the same round.
void Checker::CheckPolka(const Address& who, const Vote& vote) {
  if (!vote.id || vote.type != VoteType::kPrecommit) return;
  if (!HasPolka(vote.height, vote.round, *vote.id)) {
    OnBroken("precommit without a polka by " + Where(who, vote.height, vote.round));
  }
}

// Precommit v at r, later prevote v' != v: needs a polka for v' at r or later.
void Checker::CheckLockRule(const Address& who, const Vote& vote) {
  if (!vote.id || vote.type == VoteType::kPrecommit) return;
  const auto& log = votes_[who];
  for (auto at = log.lower_bound({vote.height, 0, VoteType::kPrevote}); at != log.end(); ++at) {
    const auto& [height, round, type] = at->first;
    if (height != vote.height || round >= vote.round) break;
    if (type != VoteType::kPrecommit) continue;
    for (const Value& locked : at->second) {
      if (!locked || locked == vote.id) continue;
      bool released = false;
      for (Round polka = round; polka < vote.round && !released; ++polka) {
        released = HasPolka(height, polka, *vote.id);
      }
      if (!released) OnBroken("lock broken by " + Where(who, vote.height, vote.round));
    }
  }
}

void Checker::OnLeft(const Address& who, const Vote& vote) {
  if (vote.from != who || liars_.contains(who)) return;
  if (!durable_.contains(vote.signature)) {
    OnBroken("a vote left before it was durable: " + Where(who, vote.height, vote.round));
  }
}

void Checker::OnLeft(const Address& who, const Proposal& proposal) {
  if (proposal.from != who || liars_.contains(who)) return;
  if (!durable_.contains(proposal.signature)) {
    OnBroken("a proposal left before it was durable: " +
             Where(who, proposal.height, proposal.round));
  }
}

// By its commit or by who applied it, whichever is seen first.
void Checker::OnDecided(const Address& who, Height height, const Hash256& header_hash) {
  const auto [block, is_first] = blocks_.try_emplace(height, header_hash);
  if (is_first || block->second == header_hash) return;
  OnBroken("two blocks decided at height " + std::to_string(height) + ", one by " +
           Where(who, height, 0));
}

void Checker::OnApplied(const Address& who, const Applied& applied) {
  if (liars_.contains(who)) return;
  OnDecided(who, applied.height, applied.header_hash);
  const auto [app, app_is_first] = app_hashes_.try_emplace(applied.height, applied.app_hash);
  if (!app_is_first && app->second != applied.app_hash) {
    OnBroken("application hashes differ at height " + std::to_string(applied.height));
  }
}

const consensus::ValidatorSet& Checker::SetAt(Height height) const {
  const auto after = sets_.upper_bound(height);
  return after == sets_.begin() ? *set_ : *std::prev(after)->second;
}

void Checker::OnValidators(Height height, const consensus::ValidatorSetPtr& set) {
  const auto [known, is_first] = sets_.try_emplace(height, set);
  if (!is_first && known->second->Hash() != set->Hash()) {
    OnBroken("two validator sets of height " + std::to_string(height));
  }
}

void Checker::OnHeader(const consensus::Header& header) {
  if (header.validators_hash != SetAt(header.height).Hash()) {
    OnBroken("a header names other validators than the ledger, at height " +
             std::to_string(header.height));
  }
}

void Checker::OnFill(const std::string& queue, std::size_t now, std::size_t most) {
  if (now <= most) return;
  OnBroken(queue + " holds " + std::to_string(now) + " of at most " + std::to_string(most));
}

void Checker::OnCommit(const Address& who, const consensus::Commit& commit) {
  if (liars_.contains(who) || commit.height == 0) return;
  if (!good_commits_.insert(crypto::Sha256(commit.Encode())).second) return;
  if (auto good =
          consensus::VerifyCommit(chain_, commit, SetAt(commit.height), commit.height, commit.id);
      !good) {
    OnBroken("a commit that does not hold (" + good.error().detail + ") of " +
             Where(who, commit.height, commit.round));
    return;
  }
  OnDecided(who, commit.height, commit.id.hash);
}

}  // namespace jiandu::simulator
