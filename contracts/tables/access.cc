// Accesses: single records, batches in both forms, acknowledgements (docs/contracts.md 4.10; 809
// Art. 26, 29).
#include "contracts/access.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "contracts/access_index.h"
#include "contracts/auto_suspend.h"
#include "contracts/clock.h"
#include "contracts/engine.h"
#include "contracts/grant_terms.h"
#include "contracts/resource.h"
#include "contracts/succession.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;

// The consumer's own report is evidence of the other side; it counts nothing.
Reporter ReporterOf(const Case& judged) {
  const bool consumer =
      judged.body != nullptr && judged.IsParty("consumer") && !judged.IsParty("provider");
  return consumer ? Reporter::kConsumer : Reporter::kProvider;
}
TraceKind TraceOf(Reporter reporter) {
  return reporter == Reporter::kProvider ? TraceKind::kAccess : TraceKind::kConsumerAccess;
}
TraceKind BatchTraceOf(Reporter reporter) {
  return reporter == Reporter::kProvider ? TraceKind::kBatch : TraceKind::kConsumerBatch;
}
std::optional<Hash256> DigestOf(std::string_view hex) {
  const auto digest = HexDecodeFixed<32>(hex);
  if (!digest) return std::nullopt;
  return *digest;
}

// access.record
bool IsWithoutGrant(const Case& judged) {
  return judged.Form().Find("grant") == nullptr && judged.Form().BoolOr("grant_missing");
}
Code HasTarget(Case& judged) {
  if (judged.Form().Find("grant") != nullptr) return Code::kAccepted;
  return IsWithoutGrant(judged) && judged.Form().Find("resource") != nullptr ? Code::kAccepted
                                                                             : Code::kFieldRequired;
}
EntityId TargetOf(const Case& judged) {
  return judged.Named(IsWithoutGrant(judged) ? "resource" : "grant");
}
// Without a grant the case has no sides: the resource's provider or a gateway reports.
Code MayReport(Case& judged) {
  if (!IsWithoutGrant(judged)) return Code::kAccepted;
  const EntityBody* resource = judged.NamedBody("resource");
  const std::string_view who = judged.payload.department;
  const bool may =
      resource != nullptr &&
      (resource->Party("provider") == who || resource->Party(FormerParty("provider")) == who ||
       HasDepartmentRole(judged.state, who, "PLATFORM_OPERATOR"));
  return may ? Code::kAccepted : Code::kRoleDenied;
}
Code NewRecord(Case& judged) {
  if (const Code code = MayReport(judged); code != Code::kAccepted) return code;
  const Bytes key = TraceKey(TargetOf(judged), TraceOf(ReporterOf(judged)), judged.Text("acc_id"));
  return judged.state.Has(key) ? Code::kDuplicate : Code::kAccepted;
}

// What the consumer said before the provider reported is looked for only where there is such.
void NoteEarlyEvidence(const Case& judged) {
  judged.state.EditUses(judged.subject).early_evidence = true;
}
std::optional<AccessTrace> TraceAt(const Case& judged, TraceKind kind, std::string_view id) {
  const auto bytes = judged.state.Get(TraceKey(judged.subject, kind, id));
  return bytes ? DecodeTrace(*bytes) : std::nullopt;
}
// Accesses and batches have names of their own, so the acknowledged kind stands before the id.
std::string AckId(TraceKind kind, std::string_view id) {
  return std::string(1, static_cast<char>(kind)).append(id);
}
// What the consumer said of an access or batch before the provider reported it.
struct Early {
  bool spoke = false;
  bool agrees = true;
  std::optional<AccessTrace> own = std::nullopt;  // its own report
};
Early EarlyOf(const Case& judged, TraceKind kind, std::string_view id,
              const std::optional<Hash256>& digest) {
  Early early;
  const auto ack = TraceAt(judged, TraceKind::kAck, AckId(kind, id));
  if (kind == TraceKind::kAccess) early.own = TraceAt(judged, TraceKind::kConsumerAccess, id);
  early.spoke = ack || early.own;
  early.agrees = (!ack || ack->digest == digest) && (!early.own || early.own->digest == digest);
  return early;
}

// Counters of both sides: on the day the access happened.
SideCounter& SideOf(const Case& judged, const AccessTrace& trace) {
  return judged.state.Side(judged.subject, ledger::DateOf(trace.occurred_at));
}
void CountEarly(const Case& judged, const Early& early, const AccessTrace& trace) {
  if (early.spoke && trace.count > 0) SideOf(judged, trace).acknowledged += trace.count;
  if (!early.own || !IsCounted(early.own->result)) return;
  std::uint64_t& alone = SideOf(judged, *early.own).consumer_only;
  if (alone > 0) --alone;
}

