#include "tests/node/sync_watch.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <mutex>

namespace jiandu::node::testing {
namespace {

struct Record {
  std::mutex mutex;
  bool is_watching = false;
  std::vector<std::string> events;
  std::string failing;
};

Record& TheRecord() {
  static Record record;
  return record;
}

// True when this sync is to fail.
bool Took(int descriptor) {
  Record& record = TheRecord();
  const std::lock_guard lock(record.mutex);
  if (!record.is_watching) return false;
  std::error_code gone;
  const std::string name =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), gone)
          .filename()
          .string();
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

void SyncWatch::Clear() {
  const std::lock_guard lock(TheRecord().mutex);
  TheRecord().events.clear();
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
