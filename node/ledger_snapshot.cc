#include "node/ledger_snapshot.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "consensus/block.h"
#include "consensus/light_block.h"
#include "contracts/as_of.h"
#include "contracts/department.h"
#include "contracts/event_flags.h"
#include "contracts/profile.h"
#include "contracts/third_party.h"
#include "ledger/store/log_tree.h"
#include "ledger/store/proof_maker.h"
#include "ledger/store/snapshot_files.h"
#include "node/contract_answers.h"
#include "node/recover.h"
#include "node/tx_result.h"

namespace jiandu::node {
namespace {

class Snapshot final : public gateway::LedgerSnapshot {
 public:
  Snapshot(PostedViewPtr posted, std::shared_ptr<const SnapshotSources> sources)
      : posted_(std::move(posted)), sources_(std::move(sources)) {}

  [[nodiscard]] ledger::Height Height() const override { return View().Height(); }
  [[nodiscard]] bool IsIntact() const override { return View().Health().has_value(); }
  [[nodiscard]] ledger::TimeMs Time() const override { return View().Time(); }
  [[nodiscard]] const Hash256& AppHash() const override { return View().AppHash(); }
  [[nodiscard]] std::uint64_t LogSize() const override { return View().LogSize(); }
  [[nodiscard]] const ledger::StateView& State() const override { return View(); }
  [[nodiscard]] std::string ProfileInForce() const override {
    return contracts::ProfileInForce(View(), Height());
  }

  [[nodiscard]] std::optional<ledger::EntityBody> BodyOf(
      const ledger::EntityId& id) const override {
    return contracts::BodyAsOf(View(), Now(), id);
  }
  [[nodiscard]] std::vector<DerivedFlag> FlagsOf(const ledger::EntityId& id) const override {
    return ToPort(contracts::DerivedFlagsOf(View(), Now(), id));
  }
  [[nodiscard]] std::vector<DerivedFlag> AccessFlagsOf(const ledger::EntityId& grant,
                                                       ledger::TimeMs from,
                                                       ledger::TimeMs until) const override {
    return ToPort(contracts::AccessFlagsOf(View(), Now(), grant, from, until));
  }

  [[nodiscard]] Carriers CarriersOf(const ledger::EntityId& resource, std::int64_t version,
                                    const std::string& item) const override {
    return ToPort(contracts::DownstreamOf(View(), Now(), resource, version, item));
  }
  [[nodiscard]] std::vector<ItemChange> ChangesAfter(const ledger::EntityId& resource,
                                                     std::int64_t version,
                                                     const std::string& item) const override {
    return ToPort(contracts::ChangesAfter(View(), Now(), resource, version, item));
  }
  [[nodiscard]] std::vector<HolderTask> TasksOf(const ledger::EntityId& correction) const override {
    return ToPort(contracts::TasksAsOf(View(), Now(), correction));
  }
  [[nodiscard]] ClockTimes TimesOf(const ledger::Clock& clock, ledger::TimeMs at) const override {
    return node::TimesOf(View(), clock, at);
  }