// Judges the records of one transaction under its grant and keeps their traces.
class Recorder {
 public:
  explicit Recorder(const Case& judged)
      : judged_(judged),
        reporter_(ReporterOf(judged)),
        judge_(judged.state, judged.subject, reporter_),
        subjects_(judged.state, judged.txid),
        early_(reporter_ == Reporter::kProvider &&
               judged.state.Uses(judged.subject).early_evidence) {}

  AccessTrace Keep(const AccessRecord& record) {
    AccessTrace trace = judge_.Judge(record);
    if (!AgreesWithOther(record.acc_id, trace)) trace.flags |= FlagBit(Flag::kDigestMismatch);
    judged_.state.Put(TraceKey(judged_.subject, TraceOf(reporter_), record.acc_id),
                      EncodeTrace(trace));
    if (record.seal != nullptr) KeepSeal(record);
    subjects_.Add(record.subject_tags);
    delivered_ = delivered_ || record.result == AccessResult::kOk;
    if (reporter_ == Reporter::kProvider) breaches_.Add(trace);
    return trace;
  }
  AccessTrace KeepDigest(const Json& batch) {
    AccessTrace trace = judge_.JudgeDigest(batch);
    const Json* digest = batch.Find("digest");
    const Json* counts = digest != nullptr ? digest->Find("counts") : nullptr;
    delivered_ = counts != nullptr && counts->IntegerOr("ok") > 0;
    if (early_) CompareEarly(batch.TextOr("batch_id"), trace);
    if (reporter_ == Reporter::kProvider) {  // who keeps its leaves
      IndexDigest(judged_.state, judged_.subject, batch);
      breaches_.AddDigest(trace);
    }
    return trace;
  }
  // After the last record: the first delivery satisfies D06, the last use starts D14. The terms
  // that served for judging are read anew then.
  void MoveClocks(Case& judged) const {
    const AccessTerms* terms = judged.state.Terms(judged.subject);
    if (terms == nullptr || reporter_ != Reporter::kProvider) return;
    const bool first = delivered_ && terms->awaits_delivery;
    const bool last = UsesMaxAt(*judged.body, judged.Time()) > 0 &&
                      judged.state.Uses(judged.subject).ran_out_at == judged.Time();
    if (!first && !last) return;
    EntityBody& grant = judged.state.Edit(judged.subject);
    if (first) SatisfyClock(judged, grant, "D06");
    if (last && RunningClock(grant, "D14") != nullptr) {
      StartDisposal(judged.state, grant, judged.Time());
    }
  }
  [[nodiscard]] const Breaches& Found() const { return breaches_; }

 private:
  // What the consumer said of the batch before the provider reported it.
  void CompareEarly(std::string_view batch_id, AccessTrace& trace) {
    const Early early = EarlyOf(judged_, TraceKind::kBatch, batch_id, trace.digest);
    CountEarly(judged_, early, trace);
    if (early.agrees) return;
    // It may contradict itself already: then that is counted.
    if ((trace.flags & FlagBit(Flag::kDigestMismatch)) != 0) return;
    trace.flags |= FlagBit(Flag::kDigestMismatch);
    trace.flag_counts.push_back({.flag = Flag::kDigestMismatch, .n = 1});
  }
  bool AgreesWithOther(std::string_view acc_id, const AccessTrace& trace) {
    if (reporter_ == Reporter::kProvider) {
      if (!early_) return true;
      const Early early = EarlyOf(judged_, TraceKind::kAccess, acc_id, trace.digest);
      CountEarly(judged_, early, trace);
      return early.agrees;
    }
    const auto other = TraceAt(judged_, TraceKind::kAccess, acc_id);
    if (!other) {
      NoteEarlyEvidence(judged_);
      CountAlone(trace);
    } else if (other->count > 0 &&
               !TraceAt(judged_, TraceKind::kAck, AckId(TraceKind::kAccess, acc_id))) {
      SideOf(judged_, *other).acknowledged += other->count;
    }
    return !other || other->digest == trace.digest;
  }
  void CountAlone(const AccessTrace& trace) {
    if (!IsCounted(trace.result)) return;
    SideCounter& side = SideOf(judged_, trace);
    ++side.consumer_only;
    side.last_consumer = judged_.Time();
  }
  // Whoever has the data seals: what the other side says is no commitment.
  void KeepSeal(const AccessRecord& record) {
    if (reporter_ != Reporter::kProvider) return;
    IndexSealed(judged_.state, judged_.subject, record, judged_.txid);
    const auto commitment = DigestOf(record.seal->TextOr("commitment"));
    if (!commitment) return;
    judged_.state.Put(
        SealKey(judged_.subject, record.acc_id),
        EncodeSeal({.commitment = *commitment, .until = record.seal->IntegerOr("until")}));
  }

