// Submission: forms of one transaction, idempotency, waiting, refusals.
#include <gtest/gtest.h>

#include <set>

#include "base/hex.h"
#include "crypto/hash.h"
#include "gateway/submit_handler.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

constexpr std::string_view kNonce = "00000000000000a1";

Field Prefer(std::string value) { return {.name = "prefer", .value = std::move(value)}; }

std::string TextOf(const Harness& harness, std::string_view nonce = kNonce) {
  return SignedEnvelope({&harness.police, &harness.tax}, "request.submit", nonce);
}

TEST(Submit, Answers202WithWhereToAsk) {
  Harness harness;
  const Response response = harness.Post("/v1/transactions", TextOf(harness));
  EXPECT_EQ(response.status, 202);
  const Json result = Harness::Parse(response);
  EXPECT_EQ(result.TextOr("status"), "pending");
  EXPECT_EQ(response.Header("Location"), "/v1/transactions/" + std::string(result.TextOr("txid")));
  EXPECT_EQ(response.Header("Retry-After"), "1");
  ASSERT_EQ(harness.node.submitted.size(), 1U);
  EXPECT_EQ(harness.node.submitted[0],
            SignedStored({&harness.police, &harness.tax}, "request.submit", kNonce));
}

TEST(Submit, AllFormsOfOneTransactionAreStoredAlike) {
  Harness harness;
  const Bytes stored = SignedStored({&harness.police, &harness.tax}, "request.submit", kNonce);
  std::vector<std::string> forms{TextOf(harness)};
  auto json = ParseJson(forms[0], 65536);
  ASSERT_TRUE(json.has_value());
  forms.push_back(PrettyJson(*json));
  Json url = *json;
  const auto payload = Base64Decode(json->TextOr("payload"));
  url.Set("payload", Base64UrlEncode(*payload));
  forms.push_back(CanonicalJson(url));
  Json reversed = *json;
  Json signatures = *json->Find("signatures");
  std::swap(signatures.MutableItems()[0], signatures.MutableItems()[1]);
  reversed.Set("signatures", signatures);
  forms.push_back(CanonicalJson(reversed));
  for (const std::string& form : forms) {
    EXPECT_EQ(harness.Post("/v1/transactions", form).status, 202) << form;
  }
  EXPECT_EQ(
      harness.Post("/v1/transactions", forms[0], "application/vnd.dsse.envelope.v1+json").status,
      202);
  EXPECT_EQ(harness.Post("/v1/transactions", ToText(stored), "application/octet-stream").status,
            202);
  ASSERT_EQ(harness.node.submitted.size(), 6U);
  for (const Bytes& one : harness.node.submitted) EXPECT_EQ(one, stored);
}

TEST(Submit, ResubmissionIsTheSameTransactionWithItsResult) {
  Harness harness;
  std::set<std::string, std::less<>> locations;
  for (int i = 0; i < 100; ++i) {
    locations.emplace(harness.Post("/v1/transactions", TextOf(harness)).Header("Location"));
  }
  EXPECT_EQ(locations.size(), 1U);
  const ledger::TxId txid = harness.node.Commit(harness.police, {}, "00000000000000a2");
  const std::string text = SignedEnvelope({&harness.police}, "request.submit", "00000000000000a2");
  const Response known = harness.Post("/v1/transactions", text);
  EXPECT_EQ(known.status, 200);
  EXPECT_EQ(Harness::Parse(known).TextOr("status"), "committed");
  EXPECT_EQ(Harness::Parse(known).TextOr("txid"), HexEncode(txid.View()));
}

TEST(Submit, WaitsForTheDecisionWhenAsked) {
  Harness harness;
  harness.node.wait_times_out_at_once = false;
  EXPECT_EQ(
      harness.Post("/v1/transactions", TextOf(harness), "application/json", {Prefer("wait=10")})
          .status,
      0);
  harness.node.Decide(TxStatus::kCommitted);
  ASSERT_EQ(harness.late.size(), 1U);
  EXPECT_EQ(harness.late[0].status, 200);
  EXPECT_EQ(harness.late[0].Header("Preference-Applied"), "wait=10");
}

TEST(Submit, AWaitThatRunsOutIs202NeverAnError) {
  Harness harness;
  const Response response = harness.Post("/v1/transactions", TextOf(harness), "application/json",
                                         {Prefer("respond-async, wait=99")});
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.Header("Preference-Applied"), "wait=30");
  for (const char* ignored : {"wait=x", "wait=-1", "wait", "return=minimal", "wait=0"}) {
    const Response other =
        harness.Post("/v1/transactions", TextOf(harness), "application/json", {Prefer(ignored)});
    EXPECT_EQ(other.status, 202) << ignored;
    EXPECT_EQ(other.Header("Preference-Applied"), "") << ignored;
  }
}

