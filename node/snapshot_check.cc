#include "node/snapshot_check.h"

#include <utility>

#include "crypto/hash.h"
#include "ledger/store/check.h"
#include "ledger/store/snapshot_files.h"
#include "node/execution.h"

namespace jiandu::node {
namespace {

constexpr ledger::Height kProgressEvery = 4096;

std::unexpected<Error> Lie(ledger::Height height, const char* what) {
  return Fail(Errc::kCorrupt, "snapshot, height " + std::to_string(height) + ": " + what);
}

class HeaderChain {
 public:
  HeaderChain(const CertifiedState& certified, const store::LedgerView& view)
      : certified_(certified), view_(view) {}

  Result<void> All(const SnapshotCheckProgress& progress) {
    JD_TRY(before_, view_.RowAt(0));
    for (ledger::Height height = 1; height <= view_.Height(); ++height) {
      JD_TRY(store::HeightRow row, view_.RowAt(height));
      JD_TRY(const consensus::Header header, consensus::Header::Decode(row.header));
      if (header.Hash() != row.header_hash || header.height != height ||
          header.time.Ms() != row.time) {
        return Lie(height, "the header is not that of its row");
      }
      JD_CHECK(CheckLink(header));
      before_ = std::move(row);
      if (height % kProgressEvery == 0 && !progress("headers", height, view_.Height())) {
        return Fail(Errc::kUnavailable, "snapshot: check ended, the node stops");
      }
    }
    JD_CHECK(CheckLink(certified_.header));
    return CheckSet(certified_.header.height + 1, certified_.header.next_validators_hash);
  }

 private:
  // The header of `height` against everything that stands below it.
  Result<void> CheckLink(const consensus::Header& header) {
    const ledger::Height height = header.height;
    if (header.app_hash != before_.app_hash) return Lie(height - 1, "another app hash");
    JD_CHECK(CheckSet(height, header.validators_hash));
    if (height == 1) return {};
    if (header.last_block_id.hash != before_.header_hash) return Lie(height - 1, "another header");
    if (header.last_results_hash != before_.results_hash) return Lie(height - 1, "other results");
    // The commit of the newest height comes with the next block, and with the proof.
    if (height == certified_.header.height) return {};
    JD_TRY(const Bytes bytes, view_.CommitAt(height - 1));
    JD_TRY(const consensus::Commit commit, consensus::Commit::Decode(bytes));
    if (commit.Hash() != header.last_commit_hash || commit.id != header.last_block_id ||
        commit.height != height - 1) {
      return Lie(height - 1, "another commit");
    }
    return {};
  }

  // The set in force at a height; read again only when the headers name another.
  Result<void> CheckSet(ledger::Height height, const Hash256& hash) {
    JD_TRY(const auto found, view_.ValidatorSetAt(height));
    if (found.first != set_from_ || hash != set_hash_) {
      JD_TRY(const auto set, consensus::ValidatorSet::Decode(found.second));
      set_from_ = found.first;
      set_hash_ = set.Hash();
    }
    if (hash != set_hash_) return Lie(height, "another validator set");
    return {};
  }

  const CertifiedState& certified_;
  const store::LedgerView& view_;
  store::HeightRow before_;
  ledger::Height set_from_ = 0;
  Hash256 set_hash_;
};

// Each stands where it says, and is what the log's stub names.
Result<void> CheckPayloads(const store::LedgerView& view) {
  Result<void> result;
  view.Scan(store::PayloadPrefix(), {}, [&](ByteView key, ByteView stored) {
    result = [&]() -> Result<void> {
      if (key.size() != 13) return Lie(0, "a payload of no transaction");
      const ledger::Height height = ReadU64Be(key.subspan(1));
      const std::uint64_t position = ReadU32Be(key.subspan(9));
      JD_TRY(const store::HeightRow row, view.RowAt(height));
      if (position >= row.transactions) return Lie(height, "a payload of no transaction");
      JD_TRY(const Bytes bytes, view.Entry(row.FirstIndex() + position));
      JD_TRY(const ledger::LogEntry entry, ledger::DecodeEntry(bytes));
      const auto* stub = std::get_if<ledger::Stub>(&entry);
      if (stub == nullptr || stub->env != crypto::Sha256(stored)) {
        return Lie(height, "a payload is not that of its transaction");
      }
      return {};
    }();
    return result.has_value();
  });
  return result;
}

}  // namespace

Result<void> CheckSnapshotState(const CertifiedState& certified, const store::LedgerView& view,
                                const SnapshotCheckProgress& progress) {
  if (view.Height() != certified.Height() || view.AppHash() != certified.header.app_hash) {
    return Lie(view.Height(), "not the certified state");
  }
  bool goes_on = true;
  JD_TRY(const auto report, store::CheckLedger(view, [&](std::uint64_t done, std::uint64_t all) {
           goes_on = progress("check", done, all) && goes_on;
         }));
  (void)report;
  if (!goes_on) return Fail(Errc::kUnavailable, "snapshot: check ended, the node stops");
  HeaderChain chain(certified, view);
  JD_CHECK(chain.All(progress));
  JD_CHECK(CheckPayloads(view));
  return view.Health();
}

}  // namespace jiandu::node
