// ledger/store/file.h on the simulated disk of the process that calls.
#include <algorithm>
#include <map>
#include <utility>

#include "ledger/store/file.h"
#include "tests/simulator/disk.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/process.h"

namespace jiandu::store {
namespace {

using simulator::Disk;
using simulator::DiskStep;
using simulator::InodePtr;
using simulator::Kernel;

struct OpenFile {
  std::shared_ptr<Disk> disk;
  InodePtr inode;
};

std::map<int, OpenFile>& OpenFiles() {
  static std::map<int, OpenFile> files;
  return files;
}

int NextDescriptor() {
  static int next = 1000;
  return next++;
}

const OpenFile& At(int descriptor) { return OpenFiles().at(descriptor); }

// Held for the call: the process may lose its power in the middle of it.
std::shared_ptr<Disk> DiskHere() {
  const simulator::Process* const process = Kernel::Get().Current();
  JD_ASSERT(process != nullptr);
  return process->disk;
}

std::unexpected<Error> IoError(const std::string& what, const std::string& name) {
  return Fail(Errc::kIo, what + " " + name + ": Input/output error");
}
std::unexpected<Error> NoRoom(const std::string& what, const std::string& name) {
  return Fail(Errc::kFull, what + " " + name + ": No space left on device");
}

// Other threads run while this one is in the kernel.
void Yield() { Kernel::Get().Sleep(Kernel::Get().Chance().Between(1, 6)); }

std::string Text(const std::filesystem::path& path) {
  std::string text = path.lexically_normal().string();
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool IsInside(const std::string& name, const std::string& directory) {
  return name.size() > directory.size() && name.starts_with(directory) &&
         name[directory.size()] == '/';
}

}  // namespace

Result<File> File::Open(const std::filesystem::path& path, Mode mode) {
  const auto disk = DiskHere();
  File file;
  file.name_ = Text(path);
  InodePtr inode = disk->Find(file.name_);
  const bool makes = mode == Mode::kCreate || mode == Mode::kCreateOwn;
  if (inode == nullptr && !makes) {
    return Fail(Errc::kNotFound, "open " + file.name_ + ": No such file or directory");
  }
  if (inode != nullptr && mode == Mode::kCreateOwn) {
    return Fail(Errc::kIo, "open " + file.name_ + ": File exists");
  }
  if (inode == nullptr) {
    if (!disk->directories.contains(Text(path.parent_path()))) {
      return Fail(Errc::kNotFound, "open " + file.name_ + ": No such file or directory");
    }
    Yield();
    disk->Tell(DiskStep::kCreate, file.name_);
    if (disk->room_bytes == 0) return NoRoom("open", file.name_);
    inode = std::make_shared<simulator::Inode>();
    disk->names[file.name_] = inode;
  }
  file.fd_ = NextDescriptor();
  OpenFiles().emplace(file.fd_, OpenFile{.disk = disk, .inode = std::move(inode)});
  return file;
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) OpenFiles().erase(fd_);
    fd_ = std::exchange(other.fd_, -1);
    name_ = std::move(other.name_);
  }
  return *this;
}

File::~File() {
  if (fd_ >= 0) OpenFiles().erase(fd_);
}

Result<void> File::ReadAt(std::uint64_t offset, std::span<std::uint8_t> out) const {
  const InodePtr inode = At(fd_).inode;
  if (offset + out.size() > inode->Size()) {
    return Fail(Errc::kCorrupt, "read " + name_ + ": the file ends too early");
  }
  inode->Read(offset, out);
  return {};
}

Result<Bytes> File::Read(std::uint64_t offset, std::size_t size) const {
  Bytes bytes(size);
  JD_CHECK(ReadAt(offset, bytes));
  return bytes;
}

Result<void> File::WriteAt(std::uint64_t offset, ByteView bytes) {
  const OpenFile file = At(fd_);
  Yield();
  file.disk->Tell(DiskStep::kWrite, name_);
  if (file.disk->fails_writes) return IoError("write", name_);
  const std::uint64_t room = std::min<std::uint64_t>(file.disk->room_bytes, bytes.size());
  file.inode->Write(offset, bytes.first(static_cast<std::size_t>(room)));
  if (file.disk->room_bytes != ~0ULL) file.disk->room_bytes -= room;
  if (room < bytes.size()) return NoRoom("write", name_);
  if (file.disk->on_write) file.disk->on_write(name_, bytes);
  return {};
}

Result<std::uint64_t> File::Size() const { return At(fd_).inode->Size(); }

Result<void> File::Truncate(std::uint64_t size) {
  const OpenFile file = At(fd_);
  Yield();
  file.disk->Tell(DiskStep::kTruncate, name_);
  file.inode->Truncate(size);
  return {};
}

Result<void> File::Reserve(std::uint64_t size) {
  const OpenFile file = At(fd_);
  if (file.inode->Size() >= size) return {};
  Yield();
  file.disk->Tell(DiskStep::kTruncate, name_);
  if (file.disk->room_bytes < size - file.inode->Size()) return NoRoom("reserve", name_);
  file.inode->Truncate(size);
  return {};
}