TEST(Submit, ARefusalByARuleIs200WithItsCode) {
  Harness harness;
  const ledger::CodeInfo* code = ledger::FindCode("APPROVAL_ORDER");
  ASSERT_NE(code, nullptr);
  harness.node.known_result.status = TxStatus::kRejected;
  harness.node.known_result.code = code->number;
  harness.node.known_result.detail = "/body/request";
  const Response response = harness.Post("/v1/transactions", TextOf(harness));
  EXPECT_EQ(response.status, 200);
  const Json result = Harness::Parse(response);
  EXPECT_EQ(result.TextOr("status"), "rejected");
  EXPECT_EQ(result.Find("code")->TextOr("name"), "APPROVAL_ORDER");
  EXPECT_FALSE(result.Find("code")->TextOr("message_zh").empty());
  EXPECT_EQ(result.TextOr("detail"), "/body/request");
}

TEST(Submit, ARefusalAtAdmissionHasTheStatusOfItsStepAndAPointer) {
  struct Row {
    const char* code;
    int status;
  };
  for (const Row& row : {Row{"WRONG_CHAIN", 400}, Row{"TX_EXPIRED", 400}, Row{"NONCE_REUSED", 409},
                         Row{"REJECTION_LIMIT", 429}, Row{"UNKNOWN_KEY", 401},
                         Row{"BAD_SIGNATURE", 401}, Row{"ROLE_DENIED", 403},
                         Row{"UNKNOWN_REF", 404}, Row{"BAD_STATE", 409}, Row{"NOT_SHARED", 422}}) {
    Harness harness;
    const ledger::CodeInfo* code = ledger::FindCode(row.code);
    ASSERT_NE(code, nullptr) << row.code;
    harness.node.refuse_next = Refusal{.error = {.code = Errc::kInvalid, .detail = "secret"},
                                       .code = code,
                                       .pointer = "/chain",
                                       .stage = "admission",
                                       .txid = ledger::TxId{}};
    const Response response = harness.Post("/v1/transactions", TextOf(harness));
    EXPECT_EQ(response.status, row.status) << row.code;
    const Json problem = Harness::Parse(response);
    EXPECT_EQ(problem.TextOr("code"), row.code);
    EXPECT_EQ(problem.TextOr("stage"), "admission");
    EXPECT_EQ(problem.TextOr("txid"), std::string(64, '0'));
    EXPECT_EQ(problem.TextOr("message_zh"), code->message_zh);
    EXPECT_EQ(problem.TextOr("article"), code->article);
    ASSERT_EQ(problem.ItemsOf("errors").size(), 1U);
    EXPECT_EQ(problem.ItemsOf("errors")[0].TextOr("pointer"), "/chain");
    EXPECT_FALSE(response.body.contains("secret"));
  }
}

TEST(Submit, AFullNodeSaysTryAgain) {
  for (const auto& [errc, status] : {std::pair{Errc::kFull, 503},
                                     {Errc::kUnavailable, 503},
                                     {Errc::kTooLarge, 413},
                                     {Errc::kInternal, 500},
                                     {Errc::kDuplicate, 409},
                                     {Errc::kIo, 500}}) {
    Harness harness;
    harness.node.refuse_next = Refusal{.error = {.code = errc, .detail = "secret"},
                                       .code = nullptr,
                                       .pointer = "",
                                       .stage = "admission"};
    const Response response = harness.Post("/v1/transactions", TextOf(harness));
    EXPECT_EQ(response.status, status);
    EXPECT_FALSE(response.body.contains("secret"));
  }
}

TEST(Submit, ABadEnvelopeIsNamedByPointer) {
  Harness harness;
  const auto good = ParseJson(TextOf(harness), 65536);
  ASSERT_TRUE(good.has_value());
  const auto pointer_of = [&](const std::string& body) {
    const Response response = harness.Post("/v1/transactions", body);
    EXPECT_EQ(response.status, 400) << body;
    const Json problem = Harness::Parse(response);
    EXPECT_EQ(problem.TextOr("stage"), "parse");
    const auto errors = problem.ItemsOf("errors");
    return errors.empty() ? "none" : std::string(errors[0].TextOr("pointer"));
  };
  const auto changed = [&](std::string_view name, Json value) {
    Json json = *good;
    json.Set(name, std::move(value));
    return CanonicalJson(json);
  };
  EXPECT_EQ(pointer_of(""), "");
  EXPECT_EQ(pointer_of("{"), "");
  EXPECT_EQ(pointer_of("[]"), "");
  EXPECT_EQ(pointer_of(TextOf(harness) + "x"), "");
  EXPECT_EQ(pointer_of(changed("extra", 1)), "/extra");
  EXPECT_EQ(pointer_of(changed("payloadType", "text/plain")), "/payloadType");
  EXPECT_EQ(pointer_of(changed("payload", "%%%")), "/payload");
  EXPECT_EQ(pointer_of(changed("payload", Base64Encode(AsBytes("{} ")))), "/payload");
  EXPECT_EQ(pointer_of(changed("signatures", "x")), "/signatures");
  EXPECT_EQ(pointer_of(changed("signatures", Json::MakeArray())), "/signatures");
  Json doubled = *good->Find("signatures");
  doubled.MutableItems()[1] = doubled.Items()[0];
  EXPECT_EQ(pointer_of(changed("signatures", doubled)), "/signatures");
  Json short_signature = *good->Find("signatures");
  short_signature.MutableItems()[0].Set("sig", "AAAA");
  EXPECT_EQ(pointer_of(changed("signatures", short_signature)), "/signatures/0/sig");
  Json bad_key = *good->Find("signatures");
  bad_key.MutableItems()[1].Set("keyid", "ABCD");
  EXPECT_EQ(pointer_of(changed("signatures", bad_key)), "/signatures/1/keyid");
  // The payload is the node's to read: what it got of these, it could not.
  for (const Bytes& stored : harness.node.submitted) {
    EXPECT_FALSE(ledger::DecodeStored(stored).has_value());
  }
}

