// A file read and written at offsets, and the names in directories, with every error told.
//
// All that recovery rests on, beside the databases, goes through here: the simulator links another
// file.cc, with a disk that loses power. A File is owned by one thread for writing; ReadAt may be
// on any. A failed Sync is final: after it nobody knows what is on disk, so it is never tried again
// (the caller stops). Errors: kNotFound, kFull when the disk has no room, kIo, kCorrupt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::store {

class File {
 public:
  // kCreate: read and write, made when absent. kCreateOwn: made, or refused when it is there; only
  // its owner may read it.
  enum class Mode { kRead, kReadWrite, kCreate, kCreateOwn };
  [[nodiscard]] static Result<File> Open(const std::filesystem::path& path, Mode mode);
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] bool IsOpen() const { return fd_ >= 0; }
  // Fills `out` or fails; kCorrupt when the file ends before.
  [[nodiscard]] Result<void> ReadAt(std::uint64_t offset, std::span<std::uint8_t> out) const;
  [[nodiscard]] Result<Bytes> Read(std::uint64_t offset, std::size_t size) const;
  [[nodiscard]] Result<void> WriteAt(std::uint64_t offset, ByteView bytes);
  [[nodiscard]] Result<std::uint64_t> Size() const;
  [[nodiscard]] Result<void> Truncate(std::uint64_t size);
  // Reserves disk space so that the file is at least `size` bytes long (zeros).
  [[nodiscard]] Result<void> Reserve(std::uint64_t size);
  [[nodiscard]] Result<void> Sync();  // fdatasync

 private:
  int fd_ = -1;
  std::string name_;  // for error texts
};

// Names. What is changed is durable after SyncDirectory of
// the directory that holds the name.
[[nodiscard]] Result<void> SyncDirectory(const std::filesystem::path& directory);
// False as well when nobody may look.
[[nodiscard]] bool Exists(const std::filesystem::path& path);
// The names in a directory, in order.
[[nodiscard]] Result<std::vector<std::string>> ListDirectory(
    const std::filesystem::path& directory);
// With those above it; nothing to do when it is there.
[[nodiscard]] Result<void> CreateDirectories(const std::filesystem::path& directory);
// Takes the place of a file of that name.
[[nodiscard]] Result<void> Rename(const std::filesystem::path& from,
                                  const std::filesystem::path& to);
// Nothing to do when it is not there; RemoveAll with everything in it.
[[nodiscard]] Result<void> Remove(const std::filesystem::path& path);
[[nodiscard]] Result<void> RemoveAll(const std::filesystem::path& path);

// Made of the above (file_whole.cc), and durable.
//
// Writes a file so that it is there whole or not at all, whatever was there before.
[[nodiscard]] Result<void> WriteFileWhole(const std::filesystem::path& path, ByteView bytes);
// One that is not there is as good as removed.
[[nodiscard]] Result<void> RemoveFile(const std::filesystem::path& path);

}  // namespace jiandu::store
