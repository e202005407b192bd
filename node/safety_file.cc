#include "node/safety_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/limits.h"
#include "ledger/store/file.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kSlots = 2;

std::unexpected<Error> IoError(const std::string& what) {
  return Fail(Errc::kIo, what + ": " + std::strerror(errno));
}

Result<void> WriteAt(int descriptor, ByteView bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return IoError("safety.rec: write");
    offset += static_cast<std::size_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Bytes> ReadSlot(int descriptor, std::size_t slot) {
  Bytes bytes(limits::kSafetySlotBytes);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(descriptor, bytes.data() + have, bytes.size() - have,
                                static_cast<off_t>(slot * limits::kSafetySlotBytes + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return IoError("safety.rec: read");
    if (got == 0) break;  // a short file: the rest counts as zero, and the slot is judged as such
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

// Made under another name: after a power cut the file is there whole or not at all, never with a
// torn first record, which no later start could tell from a lost one.
Result<SafetyFile> SafetyFile::Create(const std::filesystem::path& path, std::string chain_id,
                                      const crypto::Ed25519PublicKey& key) {
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) {
    return Fail(Errc::kIo, path.string() + ": create: it is there already");
  }
  const std::filesystem::path unfinished = path.string() + ".new";
  const int descriptor = ::open(unfinished.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return IoError(unfinished.string() + ": create");
  SafetyFile file(descriptor, std::move(chain_id), key);
  // Written once in full: overwriting blocks that exist halves the time of every later sync.
  const Bytes zero(kSlots * limits::kSafetySlotBytes);
  JD_CHECK(WriteAt(descriptor, zero, 0));
  if (::fsync(descriptor) != 0) return IoError(unfinished.string() + ": fsync");
  // A first record, so that the write of the next one, should it be torn, leaves a valid slot.
  JD_CHECK(file.Write(consensus::SafetyState()));
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return IoError(path.string() + ": rename");
  JD_CHECK(store::SyncDirectory(path.parent_path()));
  return file;
}

Result<SafetyFile::Opened> SafetyFile::Open(const std::filesystem::path& path, std::string chain_id,
                                            const crypto::Ed25519PublicKey& key) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return Fail(Errc::kNotFound, path.string() + " is not there");
    return IoError(path.string() + ": open");
  }
  SafetyFile file(descriptor, std::move(chain_id), key);
  JD_TRY(const Bytes first, ReadSlot(descriptor, 0));
  JD_TRY(const Bytes second, ReadSlot(descriptor, 1));
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

SafetyFile::SafetyFile(SafetyFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      chain_id_(std::move(other.chain_id_)),
      key_(other.key_),
      seq_(other.seq_) {}

SafetyFile& SafetyFile::operator=(SafetyFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  chain_id_ = std::move(other.chain_id_);
  key_ = other.key_;
  seq_ = other.seq_;
  return *this;
}

SafetyFile::~SafetyFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> SafetyFile::Write(const consensus::SafetyState& state) {
  const consensus::SafetyRecord record{
      .seq = seq_ + 1, .chain_id = chain_id_, .key = key_, .state = state};
  JD_TRY(const Bytes slot, consensus::EncodeSafetySlot(record));
  JD_CHECK(WriteAt(descriptor_, slot, (record.seq % kSlots) * limits::kSafetySlotBytes));
  if (::fdatasync(descriptor_) != 0) return IoError("safety.rec: fdatasync");
  seq_ = record.seq;
  return {};
}

}  // namespace jiandu::node
