// The validator set: order, hash, quorum, changes and wire form.
#include "consensus/validator_set.h"

#include <algorithm>

#include "base/limits.h"
#include "base/wire.h"
#include "consensus/wire_fields.h"
#include "crypto/merkle.h"

namespace jiandu::consensus {

namespace {

// tendermint.crypto.PublicKey{1 ed25519}.
Bytes EncodeKey(const crypto::Ed25519PublicKey& key) {
  WireWriter writer;
  writer.BytesField(1, key.View());
  return writer.Take();
}

// tendermint.types.SimpleValidator: what the set's hash covers.
Bytes EncodeSimple(const Validator& validator) {
  WireWriter writer;
  writer.Message(1, EncodeKey(validator.key));
  writer.Int64(2, static_cast<std::int64_t>(validator.power));
  return writer.Take();
}

Result<Validator> DecodeValidator(ByteView bytes) {
  WireReader reader(bytes);
  Validator validator;
  JD_TRY(validator.address, reader.Fixed<Address::kSize>(1));
  JD_TRY(const ByteView key_bytes, reader.Message(2));
  WireReader key_reader(key_bytes);
  JD_TRY(validator.key, key_reader.Fixed<crypto::Ed25519PublicKey::kSize>(1));
  JD_CHECK(key_reader.Finish());
  JD_TRY(const std::int64_t power, reader.Int64(3));
  JD_CHECK(reader.Finish());
  if (power <= 0) return Fail(Errc::kInvalid, "validator: power is not positive");
  validator.power = static_cast<Power>(power);
  if (validator.address != AddressOf(validator.key)) {
    return Fail(Errc::kInvalid, "validator: address is not that of the key");
  }
  return validator;
}

bool ComesBefore(const Validator& a, const Validator& b) {
  return a.power != b.power ? a.power > b.power : a.address < b.address;
}

}  // namespace

Bytes EncodeValidator(const Validator& validator) {
  WireWriter writer;
  writer.BytesField(1, validator.address.View());
  writer.Message(2, EncodeKey(validator.key));
  writer.Int64(3, static_cast<std::int64_t>(validator.power));
  return writer.Take();
}

Result<ValidatorSet> ValidatorSet::From(std::vector<Validator> validators) {
  if (validators.empty()) return Fail(Errc::kInvalid, "validator set: empty");
  if (validators.size() > limits::kValidatorsMax) {
    return Fail(Errc::kTooLarge, "validator set: too many members");
  }
  ValidatorSet set;
  for (Validator& validator : validators) {
    if (validator.power == 0) return Fail(Errc::kInvalid, "validator set: a power of zero");
    if (validator.power > limits::kTotalPowerMax - set.total_) {
      return Fail(Errc::kTooLarge, "validator set: total power over the maximum");
    }
    set.total_ += validator.power;
    validator.address = AddressOf(validator.key);
  }
  std::ranges::sort(validators, ComesBefore);
  std::vector<Bytes> leaves;
  leaves.reserve(validators.size());
  for (std::size_t i = 0; i < validators.size(); ++i) {
    leaves.push_back(EncodeSimple(validators[i]));
    set.by_address_.emplace_back(validators[i].address, i);
  }
  std::ranges::sort(set.by_address_);
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::ranges::adjacent_find(set.by_address_, same) != set.by_address_.end()) {
    return Fail(Errc::kDuplicate, "validator set: a key stands twice");
  }
  set.hash_ = crypto::MerkleRootOfData(leaves);
  set.validators_ = std::move(validators);
  return set;
}

std::optional<std::size_t> ValidatorSet::IndexOf(const Address& address) const {
  const auto found =
      std::ranges::lower_bound(by_address_, address, {}, &std::pair<Address, std::size_t>::first);
  if (found == by_address_.end() || found->first != address) return std::nullopt;
  return found->second;
}

const Validator* ValidatorSet::Find(const Address& address) const {
  const std::optional<std::size_t> index = IndexOf(address);
  return index.has_value() ? &validators_[*index] : nullptr;
}

const Validator& ValidatorSet::BySeat(std::size_t index) const {
  JD_ASSERT(index < by_address_.size());
  return validators_[by_address_[index].second];
}

// 3x > 2N exactly when x > floor(2N / 3), and that form cannot overflow.
bool ValidatorSet::IsQuorum(Power power) const { return power > 2 * total_ / 3; }

bool ValidatorSet::HasHonest(Power power) const { return power > total_ / 3; }

Result<ValidatorSet> ValidatorSet::With(std::span<const Validator> updates) const {
  if (updates.size() > limits::kValidatorsMax) {
    return Fail(Errc::kTooLarge, "validator set: too many changes");
  }
  std::vector<Validator> changed = validators_;
  std::vector<Address> named;
  for (const Validator& update : updates) {
    const Address address = AddressOf(update.key);
    if (std::ranges::find(named, address) != named.end()) {
      return Fail(Errc::kDuplicate, "validator set: a change names a key twice");
    }
    named.push_back(address);
    const auto member = std::ranges::find(changed, address, &Validator::address);
    if (member != changed.end() && update.power == 0) {
      changed.erase(member);
    } else if (member != changed.end()) {
      member->power = update.power;
    } else if (update.power == 0) {
      return Fail(Errc::kNotFound, "validator set: removal of a non-member");
    } else {
      changed.push_back({.address = address, .key = update.key, .power = update.power});
    }
  }
  return From(std::move(changed));
}

Bytes ValidatorSet::Encode() const {
  WireWriter writer;
  for (const Validator& validator : validators_) writer.Message(1, EncodeValidator(validator));
  return writer.Take();
}

Result<ValidatorSet> ValidatorSet::Decode(ByteView bytes) {
  WireReader reader(bytes);
  std::vector<Validator> validators;
  while (reader.NextIs(1)) {
    if (validators.size() == limits::kValidatorsMax) {
      return Fail(Errc::kTooLarge, "validator set: too many members");
    }
    JD_TRY(const ByteView member, reader.Message(1));
    JD_TRY(const Validator validator, DecodeValidator(member));
    validators.push_back(validator);
  }
  JD_CHECK(reader.Finish());
  // One set has one encoding: members stand in set order.
  if (!std::ranges::is_sorted(validators, ComesBefore)) {
    return Fail(Errc::kInvalid, "validator set: members are not in set order");
  }
  return From(std::move(validators));
}

}  // namespace jiandu::consensus
