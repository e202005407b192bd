// `jiandu log verify`: an exported log leads to its checkpoint, hash by hash, and who signed that.

#include <algorithm>

#include "base/hex.h"
#include "cli/log_command.h"
#include "cli/text.h"

namespace jiandu::cli {
namespace {

using ledger::TileAt;

constexpr std::size_t kIndent = 17;

// The folder against a checkpoint.
class Walk {
 public:
  Walk(const LogFolder& folder, const ledger::Checkpoint& checkpoint)
      : folder_(folder), checkpoint_(checkpoint), entries_(folder.HasEntries()) {}

  // Every tile that the size has, from the left; upper ones must be what the leaves make of them.
  Result<void> Run() {
    const std::uint64_t tiles = ledger::TileCount(0, checkpoint_.size);
    for (std::uint64_t n = 0; n < tiles; ++n) {
      JD_CHECK(Take(ledger::TileNumber(0, n, checkpoint_.size)));
    }
    JD_CHECK(Compare(builder_.Partial()));
    if (builder_.Root() != checkpoint_.root) {
      return Fail(Errc::kCorrupt, "the tiles lead to another root than the checkpoint's");
    }
    return {};
  }
  [[nodiscard]] const std::optional<Hash256>& FirstLeaf() const { return first_; }
  [[nodiscard]] std::uint64_t Entries() const { return checked_; }
  [[nodiscard]] std::uint64_t Tiles() const { return tiles_; }

 private:
  Result<void> Take(const TileAt& tile) {
    JD_TRY(const auto hashes, folder_.ReadTile(0, tile));
    if (!hashes) return Fail(Errc::kCorrupt, LogFolder::TilePath(0, tile) + ": missing");
    if (tile.n == 0) first_ = hashes->front();
    std::vector<ledger::TileBuilder::Made> full;
    for (const Hash256& hash : *hashes) builder_.Append(hash, full);
    JD_CHECK(Compare(full));
    if (!entries_) return {};
    JD_TRY(const auto bundle, folder_.ReadBundle(tile));
    if (!bundle) return Fail(Errc::kCorrupt, LogFolder::BundlePath(tile) + ": missing");
    JD_CHECK(CheckBundle(*bundle, tile, *hashes));
    checked_ += tile.width;
    return {};
  }

  Result<void> Compare(const std::vector<ledger::TileBuilder::Made>& made) {
    for (const auto& one : made) {
      ++tiles_;
      if (one.level == 0) continue;
      JD_TRY(const auto hashes, folder_.ReadTile(one.level, one.tile));
      const std::string path = LogFolder::TilePath(one.level, one.tile);
      if (!hashes) return Fail(Errc::kCorrupt, path + ": missing");
      if (!Equal(ledger::EncodeTile(*hashes), one.bytes)) {
        return Fail(Errc::kCorrupt, path + ": not what the leaves make of it");
      }
    }
    return {};
  }

  const LogFolder& folder_;
  const ledger::Checkpoint& checkpoint_;
  const bool entries_;
  ledger::TileBuilder builder_;
  std::optional<Hash256> first_;
  std::uint64_t checked_ = 0;
  std::uint64_t tiles_ = 0;
};

Exit Wrong(const Output& out, const Error& error) {
  if (error.code == Errc::kIo || error.code == Errc::kNotFound) {
    return out.Fail(error, "may you read the folder?", "无法读取目录");
  }
  return out.Fail(Exit::kVerification, "FAILED: " + error.detail,
                  "export it anew from another node; keep this folder as evidence",
                  "验证失败：目录内容与检查点不符", "保留此目录作为证据，从其他节点重新导出");
}

Result<void> CheckGenesis(const std::optional<Trusted>& trusted, const Walk& walk) {
  if (!trusted->genesis || !walk.FirstLeaf()) return {};
  const Bytes entry = ledger::EncodeGenesisLogEntry(*trusted->genesis);
  if (crypto::MerkleLeafHash(entry) == *walk.FirstLeaf()) return {};
  return Fail(Errc::kCorrupt, "entry 0 is not the digest of this genesis document");
}

}  // namespace

Exit VerifyLog(const Output& out, const LogOptions& options) {
  const auto trusted = ReadTrusted(out, options);
  if (!trusted) return trusted.error();
  if (!trusted->has_value()) {
    return out.Fail(Exit::kUsage, "nothing says whose signatures count",
                    "give --genesis the document you trust, or --policy a policy file",
                    "未指定信任依据", "用 --genesis 指定创世文件，或用 --policy 指定签名策略文件");
  }
  const LogFolder folder(options.folder);
  const auto note = folder.Read("checkpoint");
  if (!note || !*note) {
    return out.Fail(Exit::kNotFound, options.folder.string() + " holds no checkpoint",
                    "give the folder that `jiandu log export` wrote", "目录中没有检查点");
  }
  const auto passed = CheckCheckpoint(**note, (**trusted).policy);
  if (!passed) return Wrong(out, passed.error());
  Walk walk(folder, passed->checkpoint);
  if (auto walked = walk.Run(); !walked) return Wrong(out, walked.error());
  if (auto bound = CheckGenesis(*trusted, walk); !bound) return Wrong(out, bound.error());
  Json witnesses = Json::MakeArray();
  std::string names;
  for (const auto& witness : (**trusted).policy.witnesses) {
    if (std::ranges::find(passed->witnesses, witness.name) == passed->witnesses.end()) continue;
    witnesses.Push(witness.key.name);
    names += (names.empty() ? "" : ", ") + witness.key.name;
  }
  const ledger::Checkpoint& head = passed->checkpoint;
  const std::string root = HexEncode(head.root.View());
  const std::string size = std::to_string(head.size);
  const std::string bundles =
      walk.Entries() == 0 ? "no entries in this folder; their hashes alone 目录不含条目，仅有哈希"
                          : std::to_string(walk.Entries()) + ", each hashes to its leaf 逐条相符";
  out.Result(
      Json::MakeObject({{"verified", true},
                        {"origin", head.origin},
                        {"size", head.size},
                        {"root", root},
                        {"tiles", walk.Tiles()},
                        {"entries", walk.Entries()},
                        {"genesis", (**trusted).genesis.has_value()},
                        {"witnesses", std::move(witnesses)},
                        {"oldest_cosignature", passed->oldest_s}}),
      Labelled("log", head.origin, kIndent) + Labelled("entries", size, kIndent) +
          Labelled("root", root, kIndent) + Labelled("cosigned by", names, kIndent) +
          Labelled("tiles", std::to_string(walk.Tiles()) + ", all lead to the root", kIndent) +
          Labelled("entry bundles", bundles, kIndent) + out.Good("verified 验证通过") + "\n");
  return Exit::kOk;
}

}  // namespace jiandu::cli
