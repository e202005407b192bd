#include "cli/acting.h"

#include <algorithm>

#include "base/limits.h"
#include "cli/body_input.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "cli/text.h"
#include "crypto/key_file.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr std::size_t kPageRows = 200;
constexpr int kWaitMaxS = 30;  // the gateway's own bound

// "FILE:ROLE", or "FILE" alone.
std::pair<std::string, std::optional<ledger::SignerRole>> SplitKey(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {text, std::nullopt};
  const auto role = ledger::RoleFromName(text.substr(colon + 1));
  if (!role) return {text, std::nullopt};
  return {text.substr(0, colon), role};
}

// The role that somebody of these duties signs in.
ledger::SignerRole RoleOf(const Json& session) {
  if (session.TextOr("kind") == "SYSTEM") return ledger::SignerRole::kSystem;
  for (const Json& duty : session.ItemsOf("duties")) {
    if (duty.IsText() && (duty.AsString() == "HEAD" || duty.AsString() == "DEPT_LEADER")) {
      return ledger::SignerRole::kHead;
    }
  }
  return ledger::SignerRole::kMaker;
}

Result<void> AddAwait(const std::vector<std::string>& entries, Json& body) {
  if (entries.empty()) return {};
  Json await = Json::MakeArray();
  for (const std::string& entry : entries) {
    const std::size_t colon = entry.rfind(':');
    if (colon == std::string::npos) {
      return Fail(Errc::kInvalid, entry + ": write DEPARTMENT:HEAD or DEPARTMENT:PEER");
    }
    await.Push(Json::MakeObject(
        {{"department", entry.substr(0, colon)}, {"role", entry.substr(colon + 1)}}));
  }
  body.Set("await", std::move(await));
  return {};
}

// --body below what the command itself set, --set above it.
Result<Json> Complete(const ActingOptions& options, const ledger::OpInfo& op, const Json& given) {
  Json body = Json::MakeObject();
  if (!options.body.empty()) {
    JD_TRY(body, ReadJsonFile(options.body));
    if (!body.IsObject()) {
      return Fail(Errc::kInvalid, options.body.string() + ": the body must be a JSON object");
    }
  }
  for (const Json::Member& member : given.Members()) body.Set(member.name, member.value);
  for (const std::string& assignment : options.sets) {
    JD_CHECK(SetMember(body, *op.form, assignment));
  }
  JD_CHECK(AddAwait(options.await, body));
  return body;
}

// Only keys made for it sign: a secret for tags would do as bytes of one.
Result<crypto::EcdsaPrivateKey> SigningKey(const Result<crypto::KeyMaterial>& material) {
  if (!material) return std::unexpected(material.error());
  if (material->suite != crypto::KeySuite::kSecp256k1) {
    return Fail(Errc::kInvalid, "a key of " + material->purpose + " does not sign transactions");
  }
  return crypto::EcdsaPrivateKey::From(material->seed);
}

std::string Source(const Outcome& outcome) {
  // Some answers name the standard with the clause.
  std::string text = outcome.clause;
  if (!text.empty() && !text.starts_with("S0 ")) text.insert(0, "S0 ");
  if (!outcome.article.empty()) text += (text.empty() ? "" : "; ") + outcome.article;
  return text;
}

Json ToJson(std::string_view op, const Outcome& outcome) {
  Json flags = Json::MakeArray();
  for (const std::string& flag : outcome.flags) flags.Push(flag);
  // Of a batch: how many of its calls raised each.
  Json counts = Json::MakeObject();
  for (const Json& flag : outcome.reply.ItemsOf("flags")) {
    if (const Json* n = flag.Find("count")) counts.Set(flag.TextOr("name"), *n);
  }
  Json born = Json::MakeArray();
  for (const Json& one : outcome.reply.ItemsOf("born")) born.Push(one);
  Json json = Json::MakeObject({{"op", op},
                                {"status", outcome.status.empty() ? "refused" : outcome.status},
                                {"txid", outcome.txid},
                                {"height", outcome.height},
                                {"flags", std::move(flags)},
                                {"born", std::move(born)}});
  if (!counts.Members().empty()) json.Set("flag_counts", std::move(counts));
  if (!outcome.digest.empty()) json.Set("digest", outcome.digest);
  if (!outcome.code.empty()) {
    json.Set("code", outcome.code).Set("message", outcome.message);
    json.Set("message_zh", outcome.message_zh).Set("clause", outcome.clause);
    json.Set("article", outcome.article).Set("hint", outcome.hint);
    json.Set("hint_zh", outcome.hint_zh);
    json.Set("detail", outcome.reply.TextOr("detail"));
  }
  return json;
}

