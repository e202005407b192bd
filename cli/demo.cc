#include "cli/demo.h"

#include <chrono>
#include <cstdio>
#include <thread>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/demo_bodies.h"
#include "cli/files.h"
#include "cli/text.h"
#include "ledger/model/entity.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {
namespace {

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// A year from now, as the yyyymmdd of forms.
std::int64_t NextYear() { return ledger::DateOf(NowMs()) + 10000; }

}  // namespace

Demo::Demo(const Output& out, Devnet& devnet, std::string chain)
    : out_(out), devnet_(devnet), chain_(std::move(chain)) {
  for (const DevnetNode& node : devnet_.Nodes())
    clients_.emplace(node.alias, ApiClient(node.Url()));
}

void Demo::Chapter(std::string_view title, std::string_view title_zh) {
  out_.Note("");
  out_.Note(out_.Bold(std::string(title) + "  " + std::string(title_zh)));
}

bool Demo::Said(const std::string& what, bool holds, const std::string& detail) {
  const std::string_view mark = holds ? "  ok      " : "  FAILED  ";
  const std::string lines = Hanging(mark, what).substr(mark.size());
  out_.Note((holds ? out_.Good(mark) : out_.Bad(mark)) + lines +
            (detail.empty() ? "" : "\n" + out_.Dim(Hanging("            ", detail))));
  return holds;
}

ApiClient& Demo::ClientOf(const std::string& alias) { return clients_.at(alias); }

std::string Demo::CodeOf(const std::string& alias) const {
  if (alias == "sj") return "11990100099001061D";
  const DevnetNode* node = devnet_.Find(alias);
  return node == nullptr ? "" : node->department;
}

std::string Demo::SystemId(const std::string& name) {
  const auto document = ReadFile(devnet_.Genesis(), limits::kGenesisBytesMax);
  const auto genesis = document ? ledger::DecodeGenesis(AsBytes(*document))
                                : Result<ledger::Genesis>(std::unexpected(document.error()));
  if (!genesis) return "";
  for (std::size_t i = 0; i < genesis->identities.size(); ++i) {
    if (genesis->identities[i].name == name)
      return ledger::ToHex(ledger::GenesisIdentityId(*genesis, i));
  }
  return "";
}

Result<Outcome> Demo::Send(const std::string& alias, const std::string& op,
                           const std::vector<std::string>& signers, Json body,
                           const std::string& through) {
  std::vector<ActingKey> keys;
  for (const std::string& signer : signers) {
    const std::size_t colon = signer.find(':');
    JD_TRY(const crypto::EcdsaPrivateKey* key, devnet_.Key(signer.substr(0, colon)));
    keys.push_back(
        {key, ledger::RoleFromName(signer.substr(colon + 1)).value_or(ledger::SignerRole::kMaker)});
  }
  return Act(ClientOf(through.empty() ? alias : through), chain_, op, CodeOf(alias), keys,
             std::move(body));
}

bool Demo::Tell(const std::string& what, const std::string& department, const std::string& op,
                const std::vector<std::string>& signers, Json body,
                const std::string& expected_code) {
  auto outcome = Send(department, op, signers, std::move(body));
  if (!outcome) return Said(what, false, outcome.error().detail);
  last_ = std::move(*outcome);
  if (last_.IsCommitted()) ++committed_;
  if (last_.IsRejected()) ++rejected_;
  if (!last_.flags.empty()) ++flagged_;
  height_ = std::max(height_, last_.height);
  const bool holds = expected_code.empty() ? last_.IsCommitted() : last_.code == expected_code;
  std::string detail;
  if (!last_.code.empty()) {
    detail = "refused with " + last_.code + ": " + last_.message + " " + last_.message_zh;
    if (!last_.clause.empty()) detail += "; " + last_.clause;
    if (!last_.article.empty()) detail += "; " + last_.article;
    if (!last_.hint.empty()) detail += "; try: " + last_.hint + " " + last_.hint_zh;
  }
  if (!holds)
    detail += " (expected " + (expected_code.empty() ? "acceptance" : expected_code) + ")";
  return Said(what, holds, detail);
}

