// See submit_handler.h.
#include "gateway/submit_handler.h"

#include <algorithm>

#include "base/hex.h"
#include "base/limits.h"
#include "gateway/transaction_handler.h"
#include "gateway/views.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

Problem BadBody(std::string pointer, std::string detail) {
  Problem problem = Plain(ProblemKind::kBadBody, detail);
  problem.errors.push_back(ProblemItem{.pointer = std::move(pointer), .detail = std::move(detail)});
  return problem;
}

Problem TooLarge() {
  return Plain(ProblemKind::kTooLarge,
               "a transaction has at most 64 KiB, a batch of accesses 1 MiB");
}

// Why it was too large to be read: the bounds on nesting and members hold for every body.
Problem TooLarge(const Error& error) {
  if (error.detail.contains("nested too deep")) {
    return BadBody("", "nested too deep: at most " + std::to_string(limits::kJsonDepthMax) +
                           " objects or lists in one another (嵌套过深)");
  }
  if (error.detail.contains("too many members")) {
    return BadBody("", "at most " + std::to_string(limits::kJsonMembersMax) +
                           " members and elements in all (成员过多)");
  }
  if (error.detail.contains("too many signatures")) {
    return BadBody("/signatures",
                   "at most " + std::to_string(limits::kTxSignersMax) + " signatures (签名过多)");
  }
  return TooLarge();
}

// The decoder names a member and what is wrong with it: "/nonce: not 16 lower-case hex digits".
Problem BadPayload(const Error& error) {
  if (error.code == Errc::kTooLarge) return TooLarge(error);
  const std::size_t end = error.detail.rfind(": ");
  if (!error.detail.starts_with('/') || end == std::string::npos) {
    return BadBody("/payload", "the payload is not a transaction in canonical JSON");
  }
  const std::string pointer = error.detail.substr(0, end);
  return BadBody("/payload" + pointer,
                 "of the payload " + pointer + ": " + error.detail.substr(end + 2));
}

Problem DiagnoseSignatures(const Json& signatures) {
  for (std::size_t i = 0; i < signatures.Items().size(); ++i) {
    const Json& item = signatures.Items()[i];
    const std::string pointer = "/signatures/" + std::to_string(i);
    if (!item.IsObject()) return BadBody(pointer, "a signature is an object with keyid and sig");
    if (!HexDecodeFixed<32>(item.TextOr("keyid"))) {
      return BadBody(pointer + "/keyid", "keyid is 64 lower-case hex digits");
    }
    const auto signature = Base64Decode(item.TextOr("sig"));
    if (!signature || !crypto::NormaliseSignature(*signature)) {
      return BadBody(pointer + "/sig", "sig is base64 of an ECDSA signature, raw or DER");
    }
    for (const Json::Member& member : item.Members()) {
      if (member.name != "keyid" && member.name != "sig") {
        return BadBody(pointer + "/" + member.name, "an unknown member");
      }
    }
  }
  return BadBody("/signatures", "every signer of the payload signs once, and nobody else");
}

// Why a body was refused, for its sender. Only run when it was: speed does not matter here.
Problem Diagnose(std::string_view body) {
  const auto json = ParseJson(body, limits::kHttpBodyBytesMax);
  if (!json) {
    return BadBody("",
                   "not JSON by the strict rules: no duplicate members, no fractions, nothing "
                   "after the end");
  }
  if (!json->IsObject()) return BadBody("", "a DSSE envelope is an object");
  for (const Json::Member& member : json->Members()) {
    if (member.name != "payload" && member.name != "payloadType" && member.name != "signatures") {
      return BadBody("/" + member.name, "an unknown member");
    }
  }
  if (json->TextOr("payloadType") != ledger::kPayloadType) {
    return BadBody("/payloadType", "payloadType is " + std::string(ledger::kPayloadType));
  }
  const Json* payload = json->Find("payload");
  if (payload == nullptr || !payload->IsText()) {
    return BadBody("/payload", "payload is base64 text");
  }
  const auto bytes = Base64Decode(payload->AsString());
  if (!bytes) return BadBody("/payload", "payload is not base64");
  if (const auto read = ledger::DecodePayload(*bytes); !read) return BadPayload(read.error());
  const Json* signatures = json->Find("signatures");
  if (signatures == nullptr || !signatures->IsArray()) {
    return BadBody("/signatures", "signatures is an array");
  }
  return DiagnoseSignatures(*signatures);
}

Response ResultResponse(const ledger::TxId& txid, const TxResult& result) {
  const bool decided =
      result.status == TxStatus::kCommitted || result.status == TxStatus::kRejected;
  Response response = JsonResponse(ResultToJson(txid, result), decided ? 200 : 202);
  const std::string location = "/v1/transactions/" + HexEncode(txid.View());
  response.Set(decided ? "Content-Location" : "Location", location);
  response.Set("Cache-Control", "no-store");
  if (!decided) response.Set("Retry-After", "1");
  return response;
}