std::string Words(const Output& out, std::string_view op, const Outcome& outcome) {
  std::string text;
  if (outcome.IsCommitted()) {
    text = out.Good("accepted 已入账") + "  " + std::string(op) + "\n";
  } else if (outcome.IsRejected()) {
    text = out.Bad("rejected 被驳回") + "  " + std::string(op) + "  " +
           out.Bold(Harmless(outcome.code)) + "\n";
  } else if (outcome.status.empty()) {
    text = out.Bad("not taken 未受理") + "  " + std::string(op) + "  " +
           out.Bold(Harmless(outcome.code)) + "\n";
  } else {
    text = "pending 待定  " + std::string(op) + "\n";
  }
  if (!outcome.code.empty()) {
    text += Labelled("why", outcome.message);
    if (!outcome.message_zh.empty()) text += Labelled("原因", outcome.message_zh);
    const std::string detail(outcome.reply.TextOr("detail"));
    if (!detail.empty() && detail != outcome.message) text += Labelled("where 位置", detail);
    for (const Json& error : outcome.reply.ItemsOf("errors")) {
      text += Labelled(
          "", std::string(error.TextOr("pointer")) + ": " + std::string(error.TextOr("detail")));
    }
    if (const auto source = Source(outcome); !source.empty()) {
      text += Labelled("source 依据", source);
    }
    if (!outcome.hint.empty()) text += Labelled("try", outcome.hint);
    if (!outcome.hint_zh.empty()) text += Labelled("可试", outcome.hint_zh);
  }
  for (const Json& born : outcome.reply.ItemsOf("born")) {
    text += Labelled("new " + std::string(born.TextOr("kind")), born.TextOr("id"), 20);
  }
  for (const Json& flag : outcome.reply.ItemsOf("flags")) {
    text += Labelled("flag 标记", FlagText(flag) + ": " + std::string(flag.TextOr("message")) +
                                      " " + std::string(flag.TextOr("message_zh")));
  }
  if (!outcome.txid.empty()) text += Labelled("txid", outcome.txid);
  if (outcome.height > 0) text += Labelled("height 高度", std::to_string(outcome.height));
  return text;
}

}  // namespace

void AddReadOptions(CLI::App& command, ActingOptions& options) {
  command.add_option("--url", options.url, "Gateway of a node / 节点网关地址")
      ->envname("JIANDU_URL")
      ->capture_default_str();
  // One value an option: else `--key FILE ID` would take the id for a second key.
  command
      .add_option("--key", options.keys,
                  "Sealed key: FILE or FILE:MAKER|HEAD|PEER|SYSTEM (repeat) / "
                  "密封的密钥文件及签名角色，可重复")
      ->allow_extra_args(false)
      ->envname("JIANDU_KEY");
  command
      .add_option("--passphrase-file", options.passphrase_files,
                  "File whose first line opens the key (repeat, as keys) / "
                  "口令文件，取首行，与密钥逐一对应")
      ->allow_extra_args(false);
}

void AddActOptions(CLI::App& command, ActingOptions& options) {
  AddReadOptions(command, options);
  command.add_option("--department", options.department,
                     "Code; default: of the first key / 部门代码，默认取首个密钥的");
  command
      .add_option("--await", options.await,
                  "DEPARTMENT:HEAD or :PEER signs later (repeat) / 随后由该部门签名，可重复")
      ->allow_extra_args(false);
  command.add_option("--wait", options.wait_s, "Seconds to wait for the decision / 等待结果的秒数")
      ->check(CLI::Range(0, kWaitMaxS))
      ->capture_default_str();
  command.add_option(
      "--body", options.body,
      "JSON file with the body, - for standard input / 正文 JSON 文件，- 为标准输入");
  command
      .add_option("--set", options.sets,
                  "NAME=VALUE of the body, 正文字段 (repeat); see `tx new OP`")
      ->allow_extra_args(false);
  command.add_flag("--unchecked", options.unchecked,
                   "Send it even if the form finds it wanting / 表单检查不通过也发送");
}

Exit TellNoAnswer(const Output& out, const Error& error) {
  const Exit code = error.code == Errc::kTimeout ? Exit::kTimeout : Exit::kNetwork;
  return out.Fail(code, error.detail, "is the node running? give --url its gateway, or JIANDU_URL",
                  "无法连接节点", "确认节点正在运行，并用 --url 或 JIANDU_URL 指明其网关地址");
}

Exit TellNoNode(const Output& out, const std::string& url) {
  return out.Fail(Exit::kNetwork, url + " answers, but not as a node's gateway",
                  "give --url the gateway of a node (gateway.listen of its node.toml)",
                  "该地址有应答，但不是节点网关",
                  "用 --url 指明节点的网关地址（node.toml 的 gateway.listen）");
}

