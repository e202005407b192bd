// See transaction_handler.h.
#include "gateway/transaction_handler.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"
#include "gateway/audit_gate.h"
#include "gateway/router.h"
#include "gateway/views.h"
#include "gateway/visibility.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

// A committed transaction with everything an answer may need.
struct Found {
  TxResult result;
  ledger::Stub stub;
  ledger::Transaction transaction;
  Bytes stored;
};

std::expected<Found, Problem> FindAt(const LedgerSnapshot& snapshot, const TxResult& result) {
  const auto bytes = snapshot.EntryAt(result.index);
  if (!bytes) return Refused(ProblemOf(bytes.error()));
  auto entry = ledger::DecodeEntry(*bytes);
  if (!entry) return Refused(ProblemOf(entry.error()));
  auto* stub = std::get_if<ledger::Stub>(&*entry);
  if (stub == nullptr) return Refused(Plain(ProblemKind::kInternal));
  auto stored = snapshot.TransactionAt(result.index);
  if (!stored) return Refused(ProblemOf(stored.error()));
  auto transaction = ledger::DecodeStored(*stored);
  if (!transaction) return Refused(ProblemOf(transaction.error()));
  return Found{.result = result,
               .stub = std::move(*stub),
               .transaction = *std::move(transaction),
               .stored = *std::move(stored)};
}

// The bytes of a transaction never change; what later acts say of it may.
std::string DerivedTag(const std::vector<LedgerSnapshot::DerivedFlag>& derived) {
  constexpr std::size_t kDigits = 16;
  if (derived.empty()) return "";
  const std::string text = CanonicalJson(DerivedToJson(derived));
  return "-" + HexEncode(crypto::Sha256(AsBytes(text)).View()).substr(0, kDigits);
}

// The bytes of a record with tags of persons are for its sides.
bool HoldsTagsFrom(SightOf& sight, const Found& found) {
  return HasTags(found.transaction.payload.body) && !sight.IsSideOf(found.transaction, found.stub);
}
Refused WithheldBytes() { return Refused(NoEngagement(std::string(TagsWithheldText()))); }

// Envelope and payload; of a record whose tags are not the reader's to see, the payload without
// them. Its digest is `env` of the event.
void AddSignedParts(const ledger::Transaction& transaction, bool withholds, Json& json) {
  const Json signed_parts = EnvelopeToJson(transaction);
  for (const Json::Member& part : signed_parts.Members()) {
    if (!withholds) json.Set(part.name, part.value);
    if (!withholds || part.name != "payload") continue;
    Json payload = part.value;
    WithholdTags(payload);
    json.Set("payload", std::move(payload)).Set("withheld", TagsWithheld());
  }
}

Answer AnswerTransaction(const Call& call, const TxResult& result) {
  auto found = FindAt(*call.snapshot, result);
  if (!found) return Refused(std::move(found.error()));
  SightOf sight(*call.snapshot, *call.reader);
  const bool whole = sight.ShowsPayload(found->transaction, found->stub);
  if (!whole && !sight.ShowsEvent(found->stub)) return Refused(Plain(ProblemKind::kNotFound));
  const bool withholds = whole && HoldsTagsFrom(sight, *found);
  const auto derived = call.snapshot->FlagsOfEvent(result.index, found->stub);
  const std::string tag = "\"" + HexEncode(found->stub.env.View()) + (whole ? "" : "-stub") +
                          (withholds ? "-untagged" : "") + DerivedTag(derived) + "\"";
  Response response;
  if (WantsOctets(call)) {
    if (!whole) return Refused(Plain(ProblemKind::kNotFound));
    if (withholds) return WithheldBytes();
    response = OctetResponse(std::move(found->stored));
  } else {
    Json json = ResultToJson(found->stub.txid, found->result);
    Json event = StubToJson(*call.snapshot, found->stub);
    event.Set("derived", DerivedToJson(derived));
    json.Set("event", std::move(event));
    if (whole) AddSignedParts(found->transaction, withholds, json);
    response = JsonResponse(json);
  }
  MarkAsRead(response, *call.snapshot, tag);
  return response;
}

