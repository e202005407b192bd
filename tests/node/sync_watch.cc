#include "tests/node/sync_watch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>

namespace jiandu::node::testing {
namespace {

struct Record {
  std::mutex mutex;
  bool is_watching = false;
  std::vector<std::string> events;
  std::map<std::string, std::size_t> written;
  std::string failing;
};

Record& TheRecord() {
  static Record record;
  return record;
}

std::string NameOf(int descriptor) {
  std::error_code gone;
  return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), gone)
      .filename()
      .string();
}

// True when this sync is to fail.
bool Took(int descriptor) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  if (!record.is_watching) return false;
  const std::string name = NameOf(descriptor);
  if (!record.failing.empty() && record.failing == name) {
    record.failing.clear();
    record.events.push_back("failed sync " + name);
    return true;
  }
  record.events.push_back("sync " + name);
  return false;
}

int Perform(long number, int descriptor) {
  if (Took(descriptor)) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(number, descriptor));  // NOLINT: the only way past ourselves
}

void NoteWritten(int descriptor, std::size_t size) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  if (record.is_watching) record.written[NameOf(descriptor)] += size;
}

}  // namespace

SyncWatch::SyncWatch() {
  Clear();
  const std::lock_guard lock(TheRecord().mutex);
  TheRecord().is_watching = true;
}

SyncWatch::~SyncWatch() {
  const std::lock_guard lock(TheRecord().mutex);
  TheRecord().is_watching = false;
}

void SyncWatch::Note(const std::string& word) {
  const std::lock_guard lock(TheRecord().mutex);
  TheRecord().events.push_back(word);
}

std::vector<std::string> SyncWatch::Events() const {
  const std::lock_guard lock(TheRecord().mutex);
  return TheRecord().events;
}

std::size_t SyncWatch::Written(const std::string& name) const {
  const std::lock_guard lock(TheRecord().mutex);
  const auto found = TheRecord().written.find(name);
  return found == TheRecord().written.end() ? 0 : found->second;
}

void SyncWatch::Clear() {
  const std::lock_guard lock(TheRecord().mutex);
  TheRecord().events.clear();
  TheRecord().written.clear();
  TheRecord().failing.clear();
}

void SyncWatch::FailNext(const std::string& name) {
  const std::lock_guard lock(TheRecord().mutex);
  TheRecord().failing = name;
}

}  // namespace jiandu::node::testing

// What the linker finds before the C library's own.
extern "C" int fdatasync(int descriptor) {
  return jiandu::node::testing::Perform(SYS_fdatasync, descriptor);
}
extern "C" int fsync(int descriptor) {
  return jiandu::node::testing::Perform(SYS_fsync, descriptor);
}
extern "C" ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  jiandu::node::testing::NoteWritten(descriptor, size);
  return ::syscall(SYS_pwrite64, descriptor, bytes, size, offset);  // NOLINT: as above
}
