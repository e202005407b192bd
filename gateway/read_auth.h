// Who reads: challenge, signature, token; and the reader's department and roles.
//
// A reader proves a registered key by signing a challenge of ours under a tag of its own, so that
// the challenge can never be a transaction (docs/http-api.md (Signing in to read)). Challenges are
// stateless (a MAC under a secret of this process); a nonce is remembered once it was used with a
// good signature, so only registered keys can fill memory. Tokens are kept as hashes. Owned by the
// API; gateway thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "gateway/ports.h"

namespace jiandu::gateway {

// Somebody who may read, as the ledger knows them now.
struct Reader {
  ledger::KeyId key;
  ledger::DepartmentId department;
  ledger::EntityId identity;
  ledger::IdentityKind kind = ledger::IdentityKind::kOfficer;
  std::uint32_t duties = 0;
  std::vector<std::string> roles;  // of the department
  // MANAGER and AUDITOR departments see every case.
  bool sees_all = false;
};

// The reader behind a key in a state: the key is registered, in force, an officer's or a system's.
[[nodiscard]] std::optional<Reader> FindReader(const LedgerSnapshot& snapshot,
                                               const ledger::KeyId& key);
// The text a client signs the digest of, and what it signs.
[[nodiscard]] Hash256 ChallengeDigest(std::string_view challenge);

class ReadAuth {
 public:
  static constexpr std::size_t kSessionsMax = 10'000;
  // Of one key within the life of a challenge: nobody takes the sign-ins of all.
  static constexpr std::size_t kSignInsPerKeyMax = 1'000;
  static constexpr std::size_t kSessionsPerKeyMax = 16;

  struct Times {
    std::int64_t challenge_ms = 0;
    std::int64_t session_ms = 0;
  };
  struct Challenge {
    std::string text;
    std::int64_t expires = 0;
  };
  struct Session {
    std::string token;  // 64 hex digits; known to the client alone after this
    std::int64_t expires = 0;
    Reader reader;
  };

  explicit ReadAuth(Times times);
  // For any key: whether it is registered shows only to who can sign with it.
  [[nodiscard]] Challenge MakeChallenge(std::string_view domain, std::string_view chain,
                                        const ledger::KeyId& key, std::int64_t now_ms) const;
  // kUnauthenticated: not our challenge, expired, used, another domain, unknown key, bad signature.
  [[nodiscard]] Result<Session> Open(const LedgerSnapshot& snapshot, std::string_view domain,
                                     std::string_view challenge, const ledger::KeyId& key,
                                     const crypto::EcdsaSignature& signature, std::int64_t now_ms);
  // The reader of a token, judged anew in `snapshot`: a revoked key ends its sessions at once.
  [[nodiscard]] std::optional<Reader> Find(const LedgerSnapshot& snapshot, std::string_view token,
                                           std::int64_t now_ms) const;
  void Close(std::string_view token);
  [[nodiscard]] std::size_t SessionCount() const { return sessions_.size(); }

 private:
  struct Kept {
    ledger::KeyId key;
    std::int64_t expires = 0;
  };
  void DropExpired(std::int64_t now_ms);
  void MakeRoom(const ledger::KeyId& key);
  [[nodiscard]] std::string MacOf(std::string_view text) const;

  Times times_;
  Hash256 secret_;
  std::map<Hash256, Kept> sessions_;  // by SHA-256 of the token
  struct Used {
    ledger::KeyId key;
    std::int64_t expires = 0;
  };
  std::map<std::string, Used, std::less<>> used_;  // challenges answered, by nonce
};

// Random bytes of the operating system as lower-case hex.
[[nodiscard]] std::string RandomHex(std::size_t bytes);

}  // namespace jiandu::gateway
