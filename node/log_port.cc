// See log_port.h.
#include "node/log_port.h"

#include <utility>

#include "ledger/model/genesis.h"
#include "ledger/model/log_policy.h"
#include "ledger/store/log_tree.h"

namespace jiandu::node {
namespace {

using ledger::Height;
using ledger::TileAt;
using store::LedgerView;

std::unexpected<Error> NoTile() { return Fail(Errc::kNotFound, "log: no such tile"); }

// The largest certified height.
std::optional<Height> CertifiedOf(const LedgerView& view) {
  if (view.Height() == 0) return std::nullopt;
  return view.Height() - 1;
}

// Whether a block up to `newest` left the log with a size of [first, last]. Sizes never shrink, so
// that the last height whose size is at most `last` is found by halving: some 25 rows.
Result<bool> HadSize(const LedgerView& view, Height newest, std::uint64_t first,
                     std::uint64_t last) {
  Height low = 0;  // its size is at most `last`, or there is none
  Height high = newest;
  JD_TRY(const store::HeightRow genesis, view.RowAt(0));
  if (genesis.log_size > last) return false;
  std::uint64_t size = genesis.log_size;
  while (low < high) {
    const Height middle = low + (high - low + 1) / 2;
    JD_TRY(const store::HeightRow row, view.RowAt(middle));
    if (row.log_size > last) {
      high = middle - 1;
    } else {
      low = middle;
      size = row.log_size;
    }
  }
  return size >= first;
}

Result<void> CheckThere(const LedgerView& view, std::uint32_t level, const TileAt& tile) {
  const auto newest = CertifiedOf(view);
  const auto sizes = ledger::SizesWith(level, tile);
  if (!newest || !sizes) return NoTile();
  JD_TRY(const store::HeightRow row, view.RowAt(*newest));
  if (row.log_size < sizes->first) return NoTile();
  if (!sizes->last || row.log_size <= *sizes->last) return {};
  JD_TRY(const bool had, HadSize(view, *newest, sizes->first, *sizes->last));
  if (!had) return NoTile();
  return {};
}

}  // namespace

std::optional<gateway::LogReader::Published> LogPort::Newest() const {
  const auto latest = checkpoints_.Latest();
  if (latest == nullptr) return std::nullopt;
  return Published{.size = latest->checkpoint.size, .note = latest->note};
}

Result<Bytes> LogPort::HashTile(std::uint32_t level, const TileAt& tile) const {
  const PostedViewPtr posted = views_.Latest();
  const LedgerView& view = *posted->view;
  JD_CHECK(CheckThere(view, level, tile));
  const std::size_t size = tile.width * Hash256::kSize;
  auto stored = view.Get(store::TileKey(static_cast<std::uint8_t>(level), tile.n));
  JD_CHECK(view.Health());
  if (!stored || stored->size() < size) {
    return Fail(Errc::kCorrupt, "log tile " + std::to_string(level) + "/" + tile.ToPath() +
                                    ": missing or too short");
  }
  stored->resize(size);
  return std::move(*stored);
}

Result<Bytes> LogPort::EntryBundle(const TileAt& tile) const {
  const PostedViewPtr posted = views_.Latest();
  const LedgerView& view = *posted->view;
  JD_CHECK(CheckThere(view, 0, tile));
  std::vector<Bytes> entries;
  entries.reserve(tile.width);
  for (ledger::LogIndex index = tile.Begin(); index < tile.End(); ++index) {
    JD_TRY(Bytes entry, view.Entry(index));
    if (entry.size() > ledger::kLogEntryBytesMax) {
      return Fail(Errc::kCorrupt, "log entry " + std::to_string(index) + ": over 65,535 bytes");
    }
    entries.push_back(std::move(entry));
  }
  return ledger::EncodeEntryBundle(entries);
}

Result<std::string> LogPort::Proof(ledger::LogIndex index) const {
  const auto latest = checkpoints_.Latest();
  if (latest == nullptr || index >= latest->checkpoint.size) {
    return Fail(Errc::kNotFound, "log: no checkpoint with this entry");
  }
  const PostedViewPtr posted = views_.Latest();
  auto hashes = store::LogInclusionProof(*posted->view, index, latest->checkpoint.size);
  JD_CHECK(posted->view->Health());
  if (!hashes) return std::unexpected(std::move(hashes).error());
  return ledger::LogProof{.index = index, .hashes = std::move(*hashes), .checkpoint = latest->note}
      .ToText();
}

Result<std::string> LogPort::Policy() const {
  const PostedViewPtr posted = views_.Latest();
  const LedgerView& view = *posted->view;
  const auto log_key = view.Get(ledger::ConfigKey("log-key"));
  const auto validators = view.Get(ledger::ValidatorsKey());
  JD_CHECK(view.Health());
  const auto key = log_key ? crypto::Ed25519PublicKey::From(*log_key) : std::nullopt;
  if (!key || !validators) return Fail(Errc::kCorrupt, "no log key or no validators in the state");
  JD_TRY(const auto seats, ledger::DecodeValidators(*validators));
  return "# " + view.Chain() + ", height " + std::to_string(view.Height()) + "\n" +
         ledger::LogPolicy::Of(view.Chain(), *key, seats).ToText();
}

}  // namespace jiandu::node
