// Edges, changes and staleness.
#include "contracts/lineage.h"

#include <algorithm>

#include "base/wire.h"
#include "contracts/parts.h"
#include "ledger/model/lineage_bounds.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

constexpr std::size_t kChangesMax = ledger::kChangesKept;
constexpr std::size_t kChangeBytes = 8 + EntityId::kSize;

// Beside a resource: L + resource made from it, K + one said to be made without a grant; B
// the derivation a version was made by; D all derivations; I changes of an item; C + correction +
// item: changed for it; V versions that changed single items; Z the newest of those no longer
// listed that did not. Beside a grant: L resources made. Beside a correction: S answers.
constexpr std::string_view kEdge = "L";
constexpr std::string_view kClaimed = "K";
constexpr std::string_view kMadeBy = "B";
constexpr std::string_view kDerived = "D";
constexpr std::string_view kItem = "I";
constexpr std::string_view kCorrected = "C";
constexpr std::string_view kPartialVersion = "V";
constexpr std::string_view kWholeVersion = "Z";
constexpr std::string_view kAnswer = "S";

Bytes VersionKey(const EntityId& resource, std::string_view mark, std::int64_t version) {
  Bytes number;
  AppendU32Be(number, static_cast<std::uint32_t>(version));
  return MarkedKey(resource, mark, number);
}

Bytes CorrectedKey(const EntityId& resource, const EntityId& correction, std::string_view item) {
  Bytes rest = ToBytes(correction.View());
  Append(rest, AsBytes(item));
  return MarkedKey(resource, kCorrected, rest);
}

std::vector<ItemChange> DecodeChanges(ByteView bytes) {
  std::vector<ItemChange> changes;
  for (std::size_t at = 0; at + kChangeBytes <= bytes.size(); at += kChangeBytes) {
    ItemChange change{.version = static_cast<std::int64_t>(ReadU64Be(bytes.subspan(at))),
                      .correction = {}};
    const auto id = EntityId::From(bytes.subspan(at + 8, EntityId::kSize));
    if (id) change.correction = *id;
    changes.push_back(change);
  }
  return changes;
}

// The newest version after `after` that changed the resource as a whole; 0: there is none.
bool HasWholeVersionAfter(BlockState& state, const EntityId& resource, std::int64_t after) {
  const auto forgotten = state.Get(MarkedKey(resource, kWholeVersion));
  if (forgotten && forgotten->size() == 8 &&
      static_cast<std::int64_t>(ReadU64Be(*forgotten)) > after) {
    return true;
  }
  const std::vector<Version>& versions = state.Versions(resource);
  return std::ranges::any_of(versions, [&](const Version& version) {
    return version.number > after &&
           !state.Has(VersionKey(resource, kPartialVersion, version.number));
  });
}

// Asks of one derivation which input items changed since; each input is looked at once.
class Changes {
 public:
  Changes(BlockState& state, const Derivation& derivation)
      : state_(state), derivation_(derivation) {
    for (const DerivationInput& input : derivation.inputs) {
      whole_.push_back(HasWholeVersionAfter(state, input.resource, input.version));
    }
  }
  [[nodiscard]] bool Changed(std::size_t input, const std::string& item) {
    if (input >= whole_.size()) return false;
    if (whole_[input]) return true;
    const DerivationInput& from = derivation_.inputs[input];
    const auto changes = ChangesOf(state_, from.resource, item);
    return std::ranges::any_of(changes, [&](const ItemChange& change) {
      return change.version > from.version && !IsSettled(change.correction);
    });
  }

 private:
  bool IsSettled(const EntityId& correction) {
    return !correction.IsZero() && AnswerOf(state_, correction, derivation_.resource).has_value();
  }

  BlockState& state_;
  const Derivation& derivation_;
  std::vector<bool> whole_;
};

using StaleSets = std::map<EntityId, std::set<std::string>>;

