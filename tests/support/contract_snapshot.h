// A test network of the contracts as the gateway sees a ledger: what the node's snapshot does, over
// the state in memory.
//
// Header only. Valid as long as the network, which must not go on meanwhile.
#pragma once

#include <algorithm>
#include <map>

#include "contracts/access_check.h"
#include "contracts/as_of.h"
#include "contracts/clock.h"
#include "contracts/derived_flags.h"
#include "contracts/downstream.h"
#include "contracts/event_flags.h"
#include "contracts/third_party.h"
#include "gateway/ports.h"
#include "ledger/model/event_index.h"
#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

// The state with the rows of flags and codes that the store writes beside it.
class StateWithEvents final : public ledger::StateView {
 public:
  explicit StateWithEvents(const TestNet& net) : net_(&net) {
    ledger::WriteSet writes;
    for (const Logged& one : net.Log()) {
      for (Bytes& key : ledger::EventKeys(one.stub, one.index)) writes.Put(std::move(key), {});
    }
    events_.Apply(writes);
  }
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    return net_->View().Get(key);
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    const bool events = !prefix.empty() && prefix.front() == 'F';
    const ledger::StateView& view = events ? static_cast<const ledger::StateView&>(events_)
                                           : static_cast<const ledger::StateView&>(net_->View());
    view.Scan(prefix, from, visit);
  }

 private:
  const TestNet* net_;
  MemoryView events_;
};

class ContractSnapshot final : public gateway::LedgerSnapshot {
 public:
  explicit ContractSnapshot(const TestNet& net) : net_(&net), state_(net) {
    for (const Logged& one : net.Log()) {
      by_index_.emplace(one.index, &one);
      by_txid_.emplace(one.stub.txid, &one);
      for (const ledger::Touch& touch : one.stub.touched) {
        histories_[touch.entity].push_back(one.index);
      }
    }
  }
  ledger::Height Height() const override { return net_->Height(); }
  ledger::TimeMs Time() const override { return net_->Time(); }
  const Hash256& AppHash() const override { return app_hash_; }
  std::uint64_t LogSize() const override { return net_->LogSize(); }
  const ledger::StateView& State() const override { return state_; }
  std::string ProfileInForce() const override { return "combined@1"; }
  std::optional<ledger::EntityBody> BodyOf(const EntityId& id) const override {
    return BodyAsOf(net_->View(), Now(), id);
  }
  std::vector<DerivedFlag> FlagsOf(const EntityId& id) const override {
    return Shown(DerivedFlagsOf(net_->View(), Now(), id));
  }
  std::vector<DerivedFlag> AccessFlagsOf(const EntityId& grant, ledger::TimeMs from,
                                         ledger::TimeMs until) const override {
    return Shown(contracts::AccessFlagsOf(net_->View(), Now(), grant, from, until));
  }
  Carriers CarriersOf(const EntityId& resource, std::int64_t version,
                      const std::string& item) const override {
    const auto reached = DownstreamOf(net_->View(), Now(), resource, version, item);
    Carriers carriers{.list = {}, .whole = reached.whole};
    for (const auto& one : reached.carriers) {
      carriers.list.push_back({.resource = one.resource,
                               .derivation = one.derivation,
                               .input = one.input,
                               .made_of = one.made_of,
                               .input_version = one.input_version,
                               .out_version = one.out_version,
                               .items = {one.items.begin(), one.items.end()},
                               .stale = {one.stale.begin(), one.stale.end()},
                               .level = one.level});
    }
    return carriers;
  }
  std::vector<ItemChange> ChangesAfter(const EntityId& resource, std::int64_t version,
                                       const std::string& item) const override {
    std::vector<ItemChange> changes;
    for (const auto& one : contracts::ChangesAfter(net_->View(), Now(), resource, version, item)) {
      changes.push_back({.version = one.version, .correction = one.correction});
    }
    return changes;
  }
  std::vector<HolderTask> TasksOf(const EntityId& correction) const override {
    std::vector<HolderTask> tasks;
    for (const auto& one : TasksAsOf(net_->View(), Now(), correction)) {
      HolderTask task{
          .held = one.held, .department = one.department, .start = one.start, .due = one.due.at};
      if (one.answer) {
        task.outcome = one.answer->outcome;
        task.answered_at = one.answer->at;
        task.late = one.answer->late;
      }
      tasks.push_back(std::move(task));
    }
    return tasks;
  }
  ClockTimes TimesOf(const ledger::Clock& clock, ledger::TimeMs at) const override {
    const ledger::WorkCalendar calendar = ledger::ReadCalendar(net_->View());
    const auto due = DueOf(calendar, clock);
    return {.due = due.at, .provisional = due.provisional, .late = LateUnits(calendar, clock, at)};
  }
  std::vector<OwedClock> OwedClocksOf(const EntityId& id) const override {
    std::vector<OwedClock> clocks;
    for (DerivedClock& one : DerivedClocksOf(net_->View(), Now(), id)) {
      clocks.push_back({.subject = one.subject, .clock = std::move(one.clock)});
    }
    return clocks;
  }
  std::vector<ledger::DepartmentId> RecipientsOf(const EntityId& grant) const override {
    return Recipients(net_->View(), grant);
  }
  std::vector<DerivedFlag> FlagsOfEvent(ledger::LogIndex index,
                                        const ledger::Stub& stub) const override {
    const auto found = by_index_.find(index);
    if (found == by_index_.end()) return {};
    return Shown(EventFlagsOf(net_->View(), Now(), stub, *found->second->made_by));
  }

