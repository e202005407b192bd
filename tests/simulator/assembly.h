// The departments of the simulated network: what they vote on about their nodes, one thing after
// the other, and what they then do to their machines. For scenarios; machines carry their members'
// numbers.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulator/world.h"

namespace jiandu::simulator {

// The machine of the department without a seat at genesis.
inline constexpr std::size_t kNewcomer = kMembersMax;

// What stands on the ledger about one member's node.
struct Seat {
  bool seated = false;
  bool was_seated = false;  // what has been in use once never comes back
  bool at_work = true;      // its machine has been told what was decided
  unsigned consensus = 0;
  unsigned node = 0;
  std::int64_t power = 1;
};

// Owned by what it has set going.
class Assembly : public std::enable_shared_from_this<Assembly> {
 public:
  Assembly(World& world, Micros until) : world_(world), until_(until) {
    for (std::size_t i = 0; i < kMembersMax; ++i) seats_[i] = {.seated = true, .was_seated = true};
  }
  void Meet();
  // The member leaves; `decided` is told the height.
  void Remove(std::size_t member, std::function<void(consensus::Height)> decided);
  void Rotate(std::size_t member, std::string_view which,
              std::function<void(consensus::Height)> decided);
  void CheckSet();
  [[nodiscard]] bool IsSettled() const;

 private:
  using Voted = std::function<void(const gateway::TxResult&, const ledger::TxId&)>;
  void PutToVote(std::string_view op, Json body, Voted voted);
  void OpenProposal(std::string_view op, Json body, Voted voted);
  void VoteNext(Json ballot, std::vector<std::size_t> heads, Voted voted);
  void Admit(std::size_t member, std::int64_t power, const std::string& despite);
  void Disturb(std::size_t member);
  void GoOn();
  // The machine is stopped, its keys are changed, and it starts again.
  void GiveKeys(std::size_t member);
  // Whether it is time to, of a change decided at `height`.
  [[nodiscard]] bool MayChange(consensus::Height height, bool votes) const;
  void PowerOff(std::size_t member);
  [[nodiscard]] std::vector<std::size_t> Seated() const;
  [[nodiscard]] std::vector<std::size_t> OthersShuffled();
  [[nodiscard]] std::size_t Needed() const { return Seated().size() * 2 / 3 + 1; }
  [[nodiscard]] std::size_t OneOf(const std::vector<std::size_t>& members) {
    return members[world_.Chance().Between(0, members.size() - 1)];
  }

  World& world_;
  Micros until_;
  std::array<Seat, kDepartments> seats_;
  bool voting_ = false;
};

}  // namespace jiandu::simulator
