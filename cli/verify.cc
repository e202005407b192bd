// `jiandu verify FILE --genesis FILE`: checks a receipt offline and says what was proven.

#include "base/hex.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/text.h"
#include "ledger/model/codes.h"
#include "sdk/cpp/receipt_verifier.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kIndent = 17;
constexpr std::size_t kReceiptBytesMax = 4 * limits::kMiB;

struct VerifyOptions {
  std::filesystem::path file;
  std::filesystem::path genesis;
};

Json ToJson(const sdk::Verdict& verdict) {
  Json steps = Json::MakeArray();
  for (const sdk::VerifyStep& step : verdict.steps) {
    steps.Push(
        Json::MakeObject({{"name", step.name}, {"holds", step.holds}, {"detail", step.detail}}));
  }
  Json not_proven = Json::MakeArray();
  for (const std::string& one : verdict.not_proven) not_proven.Push(one);
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"steps", std::move(steps)},
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
  std::string text;
  int number = 0;
  for (const sdk::VerifyStep& step : verdict.steps) {
    const std::string name = "step " + std::to_string(++number) + (step.holds ? "" : " FAILED");
    const std::string lines = Labelled(name, step.name + ": " + step.detail, kIndent);
    text += (step.holds ? lines : out.Bad(lines)) + out.Dim(Labelled("", step.detail_zh, kIndent));
  }
  for (std::size_t i = 0; i < verdict.not_proven.size(); ++i) {
    text += Labelled("not proven", verdict.not_proven[i], kIndent) +
            out.Dim(Labelled("", verdict.not_proven_zh[i], kIndent));
  }
  text += verdict.verified ? out.Good("verified 验证通过") : out.Bad("FAILED 验证失败");
  return text + "\n" + Labelled("", verdict.TrustStatement(), 4) +
         Labelled("", verdict.TrustStatementZh(), 4);
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
  const auto text = ReadFile(options.file, kReceiptBytesMax);
  if (!text)
    return out.Fail(text.error(), "give the file saved from /v1/transactions/TXID/receipt",
                    "无法读取回执");
  const auto receipt = ledger::Receipt::FromJson(*text);
  if (!receipt) {
    return out.Fail(Exit::kVerification, "FAILED at step 0 (form): " + receipt.error().detail,
                    "ask any node for the receipt again", "回执格式无效");
  }
  const sdk::Verdict verdict = sdk::VerifyReceipt(*receipt, *genesis);
  out.Result(ToJson(verdict), Human(out, verdict));
  return verdict.verified ? Exit::kOk : Exit::kVerification;
}

}  // namespace

void AddVerify(CLI::App& root, Context& context) {
  auto* verify = root.add_subcommand("verify", "Check a receipt offline / 离线验证回执");
  const auto options = std::make_shared<VerifyOptions>();
  verify->add_option("file", options->file, "Receipt (JSON)")->required();
  verify->add_option("--genesis", options->genesis, "The genesis document you trust")->required();
  OnRun(verify, context, [&context, options] { return Verify(context.out, *options); });
}

}  // namespace jiandu::cli