bool Holds(const std::set<std::string>& items, const std::string& item) {
  if (item == kAnyItem) return !items.empty();
  return items.contains(item) || items.contains(std::string(kAnyItem));
}

// Stale items of the resource, which is entered into `known` before its inputs are asked: a cycle
// ends there.
const std::set<std::string>& Walk(BlockState& state, const EntityId& resource, StaleSets& known) {
  const auto [place, is_new] = known.try_emplace(resource);
  if (!is_new || known.size() > kWalkMax) return place->second;
  const std::optional<Derivation> made = FindDerivation(state, resource);
  if (!made) return place->second;
  std::set<std::string> stale = ChangedItems(state, *made);
  for (const DerivationInput& input : made->inputs) {
    const std::set<std::string>& above = Walk(state, input.resource, known);
    stale.merge(ItemsMadeFrom(*made, input.resource, above));
  }
  return known[resource] = std::move(stale);
}

std::string_view ProviderOf(BlockState& state, const EntityId& resource) {
  const EntityBody* body = state.Body(resource);
  return body != nullptr ? body->Party("provider") : std::string_view();
}
// The grant is on that input, and of the department that made it: anybody may name any grant.
bool IsGrantedTo(BlockState& state, const EntityId& made, const DerivationInput& input) {
  const EntityBody* grant = input.grant.IsZero() ? nullptr : state.Body(input.grant);
  const EntityId* on = grant != nullptr ? grant->Link("resource") : nullptr;
  return on != nullptr && *on == input.resource &&
         grant->Party("consumer") == ProviderOf(state, made);
}

}  // namespace

Derivation ReadDerivation(const EntityBody& body) {
  Derivation derivation;
  const Json& form = body.Form();
  const Json& now = body.Terms();  // versions since the last refresh, in the order of the inputs
  const auto versions = now.ItemsOf("versions");
  if (const EntityId* resource = body.Link("resource")) derivation.resource = *resource;
  derivation.version = body.Number("out_version");
  for (const Json& json : form.ItemsOf("inputs")) {
    const std::size_t place = derivation.inputs.size();
    const auto resource = ledger::ParseEntityId(json.TextOr("resource"));
    const auto grant = ledger::ParseEntityId(json.TextOr("grant"));
    DerivationInput input{.resource = resource ? *resource : EntityId(),
                          .version = json.IntegerOr("version"),
                          .grant = grant ? *grant : EntityId(),
                          .items = {}};
    if (place < versions.size()) input.version = versions[place].AsInteger();
    for (const Json& item : json.ItemsOf("items")) input.items.push_back(item.AsString());
    derivation.inputs.push_back(std::move(input));
  }
  for (const Json& json : form.ItemsOf("item_map")) {
    DerivedItem item{.out_item = std::string(json.TextOr("out_item")),
                     .unchanged = json.BoolOr("unchanged"),
                     .from = {}};
    for (const Json& from : json.ItemsOf("from")) {
      item.from.emplace_back(static_cast<std::size_t>(from.IntegerOr("input")),
                             std::string(from.TextOr("item")));
    }
    derivation.items.push_back(std::move(item));
  }
  if (!derivation.items.empty()) return derivation;
  // Nothing is known of the items: each may come from each.
  DerivedItem all{.out_item = std::string(kAnyItem), .unchanged = false, .from = {}};
  for (std::size_t i = 0; i < derivation.inputs.size(); ++i) {
    for (const std::string& item : derivation.inputs[i].items) all.from.emplace_back(i, item);
    if (derivation.inputs[i].items.empty()) all.from.emplace_back(i, std::string(kAnyItem));
  }
  derivation.items.push_back(std::move(all));
  return derivation;
}

