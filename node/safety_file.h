// The file safety.rec: two slots written alternately in place, each write synced before it returns.
//
// Owned by the signer thread once the node runs. No rename and no append: a torn write leaves the
// other slot exact, and nothing that depended on the torn one was sent (docs/consensus.md
// (Signing)).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "consensus/safety_record.h"
#include "ledger/store/file.h"

namespace jiandu::node {

class SafetyFile {
 public:
  // A new, empty file; fails when there is one.
  [[nodiscard]] static Result<SafetyFile> Create(const std::filesystem::path& path,
                                                 std::string chain_id,
                                                 const crypto::Ed25519PublicKey& key);
  struct Opened;
  // kNotFound when there is no file; kCorrupt when no slot is valid; kConflict for another chain or
  // key.
  [[nodiscard]] static Result<Opened> Open(const std::filesystem::path& path, std::string chain_id,
                                           const crypto::Ed25519PublicKey& key);
  // Returns when the record is on disk. After a failure nothing may be signed any more.
  [[nodiscard]] Result<void> Write(const consensus::SafetyState& state);
  // Writes what Open read. A process that ended between a write and its sync, or because that sync
  // failed, leaves a record that can be read and is not on disk; nothing may rest on it before.
  [[nodiscard]] Result<void> WriteAgain(const consensus::SafetyState& state);

 private:
  [[nodiscard]] Result<void> Put(std::uint64_t seq, const consensus::SafetyState& state);
  SafetyFile(store::File file, std::string chain_id, const crypto::Ed25519PublicKey& key)
      : file_(std::move(file)), chain_id_(std::move(chain_id)), key_(key) {}

  store::File file_;
  std::string chain_id_;
  crypto::Ed25519PublicKey key_;
  std::uint64_t seq_ = 0;  // of the last record
};

struct SafetyFile::Opened {
  SafetyFile file;
  std::optional<consensus::SafetyState> state;  // nothing: never written
  bool damaged_slot = false;                    // the other slot is torn or bad
};

}  // namespace jiandu::node
