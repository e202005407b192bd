// Writing the rows by which accesses are found.
#include "contracts/access_index.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/merkle.h"
#include "ledger/model/subject_index.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;

const EntityId* ResourceOf(BlockState& state, const EntityId& grant) {
  const AccessTerms* terms = state.Terms(grant);
  return terms != nullptr ? &terms->resource : nullptr;
}

}  // namespace

void SubjectRows::Add(const Json* tags, std::string_view acc_id) {
  if (tags == nullptr || !tags->IsArray()) return;
  for (const Json& tag : tags->Items()) {
    if (!tag.IsText() || (acc_id.empty() && tag.AsString() == last_)) continue;
    const auto bytes = HexDecodeFixed<32>(tag.AsString());
    if (!bytes) continue;
    last_ = tag.AsString();
    state_.Put(ledger::SubjectKey(*bytes, txid_, acc_id), {});
  }
}

void IndexSealed(BlockState& state, const EntityId& grant, const AccessRecord& record,
                 const ledger::TxId& txid) {
  const EntityId* resource = ResourceOf(state, grant);
  if (resource == nullptr) return;
  state.Put(ledger::SealedKey(*resource, record.occurred_at, grant, record.acc_id),
            ToBytes(txid.View()));
}

void IndexOpened(BlockState& state, const EntityId& grant, std::string_view acc_id,
                 const Json& opened) {
  const auto bytes = state.Get(TraceKey(grant, TraceKind::kAccess, acc_id));
  const auto trace = bytes ? DecodeTrace(*bytes) : std::nullopt;
  const EntityId* resource = ResourceOf(state, grant);
  if (!trace || resource == nullptr) return;
  Bytes key = ledger::SealedKey(*resource, trace->occurred_at, grant, acc_id);
  const auto value = state.Get(key);
  const auto txid = value ? ledger::TxId::From(*value) : std::nullopt;
  if (!txid) return;
  SubjectRows(state, *txid).Add(opened.Find("subject_tags"), acc_id);
  state.Delete(std::move(key));
}

void IndexDigest(BlockState& state, const EntityId& grant, const Json& batch) {
  const Json* digest = batch.Find("digest");
  if (digest == nullptr) return;
  state.Put(
      ledger::DigestBatchKey(grant, digest->IntegerOr("from"), batch.TextOr("batch_id")),
      ledger::EncodeDigestBatch(digest->IntegerOr("to"), !digest->TextOr("subject_root").empty()));
}

void NoteFlagCounts(BlockState& state, const ledger::TxId& txid, const AccessTrace& batch) {
  ledger::FlagCounts counts = batch.flag_counts;
  if (counts.empty()) return;
  std::ranges::sort(counts, {}, &ledger::FlagCount::flag);
  state.Put(ledger::FlagCountsKey(txid), ledger::EncodeFlagCounts(counts));
}

Hash256 LeafOf(const Json& record) {
  const std::string canonical = CanonicalJson(record);
  return crypto::MerkleLeafHash(AsBytes(canonical));
}

}  // namespace jiandu::contracts