TEST(Submit, ABadPayloadIsNamedByMember) {
  Harness harness;
  const auto good = ParseJson(TextOf(harness), 65536);
  ASSERT_TRUE(good.has_value());
  const Bytes bytes = Base64Decode(good->Find("payload")->AsString()).value();
  const auto payload = ParseJson(AsText(bytes), 65536);
  ASSERT_TRUE(payload.has_value());
  const auto error_of = [&](const Json& changed) {
    Json envelope = *good;
    envelope.Set("payload", Base64Encode(AsBytes(CanonicalJson(changed))));
    const Response response = harness.Post("/v1/transactions", CanonicalJson(envelope));
    EXPECT_EQ(response.status, 400) << response.body;
    const Json problem = Harness::Parse(response);
    EXPECT_EQ(problem.ItemsOf("errors").size(), 1U);
    return problem.ItemsOf("errors")[0];
  };
  Json bad = *payload;
  bad.Set("nonce", "XYZ");
  EXPECT_EQ(error_of(bad).TextOr("pointer"), "/payload/nonce");
  EXPECT_TRUE(error_of(bad).TextOr("detail").contains("16 lower-case hex digits"));
  bad = *payload;
  bad.Set("at", "soon");
  EXPECT_EQ(error_of(bad).TextOr("pointer"), "/payload/at");
  bad = *payload;
  bad.Set("colour", "red");
  EXPECT_EQ(error_of(bad).TextOr("pointer"), "/payload/colour");
  EXPECT_EQ(error_of(Json::MakeObject()).TextOr("pointer"), "/payload/at");
  Json nested = Json::MakeArray();
  for (std::size_t depth = 0; depth <= limits::kJsonDepthMax; ++depth) {
    Json outer = Json::MakeArray();
    outer.Push(std::move(nested));
    nested = std::move(outer);
  }
  bad = *payload;
  bad.Set("body", Json::MakeObject({{"deep", nested}}));
  EXPECT_TRUE(error_of(bad).TextOr("detail").contains("nested too deep"));
  const Response deep = harness.Post("/v1/transactions", CanonicalJson(nested));
  EXPECT_EQ(deep.status, 400);
  EXPECT_TRUE(deep.body.contains("nested too deep")) << deep.body;
  EXPECT_FALSE(deep.body.contains("64 KiB"));
}

TEST(Submit, StoredBytesBeyondABatchAre413) {
  const std::string body(limits::kBatchTxBytesMax + 1, 'a');
  const auto refused = StoredFromBody("application/octet-stream", body);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ProblemKind::kTooLarge);
  EXPECT_TRUE(
      StoredFromBody("application/octet-stream", std::string_view(body).substr(1)).has_value());
}

TEST(Submit, TheNumberOfWaitersIsBounded) {
  Services services;
  std::vector<WaiterSlot> slots;
  for (std::size_t i = 0; i < limits::kHttpWaitersMax; ++i) {
    auto slot = WaiterSlot::Take(services);
    ASSERT_TRUE(slot.has_value());
    slots.push_back(*std::move(slot));
  }
  EXPECT_FALSE(WaiterSlot::Take(services).has_value());
  slots.pop_back();
  EXPECT_TRUE(WaiterSlot::Take(services).has_value());
}

