// A correct node: the real Core, SignGuard and SafetyRecord on a simulated disk and network.
//
// What is written here as delays are the signer's syncs, the application and the timers; between
// any two of them the node may crash. Everything but the disk is gone then.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "consensus/sign_guard.h"
#include "tests/sim/sim_world.h"

namespace jiandu::sim {

class Node final : public Actor {
 public:
  Node(World& world, std::size_t index);

  void Start() override;
  void Receive(std::size_t from, const Message& message) override;
  void Crash() override;
  void Restart() override;
  [[nodiscard]] bool IsUp() const override { return core_.has_value(); }
  [[nodiscard]] consensus::Height Decided() const override { return decided_; }

 private:
  // The host.
  void Step(const consensus::Input& input);
  void After(Micros delay, std::function<void()> action);
  void BeginHeight(std::optional<consensus::SafetyState> restored);
  void AnnounceRegularly();

  // Effects.
  void Perform(const consensus::SignAndPersist& effect);
  void Perform(const consensus::Broadcast& effect);
  void Perform(const consensus::SetTimer& effect);
  void Perform(const consensus::CancelTimers&) {}  // stale timers must do no harm
  void Perform(const consensus::FetchBlock& effect);
  void Perform(const consensus::Reshare& effect);
  void Perform(const consensus::Decide& effect);
  void Perform(const consensus::Equivocation& effect);
  void Perform(const consensus::Alarm& effect);
  void Perform(const consensus::Build& effect);
  void Perform(const consensus::Check& effect);
  void Perform(const consensus::Finalize& effect);

  // The signer.
  void SignNext();
  void WriteRecord(const consensus::SignAndPersist& ask);
  void Said(const consensus::SignGuard::Message& message);

  // Messages.
  void On(std::size_t from, const ProposalMsg& message);
  void On(std::size_t from, const consensus::Vote& vote);
  void On(std::size_t from, const consensus::Certificate& certificate);
  void On(std::size_t from, const BlockMsg& message);
  void On(std::size_t from, const BlockRequest& message);
  void On(std::size_t from, const SyncRequest& message);
  void On(std::size_t from, const SyncReply& message);
  void On(std::size_t from, const Status& message);
  [[nodiscard]] bool AllAuthentic(const consensus::Certificate& certificate) const;

  // The application and the ledger.
  [[nodiscard]] BlockPtr Find(const consensus::BlockId& id) const;
  [[nodiscard]] bool IsAcceptable(const Block& block) const;
  void Answer(const consensus::BlockId& id);
  void Apply(const BlockPtr& block);
  consensus::SafetyState ReadRecord();
  void Recover();

  World& world_;
  std::size_t index_;
  consensus::Address me_;
  Disk disk_;
  std::uint64_t life_ = 0;  // grows at each crash: what was scheduled before is void

  // Gone at a crash.
  std::optional<consensus::Core> core_;
  consensus::SafetyState last_signed_;
  std::uint64_t seq_ = 0;
  std::deque<consensus::SignAndPersist> to_sign_;
  bool signing_ = false;
  std::map<consensus::BlockId, BlockPtr> candidates_;
  std::map<consensus::BlockId, consensus::Proposal> without_block_;
  std::map<consensus::Height, BlockPtr> chain_;
  std::map<consensus::Height, consensus::Certificate> commits_;
  consensus::Height decided_ = 0;
  Hash256 tip_hash_;
  Hash256 app_hash_;
  bool tip_empty_ = true;
  std::optional<consensus::BlockId> fetching_;
  Micros sync_asked_until_ = 0;
};

}  // namespace jiandu::sim
