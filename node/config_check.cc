// Looking settings up, and what their values must satisfy.
#include <algorithm>
#include <set>

#include "base/edit_distance.h"
#include "ledger/model/genesis.h"
#include "node/config_schema.h"
#include "node/peer_book.h"

namespace jiandu::node {
namespace {

// Farther than this is another word, not a slip of the finger.
std::size_t NearMax(std::string_view word) { return std::max<std::size_t>(2, word.size() / 3); }

SettingProblem CheckAddress(const std::string& text) {
  if (text.empty()) return {};
  const auto parsed = ParseHostPort(text);
  if (parsed.has_value()) return {};
  return {.message = parsed.error().detail, .message_zh = "“" + text + "”不是 主机:端口"};
}

SettingProblem CheckDial(const std::vector<PeerAddress>& dial) {
  std::set<std::string> seen;
  for (const PeerAddress& peer : dial) {
    if (!ledger::IsDepartmentCode(peer.department)) {
      return {.message = "\"" + peer.department + "\" is no department code",
              .message_zh = "“" + peer.department + "”不是统一社会信用代码"};
    }
    if (!seen.insert(peer.department).second) {
      return {.message = "department " + peer.department + " is listed twice",
              .message_zh = "部门 " + peer.department + " 重复"};
    }
    if (SettingProblem problem = CheckAddress(peer.address); !problem.message.empty()) {
      return problem;
    }
  }
  return {};
}

SettingProblem CheckFollowers(const std::vector<std::string>& followers) {
  std::set<PeerId> seen;
  for (const std::string& text : followers) {
    const auto follower = ParseFollower(text);
    if (!follower) {
      return {.message = "\"" + text +
                         "\" is not DEPARTMENT=node key (18 characters, then 64 hex "
                         "digits)",
              .message_zh = "“" + text + "”不是 部门代码=节点公钥（64 位十六进制）"};
    }
    if (!seen.insert(follower->key).second) {
      return {.message = "the key of \"" + text + "\" is listed twice",
              .message_zh = "“" + text + "”的公钥重复"};
    }
  }
  return {};
}

SettingProblem CheckText(const SettingInfo& info, const std::string& text) {
  if (info.choices.empty() || std::ranges::find(info.choices, text) != info.choices.end()) {
    return {};
  }
  std::string list;
  for (const std::string_view choice : info.choices) {
    if (!list.empty()) list += ", ";
    list += choice;
  }
  return {.message = "\"" + text + "\" is none of: " + list,
          .message_zh = "“" + text + "”无效，可选：" + list};
}

}  // namespace

std::string SettingInfo::Name() const { return std::string(section) + "." + std::string(key); }

std::string SettingInfo::Environment() const { return VariableOf(Name()); }

std::string VariableOf(std::string_view name) {
  std::string variable = "JIANDU_";
  for (const char letter : name) {
    const bool is_small = letter >= 'a' && letter <= 'z';
    variable += is_small ? static_cast<char>(letter - 'a' + 'A') : letter == '.' ? '_' : letter;
  }
  return variable;
}

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

const SettingInfo* FindSetting(std::string_view section, std::string_view key) {
  for (const SettingInfo& info : AllSettings()) {
    if (info.section == section && info.key == key) return &info;
  }
  return nullptr;
}

bool IsSection(std::string_view name) {
  return std::ranges::any_of(AllSettings(),
                             [name](const SettingInfo& info) { return info.section == name; });
}

std::string NearestSection(std::string_view name) {
  std::string nearest;
  std::size_t best = NearMax(name) + 1;
  for (const SettingInfo& info : AllSettings()) {
    const std::size_t distance = EditDistance(name, info.section);
    if (distance >= best) continue;
    best = distance;
    nearest = info.section;
  }
  return nearest;
}

std::string NearestSetting(std::string_view section, std::string_view key) {
  std::string nearest;
  std::size_t best = NearMax(key) + 1;
  for (const SettingInfo& info : AllSettings()) {
    // The right word in the wrong section comes after a near word in the right one.
    const std::size_t distance = EditDistance(key, info.key) + (info.section == section ? 0 : 1);
    if (distance >= best) continue;
    best = distance;
    nearest = info.Name();
  }
  return nearest;
}

SettingProblem CheckSetting(const SettingInfo& info, const SettingValue& value) {
  switch (info.kind) {
    case SettingKind::kText: {
      const auto& text = std::get<std::string>(value);
      if (info.Name() == "node.department" && !ledger::IsDepartmentCode(text)) {
        return {.message = "\"" + text + "\" is no department code (18 characters, GB 32100)",
                .message_zh = "“" + text + "”不是统一社会信用代码"};
      }
      return CheckText(info, text);
    }
    case SettingKind::kPath:
      if (!std::get<std::string>(value).empty() || info.presence == Presence::kOptional) return {};
      return {.message = "must not be empty", .message_zh = "不能为空"};
    case SettingKind::kAddress: return CheckAddress(std::get<std::string>(value));
    case SettingKind::kInteger: {
      const std::int64_t number = std::get<std::int64_t>(value);
      if (number >= info.low && number <= info.high) return {};
      const std::string range = std::to_string(info.low) + " .. " + std::to_string(info.high);
      return {.message = std::to_string(number) + " is out of range: " + range,
              .message_zh = std::to_string(number) + " 超出范围：" + range};
    }
    case SettingKind::kTextList:
      if (info.Name() != "peers.followers") return {};
      return CheckFollowers(std::get<std::vector<std::string>>(value));
    case SettingKind::kDialList: return CheckDial(std::get<std::vector<PeerAddress>>(value));
  }
  return {};
}

}  // namespace jiandu::node
