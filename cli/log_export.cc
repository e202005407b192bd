// `jiandu log export`: the log of a node into a folder, each hash checked before it counts.
//
// Tiles first, the checkpoint last: whenever it breaks off, the folder is as good as its checkpoint
// says, and the next run goes on from there.

#include <chrono>
#include <thread>

#include "base/hex.h"
#include "cli/log_command.h"
#include "cli/text.h"

namespace jiandu::cli {
namespace {

using ledger::Checkpoint;
using ledger::TileAt;

constexpr std::uint64_t kNoteEveryTiles = 256;
constexpr int kAsksMax = 30;

enum class Trust : std::uint8_t { kEveryFile, kUnderTheCheckpoint };

// Bytes from the node; nothing: it has none, or none for us.
using Fetch = std::function<Result<std::optional<std::string>>(const std::string& path)>;

struct Figures {
  std::uint64_t fetched = 0;  // hash tiles and bundles
  std::uint64_t kept = 0;
  std::uint64_t entries = 0;
  bool with_entries = true;
};

// One walk over the leaves, from the left.
class Pass {
 public:
  Pass(const Output& out, const LogFolder& folder, const Fetch& fetch, const Checkpoint& head,
       const Checkpoint& before, Trust trust)
      : out_(out), folder_(folder), fetch_(fetch), head_(head), before_(before), trust_(trust) {
    contradicts_ = before.size == head.size && before.root != head.root;
  }

  // False: what the folder had does not lead to the root, the rest may be good.
  Result<bool> Run() {
    const std::uint64_t tiles = ledger::TileCount(0, head_.size);
    for (std::uint64_t n = 0; n < tiles; ++n) {
      if (n > 0 && n % kNoteEveryTiles == 0) {
        out_.Note(std::to_string(n * ledger::kLogTileWidth) + " of " + std::to_string(head_.size) +
                  " entries 条");
      }
      JD_CHECK(Take(ledger::TileNumber(0, n, head_.size)));
    }
    JD_CHECK(Keep(builder_.Partial()));
    if (builder_.Root() == head_.root && !contradicts_) return true;
    if (trust_ == Trust::kEveryFile) return false;
    return Fail(Errc::kConflict,
                contradicts_ ? "the node's log of " + std::to_string(head_.size) +
                                   " entries does not continue the one in the folder, of " +
                                   std::to_string(before_.size) + ": two histories of one log"
                             : "the node's tiles do not lead to the root of its checkpoint");
  }
  [[nodiscard]] const Figures& Done() const { return figures_; }

 private:
  Result<void> Take(const TileAt& tile) {
    JD_TRY(const std::vector<Hash256> hashes, Hashes(tile));
    std::vector<ledger::TileBuilder::Made> full;
    for (const Hash256& hash : hashes) {
      builder_.Append(hash, full);
      // The older checkpoint lies on the way: append-only, or the node lies.
      if (builder_.Size() == before_.size && builder_.Root() != before_.root) contradicts_ = true;
    }
    JD_CHECK(Keep(full));
    return figures_.with_entries ? TakeEntries(tile, hashes) : Result<void>();
  }

  Result<std::vector<Hash256>> Hashes(const TileAt& tile) {
    if (trust_ == Trust::kEveryFile || tile.End() <= before_.size) {
      auto present = folder_.ReadTile(0, tile);
      if (present && *present) {
        ++figures_.kept;
        return std::move(**present);
      }
    }
    const std::string path = LogFolder::TilePath(0, tile);
    JD_TRY(const auto content, fetch_(path));
    if (!content) return Fail(Errc::kUnavailable, "the node has no " + path);
    ++figures_.fetched;
    return ledger::DecodeTile(AsBytes(*content), tile.width);
  }

  Result<void> TakeEntries(const TileAt& tile, const std::vector<Hash256>& hashes) {
    const auto present = folder_.ReadBundle(tile);
    if (present && *present && CheckBundle(**present, tile, hashes)) {
      figures_.entries += tile.width;
      ++figures_.kept;
      return folder_.Write(LogFolder::BundlePath(tile), **present);
    }
    JD_TRY(const auto content, fetch_(LogFolder::BundlePath(tile)));
    if (!content) {
      figures_.with_entries = false;
      return {};
    }
    JD_CHECK(CheckBundle(*content, tile, hashes));
    figures_.entries += tile.width;
    ++figures_.fetched;
    return folder_.Write(LogFolder::BundlePath(tile), *content);
  }

  Result<void> Keep(const std::vector<ledger::TileBuilder::Made>& made) {
    for (const auto& one : made) {
      JD_CHECK(folder_.Write(LogFolder::TilePath(one.level, one.tile), AsText(one.bytes)));
    }
    return {};
  }

