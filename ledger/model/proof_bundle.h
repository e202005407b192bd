// A proof bundle: what an auditor's own machine needs to check an answer from the genesis document
// alone. The file form is *.jdproof, one canonical JSON object a line (docs/proof-format.md).
//
// Made by a node (node/proof_maker.h), checked by sdk/cpp/proof_verifier.h. Plain value.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "crypto/sparse_merkle.h"
#include "ledger/model/entity.h"
#include "ledger/model/head_proof.h"

namespace jiandu::ledger {

// What a bundle answers. The verifier derives from it which leaves and events must be there.
struct TransactionQuery {  // this transaction is recorded, with this result
  TxId txid;
  bool operator==(const TransactionQuery&) const = default;
};
struct HistoryQuery {  // these are all events of the entity
  EntityId entity;
  bool operator==(const HistoryQuery&) const = default;
};
struct AbsenceQuery {  // no such entity, or no such unique name (NAME of uniq/NAME), exists
  std::variant<EntityId, std::string> what;
  bool operator==(const AbsenceQuery&) const = default;

  [[nodiscard]] Bytes Key() const;  // of the row that is not there
};
using ProofQuery = std::variant<TransactionQuery, HistoryQuery, AbsenceQuery>;

// A row of the state, present or absent, and where its path ends.
struct ProofLeaf {
  Bytes key;
  std::optional<Bytes> value;
  std::size_t depth = 0;
  std::optional<crypto::SparseLeaf> other;
  bool operator==(const ProofLeaf&) const = default;
};

// A log entry; one that the reader may not see is there by its hash alone.
struct ProofEvent {
  LogIndex index = 0;
  std::variant<Bytes, Hash256> entry;  // exact bytes, or the leaf hash of what is withheld
  bool operator==(const ProofEvent&) const = default;

  [[nodiscard]] Hash256 LeafHash() const;
};

struct ProofTransaction {
  LogIndex index = 0;  // of its stub
  Bytes stored;
  bool operator==(const ProofTransaction&) const = default;
};

struct ProofBundle {
  static constexpr std::size_t kLineBytesMax = 2 * 1024 * 1024;  // a batch of 1 MiB in base64
  static constexpr std::size_t kBytesMax = 512 * 1024 * 1024;    // of the text FromText takes
  static constexpr std::size_t kHashesPerLine = 1000;

  ProofQuery query;
  HeadProof head;
  Bytes block_entry;                           // the newest entry of the log: index log_size - 1
  std::vector<ProofLeaf> leaves;               // ascending by SHA-256 of the key
  std::vector<Hash256> siblings;               // crypto::SparseMultiproof
  std::vector<ProofEvent> events;              // ascending, distinct, without the block entry
  std::vector<Hash256> log_hashes;             // crypto::VerifyInclusions of events and block entry
  std::vector<ProofTransaction> transactions;  // ascending, of events that are here
  bool operator==(const ProofBundle&) const = default;

  [[nodiscard]] std::string ToText() const;
  // kInvalid names the line. What is accepted gives the same bytes when written again.
  [[nodiscard]] static Result<ProofBundle> FromText(std::string_view text);
};

}  // namespace jiandu::ledger