Answer ResultAnswer(const ledger::TxId& txid, const TxResult& result) {
  if (result.status != TxStatus::kInvalid) return ResultResponse(txid, result);
  Problem problem = Plain(ProblemKind::kBadBody, "the transaction can never enter a block");
  problem.txid = HexEncode(txid.View());
  problem.stage = "admission";
  return Refused(std::move(problem));
}

bool IsOctets(std::string_view content_type) {
  return MediaType(content_type) == "application/octet-stream";
}

// The stored form as far as the envelope tells: the payload is the node's to read, once, and not on
// the gateway's thread.
std::expected<Bytes, Problem> UnreadFromBody(std::string_view content_type, std::string_view body) {
  if (IsOctets(content_type)) {
    if (body.size() > limits::kBatchTxBytesMax) {
      return Refused(Plain(ProblemKind::kTooLarge, "a transaction has at most 1 MiB"));
    }
    if (body.empty()) return Refused(Plain(ProblemKind::kBadBody, "the body is empty"));
    return ToBytes(body);
  }
  auto stored = ledger::UnreadFromDsse(body);
  if (stored) return *std::move(stored);
  if (stored.error().code == Errc::kTooLarge) return Refused(TooLarge(stored.error()));
  return Refused(Diagnose(body));
}

// A payload that the node could not read: the sender is told which member it is.
Problem ProblemOfRefusal(const Call& call, const Refusal& refusal) {
  if (refusal.stage == "parse" && !IsOctets(call.request.Header("content-type"))) {
    const auto stored = StoredFromBody(call.request.Header("content-type"), call.request.body);
    if (!stored) return stored.error();
  }
  return ProblemOf(refusal);
}

void FreeBody(Call& call) {
  call.request.body.clear();
  call.request.body.shrink_to_fit();  // a waiter may live for 30 s
}

void AfterSubmit(const Services& services, Call call, std::int64_t wait_ms,
                 std::expected<TxSubmitter::Accepted, Refusal> outcome) {
  if (!outcome) {
    Problem problem = ProblemOfRefusal(call, outcome.error());
    return Reply(std::move(call), Refused(std::move(problem)));
  }
  FreeBody(call);
  const ledger::TxId txid = outcome->txid;
  if (outcome->known.status == TxStatus::kUnknown) outcome->known.status = TxStatus::kPending;
  if (outcome->known.status != TxStatus::kPending || wait_ms == 0) {
    Answer answer = ResultAnswer(txid, outcome->known);
    return Reply(std::move(call), std::move(answer));
  }
  auto slot = WaiterSlot::Take(services);
  // No place to wait: the transaction is taken all the same, and the sender asks again.
  if (!slot) return Reply(std::move(call), ResultAnswer(txid, outcome->known));
  const std::weak_ptr<void> alive = call.alive;
  services.submitter->Wait(txid, wait_ms, alive,
                           [post = services.post, txid, wait_ms, call = std::move(call),
                            slot = *std::move(slot)](TxResult result) mutable {
                             post([txid, wait_ms, result = std::move(result),
                                   call = std::move(call), slot = std::move(slot)]() mutable {
                               if (result.status == TxStatus::kUnknown)
                                 result.status = TxStatus::kPending;
                               Answer answer = ResultAnswer(txid, result);
                               if (answer) MarkAsWaited(*answer, wait_ms);
                               Reply(std::move(call), std::move(answer));
                             });
                           });
}

}  // namespace

std::expected<Bytes, Problem> StoredFromBody(std::string_view content_type, std::string_view body) {
  auto stored = UnreadFromBody(content_type, body);
  if (!stored || IsOctets(content_type)) return stored;
  const auto read = ledger::DecodeStored(*stored);
  if (read) return stored;
  return Refused(read.error().code == Errc::kTooLarge ? TooLarge(read.error()) : Diagnose(body));
}

void SubmitTransaction(const Services& services, Call call) {
  auto stored = UnreadFromBody(call.request.Header("content-type"), call.request.body);
  if (!stored) return Reply(std::move(call), Refused(std::move(stored.error())));
  const std::int64_t wait_ms = WaitMs(services, call.request);
  services.submitter->Submit(
      *std::move(stored), [&services, post = services.post, wait_ms, call = std::move(call)](
                              std::expected<TxSubmitter::Accepted, Refusal> outcome) mutable {
        post([&services, wait_ms, call = std::move(call), outcome = std::move(outcome)]() mutable {
          AfterSubmit(services, std::move(call), wait_ms, std::move(outcome));
        });
      });
}

}  // namespace jiandu::gateway
