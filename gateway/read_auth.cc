// See read_auth.h.
#include "gateway/read_auth.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>

#include "base/hex.h"
#include "base/limits.h"
#include "gateway/target.h"

namespace jiandu::gateway {
namespace {

constexpr std::string_view kTitle = "Jiandu: sign in to read";
constexpr std::size_t kChallengeBytesMax = 1024;
constexpr std::size_t kTokenDigits = 64;

void FillRandom(std::uint8_t* data, std::size_t size) {
  // Without randomness nothing here is safe; OpenSSL fails only when the system has none.
  JD_ASSERT(RAND_bytes(data, static_cast<int>(size)) == 1);
}

// The value of "name: value" lines, in the fixed order in which MakeChallenge writes them.
struct ChallengeFields {
  std::string_view domain;
  std::string_view key;
  std::string_view nonce;
  std::int64_t expires = 0;
  std::string_view mac;
  std::string_view signed_part;  // all lines but the MAC's
};

std::optional<std::string_view> TakeLine(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(name.size(), end - name.size());
  text.remove_prefix(end + 1);
  return value;
}

std::optional<ChallengeFields> ReadChallenge(std::string_view text) {
  if (text.size() > kChallengeBytesMax) return std::nullopt;
  std::string_view rest = text;
  const auto title = TakeLine(rest, kTitle);
  const auto domain = TakeLine(rest, "domain: ");
  const auto chain = TakeLine(rest, "chain: ");
  const auto key = TakeLine(rest, "identity: ");
  const auto nonce = TakeLine(rest, "nonce: ");
  const auto issued = TakeLine(rest, "issued: ");
  const auto expires = TakeLine(rest, "expires: ");
  const std::size_t signed_size = text.size() - rest.size();
  const auto mac = TakeLine(rest, "server: ");
  if (!title || !title->empty() || !domain || !chain || !key || !nonce || !issued || !expires ||
      !mac || !rest.empty()) {
    return std::nullopt;
  }
  const auto until = ParseNumber(*expires, static_cast<std::uint64_t>(limits::kJsonIntegerMax));
  if (!until) return std::nullopt;
  return ChallengeFields{.domain = *domain,
                         .key = *key,
                         .nonce = *nonce,
                         .expires = static_cast<std::int64_t>(*until),
                         .mac = *mac,
                         .signed_part = text.substr(0, signed_size)};
}

Hash256 TokenHash(std::string_view token) { return crypto::Sha256(AsBytes(token)); }

}  // namespace

std::string RandomHex(std::size_t bytes) {
  Bytes random(bytes);
  FillRandom(random.data(), random.size());
  return HexEncode(random);
}

Hash256 ChallengeDigest(std::string_view challenge) {
  return crypto::Sha256({AsBytes(crypto::kTagReadAuth), AsBytes(challenge)});
}

std::optional<Reader> FindReader(const LedgerSnapshot& snapshot, const ledger::KeyId& key) {
  const auto record = ledger::FindKeyRecord(snapshot.State(), key);
  // usable_from speaks of the next block; a reader waits for it as a signer does.
  if (!record || !record->IsActive(snapshot.Height() + 1, snapshot.Time())) return std::nullopt;
  if (record->kind != ledger::IdentityKind::kOfficer &&
      record->kind != ledger::IdentityKind::kSystem) {
    return std::nullopt;
  }
  const auto body_bytes =
      snapshot.State().Get(ledger::BodyKey(ledger::DepartmentEntity(record->department)));
  if (!body_bytes) return std::nullopt;
  const auto body = ledger::EntityBody::Decode(*body_bytes);
  if (!body) return std::nullopt;
  Reader reader;
  reader.key = key;
  reader.department = record->department;
  reader.identity = record->identity;
  reader.kind = record->kind;
  reader.duties = record->duties;
  std::string_view roles = body->Text("roles");
  while (!roles.empty()) {
    const std::size_t comma = std::min(roles.find(','), roles.size());
    const std::string_view role = roles.substr(0, comma);
    reader.roles.emplace_back(role);
    if (role == "MANAGER" || role == "AUDITOR") reader.sees_all = true;
    roles.remove_prefix(std::min(comma + 1, roles.size()));
  }
  return reader;
}

ReadAuth::ReadAuth(Times times) : times_(times) { FillRandom(secret_.Data(), Hash256::kSize); }

std::string ReadAuth::MacOf(std::string_view text) const {
  return HexEncode(crypto::HmacSha256(secret_.View(), AsBytes(text)).View());
}

ReadAuth::Challenge ReadAuth::MakeChallenge(std::string_view domain, std::string_view chain,
                                            const ledger::KeyId& key, std::int64_t now_ms) const {
  Challenge challenge{.text = std::string(kTitle), .expires = now_ms + times_.challenge_ms};
  std::string& text = challenge.text;
  text.append("\ndomain: ").append(domain);
  text.append("\nchain: ").append(chain);
  text.append("\nidentity: ").append(HexEncode(key.View()));
  text.append("\nnonce: ").append(RandomHex(16));
  text.append("\nissued: ").append(std::to_string(now_ms));
  text.append("\nexpires: ").append(std::to_string(challenge.expires)).append("\n");
  const std::string mac = MacOf(text);
  text.append("server: ").append(mac).append("\n");
  return challenge;
}

Result<ReadAuth::Session> ReadAuth::Open(const LedgerSnapshot& snapshot, std::string_view domain,
                                         std::string_view challenge, const ledger::KeyId& key,
                                         const crypto::EcdsaSignature& signature,
                                         std::int64_t now_ms) {
  const auto fields = ReadChallenge(challenge);
  if (!fields) return Fail(Errc::kUnauthenticated, "this is not a challenge of ours");
  const std::string mac = MacOf(fields->signed_part);
  if (mac.size() != fields->mac.size() ||
      CRYPTO_memcmp(mac.data(), fields->mac.data(), mac.size()) != 0) {
    return Fail(Errc::kUnauthenticated, "this is not a challenge of ours");
  }
  if (now_ms >= fields->expires) return Fail(Errc::kUnauthenticated, "the challenge has expired");
  if (fields->domain != domain || fields->key != HexEncode(key.View())) {
    return Fail(Errc::kUnauthenticated, "the challenge is for another name or key");
  }
  DropExpired(now_ms);
  if (used_.contains(fields->nonce)) {
    return Fail(Errc::kUnauthenticated, "the challenge has been used");
  }
  auto reader = FindReader(snapshot, key);
  if (!reader) return Fail(Errc::kUnauthenticated, "the key is unknown or not in force");
  const auto record = ledger::FindKeyRecord(snapshot.State(), key);
  if (!record) return Fail(Errc::kUnauthenticated, "the key is unknown or not in force");
  const auto parsed = crypto::EcdsaPublicKey::Parse(record->key.View());
  if (!parsed || !parsed->VerifyDigest(ChallengeDigest(challenge), signature)) {
    return Fail(Errc::kUnauthenticated, "the signature does not hold");
  }
  const auto of_key =
      std::ranges::count_if(used_, [&](const auto& entry) { return entry.second.key == key; });
  if (static_cast<std::size_t>(of_key) >= kSignInsPerKeyMax || used_.size() >= kSessionsMax) {
    return Fail(Errc::kFull, "too many sign-ins within two minutes: use the token again");
  }
  used_.emplace(fields->nonce, Used{.key = key, .expires = fields->expires});
  MakeRoom(key);
  if (sessions_.size() >= kSessionsMax) return Fail(Errc::kFull, "too many sessions");
  Session session{.token = RandomHex(kTokenDigits / 2),
                  .expires = now_ms + times_.session_ms,
                  .reader = *std::move(reader)};
  sessions_.emplace(TokenHash(session.token), Kept{.key = key, .expires = session.expires});
  return session;
}

std::optional<Reader> ReadAuth::Find(const LedgerSnapshot& snapshot, std::string_view token,
                                     std::int64_t now_ms) const {
  if (token.size() != kTokenDigits) return std::nullopt;
  const auto it = sessions_.find(TokenHash(token));
  if (it == sessions_.end() || now_ms >= it->second.expires) return std::nullopt;
  return FindReader(snapshot, it->second.key);
}

void ReadAuth::Close(std::string_view token) { sessions_.erase(TokenHash(token)); }

void ReadAuth::DropExpired(std::int64_t now_ms) {
  std::erase_if(sessions_, [&](const auto& entry) { return now_ms >= entry.second.expires; });
  std::erase_if(used_, [&](const auto& entry) { return now_ms >= entry.second.expires; });
}

// One key may not push the others out: its oldest session goes first.
void ReadAuth::MakeRoom(const ledger::KeyId& key) {
  std::size_t own = 0;
  auto oldest = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (it->second.key != key) continue;
    ++own;
    if (oldest == sessions_.end() || it->second.expires < oldest->second.expires) oldest = it;
  }
  if (own >= kSessionsPerKeyMax) sessions_.erase(oldest);
}

}  // namespace jiandu::gateway