  const Case& judged_;
  Reporter reporter_;
  AccessJudge judge_;
  SubjectRows subjects_;
  Breaches breaches_;
  bool early_;
  bool delivered_ = false;  // with result OK
};

// What was let in is the provider's: nobody else's word makes it its act (4.10.2).
void NoteLetInUnderGrant(Case& judged) {
  if (ReporterOf(judged) != Reporter::kProvider) return;
  const EntityId* resource = judged.body->Link("resource");
  NoteLetIn(judged, judged.body->Party("consumer"), resource != nullptr ? *resource : EntityId(),
            judged.subject);
}

void Record(Case& judged) {
  const AccessRecord record = ReadRecord(judged.Form());
  if (!IsWithoutGrant(judged)) {
    Recorder recorder(judged);
    judged.flags |= recorder.Keep(record).flags;
    recorder.MoveClocks(judged);
    recorder.Found().Settle(judged);
    NoteLetInUnderGrant(judged);
    return;
  }
  judged.Raise(Flag::kNoGrant);
  if (const std::string_view consumer = judged.Text("consumer"); !consumer.empty()) {
    MarkUser(judged.state, TargetOf(judged), consumer);
  }
  // Nobody's right to seal is known without a grant.
  if (record.seal != nullptr) judged.Raise(Flag::kFieldMissing);
  judged.flags |= TimeFlags(judged.state, record.occurred_at, record.occurred_at);
  const AccessTrace trace{.occurred_at = record.occurred_at,
                          .flags = judged.flags,
                          .result = record.result,
                          .digest = DigestOf(record.response_digest),
                          .flag_counts = {}};
  judged.state.Put(TraceKey(TargetOf(judged), TraceKind::kAccess, record.acc_id),
                   EncodeTrace(trace));
  SubjectRows(judged.state, judged.txid).Add(record.subject_tags);
  NoteLetIn(judged, judged.Text("consumer"), TargetOf(judged), TargetOf(judged));
}

// access.batch
bool IsFull(const Case& judged) { return judged.Text("form") == "full"; }
Code HasContent(Case& judged) {
  const bool full = IsFull(judged);
  const Json* digest = judged.Form().Find("digest");
  const bool records = !judged.Form().ItemsOf("records").empty();
  if (full ? !records : digest == nullptr) return Code::kFieldRequired;
  if (full ? digest != nullptr : records) return Code::kFieldInvalid;
  return full || digest->IntegerOr("from") <= digest->IntegerOr("to") ? Code::kAccepted
                                                                      : Code::kFieldInvalid;
}
Code NewBatch(Case& judged) {
  const EntityId& grant = judged.subject;
  const TraceKind own = BatchTraceOf(ReporterOf(judged));
  if (judged.state.Has(TraceKey(grant, own, judged.Text("batch_id")))) return Code::kDuplicate;
  std::vector<std::string_view> ids;
  const auto records = judged.Form().ItemsOf("records");
  ids.reserve(records.size());
  for (const Json& record : records) ids.push_back(record.TextOr("acc_id"));
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end()) return Code::kDuplicate;
  const Bytes prefix = TraceKey(grant, TraceOf(ReporterOf(judged)), {});
  return judged.state.HasAny(prefix, ids) ? Code::kDuplicate : Code::kAccepted;
}
// The union of the records' flags, and how many records raised each.
AccessTrace KeepRecords(const Case& judged, Recorder& recorder) {
  AccessTrace batch;
  FlagTally tally;
  const std::string_view system = judged.Text("system");
  const std::string_view account = judged.Text("acct_tag");
  for (const Json& json : judged.Form().ItemsOf("records")) {
    AccessRecord record = ReadRecord(json);
    if (record.system.empty() && record.acct_tag.empty()) {
      record.system = system;
      record.acct_tag = account;
    }
    const AccessTrace trace = recorder.Keep(record);
    tally.Add(trace.flags);
    batch.flags |= trace.flags;
    batch.excess += trace.excess;
    batch.count += trace.count;
    if (batch.occurred_at == 0) batch.occurred_at = record.occurred_at;
  }
  batch.flag_counts = tally.Counts();
  return batch;
}
// The provider's chain of batches may arrive in any order: what is named and not there is a gap
// until it comes.
void NoteChain(const Case& judged) {
  if (ReporterOf(judged) != Reporter::kProvider) return;
  const Bytes own = GapKey(judged.subject, judged.Text("batch_id"));
  if (judged.state.Has(own)) judged.state.Delete(own);
  const std::string_view before = judged.Text("prev_batch_id");
  if (before.empty() || judged.state.Has(TraceKey(judged.subject, TraceKind::kBatch, before))) {
    return;
  }
  judged.state.Put(GapKey(judged.subject, before), ToBytes(judged.Text("batch_id")));
}
void Batch(Case& judged) {
  Recorder recorder(judged);
  const AccessTrace batch =
      IsFull(judged) ? KeepRecords(judged, recorder) : recorder.KeepDigest(judged.Form());
  judged.flags |= batch.flags;
  recorder.Found().Settle(judged);
  const TraceKind own = BatchTraceOf(ReporterOf(judged));
  judged.state.Put(TraceKey(judged.subject, own, judged.Text("batch_id")), EncodeTrace(batch));
  NoteFlagCounts(judged.state, judged.txid, batch);
  NoteChain(judged);
  NoteLetInUnderGrant(judged);
  recorder.MoveClocks(judged);
}

