// Reads the TOML file and the environment into the settings. The only file that knows toml++.
#include "node/config.h"

#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

#include "node/config_schema.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20U;

std::string KindName(SettingKind kind) {
  switch (kind) {
    case SettingKind::kText:
    case SettingKind::kPath:
    case SettingKind::kAddress: return "a string";
    case SettingKind::kInteger: return "an integer";
    case SettingKind::kTextList: return "a list of strings";
    case SettingKind::kDialList: return "tables with department and address";
  }
  return "";
}

std::string KindNameZh(SettingKind kind) {
  switch (kind) {
    case SettingKind::kText:
    case SettingKind::kPath:
    case SettingKind::kAddress: return "字符串";
    case SettingKind::kInteger: return "整数";
    case SettingKind::kTextList: return "字符串列表";
    case SettingKind::kDialList: return "含 department 与 address 的表";
  }
  return "";
}

class Reader {
 public:
  Reader(std::string file_name, const std::filesystem::path& folder)
      : file_name_(std::move(file_name)), folder_(folder) {}

  void ReadToml(std::string_view text);
  void ReadEnvironment(const Environment& environment);
  [[nodiscard]] ConfigResult Finish();

 private:
  void CheckVariable(const std::string& name);
  void ReadSection(std::string_view section, const toml::table& table);
  void ReadSetting(const SettingInfo& info, const toml::node& node);
  [[nodiscard]] std::optional<SettingValue> ValueOf(const SettingInfo& info,
                                                    const toml::node& node);
  [[nodiscard]] std::optional<SettingValue> DialOf(const toml::array& array);
  [[nodiscard]] static std::optional<SettingValue> ParseText(const SettingInfo& info,
                                                             const std::string& text);
  // Checks the value and puts it in force; false when something is wrong with it.
  [[nodiscard]] SettingProblem Apply(const SettingInfo& info, SettingValue value,
                                     const std::string& origin);
  void Complain(const toml::source_position& where, std::string key, std::string message,
                std::string message_zh);
  void CheckTogether();

  std::string file_name_;
  const std::filesystem::path& folder_;
  Config config_;
  std::map<std::string, std::string> origins_;
  std::vector<ConfigIssue> issues_;
};

void Reader::Complain(const toml::source_position& where, std::string key, std::string message,
                      std::string message_zh) {
  issues_.push_back(ConfigIssue{.file = file_name_,
                                .line = where.line,
                                .column = where.column,
                                .key = std::move(key),
                                .message = std::move(message),
                                .message_zh = std::move(message_zh)});
}

void Reader::ReadToml(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text, file_name_);
  } catch (const toml::parse_error& error) {
    return Complain(error.source().begin, "", std::string(error.description()), "TOML 语法错误");
  }
  for (const auto& [name, node] : table) {
    const std::string section(name.str());
    const toml::table* const inner = node.as_table();
    if (IsSection(section) && inner != nullptr) {
      ReadSection(section, *inner);
    } else if (IsSection(section)) {
      Complain(name.source().begin, section, "is a section: write [" + section + "]",
               "应写作 [" + section + "]");
    } else {
      const std::string near = NearestSection(section);
      Complain(name.source().begin, section,
               "unknown section" + (near.empty() ? "" : "; did you mean [" + near + "]?"),
               "未知的节" + (near.empty() ? "" : "；是否为 [" + near + "]？"));
    }
  }
}

void Reader::ReadSection(std::string_view section, const toml::table& table) {
  for (const auto& [name, node] : table) {
    const SettingInfo* const info = FindSetting(section, name.str());
    if (info != nullptr) {
      ReadSetting(*info, node);
      continue;
    }
    const std::string near = NearestSetting(section, name.str());
    Complain(name.source().begin, std::string(section) + "." + std::string(name.str()),
             "unknown key" + (near.empty() ? "" : "; did you mean " + near + "?"),
             "未知的配置项" + (near.empty() ? "" : "；是否为 " + near + "？"));
  }
}

