// `jiandu export` and `jiandu case export`: what the ledger holds of an entity as W3C PROV-JSON or
// OpenLineage with the proof beside it, and the evidence pack of a case.
#include "cli/export.h"

#include <memory>

#include "cli/acting.h"
#include "cli/files.h"
#include "cli/output_file.h"
#include "cli/proof_question.h"
#include "cli/verbs.h"
#include "evidence/pack.h"
#include "ledger/export/openlineage.h"
#include "ledger/export/prov_json.h"

namespace jiandu::cli {
namespace {

struct ExportState {
  ActingOptions acting;
  std::string entity;
  std::int64_t as_of = 0;  // 0: the newest height that is certified
  std::filesystem::path file;
  std::filesystem::path genesis;  // empty: the node's
};
using ExportStatePtr = std::shared_ptr<ExportState>;
struct Writing {
  std::string (*write)(const ledger::ProvenRecord&);
  OutputKind kind;
};

std::expected<std::string, Exit> Fetch(const Output& out, Acting& acting,
                                       const std::string& target) {
  const auto reply = acting.Client().Get(target);
  if (!reply) return std::unexpected(TellNoAnswer(out, reply.error()));
  if (reply->status != 200) return std::unexpected(FailFromReply(out, *reply));
  return reply->text;
}

std::string TargetOf(const std::string& path, const ExportState& state) {
  return path + UrlPart(state.entity) +
         (state.as_of > 0 ? "?as_of=" + std::to_string(state.as_of) : "");
}

Exit Unreadable(const Output& out, const Error& error) {
  return out.Fail(error, "ask another node; if it says the same, take the proof (jiandu prove)",
                  "节点的回答无法使用", "换一个节点重试；仍不行时请用 jiandu prove 取证明");
}

// Who answers chose what: a proof of something else proves nothing of what was asked.
Exit Another(const Output& out, const Error& error) {
  return out.Fail(Exit::kVerification, error.detail, "ask another node", "节点的回答与所问不符",
                  "请换一个节点");
}

std::expected<ledger::ProofQuery, Exit> AskedOf(const Output& out, const ExportState& state) {
  ProofQuestion question;
  question.history = state.entity;
  auto asked = AskedQuery(question);
  if (asked && asked->has_value()) return **std::move(asked);
  return std::unexpected(out.Fail(Exit::kUsage, "\"" + state.entity + "\" is no id of an entity",
                                  "an id is 34 lower-case hex digits", "实体编号有误",
                                  "编号为 34 位小写十六进制数"));
}

Exit Written(const Output& out, const std::filesystem::path& file, std::string_view content,
             OutputKind kind) {
  if (const auto done = WriteOutput(file, content, kind); !done) {
    return out.Fail(done.error(), "name another file with --file", "无法写入文件",
                    "请用 --file 指定其他文件");
  }
  return Exit::kOk;
}

// Both files are of one answer: the export is made here, of the proof that is written beside it.
Exit Export(const Output& out, const ExportState& state, const Writing& writing) {
  const auto asked = AskedOf(out, state);
  if (!asked) return asked.error();
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto proof = Fetch(out, *acting, TargetOf("/v1/proofs/history/", state));
  if (!proof) return proof.error();
  const auto bundle = ledger::ProofBundle::FromText(*proof);
  if (!bundle) return Unreadable(out, bundle.error());
  if (const auto answers = CheckAnswers(bundle->query, *asked); !answers) {
    return Another(out, answers.error());
  }
  const auto record = ledger::ProvenRecord::From(*bundle);
  if (!record) return Unreadable(out, record.error());
  std::filesystem::path beside = state.file;
  beside += ".jdproof";
  if (const Exit exit = Written(out, beside, *proof, OutputKind::kProof); exit != Exit::kOk) {
    return exit;
  }
  if (const Exit exit = Written(out, state.file, writing.write(*record), writing.kind);
      exit != Exit::kOk) {
    return exit;
  }
  const std::string events = std::to_string(record->events.size());
  const std::string withheld = std::to_string(record->withheld);
  out.Result(Json::MakeObject({{"file", state.file.string()},
                               {"proof", beside.string()},
                               {"as_of", record->as_of},
                               {"events", std::uint64_t{record->events.size()}},
                               {"withheld", std::uint64_t{record->withheld}},
                               {"payloads_withheld", std::uint64_t{record->payloads_withheld}}}),
             "Wrote " + state.file.string() + ": " + events + " events, " + withheld +
                 " withheld\n已写入，共 " + events + " 项记录，其中 " + withheld +
                 " 项未展示内容\nproof 证明: " + beside.string() + "\nnext: jiandu verify " +
                 beside.string() + " --genesis GENESIS.json");
  return Exit::kOk;
}

Exit ExportCase(const Output& out, const ExportState& state) {
  const auto asked = AskedOf(out, state);
  if (!asked) return asked.error();
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  std::string document;
  if (state.genesis.empty()) {
    const auto fetched = Fetch(out, *acting, "/v1/genesis");
    if (!fetched) return fetched.error();
    document = *fetched;
  } else {
    const auto read = ReadFile(state.genesis, limits::kGenesisBytesMax);
    if (!read) {
      return out.Fail(read.error(), "give --genesis the document you trust", "无法读取创世文件",
                      "请用 --genesis 指定可信的创世文件");
    }
    document = *read;
  }
  const auto genesis = ledger::DecodeGenesis(AsBytes(document));
  if (!genesis) {
    return out.Fail(genesis.error(), "compare its SHA-256 with your department's record",
                    "创世文件无效", "请与本部门留存的 SHA-256 核对");
  }
  const auto text = Fetch(out, *acting, TargetOf("/v1/exports/case/", state));
  if (!text) return text.error();
  const auto materials = ledger::CaseMaterials::FromText(*text);
  if (!materials) return Unreadable(out, materials.error());
  const ledger::ProofQuery about = ledger::HistoryQuery{materials->subject};
  if (const auto answers = CheckAnswers(about, *asked); !answers) {
    return Another(out, answers.error());
  }
  const auto pack = evidence::MakePack(*materials, *genesis);
  if (!pack) {
    return out.Fail(Exit::kVerification,
                    "the node's answer does not verify: " + pack.error().detail,
                    "ask another node, or give the genesis document you trust with --genesis",
                    "节点的回答未通过验证", "换一个节点，或用 --genesis 指定可信的创世文件");
  }
  if (const Exit exit = Written(out, state.file, *pack, OutputKind::kCasePack); exit != Exit::kOk) {
    return exit;
  }
  const std::string file = state.file.string();
  out.Result(Json::MakeObject({{"file", file},
                               {"bytes", std::uint64_t{pack->size()}},
                               {"entities", std::uint64_t{materials->bodies.size()}},
                               {"events", std::uint64_t{materials->bundle.events.size()}}}),
             "Wrote " + file + " (" + std::to_string(pack->size()) +
                 " bytes) 已写入\nnext: jiandu verify " + file + " --genesis GENESIS.json");
  return Exit::kOk;
}

std::string Prov(const ledger::ProvenRecord& record) {
  return CanonicalJson(ledger::ProvJson(record)) + "\n";
}

CLI::App* AddVerb(CLI::App& noun, const char* name, const char* help, const char* file,
                  const ExportStatePtr& state) {
  auto* command = noun.add_subcommand(name, help);
  state->file = file;
  command->add_option("--file", state->file, "Where to write it / 输出文件")->capture_default_str();
  command->add_option(
      "--as-of", state->as_of,
      "As of this height, one of the newest 128 at most / 截至高度（至多最近 128 个）");
  AddReadOptions(*command, state->acting);
  return command;
}

void AddExportOf(CLI::App& noun, Context& context, const char* name, const char* help,
                 const char* file, const Writing& writing) {
  const auto state = std::make_shared<ExportState>();
  auto* command = AddVerb(noun, name, help, file, state);
  command->add_option("entity", state->entity, "Its id, 34 hex digits / 实体编号")->required();
  OnRun(command, context,
        [&context, state, writing] { return Export(context.out, *state, writing); });
}

}  // namespace

void AddExport(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("export", "In other systems' words / 以通用格式导出");
  noun->require_subcommand(1);
  AddExportOf(*noun, context, "prov", "An entity's history as W3C PROV-JSON / 导出 PROV-JSON",
              "prov.json", {.write = Prov, .kind = OutputKind::kProv});
  AddExportOf(*noun, context, "openlineage",
              "An entity's history as OpenLineage events / 导出 OpenLineage", "openlineage.ndjson",
              {.write = ledger::OpenLineageText, .kind = OutputKind::kOpenLineage});

  // The ops of cases join this noun later (op_nouns.cc).
  auto* cases = root.add_subcommand("case", "Who handles a case; its evidence / 事项经办与证据");
  cases->require_subcommand(1);
  const auto state = std::make_shared<ExportState>();
  auto* pack = AddVerb(*cases, "export", "The evidence of a case in one HTML file / 证据包",
                       "case.html", state);
  pack->add_option("case", state->entity, "Its id, 34 hex digits / 案件编号")->required();
  pack->add_option("--genesis", state->genesis,
                   "The genesis document you trust; default: the node's / 创世文件");
  OnRun(pack, context, [&context, state] { return ExportCase(context.out, *state); });
}

}  // namespace jiandu::cli