// access.acknowledge
Code HasOneId(Case& judged) {
  return judged.Text("acc_id").empty() == judged.Text("batch_id").empty() ? Code::kFieldRequired
                                                                          : Code::kAccepted;
}
TraceKind AckedKind(const Case& judged) {
  return judged.Text("acc_id").empty() ? TraceKind::kBatch : TraceKind::kAccess;
}
std::string_view AckedId(const Case& judged) {
  return judged.Text(AckedKind(judged) == TraceKind::kBatch ? "batch_id" : "acc_id");
}
Bytes AckKey(const Case& judged) {
  return TraceKey(judged.subject, TraceKind::kAck, AckId(AckedKind(judged), AckedId(judged)));
}
Code NewAck(Case& judged) {
  return judged.state.Has(AckKey(judged)) ? Code::kDuplicate : Code::kAccepted;
}
void Acknowledge(Case& judged) {
  const TraceKind kind = AckedKind(judged);
  const auto reported = TraceAt(judged, kind, AckedId(judged));
  const auto own = DigestOf(judged.Text("response_digest"));
  if (!reported) NoteEarlyEvidence(judged);
  // A full batch has no digest of its own: its records are acknowledged one by one.
  if (reported && (reported->digest || kind == TraceKind::kAccess) && reported->digest != own) {
    judged.Raise(Flag::kDigestMismatch);
  }
  // Of a record, its own report may have said it already.
  const bool counts =
      reported && reported->count > 0 &&
      (kind == TraceKind::kBatch ? reported->digest.has_value()
                                 : !TraceAt(judged, TraceKind::kConsumerAccess, AckedId(judged)));
  if (counts) SideOf(judged, *reported).acknowledged += reported->count;
  const AccessTrace trace{
      .occurred_at = judged.Time(), .flags = judged.flags, .digest = own, .flag_counts = {}};
  judged.state.Put(AckKey(judged), EncodeTrace(trace));
}

constexpr std::uint32_t kReporters = side::kProvider | side::kConsumer | side::kGateway;
constexpr auto kRows = std::to_array<CaseRow>({
    {.op = "access.record",
     .sides = kReporters,
     .who = Who::kSystem,
     .subject = "grant",
     .required = HasTarget,
     .condition = NewRecord,
     .effect = Record,
     .touch = TouchRule::kAccess},
    {.op = "access.batch",
     .sides = kReporters,
     .who = Who::kSystem,
     .subject = "grant",
     .required = HasContent,
     .condition = NewBatch,
     .effect = Batch,
     .touch = TouchRule::kAccess},
    {.op = "access.acknowledge",
     .sides = side::kConsumer,
     .who = Who::kSystem,
     .subject = "grant",
     .required = HasOneId,
     .condition = NewAck,
     .effect = Acknowledge,
     .touch = TouchRule::kAccess},
});

}  // namespace

std::span<const CaseRow> AccessRows() { return kRows; }

}  // namespace jiandu::contracts
