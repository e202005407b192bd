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
std::atomic<std::int64_t> read_at_ms = 0;  // by the steady clock

std::optional<std::int64_t> ReadOffset() {
  std::ifstream file(File());
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  std::int64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return offset;
}

template <typename Clock>
std::int64_t Now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
      .count();
}

void Refresh() {
  const std::int64_t now = Now<std::chrono::steady_clock>();
  std::int64_t before = read_at_ms.load();
  if (now - before < WallClock::kReadEveryMs) return;
  // One thread reads; what it cannot read (the file is being replaced) leaves the time as it was.
  if (!read_at_ms.compare_exchange_strong(before, now)) return;
  if (const auto offset = ReadOffset()) offset_ms = *offset;
}

}  // namespace

std::int64_t WallClock::NowMs() {
  if (!File().empty()) Refresh();
  return Now<std::chrono::system_clock>() + offset_ms.load();
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