std::expected<void, Exit> Acting::SignIn(const Output& out, const crypto::EcdsaPrivateKey& key,
                                         const std::string& file) {
  const auto signed_in = client_.SignIn(key, chain_);
  if (signed_in) return {};
  const Error& error = signed_in.error();
  if (error.code == Errc::kForbidden) {
    return std::unexpected(
        out.Fail(Exit::kVerification, error.detail,
                 "do not trust this address; give --url the node's own, as it names itself",
                 "该地址要求签署的登录内容不属于所访问的节点、本网络或此密钥，未予签名",
                 "该地址不可信；请用 --url 指明节点本身的网关地址"));
  }
  if (error.code != Errc::kUnauthenticated) return std::unexpected(TellNoAnswer(out, error));
  return std::unexpected(out.Fail(Exit::kRefused, file + ": " + error.detail,
                                  "is the key registered and not revoked? is it of this network?",
                                  "节点不认可该密钥", "确认密钥属于本网络、已登记且未撤销"));
}

std::expected<void, Exit> Acting::OpenKey(const Output& out, const ActingOptions& options,
                                          std::size_t n) {
  const auto [file, role] = SplitKey(options.keys[n]);
  const auto sealed = ReadFile(file, kKeyFileBytesMax);
  if (!sealed) {
    return std::unexpected(out.Fail(sealed.error(), "give --key a file made by `jiandu keys new`",
                                    "无法读取密钥文件"));
  }
  const auto& files = options.passphrase_files;
  const auto passphrase =
      GetPassphrase(files.empty() ? std::filesystem::path() : files[std::min(n, files.size() - 1)],
                    "Passphrase for " + file);
  if (!passphrase) return std::unexpected(TellNoPassphrase(out, passphrase.error()));
  const auto material = crypto::OpenKey(*sealed, *passphrase);
  auto key = SigningKey(material);
  if (!key) {
    return std::unexpected(out.Fail(Exit::kConfig, file + ": " + key.error().detail,
                                    "check the passphrase and that this is an officer's or "
                                    "system's key",
                                    "无法打开密钥", "核对口令，并确认是人员或系统的密钥"));
  }
  keys_.push_back({.key = std::move(*key), .role = role.value_or(ledger::SignerRole::kMaker)});
  // The role is the ledger's to know, unless it is named; the first key is also the reader's.
  if (n > 0 && role) return {};
  if (auto signed_in = SignIn(out, keys_.back().key, file); !signed_in) return signed_in;
  if (!role) keys_.back().role = RoleOf(client_.Session());
  if (n == 0) department_ = client_.Session().TextOr("department");
  return {};
}

std::expected<void, Exit> Acting::OpenKeys(const Output& out, const ActingOptions& options) {
  if (options.keys.empty()) {
    return std::unexpected(out.Fail(Exit::kUsage, "no key: the node must know who acts or reads",
                                    "give --key FILE (repeat for the head), or set JIANDU_KEY",
                                    "未指定密钥", "用 --key 指明密钥文件，或设置 JIANDU_KEY"));
  }
  for (std::size_t n = 0; n < options.keys.size(); ++n) {
    if (auto opened = OpenKey(out, options, n); !opened) return opened;
  }
  // The session is the first key's.
  if (keys_.size() > 1) return SignIn(out, keys_.front().key, SplitKey(options.keys[0]).first);
  return {};
}

std::expected<Acting, Exit> Acting::Open(const Output& out, const ActingOptions& options) {
  if (const auto fits = CheckUrl(out, options.url); !fits) return std::unexpected(fits.error());
  Acting acting(options.url);
  const auto status = acting.client_.Get("/v1/status");
  if (!status) return std::unexpected(TellNoAnswer(out, status.error()));
  if (status->status != 200) return std::unexpected(FailFromReply(out, *status));
  acting.chain_ = status->body.TextOr("chain");
  if (acting.chain_.empty()) return std::unexpected(TellNoNode(out, options.url));
  if (auto opened = acting.OpenKeys(out, options); !opened) {
    return std::unexpected(opened.error());
  }
  if (!options.department.empty()) acting.department_ = options.department;
  return acting;
}

std::expected<Json, Exit> Acting::Read(const Output& out, const std::string& target) {
  auto reply = client_.Get(target);
  if (!reply) return std::unexpected(TellNoAnswer(out, reply.error()));
  if (reply->status == 202) {
    return std::unexpected(out.Fail(Exit::kTimeout, "not yet: it is proven one block later",
                                    "ask again in a second", "尚未可证明，请稍后再试"));
  }
  if (reply->status != 200) return std::unexpected(FailFromReply(out, *reply));
  return std::move(reply->body);
}