Answer AnswerReceipt(const Call& call, const TxResult& result, const ledger::TxId& txid) {
  auto found = FindAt(*call.snapshot, result);
  if (!found) return Refused(std::move(found.error()));
  SightOf sight(*call.snapshot, *call.reader);
  if (!sight.ShowsPayload(found->transaction, found->stub)) {
    return Refused(Plain(ProblemKind::kNotFound));
  }
  if (HoldsTagsFrom(sight, *found)) return WithheldBytes();
  const auto receipt = call.snapshot->ReceiptOf(txid);
  if (receipt) {
    Response response =
        WantsOctets(call) ? OctetResponse(receipt->Encode()) : JsonResponse(receipt->ToJson());
    MarkAsRead(response, *call.snapshot, "");
    return response;
  }
  if (receipt.error().code != Errc::kUnavailable) return Refused(ProblemOf(receipt.error()));
  Response response = JsonResponse(ResultToJson(txid, result), 202);
  response.Set("Retry-After", "1");
  MarkAsRead(response, *call.snapshot, "");
  return response;
}

Answer AnswerPending(const Call& call, const ledger::TxId& txid, TxStatus status) {
  // What lies in this node's mempool is pending, wherever it was submitted. A txid is known only to
  // who has seen the transaction, so any reader may be told.
  if (status == TxStatus::kUnknown) {
    return Refused(Plain(ProblemKind::kNotFound, "no block up to this height has it"));
  }
  TxResult pending;
  pending.status = TxStatus::kPending;
  const int http_status = call.route->endpoint == Endpoint::kReceipt ? 202 : 200;
  Response response = JsonResponse(ResultToJson(txid, pending), http_status);
  response.Set("Retry-After", "1");
  MarkAsRead(response, *call.snapshot, "");
  return response;
}

Answer AnswerFound(const Call& call, const TxResult& result, const ledger::TxId& txid) {
  return call.route->endpoint == Endpoint::kReceipt ? AnswerReceipt(call, result, txid)
                                                    : AnswerTransaction(call, result);
}

void AfterWait(const Services& services, Call call, const ledger::TxId& txid, std::int64_t wait_ms,
               TxStatus status) {
  // The decision may be a moment ahead of the state readers see: then it is still pending to them.
  if (auto newest = services.reader->Latest()) call.snapshot = std::move(newest);
  const auto result = call.snapshot->FindTx(txid);
  Answer answer = result ? AnswerFound(call, *result, txid) : AnswerPending(call, txid, status);
  if (answer && wait_ms > 0) MarkAsWaited(*answer, wait_ms);
  Reply(std::move(call), std::move(answer));
}

void Show(const Services& services, Call call) {
  const auto txid = HexDecodeFixed<32>(call.captures.at(0));
  if (!txid) return Reply(std::move(call), Refused(Plain(ProblemKind::kNotFound)));
  if (const auto result = call.snapshot->FindTx(*txid)) {
    Answer answer = AnswerFound(call, *result, *txid);
    return Reply(std::move(call), std::move(answer));
  }
  const std::int64_t wait_ms = WaitMs(services, call.request);
  // Without a wait the node only says whether it holds the transaction: that takes no place.
  auto slot = wait_ms > 0 ? WaiterSlot::Take(services) : std::optional<WaiterSlot>(std::in_place);
  if (!slot) {
    Problem problem = Plain(ProblemKind::kFull, "too many requests are waiting");
    problem.retry_after_s = 1;
    return Reply(std::move(call), Refused(std::move(problem)));
  }
  const std::weak_ptr<void> alive = call.alive;
  services.submitter->Wait(
      *txid, wait_ms, alive,
      [&services, post = services.post, txid = *txid, wait_ms, call = std::move(call),
       slot = *std::move(slot)](const TxResult& result) mutable {
        post([&services, txid, wait_ms, status = result.status, call = std::move(call),
              slot = std::move(slot)]() mutable {
          AfterWait(services, std::move(call), txid, wait_ms, status);
        });
      });
}

}  // namespace

void ShowTransaction(const Services& services, Call call) { Show(services, std::move(call)); }

void ShowReceipt(const Services& services, Call call) { Show(services, std::move(call)); }

std::int64_t WaitMs(const Services& services, const Request& request) {
  const auto seconds = PreferredWait(request.Header("prefer"));
  if (!seconds) return 0;
  return std::min(static_cast<std::int64_t>(*seconds) * 1000, services.settings->wait_ms_max);
}

void MarkAsWaited(Response& response, std::int64_t wait_ms) {
  response.Set("Preference-Applied", "wait=" + std::to_string(wait_ms / 1000));
}

}  // namespace jiandu::gateway
