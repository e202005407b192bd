// `jiandu seal`: what an access hides is sealed for its keepers, off the ledger, and opened by them
// (docs/contracts.md 4.10; docs/cli.md, "Seals"). Needs no node.
//
// A sealed access keeps subject, case, matter, account and operator out of the record; on the
// ledger stand the blob's digest and a commitment. The auditor and the provider's keeper of seals
// open the blob, each with a key of its own. What is hidden comes from standard input and goes to
// the blob alone: it is in no argument, in no file in the clear, and printed by nothing but `seal
// open`.

#include <array>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/body_input.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "cli/seal_blob.h"
#include "cli/text.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "ledger/model/genesis.h"
#include "ledger/model/op.h"

namespace jiandu::cli {
namespace {

constexpr std::string_view kPurpose = "seal:";
constexpr std::size_t kIndent = 16;

struct SealState {
  std::filesystem::path file;  // the blob, or the new key
  std::string auditor, keeper;
  std::string ground, until;
  std::filesystem::path key, passphrase_file;
  std::string blob_digest, commitment;
  std::string department;
  bool fast = false;
};

std::string DigestOf(std::string_view text) {
  return HexEncode(crypto::Sha256(AsBytes(text)).View());
}

Exit NewKey(const Output& out, const SealState& state) {
  KeepOutOfCoreFiles();
  if (!ledger::IsDepartmentCode(state.department)) {
    return out.Fail(Exit::kUsage, state.department + ": no department code",
                    "give the 18 characters of the 统一社会信用代码", "部门代码有误",
                    "给出 18 位统一社会信用代码");
  }
  const auto passphrase =
      TakeNewPassphrase(out, state.passphrase_file, "Passphrase for the new key / 新密钥的口令");
  if (!passphrase) return passphrase.error();
  const auto key =
      crypto::GenerateKey(crypto::KeySuite::kX25519, std::string(kPurpose) + state.department);
  const std::string sealed = crypto::SealKey(
      key, *passphrase, state.fast ? crypto::SealCost::kInteractive : crypto::SealCost::kModerate);
  if (const auto written = WriteNewFile(state.file, sealed, FileMode::kSecret); !written) {
    return out.Fail(written.error(), "choose another file name: a key is never overwritten",
                    "密钥文件未写入", "换一个文件名：密钥不会被覆盖");
  }
  const std::string public_key = HexEncode(key.public_key);
  out.Result(Json::MakeObject({{"file", state.file.string()},
                               {"department", state.department},
                               {"public_key", public_key}}),
             "Wrote " + state.file.string() + "\n" + Labelled("public key 公钥", public_key, 18) +
                 Wrapped("Whoever seals for this department needs the public key: give it by a way "
                         "that cannot be changed. Without file and passphrase no seal opens.") +
                 Wrapped("公钥须经可靠途径交给密封方；密钥文件或口令丢失后无法再开启密封。"));
  return Exit::kOk;
}

// 64 hex digits, or the file of a key, whose public part stands in the clear.
std::expected<crypto::BoxPublicKey, Exit> ReadKeeper(const Output& out, const std::string& text,
                                                     const char* whose, const char* whose_zh) {
  if (const auto key = HexDecodeFixed<32>(text)) return *key;
  const auto sealed = ReadFile(text, limits::kKeyFileBytesMax);
  const auto label = sealed ? crypto::ReadKeyLabel(*sealed)
                            : Result<crypto::KeyLabel>(std::unexpected(sealed.error()));
  if (label && label->suite == crypto::KeySuite::kX25519) {
    return *crypto::BoxPublicKey::From(label->public_key);
  }
  return std::unexpected(out.Fail(
      Exit::kUsage,
      std::string(whose) + ": " +
          (label ? text + " is a key of \"" + label->purpose + "\"" : label.error().detail),
      "give the 64 hex digits that `jiandu seal key` printed, or that file",
      std::string(whose_zh) + "的公钥有误",
      "给出 jiandu seal key 显示的 64 位十六进制公钥，或该密钥文件"));
}

const ledger::Form& FormOf(const char* op, const char* member) {
  return *ledger::FindOp(op)->form->Find(member)->form;
}

// Takes out of the record what is to be sealed.
Json TakeSealed(Json& record) {
  Json opened = Json::MakeObject();
  for (const ledger::Field& field : FormOf("access.disclose", "opened").fields) {
    if (const Json* value = record.Find(field.name)) {
      opened.Set(field.name, *value);
      record.Remove(field.name);
    }
  }
  return opened;
}

// What the form of the disclosure will say one day, said now.
std::string WrongInside(const Json& opened) {
  const Json body = Json::MakeObject({{"grant", "13" + std::string(32, '0')},
                                      {"acc_id", "any"},
                                      {"salt", std::string(64, '0')},
                                      {"opened", opened}});
  const auto report = ledger::CheckOpBody(*ledger::FindOp("access.disclose"), body);
  for (const auto* issue : {&report.malformed, &report.missing, &report.invalid}) {
    if (*issue) return (*issue)->pointer + ": " + (*issue)->detail;
  }
  return "";
}

std::expected<Json, Exit> ReadRecord(const Output& out) {
  const auto refuse = [&out](std::string_view what, std::string_view what_zh) {
    return std::unexpected(
        out.Fail(Exit::kUsage, "standard input: " + std::string(what),
                 "give the access as JSON: acc_id and what is to be hidden (subject_tags, "
                 "operator_tag, acct_tag, case_commitment, matter_code)",
                 what_zh,
                 "从标准输入给出访问记录 JSON：acc_id 及须密封的 subject_tags、operator_tag、"
                 "acct_tag、case_commitment、matter_code"));
  };
  const auto input = ReadSecretInput("Record (not shown) 记录（不回显）", limits::kTxBytesMax);
  if (!input) return refuse(input.error().detail, "输入有误");
  if (input->Text().empty()) return refuse("it is empty", "没有输入");
  auto record = ParseJson(input->Text(), limits::kTxBytesMax);
  if (!record || !record->IsObject()) return refuse("no JSON object", "不是 JSON 对象");
  if (record->Find("seal") != nullptr) return refuse("it is sealed already", "记录已经密封");
  return std::move(*record);
}

// "ground_code" and "until", as the form of a record reads them.
std::expected<Json, Exit> SealMembers(const Output& out, const SealState& state) {
  Json seal = Json::MakeObject();
  const ledger::Form& form = FormOf("access.record", "seal");
  for (const auto& [name, value] :
       {std::pair{"ground_code", &state.ground}, std::pair{"until", &state.until}}) {
    if (const auto set = SetMember(seal, form, std::string(name) + "=" + *value); !set) {
      return std::unexpected(out.Fail(Exit::kUsage, set.error(),
                                      "a ground is a code, a time 2026-09-30 or 2026-09-30T18:00",
                                      "选项的值有误", "理由为代码；时间写作 2026-09-30T18:00"));
    }
  }
  return seal;
}

Exit Make(const Output& out, const SealState& state) {
  KeepOutOfCoreFiles();
  const auto auditor = ReadKeeper(out, state.auditor, "--auditor", "审计方");
  if (!auditor) return auditor.error();
  const auto keeper = ReadKeeper(out, state.keeper, "--keeper", "提供方密封保管人");
  if (!keeper) return keeper.error();
  if (*auditor == *keeper) {
    return out.Fail(Exit::kUsage, "--auditor and --keeper are one key",
                    "the auditor and the provider's keeper of seals each have a key of their own",
                    "审计方与保管人使用了同一公钥", "两方应各用各的密钥");
  }
  auto seal = SealMembers(out, state);
  if (!seal) return seal.error();
  auto record = ReadRecord(out);
  if (!record) return record.error();
  SealedPart part{
      .acc_id = std::string(record->TextOr("acc_id")), .opened = TakeSealed(*record), .salt = {}};
  if (part.opened.Members().empty()) {
    return out.Fail(Exit::kUsage, "there is nothing to seal in the record",
                    "it needs one at least of subject_tags, operator_tag, acct_tag, "
                    "case_commitment, matter_code",
                    "记录中没有须密封的内容",
                    "至少给出 subject_tags、operator_tag、acct_tag、case_commitment、"
                    "matter_code 之一");
  }
  // The pointer names the member; what stands in it is not repeated.
  if (const std::string wrong = WrongInside(part.opened); !wrong.empty()) {
    return out.Fail(Exit::kUsage, "standard input" + wrong,
                    "tags and commitments are 64 hex digits: `jiandu tag` makes them",
                    "密封内容格式有误", "标签与承诺为 64 位十六进制，由 jiandu tag 生成");
  }
  crypto::FillRandom(part.salt.bytes);
  const auto blob = MakeSealBlob(part, {*auditor, *keeper});
  if (!blob) return out.Fail(Exit::kUsage, blob.error(), "", "公钥无效");
  const std::string text = blob->Encode();
  if (const auto written = WriteNewFile(state.file, text, FileMode::kSecret); !written) {
    return out.Fail(written.error(), "choose another file: a blob is never overwritten",
                    "密封文件未写入", "换一个文件名：密封文件不会被覆盖");
  }
  const std::string digest = DigestOf(text);
  const std::string commitment = HexEncode(blob->commitment.View());
  seal->Set("blob_digest", digest).Set("commitment", commitment);
  record->Set("seal", std::move(*seal));
  out.Result(*record,
             "Wrote " + state.file.string() + ", which auditor and keeper can open\n" +
                 Labelled("blob digest", digest, kIndent) +
                 Labelled("commitment 承诺", commitment, kIndent + 2) +
                 Wrapped("Keep the blob: the ledger has its digest only. With --output json the "
                         "record to report is printed, for `jiandu access record -`.") +
                 Wrapped("密封文件须妥善保存，账本仅存摘要；用 --output json 输出可上报的记录。"));
  return Exit::kOk;
}

std::expected<SealBlob, Exit> ReadBlob(const Output& out, const SealState& state) {
  const auto text = ReadFile(state.file, kSealBlobBytesMax);
  if (!text) {
    return std::unexpected(out.Fail(text.error(), "give the file that `jiandu seal make` wrote",
                                    "无法读取密封文件", "给出 jiandu seal make 生成的文件"));
  }
  auto blob = SealBlob::Decode(*text);
  const std::string file = state.file.string();
  if (!blob) {
    return std::unexpected(out.Fail(Exit::kVerification, file + ": " + blob.error().detail,
                                    "ask the provider for the blob as it was sealed",
                                    "密封文件无效", "向提供方索取原密封文件"));
  }
  const bool digest = state.blob_digest.empty() || DigestOf(*text) == state.blob_digest;
  const bool commitment =
      state.commitment.empty() || HexEncode(blob->commitment.View()) == state.commitment;
  if (!digest || !commitment) {
    return std::unexpected(out.Fail(
        Exit::kVerification,
        file + (digest ? ": another commitment than on the ledger"
                       : ": its digest is not the one on the ledger"),
        "it is not the blob that was recorded: keep it, and ask the provider for the one "
        "that was",
        digest ? "承诺与账本不符" : "摘要与账本不符", "保留该文件，并向提供方索取原密封文件"));
  }
  return std::move(*blob);
}

std::expected<SealedPart, Exit> OpenBlob(const Output& out, const SealState& state,
                                         const SealBlob& blob) {
  const auto sealed = ReadFile(state.key, limits::kKeyFileBytesMax);
  if (!sealed) {
    return std::unexpected(out.Fail(sealed.error(), "give --key a file of `jiandu seal key`",
                                    "无法读取密钥文件", "用 --key 指明 jiandu seal key 的文件"));
  }
  const auto passphrase =
      GetPassphrase(state.passphrase_file, "Passphrase for " + state.key.string());
  if (!passphrase) return std::unexpected(TellNoPassphrase(out, passphrase.error()));
  const auto key = crypto::OpenKey(*sealed, *passphrase);
  if (!key || key->suite != crypto::KeySuite::kX25519) {
    return std::unexpected(out.Fail(
        Exit::kConfig,
        state.key.string() + ": " +
            (key ? "a key of \"" + key->purpose + "\" opens no seals" : key.error().detail),
        "check the passphrase, and that it is a file of `jiandu seal key`", "无法打开密钥",
        "核对口令，并确认是 jiandu seal key 生成的密钥"));
  }
  auto part = OpenSealBlob(blob, key->seed);
  if (part) return std::move(*part);
  const bool not_for = part.error().code == Errc::kNotFound;
  return std::unexpected(out.Fail(
      not_for ? Exit::kConfig : Exit::kVerification,
      state.file.string() + ": " + part.error().detail,
      not_for ? "`jiandu seal check BLOB` names the keys that open it"
              : "keep the file; ask the provider for the blob as it was sealed",
      not_for ? "该密封不是为此密钥所作" : "密封文件已被改动",
      not_for ? "用 jiandu seal check 查看可开启的密钥" : "保留该文件，并向提供方索取原密封文件"));
}

Exit Open(const Output& out, const SealState& state) {
  KeepOutOfCoreFiles();
  const auto blob = ReadBlob(out, state);
  if (!blob) return blob.error();
  const auto part = OpenBlob(out, state, *blob);
  if (!part) return part.error();
  Json body = Json::MakeObject({{"opened", part->opened}, {"salt", HexEncode(part->salt.View())}});
  if (!part->acc_id.empty()) body.Set("acc_id", part->acc_id);
  std::string text = "opens its commitment 承诺成立\n" + JsonLines(body, 24);
  if (state.blob_digest.empty() || state.commitment.empty()) {
    text += Wrapped(
        "Whether it is the blob on the ledger was not asked: give --blob-digest and "
        "--commitment of the record. 未与账本核对：请给出 --blob-digest 与 "
        "--commitment。");
  }
  out.Result(body, text);
  return Exit::kOk;
}

Exit Check(const Output& out, const SealState& state) {
  KeepOutOfCoreFiles();
  const auto blob = ReadBlob(out, state);
  if (!blob) return blob.error();
  const bool opened = !state.key.empty();
  if (opened) {
    const auto part = OpenBlob(out, state, *blob);
    if (!part) return part.error();
  }
  Json keys = Json::MakeArray();
  std::string text = opened ? "opens its commitment 承诺成立\n"
                            : "well-formed; what lies inside was not looked at (no --key)\n"
                              "格式有效；未开启查看（未给 --key）\n";
  const std::string digest = DigestOf(blob->Encode());
  const bool on_ledger = !state.blob_digest.empty() && !state.commitment.empty();
  if (on_ledger) text += "digest and commitment are those given 摘要与承诺相符\n";
  text += Labelled("blob digest", digest, kIndent);
  text += Labelled("commitment 承诺", HexEncode(blob->commitment.View()), kIndent + 2);
  for (const crypto::BoxPublicKey& key : blob->keepers) {
    keys.Push(HexEncode(key.View()));
    text += Labelled("opened by", HexEncode(key.View()), kIndent);
  }
  out.Result(Json::MakeObject({{"blob_digest", digest},
                               {"commitment", HexEncode(blob->commitment.View())},
                               {"keys", std::move(keys)},
                               {"as_on_ledger", on_ledger},
                               {"opened", opened}}),
             text);
  return Exit::kOk;
}

void AddLedgerOptions(CLI::App& command, SealState& state) {
  command.add_option("blob", state.file, "What `seal make` wrote / 密封文件")->required();
  command.add_option("--blob-digest", state.blob_digest,
                     "As in the record's seal on the ledger / 与账本上该记录的密封一致");
  command.add_option("--commitment", state.commitment,
                     "As in the record's seal on the ledger / 与账本上该记录的密封一致");
  command.add_option("--passphrase-file", state.passphrase_file,
                     "File whose first line opens it / 口令文件，取首行");
}

void AddKeyAndMake(CLI::App& noun, Context& context) {
  const auto state = std::make_shared<SealState>();
  auto* key = noun.add_subcommand(
      "key", "Make the key of a keeper of seals: auditor, provider / 生成密封保管密钥");
  key->add_option("file", state->file, "Where to write it (NAME.key) / 输出文件（NAME.key）")
      ->required();
  key->add_option("--department", state->department,
                  "Whose key, department code / 密钥所属部门代码")
      ->required();
  key->add_option("--passphrase-file", state->passphrase_file,
                  "File whose first line is the passphrase / 口令文件，取首行");
  key->add_flag("--fast-seal", state->fast,
                "Cheap passphrase hashing, for demonstrations / 简化口令散列，仅供演示");
  OnRun(key, context, [&context, state] { return NewKey(context.out, *state); });

  const auto made = std::make_shared<SealState>();
  auto* make = noun.add_subcommand(
      "make", "Seal what the record on standard input hides, and print the rest / 密封");
  make->add_option("blob", made->file, "Where to write the blob / 密封文件")->required();
  make->add_option("--auditor", made->auditor,
                   "The auditor's public key, or its key file / 审计方公钥或其密钥文件")
      ->required();
  make->add_option("--keeper", made->keeper,
                   "That of the provider's keeper of seals / 提供方密封保管人的公钥或密钥文件")
      ->required();
  make->add_option("--ground", made->ground, "Why it is sealed, a code / 密封理由代码")->required();
  make->add_option("--until", made->until, "When it is to be disclosed / 密封期限")->required();
  OnRun(make, context, [&context, made] { return Make(context.out, *made); });
}

}  // namespace

void AddSeal(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("seal", "Sealed parts of accesses, off the ledger / 密封");
  noun->require_subcommand(1);
  AddKeyAndMake(*noun, context);

  const auto state = std::make_shared<SealState>();
  auto* open = noun->add_subcommand(
      "open", "Open one: exit 7 if it was changed. JSON: the body of access.disclose / 开启密封");
  AddLedgerOptions(*open, *state);
  open->add_option("--key", state->key, "A keeper's key, of `seal key` / 保管密钥")->required();
  OnRun(open, context, [&context, state] { return Open(context.out, *state); });

  const auto checked = std::make_shared<SealState>();
  auto* check = noun->add_subcommand(
      "check", "Whether it is the one on the ledger, and who opens it: exit 7 if not / 核对");
  AddLedgerOptions(*check, *checked);
  check->add_option("--key", checked->key,
                    "Also look inside, without printing it / 并核对内容，但不显示");
  OnRun(check, context, [&context, checked] { return Check(context.out, *checked); });
}

}  // namespace jiandu::cli