  const Output& out_;
  const LogFolder& folder_;
  const Fetch& fetch_;
  const Checkpoint& head_;
  const Checkpoint& before_;  // size 0: none
  const Trust trust_;
  ledger::TileBuilder builder_;
  Figures figures_;
  bool contradicts_ = false;
};

Exit Wrong(const Output& out, const Error& error) {
  switch (error.code) {
    case Errc::kConflict:
    case Errc::kCorrupt:
    case Errc::kInvalid:
    case Errc::kUnauthenticated:
      return out.Fail(Exit::kVerification, "FAILED: " + error.detail,
                      "keep the folder and what the node said as evidence, and ask another node",
                      "验证失败：节点所给内容不能成立",
                      "保留目录与节点所答作为证据，并询问其他节点");
    default:
      return out.Fail(error, "run the command again: it goes on where it stopped", "导出中断",
                      "重新运行即可续传");
  }
}

bool IsFalse(const Error& error) {
  return error.code == Errc::kCorrupt || error.code == Errc::kInvalid;
}

// The checkpoint the folder has; size 0: none. Its signatures were checked when it was written.
Result<Checkpoint> Before(const LogFolder& folder) {
  JD_TRY(const auto note, folder.Read("checkpoint"));
  if (!note) return Checkpoint{};
  JD_TRY(const crypto::Note parsed, crypto::Note::Parse(*note));
  return Checkpoint::FromText(parsed.text);
}

Exit Told(const Output& out, const LogOptions& options, const Checkpoint& head,
          const Figures& figures) {
  const std::string root = HexEncode(head.root.View());
  const std::string folder = options.folder.string();
  out.Result(
      Json::MakeObject({{"folder", folder},
                        {"origin", head.origin},
                        {"size", head.size},
                        {"root", root},
                        {"fetched", figures.fetched},
                        {"kept", figures.kept},
                        {"entries", figures.entries}}),
      Labelled("log", head.origin) + Labelled("entries", std::to_string(head.size)) +
          Labelled("root", root) +
          Labelled("bundles", figures.with_entries ? "with all entries 含全部条目"
                                                   : "hashes alone; entries are for auditors "
                                                     "仅含哈希，条目只对审计部门开放") +
          "next: jiandu log verify " + folder + " --genesis GENESIS.json");
  return Exit::kOk;
}

Exit RunPasses(const Output& out, const LogOptions& options, const Fetch& fetch,
               const std::string& note, const Checkpoint& head) {
  const LogFolder folder(options.folder);
  const auto before = Before(folder);
  if (!before) {
    return out.Fail(Exit::kFailed, before.error(), "give an empty folder, or mend this one",
                    "目录中的检查点无法读取", "换一个空目录");
  }
  if (before->size > 0 && before->origin != head.origin) {
    return out.Fail(Exit::kFailed,
                    options.folder.string() + " holds another log: " + before->origin,
                    "give another folder for " + head.origin, "目录中是另一本日志", "换一个目录");
  }
  if (before->size > head.size) {
    return out.Fail(Exit::kNetwork,
                    "the folder has " + std::to_string(before->size) +
                        " entries, the node's newest checkpoint " + std::to_string(head.size),
                    "ask another node, or later: this one is behind", "节点落后于目录",
                    "稍后再试，或询问其他节点");
  }
  for (const Trust trust : {Trust::kEveryFile, Trust::kUnderTheCheckpoint}) {
    Pass pass(out, folder, fetch, head, *before, trust);
    const auto whole = pass.Run();
    // What an earlier run left beyond its checkpoint may be another node's lie.
    const bool again = trust == Trust::kEveryFile && (whole ? !*whole : IsFalse(whole.error()));
    if (again) continue;
    if (!whole) return Wrong(out, whole.error());
    if (const auto written = folder.Write("checkpoint", note); !written) {
      return Wrong(out, written.error());
    }
    return Told(out, options, head, pass.Done());
  }
  return Exit::kFailed;  // not reached: the second pass has an answer
}

// A long export outlives its session, and a busy node asks to come back later.
Result<Reply> Ask(const Output& out, const LogOptions& options, Acting& acting,
                  const std::string& target) {
  for (int again = 0;; ++again) {
    auto reply = acting.Client().Get(target);
    if (!reply || again == kAsksMax) return reply;
    if (reply->status == 401) {
      auto anew = Acting::Open(out, options.acting);
      if (!anew) return reply;
      acting = std::move(*anew);
    } else if (reply->status == 429 || reply->status == 503) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
    } else {
      return reply;
    }
  }
}

}  // namespace

Exit ExportLog(const Output& out, const LogOptions& options) {
  auto trusted = ReadTrusted(out, options);
  if (!trusted) return trusted.error();
  auto acting = Acting::Open(out, options.acting);
  if (!acting) return acting.error();
  const Fetch fetch = [&](const std::string& path) -> Result<std::optional<std::string>> {
    JD_TRY(Reply reply, Ask(out, options, *acting, "/log/" + path));
    if (reply.status == 404) return std::optional<std::string>();
    if (reply.status != 200) {
      return Fail(Errc::kUnavailable, path + ": HTTP " + std::to_string(reply.status));
    }
    return std::optional(std::move(reply.text));
  };
  ledger::LogPolicy policy;
  if (trusted->has_value()) {
    policy = (**trusted).policy;
  } else {
    out.Note(
        "signatures are judged by what the node says of its keys; --genesis FILE is better "
        "以节点所称密钥核验签名，宜用 --genesis");
    const auto text = fetch("policy");
    if (!text) return TellNoAnswer(out, text.error());
    auto parsed = ledger::LogPolicy::FromText(text->value_or(""));
    if (!parsed) return Wrong(out, parsed.error());
    policy = std::move(*parsed);
  }
  const auto reply = acting->Client().Get("/log/checkpoint");
  if (!reply) return TellNoAnswer(out, reply.error());
  if (reply->status != 200) return FailFromReply(out, *reply);
  const auto passed = CheckCheckpoint(reply->text, policy);
  if (!passed) return Wrong(out, passed.error());
  return RunPasses(out, options, fetch, reply->text, passed->checkpoint);
}

}  // namespace jiandu::cli
