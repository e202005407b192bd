// JSON lines on spdlog: our formatting, its thread and its files.
#include "node/log.h"

#include <fcntl.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <mutex>
#include <utility>

#include "base/errno_code.h"
#include "base/wire.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kQueuedLinesMax = 8192;
constexpr std::size_t kTextBytesMax = 2048;  // of one value: a log is no place for payloads

// RFC 8259: quotes, backslash and control characters. Text that is not UTF-8 has every byte beyond
// ASCII shown as \u00xx, so that a line is always JSON.
void AppendEscaped(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  text = text.substr(0, kTextBytesMax);
  const bool is_utf8 = IsUtf8(AsBytes(text));
  out += '"';
  for (const char character : text) {
    const auto byte = static_cast<std::uint8_t>(character);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_utf8)) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += character;
    }
  }
  out += '"';
}

template <typename Number>
void AppendNumber(std::string& out, Number number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendTime(std::string& out, std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  out.append(text.data(), size);
  std::array<char, 8> millis{};
  std::snprintf(millis.data(), millis.size(), ".%03dZ", static_cast<int>(unix_ms % 1000));
  out += millis.data();
}

void AppendValue(std::string& out, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value))
    return AppendEscaped(out, *text);
  if (const auto* number = std::get_if<std::int64_t>(&field.value))
    return AppendNumber(out, *number);
  if (const auto* count = std::get_if<std::uint64_t>(&field.value))
    return AppendNumber(out, *count);
  out += std::get<bool>(field.value) ? "true" : "false";
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
    case LogLevel::kOff: return spdlog::level::off;
  }
  return spdlog::level::off;
}

// Writes whole lines to a descriptor and can open its file again.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LineSink(std::string file) : file_(std::move(file)) {}
  ~LineSink() override {
    if (descriptor_ > STDERR_FILENO) close(descriptor_);
  }
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;

  [[nodiscard]] Result<void> Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (file_.empty()) return {};
    const int opened = open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (opened < 0) return Fail(ErrcOfErrno(errno), file_ + ": " + std::strerror(errno));
    if (descriptor_ > STDERR_FILENO) close(descriptor_);
    descriptor_ = opened;
    return {};
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(message.payload.data(), message.payload.size());
    line += '\n';
    const char* next = line.data();
    std::size_t left = line.size();
    while (left > 0) {
      const ssize_t written = write(descriptor_, next, left);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // a full disk must not stop the node
      next += written;
      left -= static_cast<std::size_t>(written);
    }
  }
  void flush_() override {}

 private:
  std::string file_;
  int descriptor_ = STDERR_FILENO;
};

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
    case LogLevel::kOff: return "off";
  }
  return "off";
}

Result<LogLevel> LogLevelFromName(std::string_view name) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError, LogLevel::kOff}) {
    if (LogLevelName(level) == name) return level;
  }
  return Fail(Errc::kInvalid, "no log level: debug, info, warn, error or off");
}

std::string FormatLogLine(std::int64_t unix_ms, LogLevel level, std::string_view module,
                          std::string_view message, LogFields fields) {
  std::string line = R"({"ts":")";
  AppendTime(line, unix_ms);
  line += R"(","level":")";
  line += LogLevelName(level);
  line += R"(","module":)";
  AppendEscaped(line, module);
  line += ",\"msg\":";
  AppendEscaped(line, message);
  for (const LogField& field : fields) {
    line += ',';
    AppendEscaped(line, field.name);
    line += ':';
    AppendValue(line, field);
  }
  line += '}';
  return line;
}

// spdlog's pool (one thread, a ring that overruns) and logger. Destroyed by the last Logger or Log.
class LogSink {
 public:
  LogSink(const std::string& file, LogLevel level)
      : lines(std::make_shared<LineSink>(file)),
        pool(std::make_shared<spdlog::details::thread_pool>(kQueuedLinesMax, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "jiandu", lines, pool, spdlog::async_overflow_policy::overrun_oldest)),
        threshold(level) {
    logger->set_level(spdlog::level::trace);
  }

  std::shared_ptr<LineSink> lines;  // shared, as spdlog wants its parts
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<LogLevel> threshold;
};

bool Logger::IsOn(LogLevel level) const { return sink_ != nullptr && level >= sink_->threshold; }

void Logger::Write(LogLevel level, std::string_view message, LogFields fields) const {
  if (!IsOn(level)) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::string line = FormatLogLine(unix_ms, level, module_, message, fields);
  sink_->logger->log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

void Logger::Debug(std::string_view message, LogFields fields) const {
  Write(LogLevel::kDebug, message, fields);
}
void Logger::Info(std::string_view message, LogFields fields) const {
  Write(LogLevel::kInfo, message, fields);
}
void Logger::Warn(std::string_view message, LogFields fields) const {
  Write(LogLevel::kWarn, message, fields);
}
void Logger::Error(std::string_view message, LogFields fields) const {
  Write(LogLevel::kError, message, fields);
}

Log::Log(std::shared_ptr<LogSink> sink) : sink_(std::move(sink)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

Result<Log> Log::Open(const std::string& file, LogLevel level) {
  auto sink = std::make_shared<LogSink>(file, level);
  JD_CHECK(sink->lines->Open());
  return Log(std::move(sink));
}

Logger Log::Module(std::string name) const { return {sink_, std::move(name)}; }
void Log::SetLevel(LogLevel level) { sink_->threshold = level; }
Result<void> Log::Reopen() { return sink_->lines->Open(); }
void Log::Flush() { sink_->logger->flush(); }
std::uint64_t Log::LostLines() const { return sink_->pool->overrun_counter(); }

}  // namespace jiandu::node