std::expected<Acting::Rows, Exit> Acting::ReadRows(const Output& out, std::string target,
                                                   std::size_t limit) {
  Rows rows;
  target += target.find('?') == std::string::npos ? "?" : "&";
  std::string cursor;
  while (true) {
    const std::size_t wanted =
        limit == 0 ? kPageRows : std::min(kPageRows, limit - rows.items.Items().size());
    auto page = Read(out, target + "limit=" + std::to_string(wanted) +
                              (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page) return std::unexpected(page.error());
    rows.height = page->IntegerOr("height");
    for (const Json& item : page->ItemsOf("items")) rows.items.Push(item);
    cursor = page->TextOr("next");
    rows.more = !cursor.empty();
    if (!rows.more || (limit > 0 && rows.items.Items().size() >= limit)) return rows;
  }
}

Exit Acting::Submit(const Output& out, const ActingOptions& options, const ledger::OpInfo& op,
                    const Json& given) {
  const std::string form = "see the form: jiandu tx new " + std::string(op.op) + " --form";
  auto body = Complete(options, op, given);
  const std::string form_zh = "查看表单：jiandu tx new " + std::string(op.op) + " --form";
  if (!body) return out.Fail(Exit::kUsage, body.error().detail, form, "正文有误", form_zh);
  if (!options.unchecked) {
    const auto report = ledger::CheckOpBody(op, *body);
    const auto& issue = report.malformed ? report.malformed
                        : report.missing ? report.missing
                                         : report.invalid;
    const bool is_fact = op.kind == ledger::OpKind::kFact;
    if (issue && (!is_fact || report.malformed)) {
      return out.Fail(Exit::kUsage, "body" + issue->pointer + ": " + issue->detail,
                      form + "\n(or --unchecked to send it all the same)", "正文不完整",
                      form_zh + "（或用 --unchecked 照样提交）");
    }
    if (issue) out.Note("note: body" + issue->pointer + ": " + issue->detail + "; will be flagged");
  }
  const auto outcome = Send(out, std::string(op.op), std::move(*body), options.wait_s);
  if (!outcome) return outcome.error();
  return TellOutcome(out, op.op, *outcome);
}

std::expected<Outcome, Exit> Acting::Send(const Output& out, const std::string& op, Json body,
                                          int wait_s) {
  std::vector<ActingKey> keys;
  keys.reserve(keys_.size());
  for (const Key& key : keys_) keys.push_back({.key = &key.key, .role = key.role});
  auto outcome = Act(client_, chain_, op, department_, keys, std::move(body), wait_s);
  if (!outcome && outcome.error().code == Errc::kTooLarge) {
    return std::unexpected(out.Fail(Exit::kUsage, outcome.error(),
                                    "send it in parts, or documents by their digest (@FILE)",
                                    "交易过大", "分批提交；文件只填摘要（@文件）"));
  }
  if (!outcome && outcome.error().code == Errc::kInvalid) {
    return std::unexpected(out.Fail(Exit::kUsage,
                                    "this makes no transaction: " + outcome.error().detail,
                                    "check --department, --key and the body", "无法生成交易",
                                    "核对 --department、--key 与正文"));
  }
  if (!outcome) return std::unexpected(TellNoAnswer(out, outcome.error()));
  return *std::move(outcome);
}

Exit TellOutcome(const Output& out, std::string_view op, const Outcome& outcome) {
  std::string text = Words(out, op, outcome);
  const bool waits = outcome.status == "pending";
  if (waits) text += Labelled("next", "jiandu tx wait " + outcome.txid);
  const bool has_pending = std::ranges::any_of(outcome.reply.ItemsOf("born"), [](const Json& born) {
    return born.TextOr("kind") == "pending";
  });
  if (has_pending) {
    text += Labelled("next", "the head signs with: jiandu tx cosign " + outcome.born.front() +
                                 " --digest " + outcome.digest);
  }
  out.Result(ToJson(op, outcome), text);
  if (outcome.IsCommitted()) return Exit::kOk;
  if (outcome.IsRejected()) return Exit::kRefused;
  if (waits) return Exit::kTimeout;
  if (outcome.http == 429 || outcome.http >= 500) return Exit::kNetwork;
  if (outcome.http == 404) return Exit::kNotFound;
  if (outcome.http == 400 || outcome.http == 413 || outcome.http == 415) return Exit::kUsage;
  return Exit::kRefused;
}

}  // namespace jiandu::cli