TEST(Transaction, IsPendingWhereGossipBroughtItAndUnknownOnceItIsGone) {
  Harness harness;
  const std::string token = harness.SignIn(harness.police);
  const Bytes stored = SignedStored({&harness.police}, "request.submit", kNonce);
  const auto transaction = ledger::DecodeStored(stored);
  ASSERT_TRUE(transaction.has_value());
  const std::string path = "/v1/transactions/" + HexEncode(transaction->txid.View());
  EXPECT_EQ(harness.Get(path, token).status, 404);
  harness.node.submitted.push_back(stored);  // a peer sent it, nobody submitted it here
  EXPECT_EQ(Harness::Parse(harness.Get(path, token)).TextOr("status"), "pending");
  EXPECT_EQ(harness.Get(path + "/receipt", token).status, 202);
  harness.node.submitted.clear();  // expired, or the node has started again
  EXPECT_EQ(harness.Get(path, token).status, 404);
  EXPECT_EQ(harness.Get(path + "/receipt", token).status, 404);
}

TEST(Transaction, IsPendingOnceSubmittedHereAndUnknownElse) {
  Harness harness;
  const std::string token = harness.SignIn(harness.police);
  const Response submitted = harness.Post("/v1/transactions", TextOf(harness));
  const Response pending = harness.Get(std::string(submitted.Header("Location")), token);
  EXPECT_EQ(pending.status, 200);
  EXPECT_EQ(Harness::Parse(pending).TextOr("status"), "pending");
  EXPECT_EQ(harness.Get("/v1/transactions/" + std::string(64, '0'), token).status, 404);
  for (const char* bad : {"x", "ABCDEF", "00"}) {
    EXPECT_EQ(harness.Get("/v1/transactions/" + std::string(bad), token).status, 404);
  }
}

TEST(Transaction, CommittedOneShowsEnvelopeToItsMakerAndNothingToOthers) {
  Harness harness;
  const auto request =
      harness.node.AddEntity(MakeBody(ledger::EntityKind::kRequest, kPolice, 1), {kPolice});
  const auto txid = harness.node.Commit(harness.police, {.touched = {request}}, kNonce);
  const std::string path = "/v1/transactions/" + HexEncode(txid.View());
  const Response own = harness.Get(path, harness.SignIn(harness.police));
  ASSERT_EQ(own.status, 200);
  const Json json = Harness::Parse(own);
  EXPECT_EQ(json.Find("payload")->TextOr("op"), "request.submit");
  EXPECT_EQ(CanonicalJson(*json.Find("envelope")),
            SignedEnvelope({&harness.police}, "request.submit", kNonce));
  EXPECT_EQ(own.Header("Cache-Control"), "private, no-store");
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.manager)).status, 200);
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.tax)).status, 404);
  EXPECT_EQ(harness.Get(path).status, 401);
}

TEST(Transaction, ConditionalGetIs304) {
  Harness harness;
  const auto txid = harness.node.Commit(harness.police, {}, kNonce);
  const std::string path = "/v1/transactions/" + HexEncode(txid.View());
  const std::string token = harness.SignIn(harness.police);
  const std::string tag(harness.Get(path, token).Header("ETag"));
  ASSERT_FALSE(tag.empty());
  const auto with = [&](std::string value) {
    return harness.Send("GET", path,
                        {{.name = "authorization", .value = "Bearer " + token},
                         {.name = "if-none-match", .value = std::move(value)}});
  };
  EXPECT_EQ(with(tag).status, 304);
  EXPECT_TRUE(with(tag).body.empty());
  EXPECT_EQ(with("\"x\", W/" + tag).status, 304);
  EXPECT_EQ(with("*").status, 304);
  EXPECT_EQ(with("\"x\"").status, 200);
}

TEST(Receipt, Is202UntilItCanBeProvenThenTheReceipt) {
  Harness harness;
  const auto txid = harness.node.Commit(harness.police, {}, kNonce);
  const std::string path = "/v1/transactions/" + HexEncode(txid.View()) + "/receipt";
  const std::string token = harness.SignIn(harness.police);
  harness.node.SetReceiptsReady(false);
  const Response early = harness.Get(path, token);
  EXPECT_EQ(early.status, 202);
  EXPECT_EQ(early.Header("Retry-After"), "1");
  harness.node.SetReceiptsReady(true);
  const Response receipt = harness.Get(path, token);
  EXPECT_EQ(receipt.status, 200);
  EXPECT_TRUE(ledger::Receipt::FromJson(receipt.body).has_value());
  EXPECT_EQ(harness.Get(path, harness.SignIn(harness.tax)).status, 404);
  const Response wire = harness.Send("GET", path,
                                     {{.name = "authorization", .value = "Bearer " + token},
                                      {.name = "accept", .value = "application/octet-stream"}});
  EXPECT_EQ(wire.content_type, "application/octet-stream");
  EXPECT_TRUE(ledger::Receipt::Decode(AsBytes(wire.body)).has_value());
  EXPECT_EQ(harness.Get("/v1/transactions/" + std::string(64, '0') + "/receipt", token).status,
            404);
}

}  // namespace
}  // namespace jiandu::gateway::test
