// The ports of the gateway over a test network.
#include "tests/support/contract_snapshot.h"

#include <algorithm>
#include <iterator>

#include "contracts/event_flags.h"
#include "contracts/third_party.h"
#include "ledger/model/event_index.h"
#include "node/contract_answers.h"

namespace jiandu::contracts::testing {

StateWithEvents::StateWithEvents(const TestNet& net) : net_(&net) {
  ledger::WriteSet writes;
  for (const Logged& one : net.Log()) {
    for (Bytes& key : ledger::EventKeys(one.stub, one.index)) writes.Put(std::move(key), {});
  }
  events_.Apply(writes);
}

std::optional<Bytes> StateWithEvents::Get(ByteView key) const { return net_->View().Get(key); }

void StateWithEvents::Scan(ByteView prefix, ByteView from, const Visitor& visit) const {
  const bool events = !prefix.empty() && prefix.front() == 'F';
  const ledger::StateView& view = events ? static_cast<const ledger::StateView&>(events_)
                                         : static_cast<const ledger::StateView&>(net_->View());
  view.Scan(prefix, from, visit);
}

ContractSnapshot::ContractSnapshot(const TestNet& net) : net_(&net), state_(net) {
  for (const Logged& one : net.Log()) {
    by_index_.emplace(one.index, &one);
    by_txid_.emplace(one.stub.txid, &one);
    for (const ledger::Touch& touch : one.stub.touched) {
      histories_[touch.entity].push_back(one.index);
    }
  }
}

std::optional<ledger::EntityBody> ContractSnapshot::BodyOf(const EntityId& id) const {
  return BodyAsOf(net_->View(), Now(), id);
}

std::vector<ContractSnapshot::DerivedFlag> ContractSnapshot::FlagsOf(const EntityId& id) const {
  return node::ToPort(DerivedFlagsOf(net_->View(), Now(), id));
}

std::vector<ContractSnapshot::DerivedFlag> ContractSnapshot::AccessFlagsOf(
    const EntityId& grant, ledger::TimeMs from, ledger::TimeMs until) const {
  return node::ToPort(contracts::AccessFlagsOf(net_->View(), Now(), grant, from, until));
}

ContractSnapshot::Carriers ContractSnapshot::CarriersOf(const EntityId& resource,
                                                        std::int64_t version,
                                                        const std::string& item) const {
  return node::ToPort(DownstreamOf(net_->View(), Now(), resource, version, item));
}

std::vector<ContractSnapshot::ItemChange> ContractSnapshot::ChangesAfter(
    const EntityId& resource, std::int64_t version, const std::string& item) const {
  return node::ToPort(contracts::ChangesAfter(net_->View(), Now(), resource, version, item));
}

std::vector<ContractSnapshot::HolderTask> ContractSnapshot::TasksOf(
    const EntityId& correction) const {
  return node::ToPort(TasksAsOf(net_->View(), Now(), correction));
}

ContractSnapshot::ClockTimes ContractSnapshot::TimesOf(const ledger::Clock& clock,
                                                       ledger::TimeMs at) const {
  return node::TimesOf(net_->View(), clock, at);
}

std::vector<ContractSnapshot::OwedClock> ContractSnapshot::OwedClocksOf(const EntityId& id) const {
  return node::ToPort(DerivedClocksOf(net_->View(), Now(), id));
}

std::vector<ledger::DepartmentId> ContractSnapshot::RecipientsOf(const EntityId& grant) const {
  return Recipients(net_->View(), grant);
}

std::vector<ContractSnapshot::DerivedFlag> ContractSnapshot::FlagsOfEvent(
    ledger::LogIndex index, const ledger::Stub& stub) const {
  const auto found = by_index_.find(index);
  if (found == by_index_.end()) return {};
  return node::ToPort(EventFlagsOf(net_->View(), Now(), stub, *found->second->made_by));
}

std::optional<gateway::LedgerSnapshot::AccessPermit> ContractSnapshot::CheckAccess(
    const gateway::LedgerSnapshot::AccessAsked& asked) const {
  return node::PermitOf(net_->View(), Now(), asked);
}
std::optional<ledger::TimeMs> ContractSnapshot::TimeOfAccess(const EntityId& grant,
                                                             std::string_view acc_id) const {
  return node::TimeOfAccess(net_->View(), grant, acc_id);
}

std::optional<gateway::TxResult> ContractSnapshot::FindTx(const ledger::TxId& txid) const {
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

Result<Bytes> ContractSnapshot::TransactionAt(ledger::LogIndex index) const {
  const auto found = by_index_.find(index);
  if (found == by_index_.end()) return Fail(Errc::kNotFound, "no transaction");
  const ledger::Transaction& made = *found->second->made_by;
  return ledger::EncodeStored(made.payload_bytes, made.signatures);
}

Result<Bytes> ContractSnapshot::EntryAt(ledger::LogIndex index) const {
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

std::vector<ledger::LogIndex> ContractSnapshot::History(const EntityId& id, std::uint64_t from,
                                                        std::size_t limit) const {
  std::vector<ledger::LogIndex> indexes;
  const auto found = histories_.find(id);
  if (found == histories_.end()) return indexes;
  for (std::size_t i = from; i < found->second.size() && indexes.size() < limit; ++i) {
    indexes.push_back(found->second[i]);
  }
  return indexes;
}

std::vector<ContractSnapshot::Listed> ContractSnapshot::List(
    ledger::EntityKind kind, const std::optional<ledger::DepartmentId>& department,
    std::optional<ledger::LogIndex> after, std::size_t limit) const {
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

Result<ContractSnapshot::BlockView> ContractSnapshot::BlockAt(ledger::Height) const {
  return Fail(Errc::kNotFound, "no blocks here");
}
Result<ContractSnapshot::LightBlockView> ContractSnapshot::LightBlockAt(ledger::Height) const {
  return Fail(Errc::kNotFound, "no blocks here");
}

Result<ledger::Receipt> ContractSnapshot::ReceiptOf(const ledger::TxId&) const {
  return Fail(Errc::kUnavailable, "no receipts here");
}

Result<ledger::HeadProof> ContractSnapshot::Head() const {
  return Fail(Errc::kUnavailable, "no blocks here");
}

Result<ledger::ProofBundle> ContractSnapshot::Prove(ledger::HeadProof, const ledger::ProofQuery&,
                                                    const ProofShows&) const {
  return Fail(Errc::kUnavailable, "no proofs here");
}

}  // namespace jiandu::contracts::testing
