// `jiandu tag commit|open`: salted commitments to what is too easily guessed for a digest: case
// numbers, sealed parts of accesses (docs/contracts.md 4.10). The value is read from standard input
// and kept nowhere; the salt goes to a file, to be kept with the document.

#include "contracts/commitment.h"

#include "base/hex.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/secret_input.h"
#include "cli/tag.h"
#include "cli/text.h"
#include "crypto/key_file.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kSaltFileMax = 4096;

struct CommitState {
  std::filesystem::path salt_file;
  std::string commitment;
  bool json = false;
};

// The bytes committed to: the line without its end, or the canonical form of a JSON value.
std::expected<Secret, Exit> ReadValue(const Output& out, const CommitState& state) {
  auto input = ReadSecretInput("Value (not shown) 原文（不回显）", limits::kTxBytesMax);
  if (!input) {
    return std::unexpected(out.Fail(Exit::kUsage, input.error(),
                                    "give one value of at most " + SizeText(limits::kTxBytesMax),
                                    "输入有误", "一次只给出一个值，不超过 64 KiB"));
  }
  std::string value = input->Text();
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (value.empty()) {
    return std::unexpected(
        out.Fail(Exit::kUsage, "standard input is empty: there is nothing to commit to",
                 "give the value on standard input", "没有输入", "从标准输入给出原文"));
  }
  if (!state.json) return Secret(std::move(value));
  const auto json = ParseJson(value, limits::kTxBytesMax);
  if (!json) {
    return std::unexpected(
        out.Fail(Exit::kUsage, "standard input: no JSON value",
                 "give what is sealed as JSON (texts in quotes, no decimal fractions)",
                 "输入不是 JSON", "以 JSON 给出密封内容（文字加引号，数字不带小数）"));
  }
  return Secret(CanonicalJson(*json));
}

Exit Commit(const Output& out, const CommitState& state) {
  KeepOutOfCoreFiles();
  const auto value = ReadValue(out, state);
  if (!value) return value.error();
  Hash256 salt;
  crypto::FillRandom(salt.bytes);
  const std::string commitment = HexEncode(contracts::Commit(salt, AsBytes(value->Text())).View());
  const std::string kept = CanonicalJson(
      Json::MakeObject({{"commitment", commitment}, {"salt", HexEncode(salt.View())}}));
  if (const auto written = WriteNewFile(state.salt_file, kept, FileMode::kSecret); !written) {
    return out.Fail(written.error(), "choose another --salt-file: a salt is never overwritten",
                    "盐值文件未写入");
  }
  out.Result(
      Json::MakeObject({{"commitment", commitment}, {"salt_file", state.salt_file.string()}}),
      commitment + "\nKeep " + state.salt_file.string() +
          " with the document: without it nobody can open this.\n"
          "盐值文件须与原文一并保存，否则无法打开承诺。");
  return Exit::kOk;
}

Exit Open(const Output& out, const CommitState& state) {
  KeepOutOfCoreFiles();
  const auto text = ReadFile(state.salt_file, kSaltFileMax);
  if (!text) return out.Fail(text.error(), "give the file that `tag commit` wrote", "无法读取盐值");
  const auto kept = ParseJson(*text, kSaltFileMax);
  const auto salt = kept ? HexDecodeFixed<32>(kept->TextOr("salt"))
                         : Result<Hash256>(Fail(Errc::kInvalid, "no JSON"));
  if (!salt) {
    return out.Fail(Exit::kConfig, state.salt_file.string() + ": holds no salt",
                    "give the file that `tag commit` wrote", "盐值文件有误");
  }
  const std::string named =
      state.commitment.empty() ? std::string(kept->TextOr("commitment")) : state.commitment;
  const auto value = ReadValue(out, state);
  if (!value) return value.error();
  const std::string found = HexEncode(contracts::Commit(*salt, AsBytes(value->Text())).View());
  if (found != named) {
    return out.Fail(Exit::kVerification, "value and salt do not open the commitment",
                    "is it the value as it was given, to the letter? the salt of this document?",
                    "承诺打开失败");
  }
  out.Result(
      Json::MakeObject({{"commitment", found}, {"opens", true}, {"salt", HexEncode(salt->View())}}),
      "opens the commitment 承诺成立\nsalt  " + HexEncode(salt->View()));
  return Exit::kOk;
}

}  // namespace

void AddCommitmentVerbs(CLI::App& noun, Context& context) {
  const auto state = std::make_shared<CommitState>();
  auto* commit =
      noun.add_subcommand("commit", "Commit to the value on standard input / 生成加盐承诺");
  commit->add_option("--salt-file", state->salt_file, "Where to write the salt / 盐值文件")
      ->required();
  commit->add_flag(
      "--json", state->json,
      "A JSON value, in its canonical form: `seal` of a record / 规范形式的 JSON 值：记录的 seal");
  OnRun(commit, context, [&context, state] { return Commit(context.out, *state); });

  auto* open = noun.add_subcommand(
      "open", "Whether the value on standard input opens one: exit 7 if not / 打开承诺");
  open->add_option("--salt-file", state->salt_file,
                   "What `tag commit` wrote / tag commit 所写的文件")
      ->required();
  open->add_option("--commitment", state->commitment,
                   "As on the ledger; default: of the file / 账本所载；默认取文件中的");
  open->add_flag("--json", state->json, "A JSON value / JSON 值");
  OnRun(open, context, [&context, state] { return Open(context.out, *state); });
}

}  // namespace jiandu::cli
