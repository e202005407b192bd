// What must hold after every event, whatever the network, the disks and one liar of four do.
//
// It sees each record as it is written to safety.rec (the signed log), each sync of it, each
// message as it leaves a machine, and each block as it is applied. Safety: one block a height,
// certified by real signatures; equal application hashes; no correct member contradicts itself; the
// lock rule, from the signed log; nothing leaves that is not durable; bounded queues.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "consensus/block.h"
#include "consensus/commit.h"
#include "consensus/header.h"
#include "consensus/input.h"
#include "consensus/validator_set.h"

namespace jiandu::simulator {

class Checker {
 public:
  Checker(std::string chain, consensus::ValidatorSetPtr set)
      : chain_(std::move(chain)), set_(std::move(set)) {}

  // Their signatures prove nothing against them.
  void Distrust(const consensus::Address& who) { liars_.insert(who); }
  // More than one machine signs with its key: it contradicts itself. Only that, and only its own
  // signatures; all else is held against each of the machines.
  void ShareKey(const consensus::Address& who) { shared_.insert(who); }

  // `who` wrote a record that holds these signatures, on this machine.
  void OnRecord(const consensus::Address& who, const consensus::SafetyState& state,
                std::size_t machine = 0);
  // What stands in its record is on the platter: now it may leave, and now it counts as signed.
  void OnRecordSynced(const consensus::Address& who, std::size_t machine = 0);
  // It lost its power: what was not synced was not said.
  void OnCut(const consensus::Address& who, std::size_t machine = 0) {
    written_[{who, machine}].clear();
  }
  // It left its machine, by its author.
  void OnLeft(const consensus::Address& who, const consensus::Vote& vote);
  void OnLeft(const consensus::Address& who, const consensus::Proposal& proposal);
  struct Applied {
    consensus::Height height = 0;
    Hash256 header_hash;
    Hash256 app_hash;  // after this block
  };
  void OnApplied(const consensus::Address& who, const Applied& applied);
  // The ledger says who votes at a height: the set of genesis at the first two, and then what the
  // state two heights before says.
  void OnValidators(consensus::Height height, const consensus::ValidatorSetPtr& set);
  // The set of a height, or the newest one known.
  [[nodiscard]] const consensus::ValidatorSet& SetAt(consensus::Height height) const;
  // What a header says of it.
  void OnHeader(const consensus::Header& header);
  // A queue of a node holds `now` of at most `most`.
  void OnFill(const std::string& queue, std::size_t now, std::size_t most);
  // A commit that somebody serves or holds, of a header.
  void OnCommit(const consensus::Address& who, const consensus::Commit& commit);
  void OnBroken(std::string what);

  [[nodiscard]] const std::vector<std::string>& Violations() const { return violations_; }
  [[nodiscard]] consensus::Height Tip() const {
    return app_hashes_.empty() ? 0 : app_hashes_.rbegin()->first;
  }
  [[nodiscard]] Hash256 AppHashAt(consensus::Height height) const {
    const auto found = app_hashes_.find(height);
    return found == app_hashes_.end() ? Hash256() : found->second;
  }
  [[nodiscard]] std::uint64_t Signatures() const { return signatures_; }

 private:
  using Value = std::optional<consensus::BlockId>;
  using Place = std::tuple<consensus::Height, consensus::Round, consensus::VoteType>;

  void OnVote(const consensus::Address& who, const consensus::Vote& vote);
  void OnProposal(const consensus::Address& who, const consensus::Proposal& proposal);
  void OnDecided(const consensus::Address& who, consensus::Height height,
                 const Hash256& header_hash);
  void CheckPolka(const consensus::Address& who, const consensus::Vote& vote);
  void CheckLockRule(const consensus::Address& who, const consensus::Vote& vote);
  [[nodiscard]] bool HasPolka(consensus::Height height, consensus::Round round,
                              const consensus::BlockId& id) const;

  std::string chain_;
  consensus::ValidatorSetPtr set_;  // of genesis
  std::map<consensus::Height, consensus::ValidatorSetPtr> sets_;
  std::set<consensus::Address> liars_;
  std::set<consensus::Address> shared_;
  std::map<consensus::Address, std::map<Place, std::set<Value>>> votes_;
  std::map<std::tuple<consensus::Address, consensus::Height, consensus::Round>, consensus::BlockId>
      proposals_;
  using Message = std::variant<consensus::Proposal, consensus::Vote>;
  std::map<std::pair<consensus::Address, std::size_t>, std::vector<Message>>
      written_;  // by whom on which machine; not yet synced
  std::set<crypto::Ed25519Signature> durable_;
  std::map<consensus::Height, Hash256> blocks_;  // decided
  std::map<consensus::Height, Hash256> app_hashes_;
  std::set<Hash256> good_commits_;
  std::uint64_t signatures_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace jiandu::simulator
