// What is kept of accesses so that an auditor finds them by a person's tag (docs/contracts.md
// 4.10, 6).
//
// The rows are those of ledger/model/subject_index.h. Pure; the thread of the block.
#pragma once

#include "contracts/access.h"

namespace jiandu::contracts {

// The tags of one record, or of what was sealed of one (`acc_id`), lead to the transaction that
// shows it. Doubles of a batch cost one look at the tag before.
class SubjectRows {
 public:
  SubjectRows(BlockState& state, const ledger::TxId& txid) : state_(state), txid_(txid) {}
  void Add(const Json* tags, std::string_view acc_id = "");

 private:
  BlockState& state_;
  const ledger::TxId& txid_;
  std::string_view last_;
};

// A sealed access counts on its resource until it is opened; then its tags lead to it.
void IndexSealed(BlockState& state, const ledger::EntityId& grant, const AccessRecord& record,
                 const ledger::TxId& txid);
void IndexOpened(BlockState& state, const ledger::EntityId& grant, std::string_view acc_id,
                 const Json& opened);
// A `digest` batch as reported.
void IndexDigest(BlockState& state, const ledger::EntityId& grant, const Json& batch);

// The leaf hash of a record, as a `digest` batch's root is made of: RFC 6962 over its canonical
// JSON, which is that of a record in a `full` batch.
[[nodiscard]] Hash256 LeafOf(const Json& record);

// Answers say how often a flag was raised by a batch, not only that it was.
void NoteFlagCounts(BlockState& state, const ledger::TxId& txid, const AccessTrace& batch);

}  // namespace jiandu::contracts
