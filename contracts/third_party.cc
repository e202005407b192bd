// Consents beside their grant.
#include "contracts/third_party.h"

#include <algorithm>
#include <set>

#include "contracts/engine.h"
#include "contracts/lineage.h"
#include "contracts/parts.h"
#include "contracts/resource_state.h"
#include "contracts/terms.h"

namespace jiandu::contracts {
namespace {

constexpr std::size_t kConsentsMax = 32;
constexpr std::size_t kHoldersMax = 64;  // departments
constexpr std::size_t kMadeMax = 64;     // resources made of a delivery that are looked at
constexpr std::string_view kRecipientMark = "R";

// Not "c": the consumer's accesses lie there, under names the consumer chooses.
Bytes ConsentsKey(const ledger::EntityId& grant, std::string_view recipient) {
  return MarkedKey(grant, "x", AsBytes(recipient));
}

bool IsFor(const ledger::EntityBody& consent, const ledger::EntityId& derived,
           ledger::TimeMs time) {
  const ledger::EntityId* meant = consent.Link("derived_resource");
  return consent.kind == ledger::EntityKind::kThirdParty &&
         consent.status == To(ledger::ThirdPartyStatus::kConsented) && meant != nullptr &&
         *meant == derived && time < consent.Number("valid_to");
}

std::string_view ProviderOf(BlockState& state, const ledger::EntityId& resource) {
  const ledger::EntityBody* body = state.Body(resource);
  return body != nullptr ? body->Party("provider") : std::string_view();
}

// Items of the input that stand unchanged in what was made; of unknown items each may.
std::vector<std::string> SurvivorsOf(const Derivation& derivation, std::size_t input) {
  std::vector<std::string> items;
  for (const DerivedItem& item : derivation.items) {
    if (!item.unchanged && item.out_item != kAnyItem) continue;
    for (const auto& [place, name] : item.from) {
      if (place == input) items.push_back(name);
    }
  }
  return items;
}

}  // namespace

std::vector<ledger::EntityId> Consents(const BlockState& state, const ledger::EntityId& grant,
                                       std::string_view recipient) {
  return DecodeIds(state.Get(ConsentsKey(grant, recipient)).value_or(Bytes()));
}

void AddConsent(BlockState& state, const ledger::EntityId& grant, std::string_view recipient,
                const ledger::EntityId& consent) {
  std::vector<ledger::EntityId> ids = Consents(state, grant, recipient);
  if (ids.size() >= kConsentsMax) ids.erase(ids.begin());
  ids.push_back(consent);
  Bytes list;
  for (const ledger::EntityId& id : ids) Append(list, id.View());
  state.Put(ConsentsKey(grant, recipient), std::move(list));
}

void NoteRecipient(BlockState& state, const ledger::EntityId& grant, std::string_view recipient) {
  state.Put(MarkedKey(grant, kRecipientMark, AsBytes(recipient)), {});
}

std::vector<ledger::DepartmentId> Recipients(const ledger::StateView& view,
                                             const ledger::EntityId& grant) {
  std::vector<ledger::DepartmentId> recipients;
  const Bytes prefix = MarkedKey(grant, kRecipientMark);
  view.Scan(prefix, {}, [&](ByteView key, ByteView) {
    recipients.emplace_back(AsText(key.subspan(prefix.size())));
    return recipients.size() < kHoldersMax;
  });
  return recipients;
}

namespace {

// Departments, each once, as long as there is room.
class HolderList {
 public:
  void Add(std::string_view department, std::string_view through) {
    if (department.empty() || !known_.emplace(department).second) return;
    if (IsFull()) {
      holders_.complete = false;
      return;
    }
    holders_.list.push_back({.department = ledger::DepartmentId(department), .through = through});
  }
  // A list that was read has as many entries as are looked at: there may be more.
  void Read(std::size_t size, std::size_t most) {
    holders_.complete = holders_.complete && size < most;
  }
  [[nodiscard]] bool IsFull() const { return holders_.list.size() >= kHoldersMax; }
  [[nodiscard]] Holders Take() { return std::move(holders_); }

 private:
  Holders holders_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace

Holders HoldersUnder(BlockState& state, const ledger::EntityId& grant) {
  HolderList holders;
  const ledger::EntityBody* body = state.Body(grant);
  if (body != nullptr) holders.Add(body->Party("consumer"), "DELIVERY");
  const auto recipients = Recipients(state.View(), grant);
  holders.Read(recipients.size(), kHoldersMax);
  for (const auto& recipient : recipients) holders.Add(recipient, "THIRD_PARTY");
  // What was made of it, and of that, level by level.
  std::vector<ledger::EntityId> made = MadeUnder(state.View(), grant, kMadeMax);
  for (std::size_t at = 0; at < made.size() && at < kMadeMax; ++at) {
    const ledger::EntityId derived = made[at];
    holders.Add(ProviderOf(state, derived), "DERIVED");
    const auto grants = GrantsOf(state.View(), derived);
    holders.Read(grants.size(), kGrantsMax);
    for (const ledger::EntityId& below : grants) {
      if (holders.IsFull()) break;  // each costs a body
      const ledger::EntityBody* held = state.Body(below);
      const bool has_data = held != nullptr && held->status != To(ledger::GrantStatus::kOpened);
      if (has_data) holders.Add(held->Party("consumer"), "DERIVED");
    }
    const auto next = MadeFrom(state.View(), derived);
    holders.Read(next.size(), kWalkMax);
    for (const ledger::EntityId& one : next) {
      if (std::ranges::find(made, one) == made.end()) made.push_back(one);
    }
  }
  holders.Read(made.size(), kMadeMax + 1);
  if (holders.IsFull()) holders.Read(kHoldersMax, kHoldersMax);  // grants were passed over
  return holders.Take();
}

bool HasConsent(BlockState& state, const ledger::EntityId& grant, const ledger::EntityId& derived,
                std::span<const std::string> items, ledger::TimeMs time) {
  const ledger::EntityBody* under = state.Body(grant);
  if (under == nullptr ||
      EffectiveStatus(state, grant, *under, time) != To(ledger::GrantStatus::kActive)) {
    return false;
  }
  std::vector<Json> live;
  for (const ledger::EntityId& id : Consents(state, grant, "")) {
    const ledger::EntityBody* consent = state.Body(id);
    if (consent != nullptr && IsFor(*consent, derived, time)) live.push_back(consent->Form());
  }
  return std::ranges::all_of(items, [&live](const std::string& item) {
    return std::ranges::any_of(live,
                               [&item](const Json& form) { return ListHas(form, "items", item); });
  });
}

bool HasConsentsFor(BlockState& state, const ledger::EntityId& derived, ledger::TimeMs time) {
  const std::optional<Derivation> made = FindDerivation(state, derived);
  if (!made) return false;
  const bool all_open = std::ranges::all_of(made->inputs, [&state](const DerivationInput& input) {
    const ledger::EntityBody* resource = state.Body(input.resource);
    return resource != nullptr && resource->Text("share_class") == "UNCONDITIONAL";
  });
  if (all_open) return true;
  for (std::size_t i = 0; i < made->inputs.size(); ++i) {
    const DerivationInput& input = made->inputs[i];
    const std::vector<std::string> items = SurvivorsOf(*made, i);
    if (items.empty() || ProviderOf(state, input.resource) == ProviderOf(state, derived)) continue;
    if (!HasConsent(state, input.grant, derived, items, time)) return false;
  }
  return true;
}

}  // namespace jiandu::contracts
