// Reading each thing once, writing each thing once.
#include "contracts/block_state.h"

#include <algorithm>
#include <iterator>

#include "contracts/compromise.h"
#include "contracts/emergency.h"
#include "crypto/hash.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/event_index.h"

namespace jiandu::contracts {

using ledger::EntityId;

const Profile& BlockState::ProfileNamed(std::string_view version) {
  if (version.empty()) {
    if (profile_in_force_.empty()) profile_in_force_ = ProfileInForce(*view_, context_->height);
    version = profile_in_force_;
  }
  const auto found = profiles_.find(version);
  if (found != profiles_.end()) return found->second;
  return profiles_.emplace(std::string(version), ReadProfile(*view_, version)).first->second;
}

const ledger::WorkCalendar& BlockState::Calendar() {
  if (!calendar_) calendar_ = ledger::ReadCalendar(*view_);
  return *calendar_;
}

void BlockState::PutCalendar(const ledger::CalendarYear& year) {
  (void)Calendar();
  calendar_->Put(year);
  Put(ledger::CalendarKey(year.year), ToBytes(CanonicalJson(year.ToJson())));
}

const EntityId& BlockState::MonthOf(std::string_view department) {
  const auto found = months_.find(department);
  if (found != months_.end()) return found->second;
  const EntityId month = ledger::DepartmentMonthEntity(department, context_->time);
  return months_.emplace(std::string(department), month).first->second;
}

BlockState::Entry& BlockState::Find(const EntityId& id) {
  const auto [entry, is_new] = entries_.At(id);
  if (is_new) {
    if (const auto bytes = view_->Get(ledger::LeafKey(id))) {
      auto leaf = ledger::EntityLeaf::Decode(*bytes);
      if (leaf) entry.leaf = *leaf;
    }
  }
  return entry;
}

bool BlockState::Exists(const EntityId& id) { return Find(id).leaf.has_value(); }

const ledger::EntityBody* BlockState::Body(const EntityId& id) {
  Entry& entry = Find(id);
  if (!entry.body_read) {
    entry.body_read = true;
    const auto bytes = entry.leaf ? view_->Get(ledger::BodyKey(id)) : std::nullopt;
    if (bytes) {
      auto body = ledger::EntityBody::Decode(*bytes);
      if (body) {
        entry.body = std::make_unique<ledger::EntityBody>(std::move(*body));
        // First, for a duty that runs anew may be one of a department that has ended since.
        ReopenVoid(entry);
        if (TakeEndOfEmergency(*this, *entry.body)) entry.passed_on = true;
        std::vector<ledger::Clock> read = entry.body->clocks;
        PassOn(id, entry);
        if (entry.passed_on) {
          KeepStored(entry, *ledger::EntityBody::Decode(*bytes));
          entry.clocks_read = std::move(read);
        }
      }
    }
  }
  return entry.body.get();
}

void BlockState::KeepStored(Entry& entry, const ledger::EntityBody& stored) {
  entry.clocks_before = stored.clocks;
  entry.listed_before = DepartmentsIn(stored);
}

ledger::EntityBody& BlockState::Edit(const EntityId& id) {
  const ledger::EntityBody* body = Body(id);
  JD_ASSERT(body != nullptr);
  Entry& entry = Find(id);
  if (!entry.body_changed) {
    if (!entry.passed_on) KeepStored(entry, *entry.body);
    given_out_.emplace(entry.body.get(), id);
  }
  entry.body_changed = true;
  entry.terms.reset();
  entry.other_terms.clear();
  return *entry.body;
}

void BlockState::Create(const EntityId& id, ledger::EntityBody body) {
  Entry& entry = entries_.At(id).first;  // whatever stands there is not asked for
  entry.leaf.emplace();
  entry.leaf_changed = true;
  entry.body_read = true;
  entry.listed_before.reset();
  entry.body_changed = true;
  entry.body = std::make_unique<ledger::EntityBody>(std::move(body));
  entry.terms.reset();
  given_out_.emplace(entry.body.get(), id);
}

std::optional<EntityId> BlockState::IdOf(const ledger::EntityBody& body) const {
  const auto found = given_out_.find(&body);
  return found != given_out_.end() ? std::optional(found->second) : std::nullopt;
}

void BlockState::NoteEnacted(std::string_view op) {
  if (!ledger::HasOpEvents(op)) return;
  Put(ledger::OpEventKey(op, {.time = context_->time, .index = index_}), {});
}

const Succession* BlockState::SuccessionOf(std::string_view department) {
  const auto found = successions_.find(department);
  const auto& known =
      found != successions_.end()
          ? found->second
          : successions_.emplace(std::string(department), ReadSuccession(*view_, department))
                .first->second;
  return known ? &*known : nullptr;
}

// Who has the part of an ended department in the case: as the reorganisation mapped the case itself
// or what it hangs on, else its default successor; that one may have ended too. Notes who ended
// when.
ledger::DepartmentId BlockState::HeirOf(const EntityId& id, const ledger::EntityBody& body,
                                        std::string_view department, EndedAt& ended) {
  ledger::DepartmentId heir(department);
  for (int hop = 0; hop < kSuccessionsMax; ++hop) {
    const Succession* passed = SuccessionOf(heir);
    if (passed == nullptr) break;
    ended.emplace(heir, passed->at);
    auto mapped = view_->Get(HeirKey(id, heir));
    for (const auto& [name, link] : body.links) {
      if (!mapped) mapped = view_->Get(HeirKey(link, heir));
    }
    heir = mapped ? ToText(*mapped) : passed->successor;
  }
  return heir;
}

// A step that a compromised key signed, and that nobody confirmed in time, is open again.
void BlockState::ReopenVoid(Entry& entry) {
  if (ReopenVoidStep(*this, *entry.body)) entry.passed_on = true;
}

void BlockState::PassOn(const EntityId& id, Entry& entry) {
  ledger::EntityBody& body = *entry.body;
  EndedAt ended;
  std::map<std::string, ledger::DepartmentId> former;
  for (auto& [name, department] : body.parties) {
    if (name.starts_with(kFormer) || SuccessionOf(department) == nullptr) continue;
    former[FormerParty(name)] = department;
    department = HeirOf(id, body, department, ended);
  }
  for (ledger::Clock& clock : body.clocks) {
    if (!clock.Runs()) continue;
    EndedAt before;
    clock.department = HeirOf(id, body, clock.department, before);
    clock.held_until.insert(before.begin(), before.end());
    ended.merge(before);
  }
  if (ended.empty()) return;
  entry.passed_on = true;
  ledger::TimeMs at = 0;
  for (const auto& [department, time] : ended) at = std::max(at, time);
  // Of several reorganisations the first name stays: it is that of the birth.
  for (auto& [name, department] : former) body.parties.try_emplace(name, department);
  const std::string_view consumer = body.Party("consumer");
  if (!former.empty() && !consumer.empty() && consumer == body.Party("provider")) {
    body.numbers.try_emplace(std::string(kOwnSince), at);
    // Nothing is owed to oneself: such a grant ends without D14, such a request closes.
    const bool closes =
        body.kind == ledger::EntityKind::kGrant || body.kind == ledger::EntityKind::kRequest;
    for (ledger::Clock& clock : body.clocks) {
      if (closes && clock.Runs()) clock.ended_at = at;
    }
  }
}

std::uint64_t BlockState::Touch(const EntityId& id, ledger::LogIndex index) {
  Entry& entry = Find(id);
  if (!entry.leaf) entry.leaf.emplace();
  if (entry.leaf->size == 0) entry.leaf->birth = index;
  entry.leaf->last = index;
  entry.leaf_changed = true;
  return entry.leaf->size++;
}

const AccessTerms* BlockState::Terms(const EntityId& grant) {
  const ledger::EntityBody* body = Body(grant);
  if (body == nullptr || body->kind != ledger::EntityKind::kGrant) return nullptr;
  Entry& entry = Find(grant);
  if (entry.terms == nullptr) {
    entry.terms = ReadTerms(*body, TimelineOf(*this, grant, *body));
  }
  return entry.terms.get();
}

std::optional<PastTerms> BlockState::FindTerms(const EntityId& grant,
                                               const ledger::EntityBody& body,
                                               ledger::TimeMs time) const {
  constexpr ledger::TimeMs kForEver = std::numeric_limits<ledger::TimeMs>::max();
  const std::int64_t change_at = body.Number("change_at");
  if (change_at > 0 && time >= change_at) {
    return PastTerms{.from = change_at,
                     .until = kForEver,
                     .terms = ToText(Get(NextTermsKey(grant)).value_or(Bytes()))};
  }
  const auto kept = static_cast<std::uint32_t>(body.Number("past_terms"));
  std::optional<PastTerms> found;
  for (std::uint32_t n = kept; n > 0 && kept - n < kPastTermsMax; --n) {
    const auto bytes = Get(PastTermsKey(grant, n - 1));
    if (!bytes) break;
    found = DecodePastTerms(*bytes);
    if (found->from <= time) return found;
  }
  // Before the oldest that is kept, it stands for those before it.
  if (found) found->from = 0;
  return found;
}

const AccessTerms* BlockState::TermsAt(const EntityId& grant, ledger::TimeMs time) {
  const AccessTerms* now = Terms(grant);
  if (now == nullptr || now->Cover(time)) return now;
  Entry& entry = Find(grant);
  for (const auto& other : entry.other_terms) {
    if (other->Cover(time)) return other.get();
  }
  const auto found = FindTerms(grant, *entry.body, time);
  if (!found) return now;
  entry.other_terms.push_back(
      ReadTerms(*entry.body, TimelineOf(*this, grant, *entry.body), *found));
  return entry.other_terms.back().get();
}

const ledger::KeyRecord* BlockState::Key(const ledger::KeyId& id) {
  const auto [place, is_new] = keys_.try_emplace(id);
  if (is_new) place->second = ledger::FindKeyRecord(*view_, id);
  return place->second ? &*place->second : nullptr;
}

std::optional<ledger::KeyRecord> BlockState::LatestKey(const ledger::KeyId& id) const {
  const auto bytes = Get(ledger::KeyRecordKey(id));
  if (!bytes) return std::nullopt;
  auto record = ledger::KeyRecord::Decode(*bytes);
  if (!record) return std::nullopt;
  return *record;
}

void BlockState::PutKey(const ledger::KeyId& id, const ledger::KeyRecord& record) {
  writes_.Put(ledger::KeyRecordKey(id), record.Encode());
}

std::optional<Bytes> BlockState::Get(ByteView key) const {
  if (const auto* written = writes_.Find(key)) return *written;
  static const Bytes kSettings = ledger::ConfigKey("");
  static const Bytes kOfDepartments = [] {
    Bytes prefix = ledger::PartKey(ledger::DepartmentEntity(""), {});
    prefix.resize(2);  // the mark and the kind
    return prefix;
  }();
  if (!HasPrefix(key, kSettings) && !HasPrefix(key, kOfDepartments)) return view_->Get(key);
  const auto known = settings_.find(key);
  if (known != settings_.end()) return known->second;
  return settings_.emplace(ToBytes(key), view_->Get(key)).first->second;
}

bool BlockState::Has(ByteView key) const {
  const auto* written = writes_.Find(key);
  return written != nullptr ? written->has_value() : Get(key).has_value();
}

bool BlockState::HasAny(const Bytes& prefix, std::span<const std::string_view> ids) const {
  Bytes key = prefix;
  const auto key_of = [&](std::string_view id) -> const Bytes& {
    key.resize(prefix.size());
    Append(key, AsBytes(id));
    return key;
  };
  const auto is_written = [&](std::string_view id) { return writes_.Find(key_of(id)) != nullptr; };
  if (std::ranges::any_of(ids, is_written)) return true;
  // Where ids are strewn among those there are, walking past these costs more than asking.
  std::size_t rows_left = ids.size() / 8;
  bool found = false;
  bool strewn = rows_left == 0;
  const auto visit = [&](ByteView row, ByteView) {
    const std::string_view there = AsText(row.subspan(prefix.size()));
    ids = ids.subspan(static_cast<std::size_t>(std::ranges::lower_bound(ids, there) - ids.begin()));
    found = !ids.empty() && ids.front() == there;
    strewn = rows_left-- == 0;
    return !found && !strewn && !ids.empty();
  };
  if (!strewn) view_->Scan(prefix, key_of(ids.front()), visit);
  if (found || !strewn) return found;
  return std::ranges::any_of(
      ids, [&](std::string_view id) { return view_->Get(key_of(id)).has_value(); });
}

const Json* BlockState::Kept(const Bytes& key) {
  auto known = kept_.find(key);
  if (known == kept_.end()) {
    auto text = Get(key);
    if (!text) return nullptr;
    known = kept_.emplace(key, *std::move(text)).first;
  }
  return &known->second.Parsed();
}

std::vector<ledger::DepartmentId> DepartmentsIn(const ledger::EntityBody& body) {
  std::vector<ledger::DepartmentId> departments = {body.department};
  for (const auto& [name, department] : body.parties) departments.push_back(department);
  std::ranges::sort(departments);
  const auto doubles = std::ranges::unique(departments);
  departments.erase(doubles.begin(), doubles.end());
  return departments;
}

std::vector<BlockState::Joined> BlockState::JoinedDepartments() const {
  std::vector<Joined> all;
  for (const auto& [id, entry] : entries_.All()) {
    if (!entry.body_changed || !entry.listed_before) continue;
    Joined joined{.id = id, .birth = entry.leaf->birth, .departments = {}};
    std::ranges::set_difference(DepartmentsIn(*entry.body), *entry.listed_before,
                                std::back_inserter(joined.departments));
    if (!joined.departments.empty()) all.push_back(std::move(joined));
  }
  std::ranges::sort(all, {}, &Joined::id);
  return all;
}

std::uint32_t ReadCount(const std::optional<Bytes>& value) {
  return value && value->size() == 4 ? ReadU32Be(*value) : 0;
}

}  // namespace jiandu::contracts