void Reader::ReadSetting(const SettingInfo& info, const toml::node& node) {
  const toml::source_position where = node.source().begin;
  const std::size_t before = issues_.size();
  std::optional<SettingValue> value = ValueOf(info, node);
  if (!value.has_value()) {
    if (issues_.size() == before) {
      Complain(where, info.Name(), "must be " + KindName(info.kind),
               "应为" + KindNameZh(info.kind));
    }
    return;
  }
  SettingProblem problem =
      Apply(info, std::move(*value), file_name_ + ":" + std::to_string(where.line));
  if (!problem.message.empty()) {
    Complain(where, info.Name(), std::move(problem.message), std::move(problem.message_zh));
  }
}

std::optional<SettingValue> Reader::ValueOf(const SettingInfo& info, const toml::node& node) {
  switch (info.kind) {
    case SettingKind::kText:
    case SettingKind::kPath:
    case SettingKind::kAddress:
      if (const auto* text = node.as_string()) return text->get();
      return std::nullopt;
    case SettingKind::kInteger:
      if (const auto* number = node.as_integer()) return number->get();
      return std::nullopt;
    case SettingKind::kTextList: {
      const toml::array* const array = node.as_array();
      if (array == nullptr) return std::nullopt;
      std::vector<std::string> list;
      for (const toml::node& element : *array) {
        const auto* const text = element.as_string();
        if (text == nullptr) return std::nullopt;
        list.push_back(text->get());
      }
      return list;
    }
    case SettingKind::kDialList:
      if (const toml::array* const array = node.as_array()) return DialOf(*array);
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<SettingValue> Reader::DialOf(const toml::array& array) {
  std::vector<PeerAddress> dial;
  for (const toml::node& element : array) {
    const toml::table* const table = element.as_table();
    if (table == nullptr) return std::nullopt;
    PeerAddress peer;
    for (const auto& [name, node] : *table) {
      std::string* const field = name.str() == "department" ? &peer.department
                                 : name.str() == "address"  ? &peer.address
                                                            : nullptr;
      const auto* const text = node.as_string();
      if (field == nullptr || text == nullptr) {
        Complain(name.source().begin, "peers.dial." + std::string(name.str()),
                 field == nullptr ? "unknown key; a peer has department and address"
                                  : "must be a string",
                 field == nullptr ? "未知的配置项" : "应为字符串");
        return std::nullopt;
      }
      *field = text->get();
    }
    if (peer.department.empty() || peer.address.empty()) {
      Complain(table->source().begin, "peers.dial", "a peer needs department and address",
               "需要 department 与 address");
      return std::nullopt;
    }
    dial.push_back(std::move(peer));
  }
  return dial;
}

std::optional<SettingValue> Reader::ParseText(const SettingInfo& info, const std::string& text) {
  std::vector<std::string> pieces;
  std::istringstream stream(text);
  for (std::string piece; std::getline(stream, piece, ',');) pieces.push_back(piece);
  switch (info.kind) {
    case SettingKind::kText:
    case SettingKind::kPath:
    case SettingKind::kAddress: return text;
    case SettingKind::kInteger: {
      std::int64_t number = 0;
      const char* const end = text.data() + text.size();
      const auto [rest, error] = std::from_chars(text.data(), end, number);
      if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
      return number;
    }
    case SettingKind::kTextList: return pieces;
    case SettingKind::kDialList: {
      std::vector<PeerAddress> dial;
      for (const std::string& piece : pieces) {
        const std::size_t equals = piece.find('=');
        if (equals == std::string::npos) return std::nullopt;
        dial.push_back(PeerAddress{.department = piece.substr(0, equals),
                                   .address = piece.substr(equals + 1)});
      }
      return dial;
    }
  }
  return std::nullopt;
}

void Reader::ReadEnvironment(const Environment& environment) {
  for (const SettingInfo& info : AllSettings()) {
    const std::string name = info.Environment();
    const auto text = environment.find(name);
    if (text == environment.end()) continue;
    std::optional<SettingValue> value = ParseText(info, text->second);
    SettingProblem problem{.message = "must be " + KindName(info.kind),
                           .message_zh = "应为" + KindNameZh(info.kind)};
    if (value.has_value()) problem = Apply(info, std::move(*value), "environment " + name);
    if (problem.message.empty()) continue;
    issues_.push_back(ConfigIssue{.file = "environment " + name,
                                  .key = info.Name(),
                                  .message = std::move(problem.message),
                                  .message_zh = std::move(problem.message_zh)});
  }
  for (const auto& [name, text] : environment) CheckVariable(name);
}

// A mistyped override must not be a setting that silently does nothing.
void Reader::CheckVariable(const std::string& name) {
  // Kubernetes makes such ones for each service, whatever it is called; no setting ends like them.
  if (name.find("_SERVICE_") != std::string::npos || name.ends_with("_PORT") ||
      name.find("_PORT_") != std::string::npos) {
    return;
  }
  for (const SettingInfo& info : AllSettings()) {
    if (info.Environment() == name) return;
  }
  for (const SettingInfo& info : AllSettings()) {
    const std::string prefix = VariableOf(std::string(info.section) + ".");
    if (!name.starts_with(prefix)) continue;
    const std::string near = NearestSetting(info.section, Lower(name.substr(prefix.size())));
    issues_.push_back(ConfigIssue{
        .file = "environment " + name,
        .key = std::string(info.section),
        .message = "no setting has this variable" +
                   (near.empty() ? "" : "; did you mean " + VariableOf(near) + "?"),
        .message_zh =
            "没有对应的配置项" + (near.empty() ? "" : "；是否为 " + VariableOf(near) + "？")});
    return;
  }
}

SettingProblem Reader::Apply(const SettingInfo& info, SettingValue value,
                             const std::string& origin) {
  SettingProblem problem = CheckSetting(info, value);
  if (info.kind == SettingKind::kPath) {
    auto& path = std::get<std::string>(value);
    if (!path.empty()) path = (folder_ / path).lexically_normal().string();
  }
  info.apply(config_, value);
  origins_[info.Name()] = origin;
  return problem;
}

void Reader::CheckTogether() {
  for (const SettingInfo& info : AllSettings()) {
    if (info.presence != Presence::kRequired || origins_.contains(info.Name())) continue;
    const bool is_named = std::ranges::any_of(
        issues_, [&info](const ConfigIssue& issue) { return issue.key == info.Name(); });
    if (!is_named) Complain({}, info.Name(), "is required", "必须设置");
  }
  if (config_.gateway.tls_certificate.empty() != config_.gateway.tls_key.empty()) {
    Complain({}, "gateway.tls_key", "set both tls_certificate and tls_key, or none",
             "tls_certificate 与 tls_key 须同时设置");
  }
}

ConfigResult Reader::Finish() {
  CheckTogether();
  ConfigResult result;
  std::ranges::stable_sort(issues_, [](const ConfigIssue& a, const ConfigIssue& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  if (!issues_.empty()) {
    result.issues = std::move(issues_);
    return result;
  }
  for (const SettingInfo& info : AllSettings()) {
    const auto origin = origins_.find(info.Name());
    config_.effective.push_back(
        EffectiveSetting{.name = info.Name(),
                         .value = info.show(config_),
                         .origin = origin == origins_.end() ? "default" : origin->second});
  }
  result.config = std::move(config_);
  return result;
}

}  // namespace

ConfigResult ParseConfig(std::string_view toml, const std::string& file_name,
                         const std::filesystem::path& folder, const Environment& environment) {
  Reader reader(file_name, folder);
  reader.ReadToml(toml);
  reader.ReadEnvironment(environment);
  return reader.Finish();
}

ConfigResult ReadConfig(const std::filesystem::path& file, const Environment& environment) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  const std::ifstream stream(file, std::ios::binary);
  if (error || !stream || size > kFileBytesMax) {
    ConfigResult result;
    result.issues.push_back(
        ConfigIssue{.file = file.string(),
                    .key = "",
                    .message = error ? error.message() : "cannot be read, or is over 1 MiB",
                    .message_zh = "无法读取配置文件"});
    return result;
  }
  std::ostringstream text;
  text << stream.rdbuf();
  const std::filesystem::path folder = std::filesystem::absolute(file, error).parent_path();
  return ParseConfig(text.str(), file.string(), folder, environment);
}

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (!text.starts_with("JIANDU_") || equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

}  // namespace jiandu::node
