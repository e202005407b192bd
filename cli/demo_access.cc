// The later chapters of the demonstration: accesses, a correction, a killed node, an offline proof.

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/demo.h"
#include "cli/demo_bodies.h"
#include "cli/files.h"
#include "sdk/cpp/receipt_verifier.h"

namespace jiandu::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatches = 10;
constexpr int kRecordsPerBatch = 100;
// Items plate and status of the request: bits 0 and 3 of the resource's list of five.
constexpr const char* kGrantedMask = "09";
constexpr const char* kOwnerMask = "0d";  // and the owner's name, which was not granted

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t ElapsedMs(Clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since).count();
}

}  // namespace

std::int64_t Demo::HeightOf(const std::string& alias) {
  const auto reply = ClientOf(alias).Get("/v1/status");
  return reply ? reply->body.IntegerOr("height") : 0;
}

bool Demo::AwaitHeight(const std::string& alias, std::int64_t height) {
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  while (Clock::now() < deadline) {
    if (HeightOf(alias) >= height) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

bool Demo::Accesses() {
  Chapter("5. A thousand accesses, some out of bounds", "一千次访问，部分越界");
  const std::string system = SystemId("jt-app-01");
  std::set<std::string> seen;
  for (int batch = 0; batch < kBatches; ++batch) {
    Json records = Json::MakeArray();
    for (int i = 0; i < kRecordsPerBatch; ++i) {
      const int n = batch * kRecordsPerBatch + i;
      demo::AccessPlan plan{.id = "acc-" + std::to_string(n),
                            .occurred_at = NowMs(),
                            .address = "10.20.3.7",
                            .items_mask = kGrantedMask,
                            .system = system};
      if (n % 200 == 7) plan.address = "10.99.1.7";     // from a strange network
      if (n % 250 == 11) plan.items_mask = kOwnerMask;  // a field that was not granted
      if (n % 333 == 13) plan.rows = 5000;              // far more rows than agreed
      records.Push(demo::AccessJson(plan));
    }
    Json body = Json::MakeObject({{"batch_id", "b-" + std::to_string(batch)},
                                  {"form", "full"},
                                  {"grant", grant_},
                                  {"records", std::move(records)}});
    if (batch > 0) body.Set("prev_batch_id", "b-" + std::to_string(batch - 1));
    auto outcome = Send("ga", "access.batch", {"ga-gw-01:SYSTEM"}, std::move(body));
    if (!outcome) return Said("batch " + std::to_string(batch), false, outcome.error().detail);
    if (!outcome->IsCommitted()) {
      return Said("batch " + std::to_string(batch), false, outcome->code + " " + outcome->message);
    }
    ++committed_;
    flagged_ += outcome->flags.empty() ? 0 : 1;
    seen.insert(outcome->flags.begin(), outcome->flags.end());
    height_ = std::max(height_, outcome->height);
  }
  std::string flags;
  for (const std::string& flag : seen) flags += (flags.empty() ? "" : ", ") + flag;
  const bool all = seen.contains("IP_NOT_ALLOWED") && seen.contains("ITEM_NOT_GRANTED") &&
                   seen.contains("OVER_ROWS") && seen.contains("OVER_DAILY_CAP");
  return Said("1,000 records in 10 batches: all accepted, the strange ones flagged", all, flags);
}

bool Demo::Correction() {
  Chapter("6. A wrong value is reported and corrected", "疑义与更正");
  if (!Tell("transport reports a wrong vehicle status", "jt", "correction.file", {"jt-c1:MAKER"},
            Json::MakeObject({{"resource", vehicle_},
                              {"version_seen", 1},
                              {"item_ids", Json(Json::Array{Json("status")})},
                              {"kind", "WRONG"},
                              {"observed_digest", demo::DigestOf("observed")},
                              {"evidence_digest", demo::DigestOf("evidence")},
                              {"seen_grant", grant_}}))) {
    return false;
  }
  const std::string correction = last_.born.empty() ? "" : last_.born.front();
  return Tell("public security registers the new version", "ga", "resource.refresh",
              {"ga-c1:MAKER"},
              Json::MakeObject({{"resource", vehicle_},
                                {"dataset_version", 2},
                                {"dataset_digest", demo::DigestOf("dataset 2")}})) &&
         Tell("public security answers: fixed", "ga", "correction.resolve",
              {"ga-c1:MAKER", "ga-h1:HEAD"},
              Json::MakeObject(
                  {{"correction", correction}, {"verdict", "FIXED"}, {"new_version", 2}})) &&
         Tell("transport confirms", "jt", "correction.confirm", {"jt-c1:MAKER"},
              Json::MakeObject({{"correction", correction}, {"confirmed", true}}));
}

bool Demo::Failover() {
  Chapter("7. A node is killed; the others go on; it comes back", "节点被强行终止与恢复");
  const std::string victim = "sw";
  const auto one_access = [&](const std::string& id, const std::string& through) {
    Json record = demo::AccessJson({.id = id,
                                    .occurred_at = NowMs(),
                                    .address = "10.20.3.7",
                                    .items_mask = kGrantedMask,
                                    .system = SystemId("jt-app-01")});
    record.Set("grant", grant_);
    return Send("ga", "access.record", {"ga-gw-01:SYSTEM"}, std::move(record), through);
  };
  if (auto killed = devnet_.Kill(victim); !killed)
    return Said("kill -9 " + victim, false, killed.error().detail);
  const auto begun = Clock::now();
  std::int64_t first_ms = 0;
  for (int i = 0; i < 5; ++i) {
    const auto outcome = one_access("after-kill-" + std::to_string(i), i % 2 == 0 ? "db" : "jt");
    if (!outcome || !outcome->IsCommitted()) {
      return Said("the others commit", false, outcome ? outcome->code : outcome.error().detail);
    }
    if (i == 0) first_ms = ElapsedMs(begun);
    ++committed_;
    flagged_ += outcome->flags.empty() ? 0 : 1;
    height_ = std::max(height_, outcome->height);
  }
  failover_ms_ = first_ms;
  if (!Said("kill -9 of the tax bureau's node: the other three commit", true,
            "first commit after " + std::to_string(first_ms) + " ms")) {
    return false;
  }
  const auto restart = Clock::now();
  if (auto started = devnet_.Start(victim); !started) {
    return Said("restart", false, started.error().detail);
  }
  if (!AwaitHeight(victim, height_))
    return Said("the node catches up", false, "not within a minute");
  const std::string path = "/v1/blocks/" + std::to_string(height_);
  const auto here = ClientOf(victim).Get(path);
  const auto there = ClientOf("db").Get(path);
  const bool same = here && there && here->status == there->status &&
                    here->body.TextOr("hash") == there->body.TextOr("hash");
  return Said("started again with one command, it catches up and holds the same block " +
                  std::to_string(height_),
              same, std::to_string(ElapsedMs(restart)) + " ms");
}

bool Demo::Receipt() {
  Chapter("8. A receipt that anybody can verify, without trusting any node", "离线可验证的回执");
  auto key = devnet_.Key("jt-h1");
  if (!key) return Said("sign in", false, key.error().detail);
  if (auto signed_in = ClientOf("jt").SignIn(**key, ""); !signed_in) {
    return Said("transport's head signs in to read", false, signed_in.error().detail);
  }
  const auto reply = ClientOf("jt").Get("/v1/transactions/" + grant_txid_ + "/receipt");
  if (!reply || reply->status != 200) {
    return Said("fetch the receipt", false, reply ? reply->text : reply.error().detail);
  }
  const auto file = devnet_.Folder() / "demo" / "grant.receipt.json";
  const auto tampered_file = devnet_.Folder() / "demo" / "tampered.receipt.json";
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  const auto document = ReadFile(devnet_.Genesis(), limits::kGenesisBytesMax);
  if (!document) return Said("read genesis", false, document.error().detail);
  const auto genesis = ledger::DecodeGenesis(AsBytes(*document));
  auto receipt = ledger::Receipt::FromJson(reply->text);
  if (!genesis || !receipt) {
    return Said("read the receipt", false,
                receipt ? genesis.error().detail : receipt.error().detail);
  }
  const auto verdict = sdk::VerifyReceipt(*receipt, *genesis);
  if (!Said("verified offline from the genesis document alone", verdict.verified,
            verdict.TrustStatement())) {
    return false;
  }
  // The same receipt with one bit of the recorded transaction changed.
  receipt->transaction[receipt->transaction.size() / 2] ^= 1U;
  const auto tampered = sdk::VerifyReceipt(*receipt, *genesis);
  const auto& failed = tampered.steps.back();
  verified_ = verdict.verified && !tampered.verified;
  if (auto written = ReplaceFile(file, reply->text, FileMode::kPublic); !written) {
    return Said("write the receipt", false, written.error().detail);
  }
  (void)ReplaceFile(tampered_file, PrettyJson(receipt->ToJson()), FileMode::kPublic);
  return Said("a copy with one changed bit fails at step \"" + failed.name + "\"", verified_,
              failed.detail);
}

}  // namespace jiandu::cli
