// `jiandu verify FILE --genesis FILE`: checks a receipt, a proof bundle, an evidence pack or an
// accusation offline and says what was proven.

#include <charconv>
#include <chrono>

#include "base/hex.h"
#include "cli/accusation.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/genesis_file.h"
#include "cli/no_proof.h"
#include "cli/proof_question.h"
#include "cli/text.h"
#include "evidence/pack.h"
#include "ledger/model/codes.h"
#include "sdk/cpp/freshness.h"
#include "sdk/cpp/receipt_verifier.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kIndent = 17;
constexpr std::size_t kEventsShown = 1000;  // to people

struct VerifyOptions {
  std::filesystem::path file;
  std::filesystem::path genesis;
  ProofQuestion question;       // what the proof is expected to answer
  std::int64_t min_height = 0;  // freshness
  std::string max_age;          // "36h"
};

std::string Ending(const Output& out, bool verified, const std::string& en, const std::string& zh) {
  return (verified ? out.Good("verified 验证通过") : out.Bad("FAILED 验证失败")) + "\n" +
         Labelled("", en, 4) + Labelled("", zh, 4);
}

Json TextsJson(const std::vector<std::string>& texts) {
  Json list = Json::MakeArray();
  for (const std::string& one : texts) list.Push(one);
  return list;
}

Json ToJson(const sdk::Verdict& verdict) {
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"steps", StepsJson(verdict.steps)},
                                {"not_proven", TextsJson(verdict.not_proven)},
                                {"not_proven_zh", TextsJson(verdict.not_proven_zh)},
                                {"statement", verdict.TrustStatement()},
                                {"statement_zh", verdict.TrustStatementZh()},
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

