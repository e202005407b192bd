// Votes of one height, counted by power.
#include "consensus/vote_tally.h"

#include <algorithm>
#include <ranges>

namespace jiandu::consensus {
namespace {

// What each kind of certificate asks of one of its votes.
bool FitsKind(const Certificate& certificate, const Vote& vote) {
  switch (certificate.kind) {
    case Certificate::Kind::kPolka:
      return vote.type == VoteType::kPrevote && vote.id == certificate.id;
    case Certificate::Kind::kCommit:
      return vote.type == VoteType::kPrecommit && (!vote.id || vote.id == certificate.id);
    case Certificate::Kind::kSkip: return true;
    case Certificate::Kind::kPrecommitAny: return vote.type == VoteType::kPrecommit;
  }
  return false;
}

// Votes for nil may stand in a commit, but prove nothing for its block.
bool CountsFor(const Certificate& certificate, const Vote& vote) {
  return certificate.kind != Certificate::Kind::kCommit || vote.id == certificate.id;
}

VoteType TypeOf(Certificate::Kind kind) {
  return kind == Certificate::Kind::kPolka ? VoteType::kPrevote : VoteType::kPrecommit;
}

bool NamesBlock(Certificate::Kind kind) {
  return kind == Certificate::Kind::kPolka || kind == Certificate::Kind::kCommit;
}

}  // namespace

bool IsCertificate(const Certificate& certificate, const ValidatorSet& set) {
  if (certificate.round < 0 || certificate.votes.size() > set.List().size()) return false;
  if (NamesBlock(certificate.kind) != certificate.id.has_value()) return false;
  std::set<Address> seen;
  Power power = 0;
  for (const Vote& vote : certificate.votes) {
    const Validator* validator = set.Find(vote.from);
    if (validator == nullptr || !seen.insert(vote.from).second) return false;
    if (vote.height != certificate.height || vote.round != certificate.round) return false;
    if (!FitsKind(certificate, vote)) return false;
    if (CountsFor(certificate, vote)) power += validator->power;
  }
  return certificate.kind == Certificate::Kind::kSkip ? set.HasHonest(power) : set.IsQuorum(power);
}

bool VoteTally::Keeps(Round round) const {
  return round == valid_ || round == locked_ || (round >= current_ - 1 && round <= current_ + 1);
}

const VoteTally::RoundVotes* VoteTally::Find(Round round) const {
  const auto found = rounds_.find(round);
  return found == rounds_.end() ? nullptr : &found->second;
}

const Certificate* VoteTally::FindCertificate(Round round, VoteType type,
                                              const Value& value) const {
  for (const Certificate& certificate : certificates_) {
    if (certificate.round == round && TypeOf(certificate.kind) == type && certificate.id == value) {
      return &certificate;
    }
  }
  return nullptr;
}

VoteTally::Added VoteTally::Add(const Vote& vote) {
  const Validator* validator = set_ == nullptr ? nullptr : set_->Find(vote.from);
  if (validator == nullptr || vote.round < 0) return {.outcome = Outcome::kIgnored, .first = {}};
  const Counted counted{.vote = vote, .power = validator->power};
  if (vote.round > current_ + 1) {
    const auto [at, inserted] = far_.try_emplace(vote.from, counted);
    if (inserted) return {.outcome = Outcome::kCounted, .first = {}};
    if (at->second.vote.round >= vote.round) return {.outcome = Outcome::kIgnored, .first = {}};
    at->second = counted;
    return {.outcome = Outcome::kCounted, .first = {}};
  }
  if (!Keeps(vote.round)) return {.outcome = Outcome::kIgnored, .first = {}};
  RoundVotes& round = rounds_[vote.round];
  const auto [at, inserted] = round.Of(vote.type).try_emplace(vote.from, counted);
  if (inserted) return {.outcome = Outcome::kCounted, .first = {}};
  const Vote& first = at->second.vote;
  if (first.id == vote.id || !round.reported.emplace(vote.type, vote.from).second) {
    return {.outcome = Outcome::kDuplicate, .first = {}};
  }
  return {.outcome = Outcome::kConflict, .first = first};
}

void VoteTally::AddCertificate(const Certificate& certificate) {
  if (!NamesBlock(certificate.kind)) return;
  const VoteType type = TypeOf(certificate.kind);
  if (FindCertificate(certificate.round, type, certificate.id) != nullptr) return;
  certificates_.push_back(certificate);
  if (certificates_.size() <= kCertificatesMax) return;
  // The oldest that backs neither the lock nor the valid value goes first.
  auto victim = certificates_.end();
  for (auto it = certificates_.begin(); it != certificates_.end(); ++it) {
    if (it->round == locked_ || it->round == valid_) continue;
    if (victim == certificates_.end() || it->round < victim->round) victim = it;
  }
  certificates_.erase(victim == certificates_.end() ? certificates_.begin() : victim);
}

void VoteTally::MoveTo(Round current, Round locked, Round valid) {
  current_ = std::max(current, 0);
  locked_ = locked;
  valid_ = valid;
  for (auto it = rounds_.begin(); it != rounds_.end();) {
    if (Keeps(it->first)) {
      ++it;
      continue;
    }
    // A re-proposal may lean on this polka long after its votes are gone.
    const auto value = QuorumValue(it->first, VoteType::kPrevote);
    if (value && *value && !it->second.prevotes.empty()) {
      const Height height = it->second.prevotes.begin()->second.vote.height;
      AddCertificate(Make(Certificate::Kind::kPolka, height, it->first, *value));
    }
    it = rounds_.erase(it);
  }
  for (auto it = far_.begin(); it != far_.end();) {
    const Counted& counted = it->second;
    if (counted.vote.round > current_ + 1) {
      ++it;
      continue;
    }
    if (counted.vote.round >= current_) {
      rounds_[counted.vote.round].Of(counted.vote.type).try_emplace(it->first, counted);
    }
    it = far_.erase(it);
  }
}

bool VoteTally::HasQuorumFor(Round round, VoteType type, const Value& value) const {
  if (value && FindCertificate(round, type, value) != nullptr) return true;
  const RoundVotes* votes = Find(round);
  if (votes == nullptr) return false;
  Power power = 0;
  for (const auto& [address, counted] : votes->Of(type)) {
    if (counted.vote.id == value) power += counted.power;
  }
  return set_->IsQuorum(power);
}

bool VoteTally::HasQuorumAny(Round round, VoteType type) const {
  const RoundVotes* votes = Find(round);
  if (votes == nullptr) return false;
  Power power = 0;
  for (const auto& [address, counted] : votes->Of(type)) power += counted.power;
  return set_->IsQuorum(power);
}

bool VoteTally::HasQuorumPassed(Round round, VoteType type) const {
  std::map<Address, Power> senders;
  const auto take = [&senders](const std::map<Address, Counted>& votes) {
    for (const auto& [address, counted] : votes) senders.emplace(address, counted.power);
  };
  for (auto it = rounds_.lower_bound(round); it != rounds_.end(); ++it) {
    if (it->first > round || type == VoteType::kPrevote) take(it->second.prevotes);
    take(it->second.precommits);
  }
  take(far_);  // only ever of later rounds
  Power power = 0;
  for (const auto& [address, one] : senders) power += one;
  return set_ != nullptr && set_->IsQuorum(power);
}

std::optional<VoteTally::Value> VoteTally::QuorumValue(Round round, VoteType type) const {
  for (const Certificate& certificate : certificates_) {
    if (certificate.round == round && TypeOf(certificate.kind) == type) return certificate.id;
  }
  const RoundVotes* votes = Find(round);
  if (votes == nullptr) return std::nullopt;
  std::map<Value, Power> powers;
  for (const auto& [address, counted] : votes->Of(type)) {
    powers[counted.vote.id] += counted.power;
  }
  for (const auto& [value, power] : powers) {
    if (set_->IsQuorum(power)) return value;
  }
  return std::nullopt;
}

std::optional<Round> VoteTally::HonestRoundAbove(Round round) const {
  std::map<Round, std::map<Address, Power>> senders;
  for (auto it = rounds_.upper_bound(round); it != rounds_.end(); ++it) {
    for (const auto& [address, counted] : it->second.prevotes) {
      senders[it->first][address] = counted.power;
    }
    for (const auto& [address, counted] : it->second.precommits) {
      senders[it->first][address] = counted.power;
    }
  }
  for (const auto& [address, counted] : far_) {
    if (counted.vote.round > round) senders[counted.vote.round][address] = counted.power;
  }
  for (const auto& [at, members] : std::views::reverse(senders)) {
    Power power = 0;
    for (const auto& [address, one] : members) power += one;
    if (set_->HasHonest(power)) return at;
  }
  return std::nullopt;
}

bool VoteTally::HasHonestSenders() const {
  std::map<Address, Power> senders;
  for (const auto& [round, votes] : rounds_) {
    for (const auto& [address, counted] : votes.prevotes) senders[address] = counted.power;
    for (const auto& [address, counted] : votes.precommits) senders[address] = counted.power;
  }
  for (const auto& [address, counted] : far_) senders[address] = counted.power;
  Power power = 0;
  for (const auto& [address, one] : senders) power += one;
  return set_ != nullptr && set_->HasHonest(power);
}

Certificate VoteTally::Make(Certificate::Kind kind, Height height, Round round,
                            const Value& id) const {
  Certificate made{.kind = kind, .height = height, .round = round, .id = id, .votes = {}};
  std::map<Address, Vote> chosen;
  if (const RoundVotes* votes = Find(round); votes != nullptr) {
    for (const auto& [address, counted] : votes->Of(TypeOf(kind))) {
      if (!NamesBlock(kind) || counted.vote.id == id) chosen.emplace(address, counted.vote);
    }
    if (kind == Certificate::Kind::kSkip) {
      for (const auto& [address, counted] : votes->prevotes) chosen.emplace(address, counted.vote);
    }
  }
  if (kind == Certificate::Kind::kSkip) {
    for (const auto& [address, counted] : far_) {
      if (counted.vote.round == round) chosen.emplace(address, counted.vote);
    }
  }
  if (NamesBlock(kind)) {
    if (const Certificate* whole = FindCertificate(round, TypeOf(kind), id); whole != nullptr) {
      for (const Vote& vote : whole->votes) {
        if (vote.id == id) chosen.emplace(vote.from, vote);
      }
    }
  }
  for (const auto& [address, vote] : chosen) made.votes.push_back(vote);
  return made;
}

std::vector<Address> VoteTally::Senders(Round round, VoteType type) const {
  std::vector<Address> senders;
  if (const RoundVotes* votes = Find(round); votes != nullptr) {
    for (const auto& [address, counted] : votes->Of(type)) senders.push_back(address);
  }
  return senders;
}

std::size_t VoteTally::VotesKept() const {
  std::size_t kept = far_.size();
  for (const auto& [round, votes] : rounds_) {
    kept += votes.prevotes.size() + votes.precommits.size();
  }
  for (const Certificate& certificate : certificates_) kept += certificate.votes.size();
  return kept;
}

}  // namespace jiandu::consensus