bool Demo::Catalogue() {
  Chapter("1. The catalogue: what may be shared, and how", "目录：可共享什么");
  using demo::Assessment;
  const auto publish = [&](const char* alias, const std::string& name, Json content,
                           std::string& id) {
    const std::string who = alias;
    if (!Tell(name + ": drafted by " + who, who, "resource.draft", {who + "-c1:MAKER"},
              Json::MakeObject({{"content", content}}))) {
      return false;
    }
    id = last_.born.empty() ? "" : last_.born.front();
    const Json named = Json::MakeObject({{"resource", id}});
    return Tell(name + ": submitted with the department head's consent", who, "resource.submit",
                {who + "-c1:MAKER", who + "-l1:HEAD"},
                Json::MakeObject({{"resource", id}, {"content", std::move(content)}})) &&
           Tell(name + ": reviewed by the data bureau", "db", "resource.review",
                {"db-c1:MAKER", "db-h1:HEAD"},
                Json::MakeObject({{"resource", id}, {"verdict", "OK"}})) &&
           Tell(name + ": published", "db", "resource.publish", {"db-c1:MAKER", "db-h1:HEAD"},
                named);
  };
  if (!Tell("vehicle register drafted by public security", "ga", "resource.draft", {"ga-c1:MAKER"},
            Json::MakeObject({{"content", demo::VehicleResource(Assessment::kMissing)}}))) {
    return false;
  }
  const std::string draft = last_.born.empty() ? "" : last_.born.front();
  if (!Tell("vehicle register submitted without the privacy assessment", "ga", "resource.submit",
            {"ga-c1:MAKER", "ga-l1:HEAD"},
            Json::MakeObject(
                {{"resource", draft}, {"content", demo::VehicleResource(Assessment::kMissing)}}),
            "CATALOG_INCOMPLETE")) {
    return false;
  }
  return publish("ga", "vehicle register (conditional)",
                 demo::VehicleResource(Assessment::kPresent), vehicle_) &&
         publish("jt", "transport licences (unconditional)", demo::LicenceResource(), licence_) &&
         publish("sw", "tax returns (not shared)", demo::TaxReturnResource(), tax_);
}

bool Demo::Unconditional() {
  Chapter("2. An unconditional request", "无条件共享");
  const std::int64_t today = ledger::DateOf(NowMs());
  const Json request = demo::RequestBody({.resource = licence_,
                                          .share_class = "UNCONDITIONAL",
                                          .items = {"operator", "licence"},
                                          .system = SystemId("sw-app-01"),
                                          .cidr = "10.20.4.0/24",
                                          .from = today,
                                          .to = NextYear()});
  if (!Tell("tax requests licences, maker and head sign", "sw", "request.submit",
            {"sw-c1:MAKER", "sw-h1:HEAD"}, request)) {
    return false;
  }
  const std::string id = last_.born.empty() ? "" : last_.born.front();
  if (!Tell("transport approves within its working day", "jt", "decision.submit",
            {"jt-c1:MAKER", "jt-h1:HEAD"},
            Json::MakeObject({{"request", id}, {"verdict", "APPROVE"}})) ||
      !Tell("data bureau opens the grant, which is its approval too", "db", "grant.open",
            {"db-c1:MAKER", "db-h1:HEAD"}, demo::GrantBody(id, NextYear()))) {
    return false;
  }
  const std::string grant = last_.born.empty() ? "" : last_.born.front();
  return Tell(
      "tax accepts its duties; the grant is active", "sw", "grant.acknowledge", {"sw-h1:HEAD"},
      Json::MakeObject({{"grant", grant}, {"duty_agreement_digest", demo::DigestOf("duty")}}));
}

