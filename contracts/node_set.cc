// Reading and comparing sets.
#include "contracts/node_set.h"

#include <algorithm>
#include <map>

#include "base/hex.h"

namespace jiandu::contracts {
namespace {

using ledger::GenesisValidator;

std::vector<GenesisValidator> Decode(const std::optional<Bytes>& bytes) {
  auto validators = bytes ? ledger::DecodeValidators(*bytes)
                          : Result<std::vector<GenesisValidator>>(std::vector<GenesisValidator>());
  return validators ? std::move(*validators) : std::vector<GenesisValidator>();
}

Bytes NodeKey(std::string_view key_hex) {
  return ledger::ConfigKey("node-key/" + std::string(key_hex));
}

}  // namespace

std::vector<GenesisValidator> Validators(const BlockState& state) {
  return Decode(state.Get(ledger::ValidatorsKey()));
}

void PutValidators(BlockState& state, const std::vector<GenesisValidator>& validators) {
  state.Put(ledger::ValidatorsKey(), ledger::EncodeValidators(validators));
}

std::vector<ValidatorUpdate> ChangedValidators(const BlockState& state) {
  const auto now = state.Get(ledger::ValidatorsKey());
  const auto before = state.View().Get(ledger::ValidatorsKey());
  if (now == before) return {};
  std::map<crypto::Ed25519PublicKey, std::pair<std::uint64_t, std::uint64_t>> powers;
  for (const GenesisValidator& one : Decode(before)) powers[one.consensus_key].first = one.power;
  for (const GenesisValidator& one : Decode(now)) powers[one.consensus_key].second = one.power;
  std::vector<ValidatorUpdate> updates;
  for (const auto& [key, power] : powers) {
    if (power.first != power.second) updates.push_back({.key = key, .power = power.second});
  }
  return updates;
}

bool IsNodeKeyUsed(const BlockState& state, std::string_view key_hex) {
  if (state.Has(NodeKey(key_hex)) ||
      state.Has(ledger::ConfigKey("validator/" + std::string(key_hex)))) {
    return true;
  }
  const auto log_key = state.Get(ledger::ConfigKey("log-key"));
  if (log_key && HexEncode(*log_key) == key_hex) return true;
  // Keys of genesis are marked nowhere but among the validators themselves.
  return std::ranges::any_of(Validators(state), [key_hex](const GenesisValidator& one) {
    return HexEncode(one.node_key.View()) == key_hex || HexEncode(one.cosign_key.View()) == key_hex;
  });
}

void MarkNodeKey(BlockState& state, std::string_view key_hex, std::string_view department) {
  state.Put(NodeKey(key_hex), ToBytes(department));
}

}  // namespace jiandu::contracts
