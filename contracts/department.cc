// Lists of codes, and the times at which the rights of a consumer were switched.
#include "contracts/department.h"

#include <algorithm>

namespace jiandu::contracts {
namespace {

using ledger::DepartmentId;
using ledger::EntityBody;
using ledger::TimeMs;

constexpr std::string_view kSuspendedAt = "suspended_at";

std::vector<DepartmentId> Split(std::string_view list) {
  std::vector<DepartmentId> parts;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return parts;
}

constexpr std::size_t kPredecessorsMax = 64;

Bytes PredecessorsPrefix(std::string_view successor) {
  return ledger::ConfigKey("predecessor/" + std::string(successor) + "/");
}

Bytes RoleKey(std::string_view role) { return ledger::ConfigKey("role/" + std::string(role)); }

void PutList(BlockState& state, std::string_view role, const std::vector<DepartmentId>& codes) {
  std::string list;
  for (const DepartmentId& code : codes) {
    if (!list.empty()) list += ',';
    list += code;
  }
  state.Put(RoleKey(role), ToBytes(list));
}

// Times at which the rights were taken and given back, in turns: eight bytes each.
Bytes SwitchesKey(std::string_view code) {
  return ledger::PartKey(ledger::DepartmentEntity(code), AsBytes("suspended"));
}

std::vector<TimeMs> ReadSwitches(const std::optional<Bytes>& bytes) {
  std::vector<TimeMs> switches;
  for (std::size_t at = 0; bytes && at + 8 <= bytes->size(); at += 8) {
    switches.push_back(static_cast<TimeMs>(ReadU64Be(ByteView(*bytes).subspan(at, 8))));
  }
  return switches;
}

}  // namespace

std::vector<DepartmentId> DepartmentsOf(const BlockState& state, std::string_view role) {
  const auto list = state.Get(RoleKey(role));
  return list ? Split(AsText(*list)) : std::vector<DepartmentId>();
}

void ListDepartment(BlockState& state, std::string_view code, std::string_view roles) {
  for (const std::string& role : Split(roles)) {
    std::vector<DepartmentId> codes = DepartmentsOf(state, role);
    const auto place = std::ranges::lower_bound(codes, code);
    if (place != codes.end() && *place == code) continue;
    codes.emplace(place, code);
    PutList(state, role, codes);
  }
}

void UnlistDepartment(BlockState& state, std::string_view code, std::string_view roles) {
  for (const std::string& role : Split(roles)) {
    std::vector<DepartmentId> codes = DepartmentsOf(state, role);
    std::erase(codes, code);
    PutList(state, role, codes);
  }
}

void NotePredecessor(BlockState& state, std::string_view successor, std::string_view old) {
  Bytes key = PredecessorsPrefix(successor);
  Append(key, AsBytes(old));
  state.Put(std::move(key), {});
}

std::vector<DepartmentId> PredecessorsOf(const ledger::StateView& view, std::string_view code) {
  std::vector<DepartmentId> found;
  const auto add = [&](std::string_view successor) {
    const Bytes prefix = PredecessorsPrefix(successor);
    view.Scan(prefix, {}, [&](ByteView key, ByteView) {
      const DepartmentId old(AsText(key.subspan(prefix.size())));
      const bool known = old == code || std::ranges::find(found, old) != found.end();
      if (!known) found.push_back(old);
      return found.size() < kPredecessorsMax;
    });
  };
  add(code);
  for (std::size_t at = 0; at < found.size() && found.size() < kPredecessorsMax; ++at) {
    add(DepartmentId(found[at]));
  }
  return found;
}

bool IsActiveDepartment(BlockState& state, std::string_view code) {
  const EntityBody* body = state.Body(ledger::DepartmentEntity(code));
  if (body == nullptr) return false;
  const auto status = static_cast<ledger::DepartmentStatus>(body->status);
  return status == ledger::DepartmentStatus::kActive ||
         status == ledger::DepartmentStatus::kRenamed;
}

bool IsConsumerSuspended(BlockState& state, std::string_view code) {
  const EntityBody* body = state.Body(ledger::DepartmentEntity(code));
  return body != nullptr && body->Number(kSuspendedAt) != 0;
}

bool WasConsumerSuspended(const ledger::StateView& view, std::string_view code, TimeMs time) {
  return IsSuspendedAt(ReadSwitches(view.Get(SwitchesKey(code))), time);
}

std::vector<TimeMs> SuspensionSwitches(const BlockState& state, std::string_view code) {
  return ReadSwitches(state.Get(SwitchesKey(code)));
}

bool IsSuspendedAt(std::span<const TimeMs> switches, TimeMs time) {
  const auto passed = std::ranges::upper_bound(switches, time) - switches.begin();
  return passed % 2 == 1;
}

void SetConsumerSuspended(BlockState& state, std::string_view code, bool suspended) {
  const TimeMs now = state.Context().time;
  EntityBody& body = state.Edit(ledger::DepartmentEntity(code));
  body.numbers[std::string(kSuspendedAt)] = suspended ? now : 0;
  Bytes switches = state.Get(SwitchesKey(code)).value_or(Bytes());
  AppendU64Be(switches, static_cast<std::uint64_t>(now));
  state.Put(SwitchesKey(code), std::move(switches));
}

}  // namespace jiandu::contracts
