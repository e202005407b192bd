// What is durable before we speak: the content of safety.rec, encoded for one of its two slots.
//
// The file has two slots of limits::kSafetySlotBytes, written alternately in place and synced
// before anything signed leaves the process. A slot is `"JDSAFE1\0" || u32be length || u32be
// CRC-32C of the payload || payload`; what follows the payload in the slot is whatever stood there
// before. Pure: the signer reads and writes the file. Any thread. Source: docs/consensus.md
// (Signing).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "consensus/input.h"

namespace jiandu::consensus {

struct SafetyRecord {
  std::uint64_t seq = 0;  // one more at each write; the slot is seq % 2
  std::string chain_id;
  crypto::Ed25519PublicKey key;
  SafetyState state;
  auto operator<=>(const SafetyRecord&) const = default;
};

// Only the used bytes. The polka inside last_proposal is not written a second time: it comes back
// from state.polka when that is the one the proposal speaks of. Fails when it does not fit.
[[nodiscard]] Result<Bytes> EncodeSafetySlot(const SafetyRecord& record);
// kNotFound when nothing was ever written there (all zero), kCorrupt when it is torn or damaged.
[[nodiscard]] Result<SafetyRecord> DecodeSafetySlot(ByteView slot);

// The record to go on from.
struct SafetyChoice {
  SafetyRecord record;
  // The other slot. A damaged one is normally the write the crash interrupted, and nothing that
  // depended on it was sent; but it may also be the newest record gone bad, which only the
  // AmnesiaProbe can tell.
  enum class Other : std::uint8_t { kEmpty, kOlder, kDamaged } other = Other::kEmpty;
};
// The newest valid slot. kNotFound: both are empty. kCorrupt: none is valid, or both claim the same
// seq with different content. kConflict: of another chain or key.
[[nodiscard]] Result<SafetyChoice> ChooseSafetySlot(const std::array<ByteView, 2>& slots,
                                                    std::string_view chain_id,
                                                    const crypto::Ed25519PublicKey& key);

}  // namespace jiandu::consensus
