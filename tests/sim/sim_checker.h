// What must hold after every event, whatever the network, the disks and f members do.
//
// Knows every signature any node made. Safety: one block a height; no correct node contradicts
// itself; the lock rule, from the signed log; a precommit has its polka; decided blocks are valid,
// certified by real signatures, and give equal application hashes; memory is bounded.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "consensus/effect.h"
#include "consensus/validator_set.h"
#include "tests/sim/sim_disk.h"

namespace jiandu::sim {

class Checker {
 public:
  Checker(consensus::ValidatorSetPtr set, std::set<consensus::Address> byzantine);

  void OnSigned(const consensus::Address& who,
                const std::variant<consensus::Proposal, consensus::Vote>& message);
  void OnDecided(const consensus::Address& who, const consensus::Decide& decide,
                 const BlockPtr& block);
  void OnApplied(consensus::Height height, const Hash256& app_hash);
  void OnItemsKept(std::size_t kept);
  void OnBroken(std::string what) {
    if (violations_.size() < 1000) violations_.push_back(std::move(what));
  }

  // Was this vote really signed by whom it names? Members that lie may sign anything themselves.
  [[nodiscard]] bool IsAuthentic(const consensus::Vote& vote) const;
  [[nodiscard]] bool IsAuthentic(const consensus::Proposal& proposal) const;
  [[nodiscard]] bool IsByzantine(const consensus::Address& who) const {
    return byzantine_.contains(who);
  }
  // The commit of the first correct node that decided this height.
  [[nodiscard]] std::optional<consensus::Certificate> CommitAt(consensus::Height height) const;
  [[nodiscard]] const std::vector<std::string>& Violations() const { return violations_; }

 private:
  using Value = std::optional<consensus::BlockId>;
  using Place = std::tuple<consensus::Height, consensus::Round, consensus::VoteType>;

  void CheckLockRule(const consensus::Address& who, const consensus::Vote& vote);
  [[nodiscard]] bool HasPolka(consensus::Height height, consensus::Round round,
                              const consensus::BlockId& id) const;

  consensus::ValidatorSetPtr set_;
  std::set<consensus::Address> byzantine_;
  std::map<consensus::Address, std::map<Place, std::set<Value>>> votes_;
  std::map<std::tuple<consensus::Address, consensus::Height, consensus::Round>, consensus::BlockId>
      proposals_;
  std::map<consensus::Height, consensus::Certificate> decided_;
  std::map<consensus::Height, Hash256> app_hashes_;
  std::vector<std::string> violations_;
};

}  // namespace jiandu::sim
