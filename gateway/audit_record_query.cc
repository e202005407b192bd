// `record`: one signed transaction whole, with its receipt, for auditors inside an engagement.
//
// Tags of persons are shown to the sides of a record alone (gateway/visibility.h); an auditor who
// has to prove what stands in a record reads it here, within the engagement's scope and period, and
// on record.
#include "base/hex.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_subject_queries.h"
#include "gateway/audit_transactions.h"
#include "gateway/views.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

Json RecordRow(const Call& call, const ReadTransaction& found, Completeness& completeness) {
  Json row =
      Json::MakeObject({{"row", "record"}, {"department", found.transaction.payload.department}});
  const Json signed_parts = EnvelopeToJson(found.transaction);
  for (const Json::Member& part : signed_parts.Members()) row.Set(part.name, part.value);
  row.Set("event", StubToJson(*call.snapshot, found.stub));
  const auto receipt = call.snapshot->ReceiptOf(found.stub.txid);
  row.Set("receipt", receipt ? receipt->ToJson() : Json());
  if (!receipt) {
    completeness.AddGap("the receipt comes with the next block: ask again",
                        "回执须待下一区块产生后方可取得, 请稍后重查");
  }
  return row.Set("transaction", TransactionRef(found.stub, found.index));
}

}  // namespace

Answer RunRecord(const AuditQuery& query, const Call& call) {
  const auto txid = HexDecodeFixed<32>(*call.target.Find("txid"));
  if (!txid) {
    return Refused(BadParameter("txid", "a txid is 64 hex digits (交易标识为64位十六进制)"));
  }
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  const auto found = FindTransaction(*call.snapshot, *txid);
  if (!found) {
    return Refused(Plain(ProblemKind::kNotFound, "there is no such transaction (无此交易)"));
  }
  ScopeCut cut(call);
  if (!cut.CoversEvent(found->stub) || !cut.CoversHappening(*found)) {
    return Refused(OutsideScope("record", "记录"));
  }
  AuditRows answer;
  answer.completeness.covers = {"log"};
  answer.rows.Push(RecordRow(call, *found, answer.completeness));
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