Result<void> File::Sync() {
  const OpenFile file = At(fd_);
  Kernel::Get().Sleep(
      Kernel::Get().Chance().Between(file.disk->sync_us / 2, file.disk->sync_us * 2));
  file.disk->Tell(DiskStep::kSync, name_);
  if (file.disk->fails_syncs) {
    file.inode->ForgetDirty();
    return IoError("sync", name_);
  }
  if (!file.disk->lies) file.inode->Sync();
  if (file.disk->on_synced) file.disk->on_synced(name_);
  return {};
}

Result<void> SyncDirectory(const std::filesystem::path& directory) {
  const auto disk = DiskHere();
  Kernel::Get().Sleep(Kernel::Get().Chance().Between(disk->sync_us / 2, disk->sync_us * 2));
  disk->Tell(DiskStep::kSyncNames, Text(directory));
  if (disk->fails_syncs) return IoError("sync", directory.string());
  disk->SyncNames(Text(directory));
  return {};
}

bool Exists(const std::filesystem::path& path) {
  const auto disk = DiskHere();
  const std::string name = Text(path);
  return disk->names.contains(name) || disk->directories.contains(name) ||
         disk->databases.contains(name);
}

Result<std::vector<std::string>> ListDirectory(const std::filesystem::path& directory) {
  const auto disk = DiskHere();
  const std::string whole = Text(directory);
  if (!disk->directories.contains(whole)) {
    return Fail(Errc::kIo, whole + ": No such file or directory");
  }
  std::vector<std::string> names;
  const auto take = [&](const std::string& name) {
    if (IsInside(name, whole) && name.find('/', whole.size() + 1) == std::string::npos) {
      names.push_back(name.substr(whole.size() + 1));
    }
  };
  for (const auto& [name, inode] : disk->names) take(name);
  for (const std::string& name : disk->directories) take(name);
  std::ranges::sort(names);
  return names;
}

Result<void> CreateDirectories(const std::filesystem::path& directory) {
  const auto disk = DiskHere();
  for (std::filesystem::path at = Text(directory); !at.empty(); at = at.parent_path()) {
    disk->directories.insert(at.string());
    if (at == at.parent_path()) break;
  }
  return {};
}

Result<void> Rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto disk = DiskHere();
  const std::string old_name = Text(from);
  const std::string new_name = Text(to);
  Yield();
  disk->Tell(DiskStep::kRename, old_name);
  if (disk->fails_writes) return IoError("rename", old_name);
  const auto moved = [&](const std::string& name) {
    return new_name + name.substr(old_name.size());
  };
  const auto is_moved = [&](const std::string& name) {
    return name == old_name || IsInside(name, old_name);
  };
  bool found = false;
  // A directory takes with it what is in it, at once and durably: the rename of a directory is one
  // entry of its parent, which is not modelled apart.
  const bool is_directory = disk->directories.contains(old_name);
  const auto move_in = [&](auto& table) {
    for (auto at = table.begin(); at != table.end();) {
      if (!is_moved(at->first)) {
        ++at;
        continue;
      }
      found = true;
      auto node = table.extract(at++);
      node.key() = moved(node.key());
      table.erase(node.key());
      table.insert(std::move(node));
    }
  };
  move_in(disk->names);
  if (is_directory) move_in(disk->durable);
  move_in(disk->databases);
  std::set<std::string> directories;
  for (const std::string& name : disk->directories) {
    found = found || is_moved(name);
    directories.insert(is_moved(name) ? moved(name) : name);
  }
  disk->directories = std::move(directories);
  if (!found) return Fail(Errc::kIo, old_name + ": No such file or directory");
  return {};
}

Result<void> Remove(const std::filesystem::path& path) {
  const auto disk = DiskHere();
  const std::string name = Text(path);
  if (!disk->names.contains(name)) return {};
  Yield();
  disk->Tell(DiskStep::kRemove, name);
  if (disk->fails_writes) return IoError("remove", name);
  disk->names.erase(name);
  return {};
}

Result<void> RemoveAll(const std::filesystem::path& path) {
  const auto disk = DiskHere();
  const std::string whole = Text(path);
  const auto inside = [&](const auto& one) {
    if constexpr (requires { one.first; }) {
      return one.first == whole || IsInside(one.first, whole);
    } else {
      return one == whole || IsInside(one, whole);
    }
  };
  if (std::ranges::none_of(disk->names, inside) &&
      std::ranges::none_of(disk->directories, inside)) {
    return {};
  }
  Yield();
  disk->Tell(DiskStep::kRemove, whole);
  if (disk->fails_writes) return IoError("remove", whole);
  std::erase_if(disk->names, inside);
  std::erase_if(disk->databases, inside);
  std::erase_if(disk->directories, inside);
  return {};
}

}  // namespace jiandu::store
