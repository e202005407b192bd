// Reading sign bytes (CometBFT v0.38 types/canonical.go), and when a key had a seat.
#include "contracts/double_sign.h"

#include <limits>

#include "base/wire.h"

namespace jiandu::contracts {
namespace {

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kChainBytesMax = 50;
constexpr ledger::Height kVotesAfter = 2;  // docs/consensus.md (Validator sets)

std::string_view TypeOf(std::uint64_t type) {
  switch (type) {
    case 1: return "PREVOTE";
    case 2: return "PRECOMMIT";
    case 32: return "PROPOSAL";
    default: return {};
  }
}

// What follows the length, when the length is that of what follows, minimally written.
Result<ByteView> BehindLength(ByteView bytes) {
  for (std::size_t size = 1; size <= 2 && size < bytes.size(); ++size) {
    Bytes prefix;
    AppendVarint(prefix, bytes.size() - size);
    if (Equal(prefix, bytes.first(size))) return bytes.subspan(size);
  }
  return Fail(Errc::kInvalid, "signed message: the length before it is wrong");
}

Bytes SeatKey(std::string_view which, std::string_view key_hex) {
  return ledger::ConfigKey("seat-" + std::string(which) + "/" + std::string(key_hex));
}

ledger::Height HeightIn(const BlockState& state, const Bytes& key, ledger::Height otherwise) {
  const auto value = state.Get(key);
  return value && value->size() == 8 ? ReadU64Be(*value) : otherwise;
}

void PutHeight(BlockState& state, const Bytes& key, ledger::Height height) {
  Bytes value;
  AppendU64Be(value, height);
  state.Put(key, value);
}

}  // namespace

Result<SignedPlace> ReadSignedMessage(ByteView message, const crypto::Ed25519PublicKey& key) {
  if (message.size() <= kSignatureBytes) {
    return Fail(Errc::kInvalid, "signed message: too short");
  }
  const ByteView sign_bytes = message.subspan(kSignatureBytes);
  JD_TRY(const ByteView canonical, BehindLength(sign_bytes));
  WireReader reader(canonical);
  SignedPlace place;
  JD_TRY(const std::uint64_t type, reader.Varint(1));
  JD_TRY(const std::int64_t height, reader.Sfixed64(2));
  JD_TRY(place.round, reader.Sfixed64(3));
  place.type = TypeOf(type);
  const bool in_range =
      height > 0 && place.round >= 0 && place.round <= std::numeric_limits<std::int32_t>::max();
  if (place.type.empty() || !in_range) {
    return Fail(Errc::kInvalid, "signed message: no vote and no proposal");
  }
  place.height = static_cast<ledger::Height>(height);
  std::uint32_t field = 4;
  if (place.type == "PROPOSAL") {
    JD_TRY([[maybe_unused]] const std::int64_t pol_round, reader.Int64(field));
    ++field;
  }
  if (reader.NextIs(field)) {
    JD_TRY(const ByteView id, reader.Message(field));
    place.block_id = ToBytes(id);
  }
  JD_TRY([[maybe_unused]] const ByteView time, reader.Message(field + 1));
  JD_TRY(const std::string_view chain, reader.Text(field + 2, kChainBytesMax));
  JD_CHECK(reader.Finish());
  place.chain = std::string(chain);
  const auto signature = crypto::Ed25519Signature::From(message.first(kSignatureBytes));
  if (!signature || !crypto::VerifyEd25519(key, sign_bytes, *signature)) {
    return Fail(Errc::kUnauthenticated, "signed message: not signed by this key");
  }
  return place;
}

Bytes EquivocationKey(std::string_view key_hex, ledger::Height height, std::int64_t round,
                      std::string_view type) {
  const std::string place = "equivocation/" + std::string(key_hex) + "/" + std::to_string(height) +
                            "/" + std::to_string(round) + "/" + std::string(type);
  return ledger::PartKey(ledger::NetworkEntity(), AsBytes(place));
}

// Of genesis nothing is written: those vote from the first height on.
bool IsSeatedAt(const BlockState& state, std::string_view key_hex, ledger::Height height) {
  constexpr ledger::Height kNever = std::numeric_limits<ledger::Height>::max();
  return state.Has(ledger::ConfigKey("validator/" + std::string(key_hex))) &&
         HeightIn(state, SeatKey("from", key_hex), 1) <= height &&
         height < HeightIn(state, SeatKey("until", key_hex), kNever);
}

void BeginSeat(BlockState& state, std::string_view key_hex, std::string_view department) {
  state.Put(ledger::ConfigKey("validator/" + std::string(key_hex)), ToBytes(department));
  PutHeight(state, SeatKey("from", key_hex), state.Context().height + kVotesAfter);
}

void EndSeat(BlockState& state, std::string_view key_hex) {
  PutHeight(state, SeatKey("until", key_hex), state.Context().height + kVotesAfter);
}

}  // namespace jiandu::contracts
