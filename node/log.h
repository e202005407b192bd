// Structured log: one JSON object a line.
//
// Fields: ts, level, module, msg, then what the call adds (height, txid, peer, ...). Text is
// escaped by us, so nothing a peer or a user sends can forge a line. Writing happens on a thread of
// its own; when it falls behind, the oldest lines are lost and counted. Any thread may log. A
// Logger is a cheap copy that must not outlive its Log; a default one is silent.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace jiandu::node {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError, kOff };
[[nodiscard]] std::string_view LogLevelName(LogLevel level);
[[nodiscard]] Result<LogLevel> LogLevelFromName(std::string_view name);

struct LogField {
  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const std::string& text)
      : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, const char* text) : name(field), value(std::string_view(text)) {}
  LogField(std::string_view field, std::int64_t number) : name(field), value(number) {}
  LogField(std::string_view field, std::uint64_t number) : name(field), value(number) {}
  LogField(std::string_view field, std::int32_t number)
      : name(field), value(std::int64_t{number}) {}
  LogField(std::string_view field, std::uint32_t number)
      : name(field), value(std::uint64_t{number}) {}
  LogField(std::string_view field, bool truth) : name(field), value(truth) {}

  std::string_view name;  // lower-case words with underscores
  std::variant<std::string_view, std::int64_t, std::uint64_t, bool> value;
};
using LogFields = std::initializer_list<LogField>;

class LogSink;

class Logger {
 public:
  Logger() = default;

  void Debug(std::string_view message, LogFields fields = {}) const;
  void Info(std::string_view message, LogFields fields = {}) const;
  void Warn(std::string_view message, LogFields fields = {}) const;
  void Error(std::string_view message, LogFields fields = {}) const;
  [[nodiscard]] bool IsOn(LogLevel level) const;

 private:
  friend class Log;
  Logger(std::shared_ptr<LogSink> sink, std::string module)
      : sink_(std::move(sink)), module_(std::move(module)) {}
  void Write(LogLevel level, std::string_view message, LogFields fields) const;

  std::shared_ptr<LogSink> sink_;  // shared: lines may be written while the node stops
  std::string module_;
};

class Log {
 public:
  // To the file (appended, made with mode 0640), or to stderr when `file` is empty.
  [[nodiscard]] static Result<Log> Open(const std::string& file, LogLevel level);
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  ~Log();  // writes out what is queued

  [[nodiscard]] Logger Module(std::string name) const;
  void SetLevel(LogLevel level);
  // Opens the file again under its name, after it was rotated (SIGHUP).
  [[nodiscard]] Result<void> Reopen();
  void Flush();
  // Lines lost because the writing thread fell behind.
  [[nodiscard]] std::uint64_t LostLines() const;

 private:
  explicit Log(std::shared_ptr<LogSink> sink);
  std::shared_ptr<LogSink> sink_;
};

// One line without its end; for the tests, and for lines written before there is a Log.
[[nodiscard]] std::string FormatLogLine(std::int64_t unix_ms, LogLevel level,
                                        std::string_view module, std::string_view message,
                                        LogFields fields);

}  // namespace jiandu::node
