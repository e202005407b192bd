// Accesses: single records, batches in both forms, acknowledgements (docs/contracts.md 4.10; 809
// Art. 26, 29).
#include "contracts/access.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "contracts/engine.h"
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
  judged.state.Uses(judged.subject).early_evidence = true;
}
std::optional<AccessTrace> TraceAt(const Case& judged, TraceKind kind, std::string_view id) {
  const auto bytes = judged.state.Get(TraceKey(judged.subject, kind, id));
  return bytes ? DecodeTrace(*bytes) : std::nullopt;
}
// Accesses and batches have names of their own, so the acknowledged kind stands before the id.
std::string AckId(TraceKind kind, std::string_view id) {
  return std::string(1, static_cast<char>(kind)).append(id);
}
// What the consumer said of an access or batch before the provider reported it agrees.
bool AgreesWithEarly(const Case& judged, TraceKind kind, std::string_view id,
                     const std::optional<Hash256>& digest) {
  const auto ack = TraceAt(judged, TraceKind::kAck, AckId(kind, id));
  if (ack && ack->digest != digest) return false;
  const auto own =
      kind == TraceKind::kAccess ? TraceAt(judged, TraceKind::kConsumerAccess, id) : std::nullopt;
  return !own || own->digest == digest;
}

// Judges the records of one transaction under its grant and keeps their traces.
class Recorder {
 public:
  explicit Recorder(const Case& judged)
      : judged_(judged),
        reporter_(ReporterOf(judged)),
        judge_(judged.state, judged.subject, reporter_),
        early_(reporter_ == Reporter::kProvider &&
               judged.state.Uses(judged.subject).early_evidence) {}

  AccessTrace Keep(const AccessRecord& record) {
    AccessTrace trace = judge_.Judge(record);
    if (!AgreesWithOther(record.acc_id, trace)) trace.flags |= FlagBit(Flag::kDigestMismatch);
    judged_.state.Put(TraceKey(judged_.subject, TraceOf(reporter_), record.acc_id),
                      EncodeTrace(trace));
    return trace;
  }
  AccessTrace KeepDigest(const Json& batch) {
    AccessTrace trace = judge_.JudgeDigest(batch);
    if (early_ &&
        !AgreesWithEarly(judged_, TraceKind::kBatch, batch.TextOr("batch_id"), trace.digest)) {
      trace.flags |= FlagBit(Flag::kDigestMismatch);
      trace.flag_counts.push_back({.flag = Flag::kDigestMismatch, .n = 1});
    }
    return trace;
  }

 private:
  bool AgreesWithOther(std::string_view acc_id, const AccessTrace& trace) {
    if (reporter_ == Reporter::kProvider) {
      return !early_ || AgreesWithEarly(judged_, TraceKind::kAccess, acc_id, trace.digest);
    }
    const auto other = TraceAt(judged_, TraceKind::kAccess, acc_id);
    if (!other) NoteEarlyEvidence(judged_);
    return !other || other->digest == trace.digest;
  }

  const Case& judged_;
  Reporter reporter_;
  AccessJudge judge_;
  bool early_;
};

void Record(Case& judged) {
  const AccessRecord record = ReadRecord(judged.Form());
  if (!IsWithoutGrant(judged)) {
    judged.flags |= Recorder(judged).Keep(record).flags;
    return;
  }
  judged.Raise(Flag::kNoGrant);
  if (const std::string_view consumer = judged.Text("consumer"); !consumer.empty()) {
    MarkUser(judged.state, TargetOf(judged), consumer);
  }
  judged.flags |= TimeFlags(judged.state, record.occurred_at, record.occurred_at);
  const AccessTrace trace{.occurred_at = record.occurred_at,
                          .flags = judged.flags,
                          .result = record.result,
                          .digest = DigestOf(record.response_digest),
                          .flag_counts = {}};
  judged.state.Put(TraceKey(TargetOf(judged), TraceKind::kAccess, record.acc_id),
                   EncodeTrace(trace));
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
  if (judged.state.Has(TraceKey(grant, TraceKind::kBatch, judged.Text("batch_id")))) {
    return Code::kDuplicate;
  }
  std::vector<std::string_view> ids;
  const auto records = judged.Form().ItemsOf("records");
  ids.reserve(records.size());
  const TraceKind kind = TraceOf(ReporterOf(judged));
  Bytes key = TraceKey(grant, kind, {});
  const std::size_t prefix = key.size();
  for (const Json& record : records) {
    ids.push_back(record.TextOr("acc_id"));
    key.resize(prefix);
    Append(key, ids.back());
    if (judged.state.Has(key)) return Code::kDuplicate;
  }
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end() ? Code::kDuplicate : Code::kAccepted;
}
// The union of the records' flags, and how many records raised each.
AccessTrace KeepRecords(const Case& judged) {
  Recorder recorder(judged);
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
void Batch(Case& judged) {
  const AccessTrace batch =
      IsFull(judged) ? KeepRecords(judged) : Recorder(judged).KeepDigest(judged.Form());
  judged.flags |= batch.flags;
  judged.state.Put(TraceKey(judged.subject, TraceKind::kBatch, judged.Text("batch_id")),
                   EncodeTrace(batch));
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
