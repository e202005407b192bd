// Every setting of the node as one table: name, kind, range, default, meaning in two languages.
//
// The reader, the environment overrides, `config show` and the reference file all follow the table,
// so a setting is declared once. Constants; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/config.h"

namespace jiandu::node {

enum class SettingKind : std::uint8_t {
  kText,      // one of `choices` when there are any
  kPath,      // relative to the config file's folder
  kAddress,   // host:port
  kInteger,   // low .. high
  kTextList,  // in the environment: separated by commas
  kDialList,  // tables {department, address}; in the environment: department=host:port,...
};
enum class Presence : std::uint8_t { kOptional, kRequired };

using SettingValue =
    std::variant<std::string, std::int64_t, std::vector<std::string>, std::vector<PeerAddress>>;

struct SettingInfo {
  std::string_view section;
  std::string_view key;
  SettingKind kind = SettingKind::kText;
  Presence presence = Presence::kOptional;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::span<const std::string_view> choices;
  std::string_view meaning;
  std::string_view meaning_zh;
  void (*apply)(Config&, const SettingValue&) = nullptr;
  // As TOML; "" when it is not set and has no default.
  std::string (*show)(const Config&) = nullptr;

  [[nodiscard]] std::string Name() const;         // "mempool.bytes_max"
  [[nodiscard]] std::string Environment() const;  // "JIANDU_MEMPOOL_BYTES_MAX"
};

[[nodiscard]] std::span<const SettingInfo> AllSettings();
[[nodiscard]] const SettingInfo* FindSetting(std::string_view section, std::string_view key);
// The environment variable of a setting named "mempool.bytes_max": "JIANDU_MEMPOOL_BYTES_MAX".
[[nodiscard]] std::string VariableOf(std::string_view name);
[[nodiscard]] std::string Lower(std::string text);
[[nodiscard]] bool IsSection(std::string_view name);
// The setting most like `section.key`, for "did you mean": a name like "mempool.bytes_max", or ""
// when none is near. Without a key: the nearest section.
[[nodiscard]] std::string NearestSetting(std::string_view section, std::string_view key);
[[nodiscard]] std::string NearestSection(std::string_view name);

// A TOML basic string.
[[nodiscard]] std::string TomlText(std::string_view text);

// What is wrong with a value of the right type; empty texts when nothing is.
struct SettingProblem {
  std::string message;
  std::string message_zh;
};
[[nodiscard]] SettingProblem CheckSetting(const SettingInfo& info, const SettingValue& value);

}  // namespace jiandu::node
