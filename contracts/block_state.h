// The state as one block sees and changes it: everything read is decoded once, everything changed
// is encoded once, when the block ends.
//
// Owned by ApplyBlock for the length of a block; one thread. Keys are judged as of the end of the
// block before: a change of a key takes effect at the next height (docs/adr/0001 (Rules)).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/keyed_rows.h"
#include "contracts/access_terms.h"
#include "contracts/block_apply.h"
#include "contracts/profile.h"
#include "contracts/succession.h"
#include "ledger/model/body.h"
#include "ledger/model/key_record.h"
#include "ledger/model/work_calendar.h"
#include "ledger/model/write_set.h"

namespace jiandu::contracts {

class BlockState {
 public:
  BlockState(const ledger::StateView& view, const BlockContext& context)
      : view_(&view), context_(&context), present_(view, marks_) {}
  BlockState(const BlockState&) = delete;  // the present refers to its own writes
  BlockState& operator=(const BlockState&) = delete;

  [[nodiscard]] const BlockContext& Context() const { return *context_; }
  [[nodiscard]] const Profile& CurrentProfile() { return ProfileNamed(""); }
  // The version a case keeps ("combined@1"); "" is the one in force at this height.
  [[nodiscard]] const Profile& ProfileNamed(std::string_view version);
  // Working days as published; what this block publishes counts at once.
  [[nodiscard]] const ledger::WorkCalendar& Calendar();
  void PutCalendar(const ledger::CalendarYear& year);

  // The department-month of the block's time: asked for by every transaction, hashed once.
  [[nodiscard]] const ledger::EntityId& MonthOf(std::string_view department);

  // Entities. An entity born earlier in the block exists.
  [[nodiscard]] bool Exists(const ledger::EntityId& id);
  [[nodiscard]] const ledger::EntityBody* Body(const ledger::EntityId& id);  // null: no body
  [[nodiscard]] ledger::EntityBody& Edit(const ledger::EntityId& id);        // must have a body
  void Create(const ledger::EntityId& id, ledger::EntityBody body);
  // The entity is touched by the log entry `index`; returns its place in the history.
  [[nodiscard]] std::uint64_t Touch(const ledger::EntityId& id, ledger::LogIndex index);
  // Terms of a grant as accesses are judged by, as the body has them; null when it is no grant.
  [[nodiscard]] const AccessTerms* Terms(const ledger::EntityId& grant);
  // Those in force at a time: superseded ones, or a change announced for a day to come.
  [[nodiscard]] const AccessTerms* TermsAt(const ledger::EntityId& grant, ledger::TimeMs time);
  // Counters of a grant on a day and in an hour, written back when the block ends.
  [[nodiscard]] DayCounter& Day(const ledger::EntityId& grant, std::int32_t date);
  [[nodiscard]] DayCounter DayAsIs(const ledger::EntityId& grant, std::int32_t date) const;
  [[nodiscard]] HourCounter& Hour(const ledger::EntityId& grant, std::uint32_t hour);
  [[nodiscard]] HourCounter& Denied(const ledger::EntityId& grant, std::uint32_t hour);
  [[nodiscard]] SideCounter& Side(const ledger::EntityId& grant, std::int32_t date);
  [[nodiscard]] const UseCounter& Uses(const ledger::EntityId& grant);
  [[nodiscard]] UseCounter& EditUses(const ledger::EntityId& grant);
  // Dataset versions of a resource, ascending by time. Who adds one writes its part too.
  [[nodiscard]] std::vector<Version>& Versions(const ledger::EntityId& resource);
  // When a resource lets nobody in, ascending by time. Who adds one writes its part too.
  [[nodiscard]] std::vector<StopSpan>& Stops(const ledger::EntityId& resource);

  // Keys: as of the end of the block before, and as last changed (to change them further).
  [[nodiscard]] const ledger::KeyRecord* Key(const ledger::KeyId& id);
  [[nodiscard]] std::optional<ledger::KeyRecord> LatestKey(const ledger::KeyId& id) const;
  void PutKey(const ledger::KeyId& id, const ledger::KeyRecord& record);

  // The transaction whose turn it is, by the index of its log entry.
  void Begin(ledger::LogIndex index) { index_ = index; }
  // The op takes effect with it.
  void NoteEnacted(std::string_view op);
  // A clock of the body ended late by this transaction: kept for those who ask who was late, once a
  // department that had it while it became later (late_rows.cc).
  void NoteLate(const ledger::EntityId& id, const ledger::Clock& clock, const ledger::TxId& txid);
  // Of a body that Edit or Create gave out in this block.
  [[nodiscard]] std::optional<ledger::EntityId> IdOf(const ledger::EntityBody& body) const;

  // Plain keys: parts, uniq/, cfg/.
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const;
  // Canonical JSON under a plain key that is written once and never changed; null: not written.
  [[nodiscard]] const Json* Kept(const Bytes& key);
  [[nodiscard]] bool Has(ByteView key) const;
  // One of the rows `prefix` id, the ids ascending, of rows that are never deleted: one look at the
  // store where all ids are new and follow each other, as those of a batch mostly do.
  [[nodiscard]] bool HasAny(const Bytes& prefix, std::span<const std::string_view> ids) const;
  void Put(Bytes key, Bytes value) { writes_.Put(std::move(key), std::move(value)); }
  void Delete(Bytes key) { writes_.Delete(std::move(key)); }
  // A row that lists one entity under another.
  void PutMark(const Bytes& key) {
    marks_.Put(key, {});
    writes_.Put(key, {});
  }
  void DeleteMark(const Bytes& key) {
    marks_.Delete(key);
    writes_.Delete(key);
  }
  // As the block found it; and the same with the marks of earlier transactions, for lists.
  [[nodiscard]] const ledger::StateView& View() const { return *view_; }
  [[nodiscard]] const ledger::StateView& Present() const { return present_; }

