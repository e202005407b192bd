// `jiandu tag root|prove|check`: the root of a batch's tags, and that a tag is among them or not
// (subject_root, docs/contracts.md 4.10). Tags are not secret.

#include "base/hex.h"
#include "cli/body_input.h"
#include "cli/files.h"
#include "cli/secret_input.h"
#include "cli/tag.h"
#include "crypto/hash_set.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kTagsMax = 1'000'000;
constexpr std::size_t kInputBytesMax = kTagsMax * 66;
constexpr std::int64_t kSizeMax = std::int64_t{1} << 40U;
constexpr std::size_t kPathMax = 64;

struct SetState {
  std::filesystem::path file;  // "": standard input
  std::string tag, root;
};

std::expected<crypto::HashSet, Exit> ReadTags(const Output& out, const SetState& state) {
  std::string text;
  if (state.file.empty()) {
    auto input = ReadSecretInput("Tags 标签", kInputBytesMax);
    if (!input) return std::unexpected(out.Fail(input.error(), "", "输入有误"));
    text = input->Text();
  } else {
    auto content = ReadFile(state.file, kInputBytesMax);
    if (!content) {
      return std::unexpected(
          out.Fail(content.error(), "give a file with one tag a line", "无法读取标签文件"));
    }
    text = std::move(*content);
  }
  std::vector<Hash256> tags;
  std::size_t line = 0;
  for (std::size_t from = 0; from < text.size();) {
    ++line;
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::string one = text.substr(from, end - from);
    if (one.ends_with('\r')) one.pop_back();
    const auto tag = HexDecodeFixed<32>(one);
    if (!tag) {
      return std::unexpected(out.Fail(
          Exit::kUsage, "line " + std::to_string(line) + ": a tag is 64 lower-case hex digits",
          "give the lines that `jiandu tag subject --output text` printed", "标签格式有误"));
    }
    tags.push_back(*tag);
    from = end + 1;
  }
  if (tags.empty()) {
    return std::unexpected(
        out.Fail(Exit::kUsage, "there are no tags", "give one a line", "没有标签"));
  }
  return crypto::HashSet(std::move(tags));
}

Exit Root(const Output& out, const SetState& state) {
  const auto tags = ReadTags(out, state);
  if (!tags) return tags.error();
  const std::string root = HexEncode(tags->Root().View());
  out.Result(Json::MakeObject({{"root", root}, {"tags", static_cast<std::int64_t>(tags->Size())}}),
             root + "  of " + std::to_string(tags->Size()) + " different tags");
  return Exit::kOk;
}

Json ToJson(const crypto::SetProof& proof, const Hash256& tag, const Hash256& root) {
  Json places = Json::MakeArray();
  for (const crypto::SetPlace& place : proof.places) {
    Json path = Json::MakeArray();
    for (const Hash256& hash : place.path) path.Push(HexEncode(hash.View()));
    places.Push(Json::MakeObject({{"index", static_cast<std::int64_t>(place.index)},
                                  {"path", std::move(path)},
                                  {"tag", HexEncode(place.member.View())}}));
  }
  return Json::MakeObject({{"places", std::move(places)},
                           {"root", HexEncode(root.View())},
                           {"size", static_cast<std::int64_t>(proof.size)},
                           {"tag", HexEncode(tag.View())}});
}

Result<crypto::SetProof> FromJson(const Json& json) {
  JsonFields fields(json, "");
  crypto::SetProof proof{.size = static_cast<std::uint64_t>(fields.Integer("size", 1, kSizeMax)),
                         .places = {}};
  for (const Json& item : json.ItemsOf("places")) {
    if (proof.places.size() == 2) return Fail(Errc::kInvalid, "more than two places");
    const auto member = HexDecodeFixed<32>(item.TextOr("tag"));
    if (!member) return Fail(Errc::kInvalid, "a place without its tag");
    crypto::SetPlace place{.index = static_cast<std::uint64_t>(item.IntegerOr("index", -1)),
                           .member = *member,
                           .path = {}};
    for (const Json& hash : item.ItemsOf("path")) {
      const auto sibling = hash.IsText() ? HexDecodeFixed<32>(hash.AsString())
                                         : Result<Hash256>(Fail(Errc::kInvalid, "no hash"));
      if (!sibling || place.path.size() == kPathMax) {
        return Fail(Errc::kInvalid, "a path that is none");
      }
      place.path.push_back(*sibling);
    }
    proof.places.push_back(std::move(place));
  }
  return proof;
}

