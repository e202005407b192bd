// See light_block_handler.h.
#include "gateway/light_block_handler.h"

#include "base/limits.h"
#include "gateway/target.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

// Above the newest, or of genesis, which has none.
Refused NoSuchHeight(ledger::Height newest) {
  const std::string text = std::to_string(newest);
  return Refused(Plain(ProblemKind::kNotFound,
                       "a block's height is 1 to " + text +
                           ", this node's newest; min_height waits for the next (高度应为 1 至 " +
                           text + "，即本节点最新高度)"));
}

}  // namespace

Answer ShowLightBlock(const Call& call) {
  if (call.snapshot == nullptr) {
    return Refused(WithRetry(Plain(ProblemKind::kUnavailable, "the node is starting"), 1));
  }
  const ledger::Height newest = call.snapshot->Height();
  const std::string& text = call.captures.at(0);
  const auto height = text == "latest" ? std::optional<std::uint64_t>(newest)
                                       : ParseNumber(text, limits::kJsonIntegerMax);
  if (!height) {
    return Refused(Plain(ProblemKind::kNotFound,
                         "a height is a number, or latest (高度应为数字或 "
                         "latest)"));
  }
  if (*height == 0 || *height > newest) return NoSuchHeight(newest);
  const auto block = call.snapshot->LightBlockAt(*height);
  if (!block && block.error().code == Errc::kNotFound) {
    return Refused(Plain(ProblemKind::kNotFound,
                         "this node does not keep that height; ask another one "
                         "(本节点未保存该高度，请向其他节点查询)"));
  }
  if (!block) return Refused(ProblemOf(block.error()));
  Response response = WantsOctets(call) ? OctetResponse(block->wire) : JsonResponse(block->json);
  // No tag: the newest block's commit may grow until the next block fixes it.
  MarkAsRead(response, *call.snapshot, "");
  return response;
}

}  // namespace jiandu::gateway
