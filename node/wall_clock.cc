// The machine's time and an offset.
#include "node/wall_clock.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>
#include <string>

namespace jiandu::node {
namespace {

// Set once before threads start; the offset alone changes later.
std::filesystem::path& File() {
  static std::filesystem::path file;
  return file;
}
std::atomic<std::int64_t> offset_ms = 0;

std::optional<std::int64_t> ReadOffset() {
  std::ifstream file(File());
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  std::int64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return offset;
}

std::int64_t MachineMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::int64_t WallClock::NowMs() {
  // What cannot be read (the file is being replaced) leaves the time as it was.
  if (!File().empty()) {
    if (const auto offset = ReadOffset()) offset_ms = *offset;
  }
  return MachineMs() + offset_ms.load();
}

std::int64_t SteadyClock::NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Result<void> WallClock::Follow(const std::filesystem::path& file) {
  File() = file;
  const auto offset = ReadOffset();
  if (!offset) {
    File().clear();
    return Fail(Errc::kInvalid, file.string() + ": not a number of milliseconds");
  }
  offset_ms = *offset;
  return {};
}

}  // namespace jiandu::node
