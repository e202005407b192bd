// A file read and written at offsets, with every error told.
//
// Owned by one thread for writing; ReadAt may be on any. A failed Sync is final: after it nobody
// knows what is on disk, so it is never tried again (the caller stops).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::store {

class File {
 public:
  enum class Mode { kRead, kReadWrite, kCreate };  // kCreate: read and write, made when absent
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

// Makes creations and removals in a directory durable.
[[nodiscard]] Result<void> SyncDirectory(const std::filesystem::path& directory);
// Writes a file so that it is there whole or not at all, whatever was there before.
[[nodiscard]] Result<void> WriteFileWhole(const std::filesystem::path& path, ByteView bytes);
// One that is not there is as good as removed.
[[nodiscard]] Result<void> RemoveFile(const std::filesystem::path& path);

}  // namespace jiandu::store
