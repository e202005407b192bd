// Watches several nodes of one network: do they all tell the same history, and what was told
// before?
//
// Each look asks every node for its newest light block, follows it from what is pinned, and
// compares it with the others and with the pin. The pin moves forward only, and only while no two
// certified histories differ. Two that do are evidence that anybody can check (fork_verifier.h).
// Reads no clock, no file and no network; one owner.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/model/fork_proof.h"
#include "sdk/cpp/follower.h"
#include "sdk/cpp/proof_verifier.h"

namespace jiandu::sdk {

enum class NodeState : std::uint8_t {
  kAgrees,   // tells what is pinned
  kBehind,   // tells the same, but an older height; or went back
  kSilent,   // no answer
  kInvalid,  // answers what no correct node answers, without a certificate for it
  kForked,   // shows a certified history that differs from another one
};

struct NodeView {
  NodeState state = NodeState::kSilent;
  consensus::Height height = 0;  // of its newest block, when it told one
  Sentence detail;
};

struct WatchRound {
  std::vector<NodeView> nodes;            // as they were given
  std::optional<ledger::ForkProof> fork;  // the alarm
  bool advanced = false;                  // the pin moved
};

class Watcher {
 public:
  // A node this much below the pin is behind; up to there it may just be on its way.
  static constexpr consensus::Height kLagMax = 3;

  Watcher(ledger::Genesis genesis, Follower pinned);

  // The same nodes in the same order each time; at least one.
  [[nodiscard]] WatchRound Look(std::span<LightSource* const> nodes);
  [[nodiscard]] const Follower& Pinned() const { return pinned_; }

 private:
  struct Candidate {
    std::size_t node = 0;
    consensus::LightBlock block;
    Follower follower;
  };
  // One look, taken apart.
  struct Sighting {
    std::span<LightSource* const> nodes;
    WatchRound round;
    std::vector<Candidate> ahead;
    std::vector<std::pair<std::size_t, consensus::LightBlock>> behind;
  };

  void Judge(Sighting& look, std::size_t node, const consensus::LightBlock& block);
  void JudgeAhead(Sighting& look, std::size_t node, const consensus::LightBlock& block);
  void CompareAhead(Sighting& look);
  void JudgeBehind(Sighting& look, std::size_t node, const consensus::LightBlock& block);
  void AccuseAgainstPin(Sighting& look, std::size_t node, const consensus::LightBlock& block);
  [[nodiscard]] Result<void> Certified(LightSource& source,
                                       const consensus::LightBlock& block) const;
  void Accuse(Sighting& look, const Follower& follower, std::size_t a,
              const consensus::LightBlock& block_a, std::size_t b,
              const consensus::LightBlock& block_b);
  void SearchFork(Sighting& look, std::size_t a, std::size_t b, consensus::Height differs);
  [[nodiscard]] Result<ledger::ForkProof> FindFork(LightSource& a, LightSource& b,
                                                   consensus::Height differs,
                                                   LightSource*& broke) const;
  [[nodiscard]] ledger::ForkProof Evidence(const Follower& follower, const consensus::LightBlock& a,
                                           const consensus::LightBlock& b) const;
  void Forked(Sighting& look, ledger::ForkProof proof, std::size_t a, std::optional<std::size_t> b);

  ledger::Genesis genesis_;
  Follower pinned_;
  std::vector<consensus::Height> told_;  // by each node so far, the highest
};

}  // namespace jiandu::sdk
