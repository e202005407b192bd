// Who uses the network of a run, and who reads its ledgers at the end.
#include <utility>

#include "gateway/ports.h"
#include "tests/simulator/world.h"

namespace jiandu::simulator {
namespace {

constexpr std::int64_t kClientWaitMs = 60'000;

}  // namespace

void World::StartClients(Micros pause) {
  const bool starts = clients_pause_ == 0;
  clients_pause_ = pause;
  if (starts) SendOne();
}

void World::SendOne() {
  if (clients_pause_ == 0 || shutting_) return;
  kernel_.At(Chance().Between(1, 2 * clients_pause_), [this] { SendOne(); });
  const auto process = machines_[AnyMachine()]->process;
  if (process == nullptr || process->dead || process->submitter == nullptr) return;
  if (IsLiar(process->machine->number)) return;
  const std::uint64_t number = next_transaction_++;
  Process& owner = *process;
  kernel_.Spawn(&owner, "client", [this, process, number] {
    if (process->submitter == nullptr) return;
    const std::size_t member = number % kMembersMax;
    process->submitter->Submit(
        MakeTransaction(member, number),
        [this, process](std::expected<gateway::TxSubmitter::Accepted, gateway::Refusal> answer) {
          if (!answer || process->submitter == nullptr || process->dead) return;
          const ledger::TxId txid = answer->txid;
          process->submitter->Wait(
              txid, kClientWaitMs, alive_, [this, process, txid](const gateway::TxResult& result) {
                const bool decided = result.status == gateway::TxStatus::kCommitted ||
                                     result.status == gateway::TxStatus::kRejected;
                if (decided && !process->dead) told_.emplace(txid, result.height);
              });
        });
  });
}

void World::CheckLedgers() {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (!IsLiar(i) && !lost_.contains(i)) LookAtLedger(i);
  }
}

void World::LookAtLedger(std::size_t number) {
  const auto process = machines_[number]->process;
  if (process == nullptr || process->dead || process->reader == nullptr) {
    return checker_.OnBroken("node " + std::to_string(number) + " does not run at the end");
  }
  bool looked = false;
  Process& owner = *process;
  kernel_.Spawn(&owner, "auditor", [this, process, number, &looked] {
    looked = true;
    const auto latest = process->reader->Latest();
    std::map<ledger::TxId, int> seen;
    for (consensus::Height height = 1; height <= latest->Height(); ++height) {
      const auto block = latest->BlockAt(height);
      if (!block) {
        if (block.error().code == Errc::kExpired) continue;  // before its snapshot
        return checker_.OnBroken("node " + std::to_string(number) + " cannot read height " +
                                 std::to_string(height) + ": " + block.error().detail);
      }
      checker_.OnApplied(
          SeatOf(number),
          {.height = height, .header_hash = block->hash, .app_hash = checker_.AppHashAt(height)});
      for (const ledger::TxId& txid : block->transactions) ++seen[txid];
    }
    for (const auto& [txid, height] : told_) {
      if (height > latest->Height()) continue;
      const auto found = latest->FindTx(txid);
      if (!found) checker_.OnBroken("a transaction told committed is lost");
    }
    for (const auto& [txid, count] : seen) {
      if (count > 1) checker_.OnBroken("a transaction stands in the ledger twice");
    }
  });
  (void)RunUntil(kernel_.Now() + 10 * kSecond, [&looked] { return looked; });
  // The fiber may wait in the middle: it must not outlive what it refers to.
  RunFor(100 * kMs);
}

}  // namespace jiandu::simulator
