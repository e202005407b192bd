// The slots of safety.rec: whatever is accepted is written back byte for byte, and the checksum
// does not keep the fuzzer out of the payload.
// Links: jiandu_consensus
#include "base/crc32c.h"
#include "base/limits.h"
#include "consensus/safety_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace jiandu;             // NOLINT: a program of its own
  using namespace jiandu::consensus;  // NOLINT
  const ByteView input(data, size);
  static_cast<void>(DecodeSafetySlot(input));
  // The same bytes as a payload under a right header.
  Bytes slot = ToBytes(std::string_view("JDSAFE1\0", 8));
  AppendU32Be(slot, static_cast<std::uint32_t>(size));
  AppendU32Be(slot, Crc32c(input));
  Append(slot, input);
  const auto record = DecodeSafetySlot(slot);
  if (!record) return 0;
  const auto again = EncodeSafetySlot(*record);
  if (!again) {
    JD_ASSERT(slot.size() > limits::kSafetySlotBytes);
    return 0;
  }
  // A polka that the slot held inside the proposal is dropped: then only the values are equal.
  if (*again != slot) JD_ASSERT(DecodeSafetySlot(*again).has_value());
  const auto choice = ChooseSafetySlot({slot, input}, record->chain_id, record->key);
  static_cast<void>(choice);
  return 0;
}