  std::optional<gateway::LedgerSnapshot::AccessPermit> CheckAccess(
      const gateway::LedgerSnapshot::AccessAsked& asked) const override {
    auto permit = contracts::CheckAccess(net_->View(), Now(),
                                         {.grant = asked.grant,
                                          .system = asked.system,
                                          .acct_tag = asked.acct_tag,
                                          .client_ip = asked.client_ip,
                                          .client_net = asked.client_net,
                                          .purpose_code = asked.purpose_code,
                                          .matter_code = asked.matter_code,
                                          .items = asked.items,
                                          .rows = asked.rows});
    if (!permit) return std::nullopt;
    return gateway::LedgerSnapshot::AccessPermit{.flags = std::move(permit->flags),
                                                 .is_suspended = permit->is_suspended,
                                                 .is_stopped = permit->is_stopped,
                                                 .is_revoked = permit->is_revoked,
                                                 .items = std::move(permit->items),
                                                 .masks = std::move(permit->masks),
                                                 .valid_to = permit->valid_to,
                                                 .left_today = permit->left_today,
                                                 .records_each = permit->records_each};
  }

  std::optional<gateway::TxResult> FindTx(const ledger::TxId& txid) const override {
    const auto found = by_txid_.find(txid);
    if (found == by_txid_.end()) return std::nullopt;
    const ledger::Stub& stub = found->second->stub;
    gateway::TxResult result;
    result.status = stub.code == 0 ? gateway::TxStatus::kCommitted : gateway::TxStatus::kRejected;
    result.height = stub.height;
    result.time = stub.time;
    result.index = found->second->index;
    result.code = stub.code;
    result.flags = stub.flags;
    return result;
  }
  Result<Bytes> TransactionAt(ledger::LogIndex index) const override {
    const auto found = by_index_.find(index);
    if (found == by_index_.end()) return Fail(Errc::kNotFound, "no transaction");
    const ledger::Transaction& made = *found->second->made_by;
    return ledger::EncodeStored(made.payload_bytes, made.signatures);
  }
  // As if every block had so many bytes.
  std::uint64_t block_bytes = 0;
  std::uint64_t BytesBehind(ledger::LogIndex) const override { return block_bytes; }
  Result<Bytes> EntryAt(ledger::LogIndex index) const override {
    const auto found = by_index_.find(index);
    if (found != by_index_.end()) return ledger::EncodeEntry(found->second->stub);
    if (index >= LogSize()) return Fail(Errc::kNotFound, "no entry");
    if (index == 0) {
      return ledger::EncodeEntry(
          ledger::GenesisEntry{.chain = std::string(kChain), .genesis_hash = {}});
    }
    // Behind the transactions of a block stands its entry.
    const ledger::Stub& before = std::prev(by_index_.lower_bound(index))->second->stub;
    return ledger::EncodeEntry(ledger::BlockEntry{.height = before.height,
                                                  .time = before.time,
                                                  .header_hash = {},
                                                  .first = index - 1,
                                                  .state_root = {}});
  }
  std::vector<ledger::LogIndex> History(const EntityId& id, std::uint64_t from,
                                        std::size_t limit) const override {
    std::vector<ledger::LogIndex> indexes;
    const auto found = histories_.find(id);
    if (found == histories_.end()) return indexes;
    for (std::size_t i = from; i < found->second.size() && indexes.size() < limit; ++i) {
      indexes.push_back(found->second[i]);
    }
    return indexes;
  }
  std::vector<Listed> List(ledger::EntityKind kind,
                           const std::optional<ledger::DepartmentId>& department,
                           std::optional<ledger::LogIndex> after,
                           std::size_t limit) const override {
    std::vector<Listed> listed;
    const Bytes prefix = {'B', static_cast<std::uint8_t>(kind)};
    net_->View().Scan(prefix, {}, [&](ByteView key, ByteView value) {
      const auto id = EntityId::From(key.subspan(1));
      const auto body = ledger::EntityBody::Decode(value);
      const auto leaf = id ? net_->Leaf(*id) : std::nullopt;
      if (!body || !leaf || (after && leaf->birth <= *after)) return true;
      const bool own = !department || body->department == *department ||
                       std::ranges::any_of(body->parties, [&](const auto& party) {
                         return party.second == *department;
                       });
      if (own) listed.push_back({.birth = leaf->birth, .id = *id});
      return true;
    });
    std::ranges::sort(listed, [](const Listed& a, const Listed& b) {
      return a.birth != b.birth ? a.birth < b.birth : a.id < b.id;
    });
    if (listed.size() > limit) listed.resize(limit);
    return listed;
  }
  Result<BlockView> BlockAt(ledger::Height) const override {
    return Fail(Errc::kNotFound, "no blocks here");
  }
  Result<ledger::Receipt> ReceiptOf(const ledger::TxId&) const override {
    return Fail(Errc::kUnavailable, "no receipts here");
  }

 private:
  static std::vector<DerivedFlag> Shown(const std::vector<contracts::DerivedFlag>& found) {
    std::vector<DerivedFlag> flags;
    for (const auto& one : found) {
      flags.push_back({.flag = one.flag,
                       .subject = one.subject,
                       .value = one.value,
                       .department = one.department,
                       .detail = one.detail});
    }
    return flags;
  }
  [[nodiscard]] AsOf Now() const { return {.height = Height(), .time = Time()}; }

  const TestNet* net_;
  StateWithEvents state_;
  Hash256 app_hash_;
  std::map<ledger::LogIndex, const Logged*> by_index_;
  std::map<ledger::TxId, const Logged*> by_txid_;
  std::map<EntityId, std::vector<ledger::LogIndex>> histories_;
};

}  // namespace jiandu::contracts::testing
