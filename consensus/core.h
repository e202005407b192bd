// The protocol: Tendermint, one height after the other.
//
// Reads no clock, opens no socket, draws no random number: the same inputs in the same order give
// the same effects. Owned and called by one thread. Step is total: any input in any state, it never
// throws, and its work is bounded. The host performs the effects in order and sends nothing whose
// SignedOwn has not come.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/effect.h"
#include "consensus/input.h"
#include "consensus/params.h"
#include "consensus/proposer_schedule.h"

namespace jiandu::consensus {

// For /status and for comparison with the specification's traces.
struct CoreView {
  Height height = 0;
  Round round = -1;
  Step step = Step::kUnstarted;
  Round locked_round = -1;
  std::optional<BlockId> locked_id;
  Round valid_round = -1;
  std::optional<BlockId> valid_id;
  bool waiting_for_work = false;
  bool can_sign = false;  // in this height: in the set, not quarantined, no record ahead of it
  Address proposer;       // of the current round
  std::vector<Address> prevoted;  // whose votes of the current round are here
  std::vector<Address> precommitted;
  bool has_proposal = false;  // a complete proposal of the current round is here
};

class Core {
 public:
  // `me` is absent on a node that does not vote.
  Core(std::string chain_id, std::optional<Address> me, Params params,
       std::unique_ptr<ProposerSchedule> schedule);
  ~Core();
  Core(Core&&) noexcept;

  [[nodiscard]] std::vector<Effect> Step(const Input& input);
  [[nodiscard]] CoreView View() const;
  // The record as it would be written now.
  [[nodiscard]] SafetyState Safety() const;
  // Votes, proposals and remembered ids held in memory: bounded by the size of the set alone.
  [[nodiscard]] std::size_t ItemsKept() const;
  [[nodiscard]] static std::size_t ItemsKeptMax(std::size_t validators);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::consensus
