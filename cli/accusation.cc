// See accusation.h.
#include "cli/accusation.h"

#include "base/hex.h"
#include "cli/text.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kIndent = 17;

Exit Malformed(const Output& out, const Error& error) {
  return out.Fail(Exit::kVerification, "FAILED at step 0 (form): " + error.detail,
                  "ask who gave you the file for it again; changed on the way it proves nothing",
                  "文件格式无效或已被改动", "请向提供者重新索取");
}

Json SignersJson(const std::vector<sdk::Signer>& signers) {
  Json list = Json::MakeArray();
  for (const sdk::Signer& one : signers) {
    Json json = Json::MakeObject({{"address", HexEncode(one.address.View())}});
    if (!one.department.empty()) json.Set("department", one.department).Set("name", one.name);
    list.Push(std::move(json));
  }
  return list;
}

std::string Ending(const Output& out, bool verified, const sdk::Sentence& statement) {
  return (verified ? out.Good("verified 验证通过") : out.Bad("FAILED 验证失败")) + "\n" +
         Labelled("", statement.en, 4) + Labelled("", statement.zh, 4);
}

Json ForkJson(const sdk::ForkVerdict& verdict) {
  Json differs = Json::MakeArray();
  for (const std::string& field : verdict.differs) differs.Push(field);
  const sdk::Sentence statement = verdict.Statement();
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"proves", "fork"},
                                {"steps", StepsJson(verdict.steps)},
                                {"height", verdict.height},
                                {"differs", std::move(differs)},
                                {"same_round", verdict.same_round},
                                {"signed_both", SignersJson(verdict.signed_both)},
                                {"statement", statement.en},
                                {"statement_zh", statement.zh}});
  if (!verdict.verified) json.Set("failed_step", verdict.steps.back().name);
  return json;
}

}  // namespace

Json StepsJson(const std::vector<sdk::VerifyStep>& steps) {
  Json list = Json::MakeArray();
  for (const sdk::VerifyStep& step : steps) {
    list.Push(Json::MakeObject({{"name", step.name},
                                {"holds", step.holds},
                                {"detail", step.detail},
                                {"detail_zh", step.detail_zh}}));
  }
  return list;
}

std::string StepsText(const Output& out, const std::vector<sdk::VerifyStep>& steps) {
  std::string text;
  int number = 0;
  for (const sdk::VerifyStep& step : steps) {
    const std::string name = "step " + std::to_string(++number) + (step.holds ? "" : " FAILED");
    const std::string lines = Labelled(name, step.name + ": " + step.detail, kIndent);
    text += (step.holds ? lines : out.Bad(lines)) + out.Dim(Labelled("", step.detail_zh, kIndent));
  }
  return text;
}

Json FraudJson(const sdk::FraudVerdict& verdict) {
  const sdk::Sentence statement = verdict.Statement();
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"proves", "fraud"},
                                {"steps", StepsJson(verdict.steps)},
                                {"entity", ledger::ToHex(verdict.entity)},
                                {"index", verdict.index},
                                {"seq", verdict.seq},
                                {"event_as_of", verdict.event_as_of},
                                {"state_as_of", verdict.state_as_of},
                                {"signers", SignersJson(verdict.signers)},
                                {"statement", statement.en},
                                {"statement_zh", statement.zh}});
  if (verdict.size.has_value()) json.Set("size", *verdict.size);
  if (!verdict.verified) json.Set("failed_step", verdict.steps.back().name);
  return json;
}

std::string FraudText(const Output& out, const sdk::FraudVerdict& verdict) {
  return StepsText(out, verdict.steps) + Ending(out, verdict.verified, verdict.Statement());
}

std::optional<Exit> VerifyAccusation(const Output& out, std::string_view text,
                                     const ledger::Genesis& genesis) {
  if (ledger::LooksLikeFraudProof(text)) {
    const auto proof = ledger::FraudProof::FromText(text);
    if (!proof) return Malformed(out, proof.error());
    const sdk::FraudVerdict verdict = sdk::VerifyFraud(*proof, genesis);
    out.Result(FraudJson(verdict), FraudText(out, verdict));
    return verdict.verified ? Exit::kOk : Exit::kVerification;
  }
  if (!ledger::LooksLikeForkProof(text)) return std::nullopt;
  const auto proof = ledger::ForkProof::FromText(text);
  if (!proof) return Malformed(out, proof.error());
  const sdk::ForkVerdict verdict = sdk::VerifyFork(*proof, genesis);
  out.Result(ForkJson(verdict),
             StepsText(out, verdict.steps) + Ending(out, verdict.verified, verdict.Statement()));
  return verdict.verified ? Exit::kOk : Exit::kVerification;
}

}  // namespace jiandu::cli
