// `jiandu verify FILE --genesis FILE`: checks a receipt or a proof bundle offline and says what was
// proven.

#include "base/hex.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/text.h"
#include "ledger/model/codes.h"
#include "sdk/cpp/proof_verifier.h"
#include "sdk/cpp/receipt_verifier.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kIndent = 17;

struct VerifyOptions {
  std::filesystem::path file;
  std::filesystem::path genesis;
};

Json StepsJson(const std::vector<sdk::VerifyStep>& steps) {
  Json list = Json::MakeArray();
  for (const sdk::VerifyStep& step : steps) {
    list.Push(
        Json::MakeObject({{"name", step.name}, {"holds", step.holds}, {"detail", step.detail}}));
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

std::string Ending(const Output& out, bool verified, const std::string& en, const std::string& zh) {
  return (verified ? out.Good("verified 验证通过") : out.Bad("FAILED 验证失败")) + "\n" +
         Labelled("", en, 4) + Labelled("", zh, 4);
}

Json ToJson(const sdk::Verdict& verdict) {
  Json not_proven = Json::MakeArray();
  for (const std::string& one : verdict.not_proven) not_proven.Push(one);
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"steps", StepsJson(verdict.steps)},
                                {"not_proven", std::move(not_proven)},
                                {"statement", verdict.TrustStatement()},
                                {"height", verdict.height},
                                {"proven_at", verdict.proven_at},
                                {"op", verdict.op},
                                {"department", verdict.department},
                                {"txid", HexEncode(verdict.txid.View())},
                                {"code", std::int64_t{verdict.code}}});
  if (!verdict.verified) json.Set("failed_step", verdict.steps.back().name);
  return json;
}

std::string Human(const Output& out, const sdk::Verdict& verdict) {
  std::string text = StepsText(out, verdict.steps);
  for (std::size_t i = 0; i < verdict.not_proven.size(); ++i) {
    text += Labelled("not proven", verdict.not_proven[i], kIndent) +
            out.Dim(Labelled("", verdict.not_proven_zh[i], kIndent));
  }
  return text + Ending(out, verdict.verified, verdict.TrustStatement(), verdict.TrustStatementZh());
}

Json SentencesJson(const std::vector<sdk::Sentence>& sentences) {
  Json list = Json::MakeArray();
  for (const sdk::Sentence& one : sentences) list.Push(one.en);
  return list;
}

Json EventJson(const sdk::ProvenEvent& event) {
  Json json = Json::MakeObject({{"index", event.index}});
  if (!event.stub.has_value()) {
    return std::move(json.Set(event.index == 0 ? "genesis" : "withheld", true));
  }
  json.Set("height", event.stub->height).Set("time", event.stub->time).Set("op", event.stub->op);
  json.Set("txid", HexEncode(event.stub->txid.View()));
  json.Set("code", std::int64_t{event.stub->code});
  if (!event.department.empty()) json.Set("department", event.department);
  return json;
}

Json ToJson(const sdk::ProofVerdict& verdict) {
  Json events = Json::MakeArray();
  for (const sdk::ProvenEvent& event : verdict.events) events.Push(EventJson(event));
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"steps", StepsJson(verdict.steps)},
                                {"proven", SentencesJson(verdict.proven)},
                                {"not_proven", SentencesJson(verdict.not_proven)},
                                {"statement", verdict.TrustStatement().en},
                                {"as_of", verdict.as_of},
                                {"time", verdict.time},
                                {"withheld", std::uint64_t{verdict.withheld}},
                                {"events", std::move(events)}});
  if (!verdict.verified) json.Set("failed_step", verdict.steps.back().name);
  return json;
}

std::string EventLine(const sdk::ProvenEvent& event) {
  if (!event.stub.has_value()) {
    return event.index == 0 ? "born in the genesis document 创世登记" : "withheld 未展示";
  }
  const auto* code = ledger::FindCode(event.stub->code);
  return TimeText(event.stub->time) + "  " + event.stub->op +
         (event.stub->code == 0 ? ""
                                : "  rejected: " + std::string(code == nullptr ? "?" : code->name));
}

std::string Human(const Output& out, const sdk::ProofVerdict& verdict) {
  std::string text = StepsText(out, verdict.steps);
  if (verdict.verified) {
    for (const sdk::ProvenEvent& event : verdict.events) {
      text += Labelled("event " + std::to_string(event.index), EventLine(event), kIndent);
    }
  }
  for (const sdk::Sentence& one : verdict.not_proven) {
    text += Labelled("not proven", one.en, kIndent) + out.Dim(Labelled("", one.zh, kIndent));
  }
  const sdk::Sentence trust = verdict.TrustStatement();
  return text + Ending(out, verdict.verified, trust.en, trust.zh);
}

template <typename Verdict>
Exit Tell(const Output& out, const Verdict& verdict) {
  out.Result(ToJson(verdict), Human(out, verdict));
  return verdict.verified ? Exit::kOk : Exit::kVerification;
}

Exit Malformed(const Output& out, const Error& error) {
  return out.Fail(Exit::kVerification, "FAILED at step 0 (form): " + error.detail,
                  "ask any node for it again; what was changed on the way proves nothing",
                  "文件格式无效或已被改动");
}

Exit Verify(const Output& out, const VerifyOptions& options) {
  const auto document = ReadFile(options.genesis, limits::kGenesisBytesMax);
  if (!document)
    return out.Fail(document.error(), "give --genesis the document you trust", "无法读取创世文件");
  const auto genesis = ledger::DecodeGenesis(AsBytes(*document));
  if (!genesis) {
    return out.Fail(Exit::kVerification, "genesis: " + genesis.error().detail,
                    "compare the file's SHA-256 with your department's record", "创世文件无效");
  }
  const auto text = ReadFile(options.file, ledger::ProofBundle::kBytesMax);
  if (!text) {
    return out.Fail(text.error(),
                    "give a receipt (jiandu tx show --receipt) or a proof (jiandu prove)",
                    "无法读取回执或证明包");
  }
  // A bundle is lines, the first of which is a manifest; a receipt is one object.
  if (text->starts_with("{\"chain\"") && text->find("\"kind\":\"manifest\"") < text->find('\n')) {
    const auto bundle = ledger::ProofBundle::FromText(*text);
    if (!bundle) return Malformed(out, bundle.error());
    return Tell(out, sdk::VerifyProof(*bundle, *genesis));
  }
  const auto receipt = ledger::Receipt::FromJson(*text);
  if (!receipt) return Malformed(out, receipt.error());
  return Tell(out, sdk::VerifyReceipt(*receipt, *genesis));
}

}  // namespace

void AddVerify(CLI::App& root, Context& context) {
  auto* verify =
      root.add_subcommand("verify", "Check a receipt or a proof offline / 离线验证回执或证明包");
  const auto options = std::make_shared<VerifyOptions>();
  verify->add_option("file", options->file, "Receipt (JSON) or proof (*.jdproof)")->required();
  verify->add_option("--genesis", options->genesis, "The genesis document you trust")->required();
  OnRun(verify, context, [&context, options] { return Verify(context.out, *options); });
}

}  // namespace jiandu::cli
