// See log_handlers.h.
#include "gateway/log_handlers.h"

#include <algorithm>

#include "base/limits.h"
#include "gateway/router.h"

namespace jiandu::gateway {
namespace {

using ledger::TileAt;
using Refused = std::unexpected<Problem>;

constexpr std::string_view kProofSuffix = ".tlog-proof";

Refused NotFound(std::string detail) {
  return Refused(Plain(ProblemKind::kNotFound, std::move(detail)));
}

Response TextOf(const Call& call, std::string text) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  MarkAsRead(response, *call.snapshot, "");
  return response;
}

// Tiles are what they are for ever, but for readers who signed in.
Answer Immutable(Result<Bytes> bytes) {
  if (!bytes) {
    if (bytes.error().code != Errc::kNotFound) return Refused(ProblemOf(bytes.error()));
    return NotFound("no certified size of the log has this tile (日志尚无此块)");
  }
  Response response;
  response.content_type = "application/octet-stream";
  response.body = ToText(*bytes);
  response.Set("Cache-Control", "private, max-age=31536000, immutable");
  response.Set("Vary", "Authorization");
  return response;
}

Answer ShowCheckpoint(const LogReader& log, const Call& call) {
  const auto newest = log.Newest();
  if (newest) return TextOf(call, newest->note);
  return NotFound(
      "there is no checkpoint yet: it takes the log key's signature, at the manager's node, and "
      "the "
      "cosignatures of a quorum of validators (尚无检查点：须主管部门节点的日志签名及法定数量的"
      "验证节点联署)");
}

Answer ShowTile(const LogReader& log, const Call& call) {
  const auto level = ledger::TileLevelFromText(call.captures.at(0));
  const auto tile = TileAt::FromPath(call.captures.at(1));
  if (!level || !tile) return NotFound("no path of a tile, as 0/x001/234.p/56 (块路径格式有误)");
  return Immutable(log.HashTile(*level, *tile));
}

Answer ShowEntries(const LogReader& log, const Call& call) {
  // To everybody else they do not exist.
  const auto& roles = call.reader->roles;
  const auto tile = TileAt::FromPath(call.captures.at(0));
  if (!tile || std::ranges::find(roles, "AUDITOR") == roles.end()) return NotFound("");
  return Immutable(log.EntryBundle(*tile));
}

Answer ShowInclusion(const LogReader& log, const Call& call) {
  std::string_view name = call.captures.at(0);
  const bool is_proof = name.ends_with(kProofSuffix);
  if (is_proof) name.remove_suffix(kProofSuffix.size());
  const auto index = ParseNumber(name, limits::kJsonIntegerMax);
  if (!is_proof || !index)
    return NotFound("write the index and .tlog-proof (写作 序号.tlog-proof)");
  auto proof = log.Proof(*index);
  if (proof) return TextOf(call, *std::move(proof));
  if (proof.error().code != Errc::kNotFound) return Refused(ProblemOf(proof.error()));
  return NotFound("no checkpoint has this entry yet (尚无包含该条目的检查点)");
}

}  // namespace

Answer ShowLog(const LogReader* log, const Call& call) {
  if (log == nullptr) return NotFound("this node serves no log");
  switch (call.route->endpoint) {
    case Endpoint::kLogCheckpoint: return ShowCheckpoint(*log, call);
    case Endpoint::kLogTile: return ShowTile(*log, call);
    case Endpoint::kLogEntries: return ShowEntries(*log, call);
    case Endpoint::kLogProof: return ShowInclusion(*log, call);
    case Endpoint::kLogPolicy: {
      auto policy = log->Policy();
      if (!policy) return Refused(ProblemOf(policy.error()));
      return TextOf(call, *std::move(policy));
    }
    default: return Refused(Plain(ProblemKind::kInternal));
  }
}

}  // namespace jiandu::gateway
