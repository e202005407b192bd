// Stops, versions, grants and classes of resources.
#include "contracts/resource_state.h"

#include <algorithm>

#include "base/limits.h"
#include "contracts/engine.h"
#include "contracts/parts.h"
#include "contracts/resource.h"
#include "ledger/model/grant_index.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::ResourceStatus;
using ledger::TimeMs;

constexpr std::size_t kStopsMax = 64;
constexpr std::string_view kOpenGrantMark = "W";

Bytes ContentKey(const EntityId& resource, std::int64_t version) {
  Bytes suffix = {'c'};
  AppendU64Be(suffix, static_cast<std::uint64_t>(version));
  return ledger::PartKey(resource, suffix);
}

bool IsLive(BlockState& state, const EntityId& id) {
  const EntityBody* grant = state.Body(id);
  return grant != nullptr && EffectiveStatus(state, id, *grant, state.Context().time) <
                                 To(ledger::GrantStatus::kExpired);
}

std::string ClosedName(std::string_view what, std::string_view share_class) {
  return std::string("law_").append(what).append("/").append(share_class);
}

}  // namespace

std::uint32_t ResourceStatusAt(const EntityBody& resource, TimeMs time) {
  std::uint32_t status = resource.status;
  const TimeMs until = resource.Number("suspended_until");
  if (status == To(ResourceStatus::kSuspended) && until > 0 && time >= until) {
    status = To(ResourceStatus::kPublished);
  }
  const bool core = status == To(ResourceStatus::kPublished) && resource.Text("grade") == "CORE";
  return core ? To(ResourceStatus::kSuspended) : status;
}

void DropAmendment(EntityBody& resource) {
  resource.terms.clear();
  for (const std::string_view name : {"amendment", "amend_reason", "amend_from_grade"}) {
    if (const auto at = resource.texts.find(name); at != resource.texts.end()) {
      resource.texts.erase(at);
    }
  }
  if (const auto at = resource.numbers.find("amend_event"); at != resource.numbers.end()) {
    resource.numbers.erase(at);
  }
}

void BeginStop(BlockState& state, const EntityId& resource, StopCause cause, TimeMs until) {
  std::vector<StopSpan>& stops = state.Stops(resource);
  if (stops.size() >= kStopsMax) {
    // What has long ended makes room, never what lets nobody in now.
    const TimeMs now = state.Context().time;
    const auto ended = std::ranges::find_if(
        stops, [now](const StopSpan& stop) { return !stop.Holds(now) && stop.from <= now; });
    stops.erase(ended != stops.end() ? ended : stops.begin());
  }
  stops.push_back({.from = state.Context().time, .until = until, .cause = cause});
  state.Put(StopsKey(resource), EncodeStops(stops));
}
void EndStop(BlockState& state, const EntityId& resource, StopCause cause) {
  const TimeMs now = state.Context().time;
  std::vector<StopSpan>& stops = state.Stops(resource);
  bool ended = false;
  for (StopSpan& stop : stops) {
    if (stop.cause != cause || !stop.Holds(now)) continue;
    stop.until = now;
    ended = true;
  }
  if (ended) state.Put(StopsKey(resource), EncodeStops(stops));
}
bool IsStopped(BlockState& state, const EntityId& resource, TimeMs time) {
  return std::ranges::any_of(state.Stops(resource),
                             [time](const StopSpan& stop) { return stop.Holds(time); });
}
bool IsStopped(BlockState& state, const EntityId& resource, TimeMs time, StopCause cause) {
  return std::ranges::any_of(state.Stops(resource), [time, cause](const StopSpan& stop) {
    return stop.cause == cause && stop.Holds(time);
  });
}

void KeepContent(BlockState& state, const EntityId& id, const EntityBody& resource) {
  state.Put(ContentKey(id, resource.Number("version")), resource.form.Text());
}
const Json& ContentOfVersion(BlockState& state, const EntityId& id, std::int64_t version) {
  static const Json kNone = Json::MakeObject();
  if (const Json* kept = state.Kept(ContentKey(id, version))) return *kept;
  const EntityBody* resource = state.Body(id);
  return resource != nullptr ? resource->Form() : kNone;
}

void NoteGrant(BlockState& state, const EntityId& resource, const EntityId& grant) {
  state.Put(ledger::GrantRowKey(resource, grant), {});
  state.PutMark(MarkedKey(resource, kOpenGrantMark, grant.View()));
}
void ForgetGrant(BlockState& state, const EntityId& resource, const EntityId& grant) {
  state.DeleteMark(MarkedKey(resource, kOpenGrantMark, grant.View()));
}
std::vector<EntityId> GrantsOf(const ledger::StateView& view, const EntityId& resource) {
  return IdsUnder(view, resource, kOpenGrantMark, kGrantsMax);
}
bool HasLiveGrant(BlockState& state, const EntityId& resource) {
  const std::vector<EntityId> grants = GrantsOf(state.Present(), resource);
  return grants.size() >= kGrantsMax ||
         std::ranges::any_of(grants, [&state](const EntityId& id) { return IsLive(state, id); });
}

void NoteClassByLaw(EntityBody& resource, TimeMs time) {
  for (const std::string_view other : {"UNCONDITIONAL", "CONDITIONAL", "NOT_SHARED"}) {
    if (other == resource.Text("share_class")) continue;
    resource.numbers[ClosedName("closed", other)] = resource.Number("version");
    resource.numbers[ClosedName("closed_at", other)] = time;
  }
}
TimeMs ReclassedAt(BlockState& state, const EntityBody& request) {
  const EntityId* id = request.Link("resource");
  const EntityBody* resource = id != nullptr ? state.Body(*id) : nullptr;
  if (resource == nullptr) return 0;
  const std::string_view share_class = request.Text("share_class");
  const bool closed =
      request.Number("resource_version") < resource->Number(ClosedName("closed", share_class));
  return closed ? resource->Number(ClosedName("closed_at", share_class)) : 0;
}

}  // namespace jiandu::contracts
