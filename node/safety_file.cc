#include "node/safety_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kSlots = 2;

// A short file: the rest counts as zero, and the slot is judged as such.
Result<Bytes> ReadSlot(const store::File& file, std::size_t slot) {
  Bytes bytes(limits::kSafetySlotBytes);
  const std::uint64_t from = slot * limits::kSafetySlotBytes;
  JD_TRY(const std::uint64_t size, file.Size());
  if (size <= from) return bytes;
  const std::uint64_t there = std::min<std::uint64_t>(size - from, bytes.size());
  JD_CHECK(file.ReadAt(from, std::span(bytes).first(there)));
  return bytes;
}

}  // namespace

// Made under another name: after a power cut the file is there whole or not at all, never with a
// torn first record, which no later start could tell from a lost one.
Result<SafetyFile> SafetyFile::Create(const std::filesystem::path& path, std::string chain_id,
                                      const crypto::Ed25519PublicKey& key) {
  if (store::Exists(path)) {
    return Fail(Errc::kIo, path.string() + ": create: it is there already");
  }
  const std::filesystem::path unfinished = path.string() + ".new";
  JD_CHECK(store::Remove(unfinished));
  JD_TRY(store::File made, store::File::Open(unfinished, store::File::Mode::kCreateOwn));
  SafetyFile file(std::move(made), std::move(chain_id), key);
  // Written once in full: overwriting blocks that exist halves the time of every later sync.
  const Bytes zero(kSlots * limits::kSafetySlotBytes);
  JD_CHECK(file.file_.WriteAt(0, zero));
  JD_CHECK(file.file_.Sync());
  // A first record, so that the write of the next one, should it be torn, leaves a valid slot.
  JD_CHECK(file.Write(consensus::SafetyState()));
  JD_CHECK(store::Rename(unfinished, path));
  JD_CHECK(store::SyncDirectory(path.parent_path()));
  return file;
}

Result<SafetyFile::Opened> SafetyFile::Open(const std::filesystem::path& path, std::string chain_id,
                                            const crypto::Ed25519PublicKey& key) {
  JD_TRY(store::File there, store::File::Open(path, store::File::Mode::kReadWrite));
  SafetyFile file(std::move(there), std::move(chain_id), key);
  JD_TRY(const Bytes first, ReadSlot(file.file_, 0));
  JD_TRY(const Bytes second, ReadSlot(file.file_, 1));
  const std::array<ByteView, kSlots> slots{first, second};
  auto choice = consensus::ChooseSafetySlot(slots, file.chain_id_, key);
  if (!choice && choice.error().code == Errc::kNotFound) {
    return Opened{.file = std::move(file), .state = std::nullopt};
  }
  if (!choice) return FailWith(choice.error(), path.string());
  file.seq_ = choice->record.seq;
  return Opened{.file = std::move(file),
                .state = std::move(choice->record.state),
                .damaged_slot = choice->other == consensus::SafetyChoice::Other::kDamaged};
}

Result<void> SafetyFile::Write(const consensus::SafetyState& state) {
  JD_CHECK(Put(seq_ + 1, state));
  ++seq_;
  return {};
}

// In the same slot: the other one may be all that the platter has.
Result<void> SafetyFile::WriteAgain(const consensus::SafetyState& state) {
  return Put(seq_, state);
}

Result<void> SafetyFile::Put(std::uint64_t seq, const consensus::SafetyState& state) {
  const consensus::SafetyRecord record{
      .seq = seq, .chain_id = chain_id_, .key = key_, .state = state};
  JD_TRY(const Bytes slot, consensus::EncodeSafetySlot(record));
  JD_CHECK(file_.WriteAt((seq % kSlots) * limits::kSafetySlotBytes, slot));
  JD_CHECK(file_.Sync());
  return {};
}

}  // namespace jiandu::node
