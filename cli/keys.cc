// `jiandu keys new|show|list`: private keys of officers, systems and nodes, each in a sealed file.

#include <algorithm>
#include <vector>

#include "base/hex.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "crypto/ecdsa.h"
#include "crypto/key_file.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;

struct KeyOptions {
  std::string purpose = "officer";
  std::filesystem::path file;
  std::filesystem::path passphrase_file;
  std::filesystem::path folder = ".";
};

crypto::KeySuite SuiteOf(const std::string& purpose) {
  return purpose == "officer" || purpose == "system" ? crypto::KeySuite::kSecp256k1
                                                     : crypto::KeySuite::kEd25519;
}

Json Describe(const std::filesystem::path& file, const crypto::KeyLabel& label) {
  const bool officer = label.suite == crypto::KeySuite::kSecp256k1;
  const bool keeper = label.suite == crypto::KeySuite::kX25519;
  const bool secret = label.suite == crypto::KeySuite::kHmacSha256;
  Json json = Json::MakeObject();
  json.Set("file", file.string())
      .Set("purpose", label.purpose)
      .Set("suite", officer  ? "secp256k1"
                    : secret ? "hmac-sha256"
                    : keeper ? "x25519"
                             : "ed25519")
      .Set(secret ? "secret_id" : "public_key", HexEncode(label.public_key));
  if (const auto key = crypto::EcdsaPublicKeyBytes::From(label.public_key); officer && key) {
    json.Set("key_id", HexEncode(crypto::MakeKeyId(*key).View()));
  }
  return json;
}

std::string Human(const Json& key) {
  std::string text = std::string(key.TextOr("file")) + "  " + std::string(key.TextOr("purpose")) +
                     " (" + std::string(key.TextOr("suite")) + ")\n";
  for (const auto& [label, member] :
       {std::pair{"  public key  ", "public_key"}, std::pair{"  secret id   ", "secret_id"}}) {
    if (key.Find(member) != nullptr) text += label + std::string(key.TextOr(member)) + "\n";
  }
  if (key.Find("key_id") != nullptr)
    text += "  key id      " + std::string(key.TextOr("key_id")) + "\n";
  return text;
}

Exit NewKey(const Output& out, const KeyOptions& options) {
  const char* next = "choose another file name: a key is never overwritten";
  const char* next_zh = "换一个可写的文件名：密钥不会被覆盖";
  if (std::error_code error; std::filesystem::exists(options.file, error)) {
    return out.Fail(Exit::kFailed, options.file.string() + " exists already and is kept", next,
                    "密钥文件已存在，未作改动", next_zh);
  }
  const auto passphrase =
      TakeNewPassphrase(out, options.passphrase_file, "Passphrase for the new key / 新密钥的口令");
  if (!passphrase) return passphrase.error();
  const auto key = crypto::GenerateKey(SuiteOf(options.purpose), options.purpose);
  const std::string sealed = crypto::SealKey(key, *passphrase, crypto::SealCost::kModerate);
  if (const auto written = WriteNewFile(options.file, sealed, FileMode::kSecret); !written) {
    return out.Fail(written.error(), next, "密钥文件未写入", next_zh);
  }
  const auto label = crypto::ReadKeyLabel(sealed);
  if (!label) return out.Fail(label.error(), "", "密钥文件有误");
  const Json json = Describe(options.file, *label);
  out.Result(json, Human(json) +
                       "Keep the file and the passphrase apart; neither can be recovered.\n"
                       "密钥文件与口令请分开保管；任何一样丢失均无法恢复。");
  return Exit::kOk;
}

Result<Json> ShowOne(const std::filesystem::path& file) {
  JD_TRY(const std::string sealed, ReadFile(file, kKeyFileBytesMax));
  const auto label = crypto::ReadKeyLabel(sealed);
  if (!label) return FailWith(label.error(), file.string() + " is no key file");
  return Describe(file, *label);
}

Exit ShowKey(const Output& out, const KeyOptions& options) {
  const auto json = ShowOne(options.file);
  if (!json) {
    const bool none = json.error().code == Errc::kNotFound;
    return out.Fail(none ? Exit::kNotFound : Exit::kConfig, json.error(),
                    "give the path of a file made by `jiandu keys new`", "无法读取密钥文件",
                    "给出 jiandu keys new 生成的文件");
  }
  out.Result(*json, Human(*json));
  return Exit::kOk;
}

Exit ListKeys(const Output& out, const KeyOptions& options) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(options.folder, error)) {
    if (entry.path().extension() == ".key") files.push_back(entry.path());
  }
  if (error) {
    return out.Fail(Exit::kNotFound, options.folder.string() + ": " + error.message(),
                    "give the folder that holds the .key files", "找不到目录");
  }
  std::ranges::sort(files);
  Json keys = Json::MakeArray();
  std::string human;
  for (const auto& file : files) {
    const auto json = ShowOne(file);
    if (!json) {
      out.Note(file.string() + ": " + json.error().detail);
      continue;
    }
    human += Human(*json);
    keys.Push(*json);
  }
  human += std::to_string(keys.Items().size()) + " keys in " + options.folder.string();
  out.Result(Json::MakeObject({{"keys", std::move(keys)}}), human);
  return Exit::kOk;
}

}  // namespace

void AddKeys(CLI::App& root, Context& context) {
  auto* keys = root.add_subcommand("keys", "Private keys in sealed files / 密钥");
  keys->require_subcommand(1);
  const auto options = std::make_shared<KeyOptions>();  // lives as long as the callbacks

  auto* make = keys->add_subcommand(
      "new", "Make a key and seal it under a passphrase / 生成密钥并以口令密封");
  make->add_option("file", options->file, "Where to write it (NAME.key) / 输出文件（NAME.key）")
      ->required();
  make->add_option("--purpose", options->purpose,
                   "officer, system, consensus, node, cosign, log / "
                   "用途：人员、系统、共识、节点、联署、日志")
      ->check(CLI::IsMember({"officer", "system", "consensus", "node", "cosign", "log"}))
      ->capture_default_str();
  make->add_option("--passphrase-file", options->passphrase_file,
                   "File whose first line is the passphrase / 口令文件，取首行");
  OnRun(make, context, [&context, options] { return NewKey(context.out, *options); });

  auto* show = keys->add_subcommand(
      "show", "Public part of a key file; needs no passphrase / 密钥文件的公开部分，不需口令");
  show->add_option("file", options->file, "Key file / 密钥文件")->required();
  OnRun(show, context, [&context, options] { return ShowKey(context.out, *options); });

  auto* list = keys->add_subcommand("list", "All key files below a folder / 目录下的全部密钥文件");
  list->add_option("folder", options->folder, "Folder / 目录")->capture_default_str();
  OnRun(list, context, [&context, options] { return ListKeys(context.out, *options); });
}

}  // namespace jiandu::cli
