// The node's private keys, read from sealed files at start.
//
// Secrets come by file path only. A file that others may read is refused. The consensus key's file
// stays locked while the node runs: two processes signing with one key would be an equivocation.
// Not thread-safe; used while starting.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/key_file.h"
#include "node/config.h"
#include "node/data_lock.h"

namespace jiandu::node {

// Content of a file of at most `size_max` bytes that only its owner may read (mode 0600 or 0400).
[[nodiscard]] Result<std::string> ReadSecretFile(const std::filesystem::path& path,
                                                 std::size_t size_max);
// First line of the passphrase file, without its end. Refuses an empty one.
[[nodiscard]] Result<std::string> ReadPassphrase(const std::filesystem::path& path);
// Opens a sealed key and holds it to its purpose ("consensus", "node", "cosign", "log", "system").
[[nodiscard]] Result<crypto::KeyMaterial> ReadKeyFile(const std::filesystem::path& path,
                                                      const std::string& passphrase,
                                                      std::string_view purpose);

struct NodeKeys {
  std::optional<crypto::Ed25519PrivateKey> consensus;  // absent on a node that does not vote
  crypto::Ed25519PrivateKey node;
  std::optional<crypto::Ed25519PrivateKey> cosign;
  std::optional<crypto::Ed25519PrivateKey> log;   // at the manager
  std::optional<crypto::EcdsaPrivateKey> system;  // of the department, for reports of its node
  std::optional<FileLock> consensus_lock;
};
// Whether all its keys together take no more memory to open than one key may: then they are opened
// side by side. Files that cannot be read do not count; opening them says why.
[[nodiscard]] bool OpenSideBySide(const KeysConfig& config);
[[nodiscard]] Result<NodeKeys> ReadNodeKeys(const KeysConfig& config);

}  // namespace jiandu::node