bool Demo::Conditional() {
  Chapter("3. A conditional request, with three mistakes refused", "有条件共享：三处错误被驳回");
  Json request = demo::RequestBody({.resource = vehicle_,
                                    .share_class = "CONDITIONAL",
                                    .items = {"plate", "status", "inspect"},
                                    .system = SystemId("jt-app-01"),
                                    .cidr = "10.20.3.0/24",
                                    .from = ledger::DateOf(NowMs()),
                                    .to = NextYear()});
  Json await = Json::MakeArray();
  await.Push(Json::MakeObject({{"department", CodeOf("jt")}, {"role", "HEAD"}}));
  request.Set("await", std::move(await));
  if (!Tell("transport's clerk prepares the request; it waits for the head", "jt", "request.submit",
            {"jt-c1:MAKER"}, std::move(request))) {
    return false;
  }
  const Json cosign = Json::MakeObject(
      {{"pending", last_.born.empty() ? "" : last_.born.front()}, {"digest", last_.digest}});
  if (!Tell("the clerk tries to sign as head", "jt", "cosign", {"jt-c1:HEAD"}, cosign,
            "ROLE_DENIED") ||
      !Tell("the head of transport signs; now it is a request", "jt", "cosign", {"jt-h1:HEAD"},
            cosign)) {
    return false;
  }
  request_ = last_.born.empty() ? "" : last_.born.front();
  const Json approve = Json::MakeObject({{"request", request_}, {"verdict", "APPROVE"}});
  if (!Tell("data bureau decides before public security has", "db", "decision.submit",
            {"db-c1:MAKER", "db-h1:HEAD"}, approve, "APPROVAL_ORDER") ||
      !Tell("public security answers without its head", "ga", "decision.submit", {"ga-c1:MAKER"},
            approve, "HEAD_SIGNATURE_REQUIRED") ||
      !Tell("public security approves, clerk and head", "ga", "decision.submit",
            {"ga-c1:MAKER", "ga-h1:HEAD"}, approve) ||
      !Tell("public security tries to open the grant itself", "ga", "grant.open",
            {"ga-c1:MAKER", "ga-h1:HEAD"}, demo::GrantBody(request_, NextYear()), "ROLE_DENIED") ||
      !Tell("data bureau approves", "db", "decision.submit", {"db-c1:MAKER", "db-h1:HEAD"},
            approve) ||
      !Tell("data bureau opens the grant", "db", "grant.open", {"db-c1:MAKER", "db-h1:HEAD"},
            demo::GrantBody(request_, NextYear()))) {
    return false;
  }
  grant_ = last_.born.empty() ? "" : last_.born.front();
  grant_txid_ = last_.txid;
  return Tell(
      "transport accepts its duties; the grant is active", "jt", "grant.acknowledge",
      {"jt-h1:HEAD"},
      Json::MakeObject({{"grant", grant_}, {"duty_agreement_digest", demo::DigestOf("duty")}}));
}

bool Demo::NotShared() {
  Chapter("4. What the law keeps back", "不予共享");
  const Json request = demo::RequestBody({.resource = tax_,
                                          .share_class = "NOT_SHARED",
                                          .items = {"tax"},
                                          .system = SystemId("jt-app-01"),
                                          .cidr = "10.20.3.0/24",
                                          .from = ledger::DateOf(NowMs()),
                                          .to = NextYear()});
  return Tell("transport requests tax returns", "jt", "request.submit",
              {"jt-c1:MAKER", "jt-h1:HEAD"}, request, "NOT_SHARED");
}

bool Demo::Run() {
  return Catalogue() && Unconditional() && Conditional() && NotShared() && Accesses() &&
         Correction() && Failover() && Receipt();
}

Json Demo::Summary(double seconds) const {
  return Json::MakeObject({{"validators", static_cast<std::int64_t>(devnet_.Nodes().size())},
                           {"height", height_},
                           {"committed", committed_},
                           {"rejected", rejected_},
                           {"flagged", flagged_},
                           {"failover_ms", failover_ms_},
                           {"verified", verified_},
                           {"seconds", static_cast<std::int64_t>(seconds)}});
}

}  // namespace jiandu::cli