void RecordEdges(BlockState& state, const EntityId& id, const Derivation& derivation) {
  const EntityId& made = derivation.resource;
  const auto newest = FindDerivation(state, made);
  if (!newest || newest->version <= derivation.version) {
    state.Put(MarkedKey(made, kMadeBy), ToBytes(id.View()));
  }
  state.Put(VersionKey(made, kMadeBy, derivation.version), ToBytes(id.View()));
  // A version may be recorded again, with other inputs: none of it is forgotten.
  state.Put(MarkedKey(made, kDerived, id.View()), {});
  for (const DerivationInput& input : derivation.inputs) {
    if (input.resource.IsZero()) continue;
    const bool granted = IsGrantedTo(state, made, input);
    const bool own = ProviderOf(state, input.resource) == ProviderOf(state, made);
    const std::string_view mark = granted || own ? kEdge : kClaimed;
    // What was made with a grant stays so, whatever is recorded of it later.
    const bool known = state.Has(MarkedKey(input.resource, kEdge, made.View()));
    if (mark == kEdge) state.Delete(MarkedKey(input.resource, kClaimed, made.View()));
    if (mark == kEdge || !known) {
      state.Put(MarkedKey(input.resource, mark, made.View()), ToBytes(id.View()));
    }
    if (granted) state.PutMark(MarkedKey(input.grant, kEdge, made.View()));
  }
}

std::optional<Derivation> FindDerivation(BlockState& state, const EntityId& resource,
                                         std::optional<std::int64_t> version) {
  const auto bytes =
      state.Get(version ? VersionKey(resource, kMadeBy, *version) : MarkedKey(resource, kMadeBy));
  const auto id = bytes ? EntityId::From(*bytes) : std::nullopt;
  const EntityBody* body = id ? state.Body(*id) : nullptr;
  if (body == nullptr) return std::nullopt;
  return ReadDerivation(*body);
}

std::vector<EntityId> DerivationsOf(const ledger::StateView& view, const EntityId& made,
                                    std::size_t count) {
  return IdsUnder(view, made, kDerived, count);
}

bool IsMadeUnder(const BlockState& state, const EntityId& grant, const EntityId& made) {
  return state.Has(MarkedKey(grant, kEdge, made.View()));
}

bool IsCycle(BlockState& state, const Derivation& derivation) {
  std::set<std::pair<EntityId, std::int64_t>> visited;
  std::vector<Derivation> open = {derivation};
  while (!open.empty() && visited.size() < kWalkMax) {
    const Derivation current = std::move(open.back());
    open.pop_back();
    for (const DerivationInput& input : current.inputs) {
      if (input.resource == derivation.resource && input.version >= derivation.version) return true;
      if (!visited.emplace(input.resource, input.version).second) continue;
      auto above = FindDerivation(state, input.resource, input.version);
      if (above) open.push_back(std::move(*above));
    }
  }
  return false;
}

std::vector<ItemChange> ChangesOf(const BlockState& state, const EntityId& resource,
                                  std::string_view item) {
  return DecodeChanges(state.Get(MarkedKey(resource, kItem, AsBytes(item))).value_or(Bytes()));
}

void NoteChange(BlockState& state, const EntityId& resource, const std::vector<std::string>& items,
                const ItemChange& change) {
  if (items.empty()) return;  // the whole version is a change then
  state.Put(VersionKey(resource, kPartialVersion, change.version), {});
  std::vector<std::string> marked = items;
  marked.emplace_back(kAnyItem);
  for (const std::string& item : marked) {
    std::vector<ItemChange> changes = ChangesOf(state, resource, item);
    std::erase_if(changes, [&change](const ItemChange& known) {
      return known.version == change.version && known.correction.IsZero();
    });
    if (changes.size() >= kChangesMax) changes.erase(changes.begin());
    if (!change.correction.IsZero()) state.Put(CorrectedKey(resource, change.correction, item), {});
    changes.push_back(change);
    Bytes list;
    for (const ItemChange& one : changes) {
      AppendU64Be(list, static_cast<std::uint64_t>(one.version));
      Append(list, one.correction.View());
    }
    state.Put(MarkedKey(resource, kItem, AsBytes(item)), std::move(list));
  }
}

