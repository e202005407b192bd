#include "node/ledger_snapshot.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "consensus/block.h"
#include "contracts/access_check.h"
#include "contracts/as_of.h"
#include "contracts/clock.h"
#include "contracts/department.h"
#include "contracts/derived_flags.h"
#include "contracts/downstream.h"
#include "contracts/event_flags.h"
#include "contracts/profile.h"
#include "contracts/third_party.h"
#include "ledger/store/log_tree.h"
#include "node/recover.h"
#include "node/tx_result.h"

namespace jiandu::node {
namespace {

std::vector<gateway::LedgerSnapshot::DerivedFlag> ToPort(
    std::vector<contracts::DerivedFlag> derived) {
  std::vector<gateway::LedgerSnapshot::DerivedFlag> flags;
  flags.reserve(derived.size());
  for (contracts::DerivedFlag& one : derived) {
    flags.push_back({.flag = one.flag,
                     .subject = one.subject,
                     .value = one.value,
                     .department = std::move(one.department),
                     .detail = std::move(one.detail)});
  }
  return flags;
}

class Snapshot final : public gateway::LedgerSnapshot {
 public:
  Snapshot(PostedViewPtr posted, std::shared_ptr<const SnapshotSources> sources)
      : posted_(std::move(posted)), sources_(std::move(sources)) {}

  [[nodiscard]] ledger::Height Height() const override { return View().Height(); }
  [[nodiscard]] ledger::TimeMs Time() const override { return View().Time(); }
  [[nodiscard]] const Hash256& AppHash() const override { return View().AppHash(); }
  [[nodiscard]] std::uint64_t LogSize() const override { return View().LogSize(); }
  [[nodiscard]] const ledger::StateView& State() const override { return View(); }
  [[nodiscard]] std::string ProfileInForce() const override {
    return contracts::ProfileInForce(View(), Height());
  }

  [[nodiscard]] std::optional<ledger::EntityBody> BodyOf(
      const ledger::EntityId& id) const override {
    return contracts::BodyAsOf(View(), {.height = Height(), .time = Time()}, id);
  }
  [[nodiscard]] std::vector<DerivedFlag> FlagsOf(const ledger::EntityId& id) const override {
    return ToPort(contracts::DerivedFlagsOf(View(), {.height = Height(), .time = Time()}, id));
  }
  [[nodiscard]] std::vector<DerivedFlag> AccessFlagsOf(const ledger::EntityId& grant,
                                                       ledger::TimeMs from,
                                                       ledger::TimeMs until) const override {
    return ToPort(
        contracts::AccessFlagsOf(View(), {.height = Height(), .time = Time()}, grant, from, until));
  }

