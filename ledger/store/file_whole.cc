// Files that are there whole or not at all.
#include "ledger/store/file.h"

namespace jiandu::store {

Result<void> WriteFileWhole(const std::filesystem::path& path, ByteView bytes) {
  const std::filesystem::path part = path.string() + ".part";
  {
    JD_TRY(File file, File::Open(part, File::Mode::kCreate));
    JD_CHECK(file.Truncate(0));
    JD_CHECK(file.WriteAt(0, bytes));
    JD_CHECK(file.Sync());
  }
  JD_CHECK(Rename(part, path));
  return SyncDirectory(path.parent_path());
}

Result<void> RemoveFile(const std::filesystem::path& path) {
  JD_CHECK(Remove(path));
  return SyncDirectory(path.parent_path());
}

}  // namespace jiandu::store
