// Counts the votes of one height by power, and notices equivocation.
//
// The first vote per (validator, round, type) counts; a conflicting one is reported and not
// counted. A certificate is kept as a whole, because it may legally hold the other half of an
// equivocation. Memory is bounded: full votes are kept for the rounds {valid, locked, r - 1, r, r +
// 1}, beyond that only each validator's newest vote (enough for L55). Signatures have been verified
// by the caller. Pure; owned by the core's thread. Source: docs/consensus.md (Rules).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "consensus/types.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

// True when the certificate is what its kind says: members of the set, each once, one height, one
// round, the right types and ids, enough power. Signatures are not looked at.
[[nodiscard]] bool IsCertificate(const Certificate& certificate, const ValidatorSet& set);

class VoteTally {
 public:
  using Value = std::optional<BlockId>;  // nothing: nil
  static constexpr std::size_t kCertificatesMax = 8;

  enum class Outcome : std::uint8_t {
    kCounted,
    kDuplicate,
    kConflict,  // the validator said something else first; reported once per (validator, type)
    kIgnored,   // not a member, or of a round we do not keep
  };
  struct Added {
    Outcome outcome = Outcome::kIgnored;
    std::optional<Vote> first;  // with kConflict
  };

  VoteTally() = default;
  explicit VoteTally(ValidatorSetPtr set) : set_(std::move(set)) {}

  [[nodiscard]] Added Add(const Vote& vote);
  // `certificate` is a polka or commit for which IsCertificate holds. Its votes are to be added
  // one by one as well.
  void AddCertificate(const Certificate& certificate);
  // The core is in `current` now: drop what need not be kept any longer.
  void MoveTo(Round current, Round locked, Round valid);

  [[nodiscard]] bool HasQuorumFor(Round round, VoteType type, const Value& value) const;
  [[nodiscard]] bool HasQuorumAny(Round round, VoteType type) const;
  // A quorum has come at least this far: cast this type in this round, or any vote after it.
  [[nodiscard]] bool HasQuorumPassed(Round round, VoteType type) const;
  // The value with a quorum, if there is one.
  [[nodiscard]] std::optional<Value> QuorumValue(Round round, VoteType type) const;
  // The highest round above `round` in which more than a third voted (L55).
  [[nodiscard]] std::optional<Round> HonestRoundAbove(Round round) const;
  // More than a third voted in this height, in whatever round.
  [[nodiscard]] bool HasHonestSenders() const;

  // kPolka, kCommit: the votes for `id`. kSkip, kPrecommitAny: all votes there are, one a
  // validator.
  [[nodiscard]] Certificate Make(Certificate::Kind kind, Height height, Round round,
                                 const Value& id) const;
  [[nodiscard]] std::vector<Address> Senders(Round round, VoteType type) const;
  [[nodiscard]] std::size_t VotesKept() const;

 private:
  struct Counted {
    Vote vote;
    Power power = 0;
  };
  struct RoundVotes {
    std::map<Address, Counted> prevotes;
    std::map<Address, Counted> precommits;
    std::set<std::pair<VoteType, Address>> reported;  // equivocations
    [[nodiscard]] std::map<Address, Counted>& Of(VoteType type) {
      return type == VoteType::kPrevote ? prevotes : precommits;
    }
    [[nodiscard]] const std::map<Address, Counted>& Of(VoteType type) const {
      return type == VoteType::kPrevote ? prevotes : precommits;
    }
  };

  [[nodiscard]] bool Keeps(Round round) const;
  [[nodiscard]] const RoundVotes* Find(Round round) const;
  [[nodiscard]] const Certificate* FindCertificate(Round round, VoteType type,
                                                   const Value& value) const;

  ValidatorSetPtr set_;
  Round current_ = 0;
  Round locked_ = -1;
  Round valid_ = -1;
  std::map<Round, RoundVotes> rounds_;
  std::map<Address, Counted> far_;  // newest vote beyond current + 1
  std::vector<Certificate> certificates_;
};

}  // namespace jiandu::consensus