Json SentencesJson(const std::vector<sdk::Sentence>& sentences, std::string sdk::Sentence::* in) {
  Json list = Json::MakeArray();
  for (const sdk::Sentence& one : sentences) list.Push(one.*in);
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
  using sdk::Sentence;
  const Sentence statement = verdict.TrustStatement();
  Json json = Json::MakeObject({{"verified", verdict.verified},
                                {"steps", StepsJson(verdict.steps)},
                                {"proven", SentencesJson(verdict.proven, &Sentence::en)},
                                {"proven_zh", SentencesJson(verdict.proven, &Sentence::zh)},
                                {"not_proven", SentencesJson(verdict.not_proven, &Sentence::en)},
                                {"not_proven_zh", SentencesJson(verdict.not_proven, &Sentence::zh)},
                                {"statement", statement.en},
                                {"statement_zh", statement.zh},
                                {"as_of", verdict.as_of},
                                {"time", verdict.time},
                                {"withheld", std::uint64_t{verdict.withheld}},
                                {"inexact", std::uint64_t{verdict.inexact}},
                                {"entities", ledger::EntitiesJson(verdict.entities)},
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
         (event.stub->code == 0
              ? ""
              : "  rejected 驳回: " + std::string(code == nullptr ? "?" : code->name));
}

// Ids stand in one piece, so that they can be copied.
std::string EventText(const Output& out, const sdk::ProvenEvent& event) {
  std::string text = Labelled("event " + std::to_string(event.index), EventLine(event), kIndent);
  if (!event.stub.has_value()) return text;
  return text + std::string(kColumns - 2 * Hash256::kSize, ' ') +
         out.Dim(HexEncode(event.stub->txid.View())) + "\n";
}

std::string EntitiesText(const sdk::ProofVerdict& verdict) {
  std::string text;
  std::size_t left = kEventsShown;
  for (const ledger::EntityId& id : verdict.entities) {
    if (left-- == 0) break;
    text += Labelled(ledger::KindName(ledger::KindOf(id)), ledger::ToHex(id), kIndent);
  }
  return text;
}

std::string Human(const Output& out, const sdk::ProofVerdict& verdict) {
  std::string text = StepsText(out, verdict.steps);
  if (verdict.verified) {
    if (verdict.entities.size() > 1) text += EntitiesText(verdict);
    if (!verdict.events.empty()) {
      text += out.Dim(Labelled("events 事件", "times in UTC+8 时间为 UTC+8", kIndent));
    }
    std::size_t left = kEventsShown;
    for (const sdk::ProvenEvent& event : verdict.events) {
      if (left-- == 0) break;
      text += EventText(out, event);
    }
    if (verdict.events.size() > kEventsShown) {
      const std::string more = std::to_string(verdict.events.size() - kEventsShown);
      text += Labelled(
          "", "and " + more + " more events: --output json has all 另有 " + more + " 项", kIndent);
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

// "90s", "30m", "36h", "7d" in ms; nothing when it is none of them.
std::optional<ledger::TimeMs> ReadAge(std::string_view text) {
  constexpr ledger::TimeMs kSecond = 1000;
  constexpr ledger::TimeMs kCountMax = 100'000'000;
  if (text.size() < 2) return std::nullopt;
  const char unit = text.back();
  const ledger::TimeMs each = unit == 's'   ? kSecond
                              : unit == 'm' ? 60 * kSecond
                              : unit == 'h' ? 3600 * kSecond
                              : unit == 'd' ? 24 * 3600 * kSecond
                                            : 0;
  ledger::TimeMs count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [at, error] = std::from_chars(text.data(), end, count);
  if (each == 0 || error != std::errc() || at != end || count < 1 || count > kCountMax) {
    return std::nullopt;
  }
  return count * each;
}

ledger::TimeMs NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// What the reader expects of a proof beyond that it holds.
struct Expected {
  std::optional<ledger::ProofQuery> query;
  sdk::Freshness freshness;
};
Result<Expected> ReadExpected(const VerifyOptions& options) {
  Expected expected;
  JD_TRY(expected.query, AskedQuery(options.question));
  if (options.min_height < 0) return Fail(Errc::kInvalid, "--min-height: a height");
  expected.freshness.min_height = static_cast<ledger::Height>(options.min_height);
  if (options.max_age.empty()) return expected;
  const auto age = ReadAge(options.max_age);
  if (!age) return Fail(Errc::kInvalid, "--max-age: a number with s, m, h or d, as 36h");
  expected.freshness.max_age = *age;
  expected.freshness.now = NowMs();
  return expected;
}

Exit VerifyBundle(const Output& out, std::string_view text, const ledger::Genesis& genesis,
                  const Expected& expected) {
  const auto bundle = ledger::ProofBundle::FromText(text);
  if (!bundle) return Malformed(out, bundle.error());
  sdk::ProofVerdict verdict = sdk::VerifyProof(*bundle, genesis);
  sdk::RequireFresh(verdict, expected.freshness);
  if (verdict.verified && expected.query.has_value() && bundle->query != *expected.query) {
    const std::string asked = QueryText(*expected.query);
    verdict.verified = false;
    verdict.proven.clear();
    verdict.steps.push_back({.name = "question",
                             .holds = false,
                             .detail = "asked was the " + asked + ", the bundle answers the " +
                                       QueryText(bundle->query),
                             .detail_zh = "证明包所答并非所问：" + asked});
  }
  return Tell(out, verdict);
}

// A pack is of one case: of the questions only that for its history fits.
Exit VerifyPack(const Output& out, std::string_view text, const ledger::Genesis& genesis,
                const Expected& expected) {
  evidence::PackVerdict pack = evidence::VerifyPack(text, genesis);
  sdk::RequireFresh(pack.proof, expected.freshness);
  const bool is_asked = !expected.query.has_value() ||
                        *expected.query == ledger::ProofQuery(ledger::HistoryQuery{pack.subject});
  if (pack.proof.verified && !is_asked) {
    pack.proof.verified = false;
    pack.proof.proven.clear();
    pack.proof.steps.push_back({.name = "question",
                                .holds = false,
                                .detail = "asked was the " + QueryText(*expected.query) +
                                          ", the pack is of case " + ledger::ToHex(pack.subject),
                                .detail_zh = "证据包并非所问案件"});
  }
  return Tell(out, pack.proof);
}

Exit Verify(const Output& out, const VerifyOptions& options) {
  const auto expected = ReadExpected(options);
  if (!expected) {
    return out.Fail(Exit::kUsage, expected.error().detail, "jiandu verify --help shows the options",
                    "选项有误");
  }
  const auto genesis = ReadGenesisFile(out, options.genesis);
  if (!genesis) return genesis.error();
  const auto text = ReadFile(options.file, ledger::ProofBundle::kBytesMax);
  if (!text) {
    return out.Fail(text.error(),
                    "give a receipt (jiandu tx show --receipt) or a proof (jiandu prove)",
                    "无法读取回执或证明包");
  }
  if (evidence::LooksLikePack(*text)) {
    return VerifyPack(out, *text, *genesis, *expected);
  }
  const sdk::Freshness& fresh = expected->freshness;
  const bool is_asked = expected->query.has_value() || fresh.min_height > 0 || fresh.max_age > 0;
  const bool accuses = ledger::LooksLikeFraudProof(*text) || ledger::LooksLikeForkProof(*text);
  if (is_asked && accuses) {
    return out.Fail(Exit::kUsage, "an accusation answers no question and is not of today",
                    "leave these options out, or ask for a proof (jiandu prove)",
                    "欺诈或分叉证据不支持所问内容与时效选项");
  }
  if (const auto told = VerifyAccusation(out, *text, *genesis)) return *told;
  // A bundle is lines, the first of which is a manifest; a receipt is one object.
  if (text->starts_with("{\"chain\"") && text->find("\"kind\":\"manifest\"") < text->find('\n')) {
    return VerifyBundle(out, *text, *genesis, *expected);
  }
  if (const auto none = AsNoProof(*text)) {
    return out.Fail(Exit::kUsage, options.file.string() + ": " + none->en, none->next, none->zh,
                    none->next_zh);
  }
  if (is_asked) {
    return out.Fail(Exit::kUsage, "a receipt answers no question and is not of today",
                    "leave these options out, or ask for a proof (jiandu prove)",
                    "回执不支持所问内容与时效选项");
  }
  const auto receipt = ledger::Receipt::FromJson(*text);
  if (!receipt) {
    return Malformed(out, {receipt.error().code,
                           "the first line is that of no proof, pack or accusation, and read as a "
                           "receipt: " +
                               receipt.error().detail});
  }
  return Tell(out, sdk::VerifyReceipt(*receipt, *genesis));
}

// The bundle must answer this, and no other question that looks alike.
void AddQuestion(CLI::App* verify, ProofQuestion& asked) {
  const char* group = "What it must answer 所问";
  verify
      ->add_option("--transaction", asked.transaction, "That this txid is recorded / 该交易已记录")
      ->group(group);
  verify->add_option("--history", asked.history, "All events of this entity / 该实体的全部事件")
      ->group(group);
  verify
      ->add_option("--histories", asked.histories,
                   "All events of these, by commas / 多个实体的全部事件，逗号分隔")
      ->delimiter(',')
      ->group(group);
  verify->add_option("--lineage", asked.lineage, "The lineage of this entity / 该实体的谱系")
      ->group(group);
  verify
      ->add_option("--direction", asked.direction,
                   "Of --lineage: down or up / 谱系方向：下游或上游")
      ->check(CLI::IsMember({"down", "up"}))
      ->group(group);
  verify->add_option("--absence", asked.absence, "That this entity does not exist / 该实体不存在")
      ->group(group);
  verify
      ->add_option("--resource", asked.resource,
                   "That --department never touched it / --department 从未涉及该资源")
      ->group(group);
  verify->add_option("--department", asked.department, "Code of the department / 部门代码")
      ->group(group);
  verify
      ->add_option("--name", asked.name, "That this unique name does not exist / 该唯一名称不存在")
      ->group(group);
}

}  // namespace

void AddVerify(CLI::App& root, Context& context) {
  auto* verify = root.add_subcommand(
      "verify", "Check a receipt, proof or evidence pack / 离线验证回执、证明、证据包");
  const auto options = std::make_shared<VerifyOptions>();
  verify
      ->add_option("file", options->file,
                   "Receipt (JSON), proof (*.jdproof), pack (HTML), accusation / "
                   "回执、证明、证据包或指控文件")
      ->required();
  verify
      ->add_option("--genesis", options->genesis,
                   "The genesis document you trust / 所信任的创世文件")
      ->required();
  verify->add_option("--min-height", options->min_height,
                     "Refuse what holds as of an earlier height / 最低高度");
  verify->add_option("--max-age", options->max_age,
                     "Refuse what is older: 90s, 30m, 36h, 7d / 最长时限");
  AddQuestion(verify, options->question);
  OnRun(verify, context, [&context, options] { return Verify(context.out, *options); });
}

}  // namespace jiandu::cli
