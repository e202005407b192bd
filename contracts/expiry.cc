// Growing one tree an hour of `exp`, and letting whole hours go.
#include "contracts/expiry.h"

namespace jiandu::contracts {
namespace {

// Twice a full block: the set shrinks even when blocks stay full.
constexpr std::size_t kForgetMax = 10'000;

}  // namespace

crypto::MerkleFrontier ExpirySet::Read(std::uint64_t hour) const {
  const auto bytes = state_.View().Get(ledger::ExpiryLeafKey(hour));
  const auto leaf = bytes ? ledger::ExpiryLeaf::Decode(*bytes)
                          : Result<ledger::ExpiryLeaf>(ledger::ExpiryLeaf{.count = 0, .root = {}});
  const auto peaks = state_.View().Get(ledger::ExpiryPeaksKey(hour));
  auto frontier =
      ledger::DecodePeaks(leaf ? leaf->count : 0, peaks ? ByteView(*peaks) : ByteView());
  return frontier ? std::move(*frontier) : crypto::MerkleFrontier();
}

void ExpirySet::Enter(ledger::TimeMs exp, const ledger::TxId& txid) {
  const std::uint64_t hour = ledger::ExpiryHourOf(exp);
  auto found = hours_.find(hour);
  if (found == hours_.end()) found = hours_.emplace(hour, Read(hour)).first;
  state_.Put(ledger::ExpiryKey(exp, txid), ledger::EncodeExpiryPlace(found->second.Size()));
  found->second.AppendLeafHash(crypto::MerkleLeafHash(txid.View()));
}

void ExpirySet::Finish() {
  for (const auto& [hour, frontier] : hours_) {
    const ledger::ExpiryLeaf leaf{.count = frontier.Size(), .root = frontier.Root()};
    state_.Put(ledger::ExpiryLeafKey(hour), leaf.Encode());
    state_.Put(ledger::ExpiryPeaksKey(hour), ledger::EncodePeaks(frontier));
  }
  DropPassedLeaves();
  ForgetRows();
}

void ExpirySet::DropPassedLeaves() {
  const Bytes prefix = ledger::ExpiryLeafPrefix();
  const ledger::TimeMs now = state_.Context().time;
  std::vector<std::uint64_t> passed;
  state_.View().Scan(prefix, {}, [&](ByteView key, ByteView) {
    if (key.size() != prefix.size() + 8) return true;
    const std::uint64_t hour = ReadU64Be(key.subspan(prefix.size()));
    if (!ledger::HasHourPassed(hour, now)) return false;
    passed.push_back(hour);
    return true;
  });
  for (const std::uint64_t hour : passed) {
    state_.Delete(ledger::ExpiryLeafKey(hour));
    state_.Delete(ledger::ExpiryPeaksKey(hour));
  }
}

void ExpirySet::ForgetRows() {
  const Bytes prefix = ledger::ExpiryPrefix();
  std::vector<Bytes> passed;
  state_.View().Scan(prefix, {}, [&](ByteView key, ByteView) {
    if (key.size() != prefix.size() + 8 + ledger::TxId::kSize) return true;
    const auto exp = static_cast<ledger::TimeMs>(ReadU64Be(key.subspan(prefix.size())));
    // A row stays as long as its leaf, so that the hour's root can be built from the rows.
    if (!ledger::HasHourPassed(ledger::ExpiryHourOf(exp), state_.Context().time)) return false;
    passed.push_back(ToBytes(key));
    return passed.size() < kForgetMax;
  });
  for (Bytes& key : passed) state_.Delete(std::move(key));
}

}  // namespace jiandu::contracts
