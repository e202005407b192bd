// See watch_state.h.
#include "cli/watch_state.h"

#include "base/hex.h"
#include "base/limits.h"
#include "cli/files.h"
#include "ledger/model/fork_proof.h"

namespace jiandu::cli {
namespace {

constexpr std::string_view kFormat = "jiandu-watch-1";
constexpr std::size_t kBytesMax = 256 * limits::kMiB;  // 1,024 sets of 128 validators, in base64

struct Saved {
  std::vector<ledger::EpochStep> epochs;
  consensus::LightBlock newest;
};

Result<Saved> Read(const std::filesystem::path& file, const ledger::Genesis& genesis) {
  JD_TRY(const std::string text, ReadFile(file, kBytesMax));
  JD_TRY(const Json json, ParseJson(text, kBytesMax));
  JsonFields fields(json, "");
  const std::string chain = fields.Text("chain", limits::kChainIdBytesMax);
  const auto list = fields.Array("epochs", ledger::HeadProof::kEpochsMax);
  const std::string format = fields.Text("format", limits::kIdBytesMax);
  const Hash256 hash = fields.Hex<32>("genesis_hash");
  const Bytes newest = ledger::TakeBase64(fields, "newest", consensus::LightBlock::kBytesMax);
  JD_CHECK(fields.Finish());
  if (format != kFormat) return Fail(Errc::kInvalid, "not a file of jiandu watch");
  if (chain != genesis.chain || hash != genesis.hash) {
    return Fail(Errc::kConflict, "it is of network " + chain);
  }
  JD_TRY(auto epochs, ledger::EpochsFromJson(list));
  JD_TRY(auto block, consensus::LightBlock::Decode(newest));
  return Saved{.epochs = std::move(epochs), .newest = std::move(block)};
}

std::unexpected<Error> Named(const std::filesystem::path& file, const Error& error, Errc code) {
  return Fail(code, file.string() + ": " + error.detail);
}

}  // namespace

Result<sdk::Follower> LoadWatch(const std::filesystem::path& file, const ledger::Genesis& genesis) {
  auto saved = Read(file, genesis);
  if (!saved) {
    const Errc code = saved.error().code;
    if (code == Errc::kNotFound) return std::unexpected(saved.error());
    return Named(file, saved.error(), code == Errc::kInvalid ? Errc::kCorrupt : code);
  }
  auto follower =
      sdk::Follower::Restore(genesis, std::move(saved->epochs), std::move(saved->newest));
  if (!follower) return Named(file, follower.error(), Errc::kCorrupt);
  return follower;
}

Result<void> SaveWatch(const std::filesystem::path& file, const ledger::Genesis& genesis,
                       const sdk::Follower& follower) {
  const auto& newest = follower.Newest();
  if (!newest.has_value()) return {};
  const auto before = Read(file, genesis);
  if (before.has_value() && before->newest.header.height > newest->header.height) {
    return Fail(Errc::kConflict, file.string() + ": another watcher has written height " +
                                     std::to_string(before->newest.header.height));
  }
  if (!before.has_value() && before.error().code != Errc::kNotFound) {
    return Named(file, before.error(), before.error().code);
  }
  const Json json = Json::MakeObject({{"chain", genesis.chain},
                                      {"epochs", ledger::EpochsToJson(follower.Epochs())},
                                      {"format", kFormat},
                                      {"genesis_hash", HexEncode(genesis.hash.View())},
                                      {"newest", Base64Encode(newest->Encode())}});
  return ReplaceFile(file, CanonicalJson(json) + "\n", FileMode::kPublic);
}

}  // namespace jiandu::cli
