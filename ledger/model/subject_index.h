// Where a person's data were used, found by keyed tag; what is sealed, and what lies in leaves kept
// off the ledger (docs/contracts.md 4.10, 6).
//
// Contracts write the rows with the accesses; the audit queries read them. A tag is of one
// provider, resource and month; but whoever reports accesses may write as many rows of it as it
// likes, at places it chooses by grinding txids: readers go on after a row, and never take the
// first rows for all. No leaf of the state tree. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/model/state_view.h"

namespace jiandu::ledger {

// "S" 't' tag 32 txid 32 acc_id -> empty: the transaction shows accesses with the tag. The access
// is named only where the tag does not stand beside it: it was sealed, and has been opened.
struct SubjectPlace {
  TxId txid;
  std::string acc_id;  // "": any of the transaction that has the tag
  bool operator==(const SubjectPlace&) const = default;
};
[[nodiscard]] Bytes SubjectKey(const Hash256& tag, const TxId& txid, std::string_view acc_id = "");
// At most `count`, after `after` (null: from the first), by txid and access.
[[nodiscard]] std::vector<SubjectPlace> PlacesOfSubject(const StateView& view, const Hash256& tag,
                                                        const SubjectPlace* after,
                                                        std::size_t count);

// "S" 'z' resource 17 time 8 grant 17 acc_id -> txid: an access whose tags are sealed still.
struct SealedAccess {
  TimeMs occurred_at = 0;
  EntityId grant;
  std::string acc_id;
  TxId txid;
};
[[nodiscard]] Bytes SealedKey(const EntityId& resource, TimeMs occurred_at, const EntityId& grant,
                              std::string_view acc_id);
// From `from` on and before `until`, in order, at most `count`.
[[nodiscard]] std::vector<SealedAccess> SealedOf(const StateView& view, const EntityId& resource,
                                                 TimeMs from, TimeMs until, std::size_t count);

// "S" 'd' grant 17 from 8 batch_id -> to 8, 1 when it has a root of tags: a `digest` batch, whose
// accesses only its keepers can show.
struct DigestBatch {
  TimeMs from = 0;
  TimeMs to = 0;
  std::string batch_id;
  bool has_subjects = false;
};
[[nodiscard]] Bytes DigestBatchKey(const EntityId& grant, TimeMs from, std::string_view batch_id);
[[nodiscard]] Bytes EncodeDigestBatch(TimeMs to, bool has_subjects);
// Batches that begin in the period; one that began the day before may reach into it.
[[nodiscard]] std::vector<DigestBatch> DigestBatchesOf(const StateView& view, const EntityId& grant,
                                                       TimeMs from, TimeMs until,
                                                       std::size_t count);

// "S" 'l' grant 17 demand 17 -> empty: leaves of its batches that were demanded.
[[nodiscard]] Bytes LeafDemandKey(const EntityId& grant, const EntityId& demand);
[[nodiscard]] std::vector<EntityId> LeafDemandsOf(const StateView& view, const EntityId& grant,
                                                  std::size_t count);

}  // namespace jiandu::ledger
