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
                if (!decided || process->dead) return;
                told_.emplace(txid, result.height);
                if (result.status == gateway::TxStatus::kCommitted) ++accepted_;
              });
        });
  });
}

struct World::Errand {
  ledger::Transaction transaction;
  OnDecided done;
  bool over = false;
};

void World::Pursue(const ledger::Transaction& transaction, OnDecided done) {
  PursueAgain(std::make_shared<Errand>(
      Errand{.transaction = transaction, .done = std::move(done), .over = false}));
}

void World::PursueAgain(const std::shared_ptr<Errand>& errand) {
  if (errand->over || shutting_) return;
  kernel_.At(700 * kMs, [this, errand] { PursueAgain(errand); });
  const std::size_t machine = AnyMachine();
  const auto process = machines_[machine]->process;
  // Refused or taken: it may be on the ledger by now.
  Submit(machine, StoredOf(errand->transaction), [this, process, errand](const auto&) {
    if (process->submitter == nullptr || process->dead) return;
    const ledger::TxId txid = errand->transaction.txid;
    process->submitter->Wait(
        txid, 2000, alive_, [this, process, errand, txid](const gateway::TxResult& result) {
          const bool decided = result.status == gateway::TxStatus::kCommitted ||
                               result.status == gateway::TxStatus::kRejected;
          if (!decided || process->dead || std::exchange(errand->over, true)) return;
          told_.emplace(txid, result.height);
          kernel_.At(0, [errand, result] { errand->done(result); });
        });
  });
}

void World::Submit(std::size_t machine, Bytes stored, gateway::TxSubmitter::OnSubmitted done) {
  const auto process = machines_[machine]->process;
  if (process == nullptr || process->dead || process->submitter == nullptr) return;
  if (IsLiar(machine)) return;
  Process& owner = *process;
  // A fiber's body can be copied, and what is submitted cannot.
  auto handed = std::make_shared<gateway::TxSubmitter::OnSubmitted>(std::move(done));
  kernel_.Spawn(&owner, "client", [process, stored = std::move(stored), handed] {
    if (process->submitter == nullptr) return;
    process->submitter->Submit(stored, std::move(*handed));
  });
}

bool World::Ask(std::size_t machine, std::function<void(const gateway::LedgerSnapshot&)> question) {
  const auto process = machines_[machine]->process;
  if (process == nullptr || process->dead || process->reader == nullptr) return false;
  const auto answered = std::make_shared<bool>(false);
  Process& owner = *process;
  kernel_.Spawn(&owner, "auditor", [process, answered, question = std::move(question)] {
    if (process->reader == nullptr) return;
    question(*process->reader->Latest());
    *answered = true;
  });
  (void)RunUntil(kernel_.Now() + 10 * kSecond, [&answered] { return *answered; });
  return *answered;
}

void World::CheckLedgers() {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (!IsLiar(i) && !lost_.contains(i)) LookAtLedger(i);
  }
}

void World::LookAtLedger(std::size_t number) {
  const bool answered = Ask(number, [this, number](const gateway::LedgerSnapshot& latest) {
    std::map<ledger::TxId, int> seen;
    for (consensus::Height height = 1; height <= latest.Height(); ++height) {
      const auto block = latest.BlockAt(height);
      if (!block) {
        if (block.error().code == Errc::kExpired) continue;  // before its snapshot
        return checker_.OnBroken("node " + std::to_string(number) + " cannot read height " +
                                 std::to_string(height) + ": " + block.error().detail);
      }
      // Of the last one the state itself stands there, made by whatever this node has been through.
      const Hash256 state =
          height == latest.Height() ? latest.AppHash() : checker_.AppHashAt(height);
      checker_.OnApplied(SeatOfMachine(number),
                         {.height = height, .header_hash = block->hash, .app_hash = state});
      for (const ledger::TxId& txid : block->transactions) ++seen[txid];
    }
    for (const auto& [txid, height] : told_) {
      if (height > latest.Height()) continue;
      const auto found = latest.FindTx(txid);
      if (!found) checker_.OnBroken("a transaction told committed is lost");
    }
    for (const auto& [txid, count] : seen) {
      if (count > 1) checker_.OnBroken("a transaction stands in the ledger twice");
    }
  });
  if (!answered) checker_.OnBroken("node " + std::to_string(number) + " does not run at the end");
}

}  // namespace jiandu::simulator