  // compromise_index.h, as of the block before: most transactions ask for it.
  [[nodiscard]] const std::optional<ledger::TimeMs>& FirstMisuse();

  // Of a department that has ended as of the block before; null: it has not.
  [[nodiscard]] const Succession* SuccessionOf(std::string_view department);

  // Departments that have come into a case since the block before, ascending by id.
  struct Joined {
    ledger::EntityId id;
    ledger::LogIndex birth = 0;
    std::vector<ledger::DepartmentId> departments;
  };
  [[nodiscard]] std::vector<Joined> JoinedDepartments() const;
  // Encodes what changed; the state is spent afterwards.
  [[nodiscard]] ledger::WriteSet Finish();

 private:
  struct Entry {
    std::optional<ledger::EntityLeaf> leaf;  // nothing: does not exist
    bool leaf_changed = false;
    bool body_read = false;
    bool body_changed = false;
    std::unique_ptr<ledger::EntityBody> body;
    // What follows from other entities was derived when it was read: parties of ended departments,
    // a step that is void.
    bool passed_on = false;
    // Of the body as stored, when it is edited; of one born in this block there is nothing.
    std::vector<ledger::Clock> clocks_before;
    std::optional<std::vector<ledger::DepartmentId>> listed_before;
    // Those that ran for the block: what a void step had ended runs anew. Only when passed on.
    std::vector<ledger::Clock> clocks_read;
    std::unique_ptr<const AccessTerms> terms;
    std::vector<std::unique_ptr<const AccessTerms>> other_terms;  // of other times, as asked for
  };
  Entry& Find(const ledger::EntityId& id);
  static void KeepStored(Entry& entry, const ledger::EntityBody& stored);
  [[nodiscard]] std::optional<PastTerms> FindTerms(const ledger::EntityId& grant,
                                                   const ledger::EntityBody& body,
                                                   ledger::TimeMs time) const;
  void FinishEntry(const ledger::EntityId& id, Entry& entry);
  void ReopenVoid(Entry& entry);
  void PassOn(const ledger::EntityId& id, Entry& entry);
  using EndedAt = std::map<ledger::DepartmentId, ledger::TimeMs, std::less<>>;
  [[nodiscard]] ledger::DepartmentId HeirOf(const ledger::EntityId& id,
                                            const ledger::EntityBody& body,
                                            std::string_view department, EndedAt& ended);
  [[nodiscard]] std::vector<ledger::EntityId> ResponsibleFor(const ledger::EntityId& id,
                                                             const ledger::Clock& clock);
  [[nodiscard]] ledger::TxId ReorganisedBy(std::string_view department, ledger::TimeMs at);
  void FinishClocks(const ledger::EntityId& id, const Entry& entry);
  void FinishLate(const ledger::EntityId& id, const Entry& entry);
  void FinishOffices(const ledger::EntityId& id, const ledger::EntityBody& identity);
  void FinishGrade(const ledger::EntityId& id, const ledger::EntityBody& resource);
  void FinishUses();

  const ledger::StateView* view_;
  const BlockContext* context_;
  ledger::WriteTable writes_;
  ledger::WriteSet marks_;  // of writes_, those of PutMark and DeleteMark
  ledger::WriteView present_;
  KeyedRows<ledger::EntityId, Entry, crypto::TableHash> entries_;
  ledger::LogIndex index_ = 0;
  std::map<const ledger::EntityBody*, ledger::EntityId> given_out_;
  std::map<ledger::KeyId, std::optional<ledger::KeyRecord>> keys_;
  // Beside each counter, what is stored.
  template <typename Counter>
  struct Known {
    Counter now;
    std::optional<Counter> stored;
  };
  std::map<std::pair<ledger::EntityId, std::int32_t>, Known<DayCounter>> days_;
  std::map<std::pair<ledger::EntityId, std::uint32_t>, HourCounter> hours_;
  std::map<std::pair<ledger::EntityId, std::uint32_t>, HourCounter> denied_;
  std::map<std::pair<ledger::EntityId, std::int32_t>, Known<SideCounter>> sides_;
  struct KnownUses {
    UseCounter counter;
    bool changed = false;
  };
  [[nodiscard]] KnownUses& FindUses(const ledger::EntityId& grant);
  std::map<ledger::EntityId, KnownUses> uses_;
  std::map<ledger::EntityId, std::vector<Version>> versions_;
  std::map<ledger::EntityId, std::vector<StopSpan>> stops_;
  std::map<std::string, Profile, std::less<>> profiles_;
  std::string profile_in_force_;
  std::optional<ledger::WorkCalendar> calendar_;
  std::optional<std::optional<ledger::TimeMs>> first_misuse_;
  // Settings (cfg/) and what stands beside departments, as of the block before: every transaction
  // asks for the same few.
  mutable std::map<Bytes, std::optional<Bytes>, ledger::BytesLess> settings_;
  std::map<Bytes, ledger::JsonText> kept_;
  std::map<std::string, ledger::EntityId, std::less<>> months_;
  std::map<std::string, std::optional<Succession>, std::less<>> successions_;
};

// Those that may list the entity, ascending.
[[nodiscard]] std::vector<ledger::DepartmentId> DepartmentsIn(const ledger::EntityBody& body);

// The value of a small count beside an entity: four bytes, big-endian; 0 when there is none.
[[nodiscard]] std::uint32_t ReadCount(const std::optional<Bytes>& value);

}  // namespace jiandu::contracts
