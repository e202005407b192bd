// A proof bundle: what an auditor's own machine needs to check an answer from the genesis document
// alone. The file form is *.jdproof, one canonical JSON object a line (docs/proof-format.md).
//
// Made by a node (node/proof_maker.h), checked by sdk/cpp/proof_verifier.h. Plain value.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "crypto/sparse_merkle.h"
#include "ledger/model/head_proof.h"
#include "ledger/model/proof_query.h"

namespace jiandu::ledger {

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
  static constexpr std::size_t kEntitiesMax = 64;

  LogIndex index = 0;
  std::variant<Bytes, Hash256> entry;  // exact bytes, or the leaf hash of what is withheld
  // Of what is withheld, when IsOfSeveral(query): those whose histories have it, ascending.
  std::vector<EntityId> entities = {};
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
  static constexpr std::size_t kSiblingsPerLeaf = 256;  // hashes there can be a use for
  static constexpr std::size_t kLogHashesPerEvent = 64;
  // In memory a line may be ten times its text ("" is a hash of 32 bytes): what a reader is made to
  // hold before it has looked at a signature is bounded.
  static constexpr std::size_t kLeavesMax = 131'072;
  static constexpr std::size_t kEventsMax = 1'048'576;  // and transactions
  static constexpr std::size_t kHashesMax = 4'194'304;  // of each list

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