  [[nodiscard]] std::optional<ledger::TimeMs> TimeOfAccess(const ledger::EntityId& grant,
                                                           std::string_view acc_id) const override {
    return node::TimeOfAccess(View(), grant, acc_id);
  }
  [[nodiscard]] std::vector<OwedClock> OwedClocksOf(const ledger::EntityId& id) const override {
    return ToPort(contracts::DerivedClocksOf(View(), Now(), id));
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
    return PermitOf(View(), Now(), asked);
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

  [[nodiscard]] Result<LightBlockView> LightBlockAt(ledger::Height height) const override {
    if (height == 0) return Fail(Errc::kNotFound, "genesis has no block");
    JD_TRY(const auto row, View().RowAt(height));
    JD_TRY(auto header, consensus::Header::Decode(row.header));
    JD_TRY(const Bytes commit_bytes, CommitOf(height));
    JD_TRY(auto commit, consensus::Commit::Decode(commit_bytes));
    JD_TRY(const auto in_force, View().ValidatorSetAt(height));
    JD_TRY(auto set, consensus::ValidatorSet::Decode(in_force.second));
    JD_TRY(const auto block,
           consensus::LightBlock::From(std::move(header), std::move(commit), std::move(set)));
    return LightBlockView{.hash = row.header_hash, .wire = block.Encode(), .json = block.ToJson()};
  }

  [[nodiscard]] Result<ledger::Receipt> ReceiptOf(const ledger::TxId& txid) const override {
    const auto place = View().FindTx(txid);
    if (!place) return Fail(Errc::kNotFound, "no such transaction in a block");
    const ledger::Height proven_at = place->height + 1;
    if (proven_at > Height()) {
      return Fail(Errc::kUnavailable,
                  "the next block, which certifies this one, is not decided yet");
    }
    ledger::Receipt receipt;
    JD_TRY(static_cast<ledger::HeadProof&>(receipt), HeadAt(proven_at));
    JD_TRY(receipt.transaction, StoredTransaction(place->height, place->position));
    receipt.index = place->index;
    JD_TRY(receipt.entry, View().Entry(place->index));
    JD_TRY(receipt.path, store::LogInclusionProof(View(), place->index, receipt.log_size));
    return receipt;
  }

  [[nodiscard]] Result<ledger::HeadProof> Head() const override {
    if (Height() == 0) return Fail(Errc::kUnavailable, "no block is decided yet");
    return HeadAt(Height());
  }

  [[nodiscard]] Result<ledger::ProofBundle> Prove(ledger::HeadProof head,
                                                  const ledger::ProofQuery& query,
                                                  const ProofShows& shows) const override {
    ledger::Height read = 0;  // whose block was read last
    const auto find = [&](ledger::LogIndex index,
                          const ledger::Stub& stub) -> Result<store::ProofSource> {
      JD_TRY(const auto row, View().RowAt(stub.height));
      auto stored = StoredTransaction(stub.height, index - row.FirstIndex());
      store::ProofSource source;
      if (!stored) {
        // A block that is archived or redacted: its events are proven all the same, and the verdict
        // says whose transactions are not there.
        if (IsGone(stored.error())) return source;
        return std::unexpected(stored.error());
      }
      if (read != stub.height) source.read_bytes = sources_->segments->SizeOf(stub.height);
      read = stub.height;
      JD_TRY(const ledger::Transaction transaction, ledger::DecodeStored(*stored));
      if (shows.bytes(transaction, stub)) source.stored = std::move(*stored);
      return source;
    };
    const store::ProofSources sources{
        .shows = shows.event, .transaction = find, .which = shows.which};
    return store::MakeProof(View(), std::move(head), query, sources);
  }

 private:
  [[nodiscard]] static bool IsGone(const Error& error) {
    return error.code == Errc::kNotFound || error.code == Errc::kUnavailable;
  }
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

  // A block that the segments may not have yet; null: they have.
  [[nodiscard]] std::shared_ptr<const consensus::Block> NewestBlock(ledger::Height height) const {
    for (const auto& one : posted_->newest) {
      auto block = one.lock();
      if (block != nullptr && block->header.height == height) return block;
    }
    return nullptr;
  }

  // The block read last is kept: what is asked for together often stands in one block.
  [[nodiscard]] Result<std::shared_ptr<const consensus::Block>> BlockOf(
      ledger::Height height) const {
    {
      const std::lock_guard lock(kept_mutex_);
      if (kept_ != nullptr && kept_height_ == height) return kept_;
    }
    std::shared_ptr<const consensus::Block> read = NewestBlock(height);
    if (read == nullptr) {
      JD_TRY(consensus::Block block, ReadBlock(*sources_->segments, height));
      read = std::make_shared<const consensus::Block>(std::move(block));
    }
    const std::lock_guard lock(kept_mutex_);
    kept_ = read;
    kept_height_ = height;
    return read;
  }

  [[nodiscard]] Result<Bytes> StoredTransaction(ledger::Height height,
                                                std::uint64_t position) const {
    if (height < sources_->segments->BaseHeight()) {
      if (auto carried = View().Get(store::PayloadKey(height, position))) return *carried;
      return NotKept(height);
    }
    JD_TRY(const auto read, BlockOf(height));
    const consensus::Block& block = *read;
    if (position >= block.transactions.size()) {
      return Fail(Errc::kCorrupt, "block " + std::to_string(height) + " has no such transaction");
    }
    return block.transactions[position];
  }

  // A header with its certificate, and what its app_hash opens to.
  [[nodiscard]] Result<ledger::HeadProof> HeadAt(ledger::Height height) const {
    JD_TRY(const auto row, View().RowAt(height - 1));
    JD_TRY(auto header_row, View().RowAt(height));
    ledger::HeadProof head{.chain = View().Chain(),
                           .genesis_hash = View().GenesisHash(),
                           .epochs = {},
                           .header = std::move(header_row.header),
                           .commit = {},
                           .log_size = row.log_size,
                           .log_root = row.log_root,
                           .state_root = row.state_root};
    JD_TRY(head.commit, CommitOf(height));
    JD_TRY(head.epochs, EpochsBefore(height));
    return head;
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
