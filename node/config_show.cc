// Settings shown to people: what is in force and why, the reference file, issues as text.
#include <algorithm>

#include "node/config_schema.h"

namespace jiandu::node {
namespace {

std::string Prefix(const ConfigIssue& issue) {
  std::string text = issue.file;
  if (issue.line > 0) {
    text += ":" + std::to_string(issue.line) + ":" + std::to_string(issue.column);
  }
  text += ": ";
  if (!issue.key.empty()) text += issue.key + ": ";
  return text;
}

}  // namespace

std::string TomlText(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<std::uint8_t>(character);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += character;
    }
  }
  return out + "\"";
}

std::string ConfigIssue::Text() const { return Prefix(*this) + message; }
std::string ConfigIssue::TextZh() const { return Prefix(*this) + message_zh; }

std::string ShowEffective(const Config& config) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  const auto shown = [](const EffectiveSetting& setting) {
    return setting.value.empty() ? std::string("-") : setting.value;
  };
  for (const EffectiveSetting& setting : config.effective) {
    name_width = std::max(name_width, setting.name.size());
    value_width = std::max(value_width, std::min<std::size_t>(shown(setting).size(), 40));
  }
  std::string text;
  for (const EffectiveSetting& setting : config.effective) {
    std::string line = setting.name;
    line.resize(name_width, ' ');
    std::string value = shown(setting);
    value.resize(std::max(value.size(), value_width), ' ');
    text.append(line).append(" = ").append(value);
    text.append("  # ").append(setting.origin).append("\n");
  }
  return text;
}

std::string ConfigReference() {
  const Config defaults;
  std::string text;
  std::string_view section;
  for (const SettingInfo& info : AllSettings()) {
    if (info.section != section) {
      section = info.section;
      text += (text.empty() ? "[" : "\n[") + std::string(section) + "]\n";
    }
    text += "# " + std::string(info.meaning) + "\n# " + std::string(info.meaning_zh) + "\n";
    std::string value = info.show(defaults);
    if (value.empty()) value = info.kind == SettingKind::kInteger ? "<as in genesis>" : "\"\"";
    text += "# " + std::string(info.key) + " = " + value +
            (info.presence == Presence::kRequired ? "  # required\n" : "\n");
  }
  return text;
}

consensus::Params ConsensusConfig::Over(consensus::Params params) const {
  params.propose_ms = propose_ms.value_or(params.propose_ms);
  params.propose_delta_ms = propose_delta_ms.value_or(params.propose_delta_ms);
  params.prevote_ms = prevote_ms.value_or(params.prevote_ms);
  params.prevote_delta_ms = prevote_delta_ms.value_or(params.prevote_delta_ms);
  params.precommit_ms = precommit_ms.value_or(params.precommit_ms);
  params.precommit_delta_ms = precommit_delta_ms.value_or(params.precommit_delta_ms);
  params.cap_ms = cap_ms.value_or(params.cap_ms);
  params.rebroadcast_ms = rebroadcast_ms.value_or(params.rebroadcast_ms);
  params.min_interval_ms = min_interval_ms.value_or(params.min_interval_ms);
  params.heartbeat_ms = heartbeat_ms.value_or(params.heartbeat_ms);
  return params;
}

}  // namespace jiandu::node