  [[nodiscard]] Carriers CarriersOf(const ledger::EntityId& resource, std::int64_t version,
                                    const std::string& item) const override {
    const auto reached = contracts::DownstreamOf(View(), Now(), resource, version, item);
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
  [[nodiscard]] std::vector<ItemChange> ChangesAfter(const ledger::EntityId& resource,
                                                     std::int64_t version,
                                                     const std::string& item) const override {
    std::vector<ItemChange> changes;
    for (const auto& one : contracts::ChangesAfter(View(), Now(), resource, version, item)) {
      changes.push_back({.version = one.version, .correction = one.correction});
    }
    return changes;
  }
  [[nodiscard]] std::vector<HolderTask> TasksOf(const ledger::EntityId& correction) const override {
    std::vector<HolderTask> tasks;
    for (auto& one : contracts::TasksAsOf(View(), Now(), correction)) {
      HolderTask task{.held = one.held,
                      .department = std::move(one.department),
                      .start = one.start,
                      .due = one.due.at};
      if (one.answer) {
        task.outcome = one.answer->outcome;
        task.answered_at = one.answer->at;
        task.late = one.answer->late;
      }
      tasks.push_back(std::move(task));
    }
    return tasks;
  }
  [[nodiscard]] ClockTimes TimesOf(const ledger::Clock& clock, ledger::TimeMs at) const override {
    const ledger::WorkCalendar calendar = ledger::ReadCalendar(View());
    const auto due = contracts::DueOf(calendar, clock);
    return {.due = due.at,
            .provisional = due.provisional,
            .late = contracts::LateUnits(calendar, clock, at)};
  }

  [[nodiscard]] std::vector<OwedClock> OwedClocksOf(const ledger::EntityId& id) const override {
    std::vector<OwedClock> clocks;
    auto owed = contracts::DerivedClocksOf(View(), {.height = Height(), .time = Time()}, id);
    for (contracts::DerivedClock& one : owed) {
      clocks.push_back({.subject = one.subject, .clock = std::move(one.clock)});
    }
    return clocks;
  }
  [[nodiscard]] std::vector<ledger::DepartmentId> RecipientsOf(
      const ledger::EntityId& grant) const override {
    return contracts::Recipients(View(), grant);
  }
  [[nodiscard]] std::vector<DerivedFlag> FlagsOfEvent(ledger::LogIndex index,
                                                      const ledger::Stub& stub) const override {
    const contracts::AsOf at{.height = Height(), .time = Time()};
    if (!contracts::MayHaveEventFlags(View(), at, stub)) return {};
    const auto stored = TransactionAt(index);
    const auto transaction = stored ? ledger::DecodeStored(*stored)
                                    : Result<ledger::Transaction>(std::unexpected(stored.error()));
    if (!transaction) return {};  // its block is told to be missing where it is asked for
    return ToPort(contracts::EventFlagsOf(View(), at, stub, *transaction));
  }

  [[nodiscard]] std::optional<gateway::LedgerSnapshot::AccessPermit> CheckAccess(
      const gateway::LedgerSnapshot::AccessAsked& asked) const override {
    auto permit = contracts::CheckAccess(View(), Now(),
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

  [[nodiscard]] std::optional<gateway::TxResult> FindTx(const ledger::TxId& txid) const override {
    return FindResult(View(), txid);
  }

  [[nodiscard]] Result<Bytes> TransactionAt(ledger::LogIndex index) const override {
    JD_TRY(const ledger::Stub stub, StubAt(index));
    JD_TRY(const auto row, View().RowAt(stub.height));
    return StoredTransaction(stub.height, index - row.FirstIndex());
  }

  [[nodiscard]] std::uint64_t BytesBehind(ledger::LogIndex index) const override {
    const auto stub = StubAt(index);
    return stub ? sources_->segments->SizeOf(stub->height) : 0;
  }

  [[nodiscard]] Result<Bytes> EntryAt(ledger::LogIndex index) const override {
    return View().Entry(index);
  }

  [[nodiscard]] std::vector<ledger::LogIndex> History(const ledger::EntityId& id,
                                                      std::uint64_t from,
                                                      std::size_t limit) const override {
    return View().History(id, from, limit);
  }

  [[nodiscard]] std::vector<Listed> List(ledger::EntityKind kind,
                                         const std::optional<ledger::DepartmentId>& department,
                                         std::optional<ledger::LogIndex> after,
                                         std::size_t limit) const override {
    if (!department) return ListOf(kind, department, after, limit);
    // What was an ended department's is listed by its successor too; who sees it is asked later.
    std::vector<Listed> listed = ListOf(kind, department, after, limit);
    for (const auto& former : contracts::PredecessorsOf(View(), *department)) {
      listed = MergeLists(listed, ListOf(kind, former, after, limit), limit);
    }
    return listed;
  }

  [[nodiscard]] Result<BlockView> BlockAt(ledger::Height height) const override {
    if (height == 0) return Fail(Errc::kNotFound, "genesis has no block");
    JD_TRY(const auto row, View().RowAt(height));
    JD_TRY(const auto header, consensus::Header::Decode(row.header));
    BlockView block{.height = height,
                    .time = row.time,
                    .hash = row.header_hash,
                    .header = row.header,
                    .commit = {},
                    .transactions = {},
                    .proposer = {}};
    if (auto commit = CommitOf(height)) block.commit = std::move(*commit);
    for (std::uint64_t i = 0; i < row.transactions; ++i) {
      JD_TRY(const ledger::Stub stub, StubAt(row.FirstIndex() + i));
      block.transactions.push_back(stub.txid);
    }
    const auto department = sources_->departments.find(header.proposer);
    if (department != sources_->departments.end()) block.proposer = department->second;
    return block;
  }

  [[nodiscard]] Result<ledger::Receipt> ReceiptOf(const ledger::TxId& txid) const override {
    const auto place = View().FindTx(txid);
    if (!place) return Fail(Errc::kNotFound, "no such transaction in a block");
    const ledger::Height proven_at = place->height + 1;
    if (proven_at > Height()) {
      return Fail(Errc::kUnavailable,
                  "the next block, which certifies this one, is not decided yet");
    }
    JD_TRY(const auto row, View().RowAt(place->height));
    JD_TRY(const auto header_row, View().RowAt(proven_at));
    ledger::Receipt receipt;
    receipt.chain = View().Chain();
    receipt.genesis_hash = View().GenesisHash();
    JD_TRY(receipt.transaction, StoredTransaction(place->height, place->position));
    receipt.index = place->index;
    JD_TRY(receipt.entry, View().Entry(place->index));
    JD_TRY(receipt.path, store::LogInclusionProof(View(), place->index, row.log_size));
    receipt.log_size = row.log_size;
    receipt.log_root = row.log_root;
    receipt.state_root = row.state_root;
    receipt.header = header_row.header;
    JD_TRY(receipt.commit, CommitOf(proven_at));
    JD_TRY(receipt.epochs, EpochsBefore(proven_at));
    return receipt;
  }

 private:
  [[nodiscard]] std::vector<Listed> ListOf(ledger::EntityKind kind,
                                           const std::optional<ledger::DepartmentId>& department,
                                           std::optional<ledger::LogIndex> after,
                                           std::size_t limit) const {
    std::vector<Listed> listed;
    for (const auto& one : View().List(kind, department, after, limit)) {
      listed.push_back({.birth = one.birth, .id = one.id});
    }
    return listed;
  }
  [[nodiscard]] const store::LedgerView& View() const { return *posted_->view; }
  [[nodiscard]] contracts::AsOf Now() const { return {.height = Height(), .time = Time()}; }

  [[nodiscard]] Result<ledger::Stub> StubAt(ledger::LogIndex index) const {
    JD_TRY(const Bytes bytes, View().Entry(index));
    JD_TRY(ledger::LogEntry entry, ledger::DecodeEntry(bytes));
    auto* stub = std::get_if<ledger::Stub>(&entry);
    if (stub == nullptr) return Fail(Errc::kNotFound, "this log entry is not of a transaction");
    return std::move(*stub);
  }

  // The block read last is kept: what is asked for together often stands in one block.
  [[nodiscard]] Result<std::shared_ptr<const consensus::Block>> BlockOf(
      ledger::Height height) const {
    {
      const std::lock_guard lock(kept_mutex_);
      if (kept_ != nullptr && kept_height_ == height) return kept_;
    }
    JD_TRY(consensus::Block block, ReadBlock(*sources_->segments, height));
    auto read = std::make_shared<const consensus::Block>(std::move(block));
    const std::lock_guard lock(kept_mutex_);
    kept_ = read;
    kept_height_ = height;
    return read;
  }

  [[nodiscard]] Result<Bytes> StoredTransaction(ledger::Height height,
                                                std::uint64_t position) const {
    JD_TRY(const auto read, BlockOf(height));
    const consensus::Block& block = *read;
    if (position >= block.transactions.size()) {
      return Fail(Errc::kCorrupt, "block " + std::to_string(height) + " has no such transaction");
    }
    return block.transactions[position];
  }

  [[nodiscard]] Result<Bytes> CommitOf(ledger::Height height) const {
    if (height == View().Height()) return posted_->commit.Encode();
    return View().CommitAt(height);
  }

  // The header before each change of the validator set up to `height`, oldest first.
  [[nodiscard]] Result<std::vector<ledger::EpochStep>> EpochsBefore(ledger::Height height) const {
    std::vector<ledger::EpochStep> epochs;
    JD_TRY(auto in_force, View().ValidatorSetAt(height));
    while (in_force.first > 1) {
      const ledger::Height changed_at = in_force.first - 1;
      ledger::EpochStep step;
      JD_TRY(const auto row, View().RowAt(changed_at));
      step.header = row.header;
      JD_TRY(step.commit, CommitOf(changed_at));
      step.next_set = std::move(in_force.second);
      epochs.push_back(std::move(step));
      JD_TRY(in_force, View().ValidatorSetAt(changed_at));
    }
    std::ranges::reverse(epochs);
    return epochs;
  }

  PostedViewPtr posted_;
  std::shared_ptr<const SnapshotSources> sources_;
  mutable std::mutex kept_mutex_;
  mutable std::shared_ptr<const consensus::Block> kept_;
  mutable ledger::Height kept_height_ = 0;
};

}  // namespace

std::vector<gateway::LedgerSnapshot::Listed> MergeLists(
    const std::vector<gateway::LedgerSnapshot::Listed>& first,
    const std::vector<gateway::LedgerSnapshot::Listed>& second, std::size_t limit) {
  using Listed = gateway::LedgerSnapshot::Listed;
  const auto place = [](const Listed& one) { return std::pair(one.birth, one.id); };
  std::vector<Listed> all;
  std::ranges::merge(first, second, std::back_inserter(all), {}, place, place);
  const auto doubles = std::ranges::unique(all, {}, place);
  all.erase(doubles.begin(), doubles.end());
  // Behind the end of a list that was cut, the other one alone would leave gaps.
  const auto cut = [&](const std::vector<Listed>& list) {
    if (list.empty() || list.size() < limit) return;
    const ledger::LogIndex last = list.back().birth;
    std::erase_if(all, [last](const Listed& one) { return one.birth > last; });
  };
  cut(first);
  cut(second);
  if (limit > 0 && all.size() > limit) {
    const ledger::LogIndex last = all[limit - 1].birth;
    std::erase_if(all, [last](const Listed& one) { return one.birth > last; });
  }
  return all;
}

std::shared_ptr<const gateway::LedgerSnapshot> MakeSnapshot(
    PostedViewPtr posted, std::shared_ptr<const SnapshotSources> sources) {
  return std::make_shared<const Snapshot>(std::move(posted), std::move(sources));
}

}  // namespace jiandu::node
