// `jiandu prove fraud`: makes a fraud proof (docs/proof-format.md) of two bundles that contradict
// each other, kept in files or fetched from a node; says so when they do not.

#include <memory>

#include "cli/accusation.h"
#include "cli/acting.h"
#include "cli/files.h"
#include "cli/genesis_file.h"
#include "cli/output_file.h"
#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

struct FraudState {
  ActingOptions acting;
  std::string entity;
  std::string txid;
  std::filesystem::path event;
  std::filesystem::path state;
  std::filesystem::path genesis;
  std::filesystem::path file = "fraud.jdproof";
};

// A bundle's text: of a file, or of the first address that does not say 404.
std::expected<std::string, Exit> FromFile(const Output& out, const std::filesystem::path& file) {
  auto text = ReadFile(file, ledger::ProofBundle::kBytesMax);
  if (text.has_value()) return *std::move(text);
  return std::unexpected(out.Fail(text.error(), "give a bundle of jiandu prove", "无法读取证明包",
                                  "请给出证明包文件"));
}
std::expected<std::string, Exit> FromNode(const Output& out, Acting& acting,
                                          const std::vector<std::string>& targets) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto reply = acting.Client().Get(targets[i]);
    if (!reply) return std::unexpected(TellNoAnswer(out, reply.error()));
    if (reply->status == 200) return std::move(reply->text);
    if (reply->status == 404 && i + 1 < targets.size()) continue;
    return std::unexpected(FailFromReply(out, *reply));
  }
  return std::unexpected(Exit::kFailed);  // no address was given
}

struct Texts {
  std::string event;
  std::string state;
};

std::expected<Texts, Exit> TakeTexts(const Output& out, const FraudState& options) {
  const bool files = !options.event.empty() && !options.state.empty();
  const bool node = !options.entity.empty() && !options.txid.empty();
  if (files == node) {
    return std::unexpected(out.Fail(Exit::kUsage, "neither two files nor what to ask a node for",
                                    "give --event and --state, or ENTITY and --txid",
                                    "缺少两个证明包，或缺少查询内容",
                                    "请给出 --event 与 --state，或实体编号与 --txid"));
  }
  Texts texts;
  std::optional<Acting> acting;
  if (node) {
    auto opened = Acting::Open(out, options.acting);
    if (!opened) return std::unexpected(opened.error());
    acting.emplace(*std::move(opened));
  }
  const std::string id = UrlPart(options.entity);
  auto event = files ? FromFile(out, options.event)
                     : FromNode(out, *acting, {"/v1/proofs/transaction/" + UrlPart(options.txid)});
  if (!event) return std::unexpected(event.error());
  auto state = files ? FromFile(out, options.state)
                     : FromNode(out, *acting,
                                {"/v1/proofs/history/" + id, "/v1/proofs/absence?entity=" + id});
  if (!state) return std::unexpected(state.error());
  return Texts{.event = *std::move(event), .state = *std::move(state)};
}

// What the proof does not need: the contents of the history that is denied its event.
void Shrink(ledger::ProofBundle& bundle) {
  bundle.transactions.clear();
  for (ledger::ProofEvent& event : bundle.events) event.entry = event.LeafHash();
}

std::optional<ledger::EntityId> EntityOf(const ledger::ProofQuery& query) {
  if (const auto* history = std::get_if<ledger::HistoryQuery>(&query)) return history->entity;
  const auto* absence = std::get_if<ledger::AbsenceQuery>(&query);
  const auto* id = absence == nullptr ? nullptr : std::get_if<ledger::EntityId>(&absence->what);
  return id == nullptr ? std::nullopt : std::optional(*id);
}

Exit Tell(const Output& out, const FraudState& options, const ledger::FraudProof& proof,
          const sdk::FraudVerdict& verdict) {
  const std::string step = verdict.steps.back().name;
  if (!verdict.verified && (step == "contradiction" || step == "event")) {
    return out.Fail(Exit::kNotFound, "no fraud: " + verdict.steps.back().detail,
                    "nothing to do: the two agree", "不构成欺诈：两份证明并不矛盾", "无需处理");
  }
  if (!verdict.verified) {
    out.Result(FraudJson(verdict), FraudText(out, verdict));
    return Exit::kVerification;
  }
  if (const auto written = WriteOutput(options.file, proof.ToText(), OutputKind::kFraudProof);
      !written) {
    return out.Fail(written.error(), "name another file with --file", "无法写入文件",
                    "请用 --file 另行指定");
  }
  const std::string file = options.file.string();
  Json json = FraudJson(verdict);
  json.Set("file", file);
  out.Result(json, FraudText(out, verdict) + "Wrote " + file + " 已写入\nnext: jiandu verify " +
                       file + " --genesis " + options.genesis.string());
  return Exit::kOk;
}

Exit Make(const Output& out, const FraudState& options) {
  const auto genesis = ReadGenesisFile(out, options.genesis);
  if (!genesis) return genesis.error();
  const auto texts = TakeTexts(out, options);
  if (!texts) return texts.error();
  auto event = ledger::ProofBundle::FromText(texts->event);
  auto state = ledger::ProofBundle::FromText(texts->state);
  if (!event || !state) {
    return out.Fail(Exit::kVerification,
                    std::string(event ? "the state's" : "the event's") +
                        " bundle: " + (event ? state.error() : event.error()).detail,
                    "give bundles as jiandu prove wrote them", "证明包格式无效或已被改动",
                    "请给出 jiandu prove 原样写出的证明包");
  }
  const auto entity = EntityOf(state->query);
  if (!entity) {
    return out.Fail(Exit::kUsage, "the state's bundle is of no entity's history or absence",
                    "make it with jiandu prove history or absence", "第二个证明包类型不符",
                    "请用 jiandu prove history 或 absence 生成");
  }
  Shrink(*state);
  ledger::FraudProof proof{
      .entity = *entity, .event = *std::move(event), .state = *std::move(state)};
  const sdk::FraudVerdict verdict = sdk::VerifyFraud(proof, *genesis);
  return Tell(out, options, proof, verdict);
}

}  // namespace

void AddProveFraud(CLI::App& prove, Context& context) {
  const auto state = std::make_shared<FraudState>();
  auto* fraud = prove.add_subcommand(
      "fraud", "The log has an event that the state denies / 状态否认日志中的事件");
  fraud->add_option("entity", state->entity,
                    "Entity the event touches, 34 hex digits / 该事件所涉实体，34 位十六进制");
  fraud->add_option("--txid", state->txid, "The event's transaction / 事件所属交易");
  fraud->add_option("--event", state->event, "Bundle of the transaction / 交易证明包");
  fraud->add_option("--state", state->state, "Bundle of the history or absence / 历史证明包");
  fraud->add_option("--genesis", state->genesis, "The genesis document you trust / 创世文件")
      ->required();
  fraud->add_option("--file", state->file, "Where to write it / 输出文件")->capture_default_str();
  AddReadOptions(*fraud, state->acting);
  OnRun(fraud, context, [&context, state] { return Make(context.out, *state); });
}

}  // namespace jiandu::cli
