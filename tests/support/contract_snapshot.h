// A test network of the contracts as the gateway sees a ledger: what the node's snapshot does, over
// the state in memory.
//
// Links jiandu_test_gateway. Valid as long as the network, which must not go on meanwhile.
#pragma once

#include <map>

#include "contracts/as_of.h"
#include "gateway/ports.h"
#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

// The state with the rows of flags and codes that the store writes beside it.
class StateWithEvents final : public ledger::StateView {
 public:
  explicit StateWithEvents(const TestNet& net);
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override;
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override;

 private:
  const TestNet* net_;
  MemoryView events_;
};

class ContractSnapshot : public gateway::LedgerSnapshot {
 public:
  explicit ContractSnapshot(const TestNet& net);
  ledger::Height Height() const override { return net_->Height(); }
  ledger::TimeMs Time() const override { return net_->Time(); }
  const Hash256& AppHash() const override { return app_hash_; }
  std::uint64_t LogSize() const override { return net_->LogSize(); }
  const ledger::StateView& State() const override { return state_; }
  std::string ProfileInForce() const override { return "combined@1"; }
  std::optional<ledger::EntityBody> BodyOf(const EntityId& id) const override;
  std::vector<DerivedFlag> FlagsOf(const EntityId& id) const override;
  std::vector<DerivedFlag> AccessFlagsOf(const EntityId& grant, ledger::TimeMs from,
                                         ledger::TimeMs until) const override;
  Carriers CarriersOf(const EntityId& resource, std::int64_t version,
                      const std::string& item) const override;
  std::vector<ItemChange> ChangesAfter(const EntityId& resource, std::int64_t version,
                                       const std::string& item) const override;
  std::vector<HolderTask> TasksOf(const EntityId& correction) const override;
  ClockTimes TimesOf(const ledger::Clock& clock, ledger::TimeMs at) const override;
  std::vector<OwedClock> OwedClocksOf(const EntityId& id) const override;
  std::vector<ledger::DepartmentId> RecipientsOf(const EntityId& grant) const override;
  std::vector<DerivedFlag> FlagsOfEvent(ledger::LogIndex index,
                                        const ledger::Stub& stub) const override;

  std::optional<gateway::LedgerSnapshot::AccessPermit> CheckAccess(
      const gateway::LedgerSnapshot::AccessAsked& asked) const override;

  std::optional<ledger::TimeMs> TimeOfAccess(const EntityId& grant,
                                             std::string_view acc_id) const override;

  std::optional<gateway::TxResult> FindTx(const ledger::TxId& txid) const override;
  Result<Bytes> TransactionAt(ledger::LogIndex index) const override;
  // As if every block had so many bytes.
  std::uint64_t block_bytes = 0;
  std::uint64_t BytesBehind(ledger::LogIndex) const override { return block_bytes; }
  Result<Bytes> EntryAt(ledger::LogIndex index) const override;
  std::vector<ledger::LogIndex> History(const EntityId& id, std::uint64_t from,
                                        std::size_t limit) const override;
  std::vector<Listed> List(ledger::EntityKind kind,
                           const std::optional<ledger::DepartmentId>& department,
                           std::optional<ledger::LogIndex> after, std::size_t limit) const override;
  Result<BlockView> BlockAt(ledger::Height) const override;
  Result<LightBlockView> LightBlockAt(ledger::Height) const override;
  Result<ledger::Receipt> ReceiptOf(const ledger::TxId&) const override;
  Result<ledger::HeadProof> Head() const override;
  Result<ledger::ProofBundle> Prove(ledger::HeadProof, const ledger::ProofQuery&,
                                    const ProofShows&) const override;

 private:
  [[nodiscard]] AsOf Now() const { return {.height = Height(), .time = Time()}; }

  const TestNet* net_;
  StateWithEvents state_;
  Hash256 app_hash_;
  std::map<ledger::LogIndex, const Logged*> by_index_;
  std::map<ledger::TxId, const Logged*> by_txid_;
  std::map<EntityId, std::vector<ledger::LogIndex>> histories_;
};

}  // namespace jiandu::contracts::testing
