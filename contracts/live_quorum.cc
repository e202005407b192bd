// Counting who is seen, and remembering what was refused.
#include "contracts/live_quorum.h"

#include <algorithm>
#include <optional>

#include "base/hex.h"
#include "contracts/node_set.h"
#include "crypto/hash.h"

namespace jiandu::contracts {
namespace {

Bytes SeenKey(std::string_view key_hex) {
  return ledger::ConfigKey("seen/" + std::string(key_hex));
}
Bytes RefusedKey(std::string_view txid_hex) {
  return ledger::ConfigKey("refused/" + std::string(txid_hex));
}

// Nothing: never. Of genesis nothing is written at first: those count from the beginning.
std::optional<ledger::Height> LastSeen(const BlockState& state, std::string_view key_hex) {
  const auto value = state.Get(SeenKey(key_hex));
  if (value && value->size() == 8) return ReadU64Be(*value);
  const std::string key(key_hex);
  const bool is_of_genesis = state.Has(ledger::ConfigKey("validator/" + key)) &&
                             !state.Has(ledger::ConfigKey("seat-from/" + key));
  return is_of_genesis ? std::optional<ledger::Height>(0) : std::nullopt;
}

void PutSeen(BlockState& state, std::string_view key_hex, ledger::Height height) {
  Bytes value;
  AppendU64Be(value, height);
  state.Put(SeenKey(key_hex), value);
}

// As docs/consensus.md (Bytes): the first 20 bytes of the key's SHA-256.
FixedBytes<20> AddressOf(const crypto::Ed25519PublicKey& key) {
  return *FixedBytes<20>::From(crypto::Sha256(key.View()).View().first(20));
}

// The change itself, without who insists on it or is still asked.
Hash256 DigestOf(const Case& judged) {
  Json body = Json::MakeObject({});
  for (const auto& [name, value] : judged.Form().Members()) {
    if (name != "despite" && name != "await") body.Set(name, value);
  }
  return crypto::Sha256({AsBytes(judged.op.op), Bytes{0}, AsBytes(CanonicalJson(body))});
}

}  // namespace

void NoteSeen(BlockState& state) {
  const BlockContext& context = state.Context();
  if (context.seen.empty()) return;
  const ledger::Height step = context.height - context.height % kSeenStep;
  for (const ledger::GenesisValidator& one : Validators(state)) {
    const FixedBytes<20> address = AddressOf(one.consensus_key);
    if (std::ranges::find(context.seen, address) == context.seen.end()) continue;
    const std::string hex = HexEncode(one.consensus_key.View());
    const auto last = LastSeen(state, hex);
    if (!last || *last < step) PutSeen(state, hex, step);
  }
}

void MoveSeen(BlockState& state, std::string_view old_key_hex, std::string_view key_hex) {
  if (const auto last = LastSeen(state, old_key_hex)) PutSeen(state, key_hex, *last);
}

bool IsLive(const BlockState& state, std::string_view key_hex) {
  const auto last = LastSeen(state, key_hex);
  return last && *last + kSeenStep + kSeenWindow > state.Context().height;
}

Code KeepsLiveQuorum(Case& judged, const std::vector<ledger::GenesisValidator>& after) {
  if (judged.is_put_to_vote) return Code::kAccepted;  // asked when the votes are there
  std::uint64_t live = 0;
  std::uint64_t all = 0;
  for (const ledger::GenesisValidator& one : after) {
    all += one.power;
    if (IsLive(judged.state, HexEncode(one.consensus_key.View()))) live += one.power;
  }
  if (3 * live > 2 * all) return Code::kAccepted;
  const std::string_view despite = judged.Text("despite");
  const auto refused = despite.empty() ? std::nullopt : judged.state.Get(RefusedKey(despite));
  const bool insists = refused && Equal(*refused, DigestOf(judged).View());
  return insists ? Code::kAccepted : Code::kQuorumNotMet;
}

void NoteRefusedChange(const Case& judged) {
  const bool is_change = judged.op.op == "node.admit" || judged.op.op == "node.remove";
  if (!is_change || judged.is_put_to_vote) return;  // short of votes is another refusal
  judged.state.Put(RefusedKey(HexEncode(judged.txid.View())), ToBytes(DigestOf(judged).View()));
}

}  // namespace jiandu::contracts