Exit Prove(const Output& out, const SetState& state) {
  const auto tag = HexDecodeFixed<32>(state.tag);
  if (!tag) {
    return out.Fail(Exit::kUsage, "a tag is 64 lower-case hex digits",
                    "make it with `jiandu tag subject`", "标签格式有误");
  }
  const auto tags = ReadTags(out, state);
  if (!tags) return tags.error();
  const crypto::SetProof proof = tags->Prove(*tag);
  const bool member = proof.places.size() == 1 && proof.places.front().member == *tag;
  const Json json = ToJson(proof, *tag, tags->Root());
  out.Note(member ? "the tag is among them 标签在其中" : "the tag is not among them 标签不在其中");
  out.Result(json, CanonicalJson(json));
  return Exit::kOk;
}

Exit Check(const Output& out, const SetState& state) {
  const auto root = HexDecodeFixed<32>(state.root);
  if (!root) {
    return out.Fail(Exit::kUsage, "a root is 64 lower-case hex digits",
                    "take subject_root of the batch from the ledger", "根的格式有误");
  }
  const auto json = ReadJsonFile(state.file);
  if (!json) return out.Fail(Exit::kUsage, json.error().detail, "", "无法读取证明");
  const auto tag = HexDecodeFixed<32>(json->TextOr("tag"));
  const auto proof = FromJson(*json);
  if (!proof || !tag) {
    return out.Fail(Exit::kVerification,
                    proof ? "the proof names no tag" : "the proof: " + proof.error().detail,
                    "ask the keeper of the batch for it again", "证明格式有误");
  }
  const auto shown = crypto::CheckSetProof(*proof, *tag, *root);
  if (!shown) {
    return out.Fail(Exit::kVerification, "the proof does not hold: " + shown.error().detail,
                    "keep the file; ask the keeper of the batch", "证明不成立");
  }
  const bool member = *shown == crypto::Membership::kMember;
  out.Result(
      Json::MakeObject({{"tag", json->TextOr("tag")}, {"root", state.root}, {"member", member}}),
      member ? "proven: the tag is in the batch 已证明：标签在该批次中"
             : "proven: the tag is not in the batch 已证明：标签不在该批次中");
  return Exit::kOk;
}

}  // namespace

void AddTagSetVerbs(CLI::App& noun, Context& context) {
  const auto state = std::make_shared<SetState>();
  auto* root = noun.add_subcommand("root", "subject_root of the tags, one a line / 标签根");
  root->add_option("file", state->file,
                   "File of tags; default: standard input / 标签文件，默认标准输入");
  OnRun(root, context, [&context, state] { return Root(context.out, *state); });

  auto* prove = noun.add_subcommand(
      "prove", "Show that a tag is among those of a root, or not / 出具是否包含的证明");
  prove->add_option("tag", state->tag, "64 hex digits / 64 位十六进制")->required();
  prove->add_option("file", state->file,
                    "File of all tags; default: standard input / 全部标签的文件，默认标准输入");
  OnRun(prove, context, [&context, state] { return Prove(context.out, *state); });

  auto* check = noun.add_subcommand("check", "Check such a proof: exit 7 if it fails / 验证证明");
  check
      ->add_option(
          "file", state->file,
          "What `tag prove` printed; - for standard input / tag prove 的输出，- 为标准输入")
      ->required();
  check
      ->add_option("--root", state->root,
                   "subject_root as it stands on the ledger / 账本上的 subject_root")
      ->required();
  OnRun(check, context, [&context, state] { return Check(context.out, *state); });
}

}  // namespace jiandu::cli