void ForgetVersion(BlockState& state, const EntityId& resource, std::int64_t version) {
  Bytes partial = VersionKey(resource, kPartialVersion, version);
  if (state.Has(partial)) {
    state.Delete(std::move(partial));
    return;
  }
  Bytes number;
  AppendU64Be(number, static_cast<std::uint64_t>(std::max<std::int64_t>(version, 0)));
  state.Put(MarkedKey(resource, kWholeVersion), std::move(number));
}

void NoteAnswer(BlockState& state, const EntityId& correction, const EntityId& held,
                const CorrectionAnswer& answer) {
  WireWriter writer;
  writer.Text(1, answer.outcome);
  writer.Int64(2, answer.at);
  writer.Int64(3, answer.late);
  writer.Int64(4, answer.out_version);
  state.Put(MarkedKey(correction, kAnswer, held.View()), writer.Take());
}

std::optional<CorrectionAnswer> AnswerOf(BlockState& state, const EntityId& correction,
                                         const EntityId& held) {
  const auto bytes = state.Get(MarkedKey(correction, kAnswer, held.View()));
  const EntityBody* body = bytes ? state.Body(correction) : nullptr;
  if (body == nullptr) return std::nullopt;
  WireReader reader(*bytes);
  const auto outcome = reader.Text(1, limits::kIdBytesMax);
  const auto at = reader.Int64(2);
  const auto late = reader.Int64(3);
  const auto out_version = reader.Int64(4);
  if (!outcome || !at || !late || !out_version || *at < body->Number("resolved_at")) {
    return std::nullopt;
  }
  return CorrectionAnswer{
      .outcome = std::string(*outcome), .at = *at, .late = *late, .out_version = *out_version};
}

std::set<std::string> ChangedItems(BlockState& state, const Derivation& derivation) {
  Changes changes(state, derivation);
  std::set<std::string> changed;
  for (const DerivedItem& item : derivation.items) {
    if (std::ranges::any_of(item.from, [&changes](const auto& from) {
          return changes.Changed(from.first, from.second);
        })) {
      changed.insert(item.out_item);
    }
  }
  return changed;
}

std::set<std::string> ItemsReachedBy(const BlockState& state, const Derivation& derivation,
                                     const EntityId& correction) {
  std::set<std::string> reached;
  for (const DerivedItem& item : derivation.items) {
    for (const auto& [place, name] : item.from) {
      if (place >= derivation.inputs.size()) continue;
      const EntityId& input = derivation.inputs[place].resource;
      if (state.Has(CorrectedKey(input, correction, name))) reached.insert(item.out_item);
    }
  }
  return reached;
}

std::set<std::string> StaleItems(BlockState& state, const EntityId& resource) {
  StaleSets known;
  return Walk(state, resource, known);
}

std::set<std::string> ItemsMadeFrom(const Derivation& derivation, const EntityId& input,
                                    const std::set<std::string>& items) {
  std::set<std::string> made;
  if (items.empty()) return made;
  for (const DerivedItem& item : derivation.items) {
    for (const auto& [place, name] : item.from) {
      if (place < derivation.inputs.size() && derivation.inputs[place].resource == input &&
          Holds(items, name)) {
        made.insert(item.out_item);
      }
    }
  }
  return made;
}

std::vector<EntityId> MadeUnder(const ledger::StateView& view, const EntityId& grant,
                                std::size_t count) {
  return IdsUnder(view, grant, kEdge, count);
}

std::vector<EntityId> MadeFrom(const ledger::StateView& view, const EntityId& resource) {
  std::vector<EntityId> made = IdsUnder(view, resource, kEdge, kWalkMax);
  const auto claimed = IdsUnder(view, resource, kClaimed, kWalkMax - made.size());
  made.insert(made.end(), claimed.begin(), claimed.end());
  return made;
}

}  // namespace jiandu::contracts
