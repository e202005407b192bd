// What a proof bundle holds, read once for all exports: the events in their order with their
// transactions, the entities whose histories are whole, and the header it all hangs on.
//
// Reads a bundle; proves nothing (sdk/cpp/proof_verifier.h does). Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/model/key_record.h"
#include "ledger/model/proof_bundle.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::ledger {

struct RecordedEvent {
  LogIndex index = 0;
  Hash256 leaf_hash;         // of the entry in the log
  bool is_genesis = false;   // entry 0: births of the genesis document
  std::optional<Stub> stub;  // nothing: genesis, or withheld from the reader
  std::optional<Transaction> transaction;
  std::size_t stored_bytes = 0;

  [[nodiscard]] bool IsWithheld() const { return !is_genesis && !stub.has_value(); }
};

// Which entity of a kind an event is about: of several, the one that its transaction names by the
// word of the kind ("grant", "third_party"). Nothing when nobody can say.
[[nodiscard]] std::optional<EntityId> SubjectOf(const RecordedEvent& event, EntityKind kind);

struct ProvenRecord {
  static constexpr std::size_t kEventsMax = 20'000;  // of an export; a proof holds more

  std::string chain;
  Hash256 genesis_hash = {};
  Height as_of = 0;        // everything holds as of this height
  TimeMs time = 0;         // of the header
  Hash256 head_hash = {};  // of the header, CometBFT's
  Hash256 log_root = {};
  std::uint64_t log_size = 0;
  std::vector<EntityId> asked = {};              // in the order of the query
  std::map<EntityId, EntityLeaf> complete = {};  // entities whose whole history is here
  std::map<KeyId, KeyRecord> keys = {};          // of signers, as of the head
  std::vector<RecordedEvent> events = {};        // ascending by index
  std::size_t withheld = 0;                      // events there by their hash alone
  std::size_t payloads_withheld = 0;             // events shown without their transaction

  // kTooLarge over kEventsMax events; kInvalid for what cannot be read.
  [[nodiscard]] static Result<ProvenRecord> From(const ProofBundle& bundle);
  // The department that signed with the key: by the row of the key, else by the payload.
  [[nodiscard]] DepartmentId DepartmentOf(const Signer& signer, const Payload& payload) const;
};

// "2026-11-21T08:30:01.000Z"; from 1970 to 9999.
[[nodiscard]] std::string UtcText(TimeMs time);
// "2026-11-21 16:30:01" in UTC+8, in which the law counts.
[[nodiscard]] std::string LocalText(TimeMs time);
// The same of the first ms that is too late: the end of a day is its 24:00, not the next day's
// 0:00.
[[nodiscard]] std::string EndText(TimeMs end);
// RFC 9562 version 8: the first 16 bytes of the txid with version and variant set.
[[nodiscard]] std::string RunIdOf(const TxId& txid);

}  // namespace jiandu::ledger
