// Height and age of what a proof hangs on.
#include "sdk/cpp/freshness.h"

namespace jiandu::sdk {
namespace {

constexpr ledger::TimeMs kAheadMax = 60'000;

// Why it is not fresh; nothing when it is.
std::optional<Sentence> Stale(const ProofVerdict& verdict, const Freshness& freshness) {
  const std::string as_of = std::to_string(verdict.as_of);
  if (freshness.min_height > 0 && verdict.as_of < freshness.min_height) {
    const std::string least = std::to_string(freshness.min_height);
    return Sentence{.en = "as of height " + as_of + ", and " + least + " is asked for",
                    .zh = "截至第 " + as_of + " 块，未达到所要求的第 " + least + " 块"};
  }
  if (freshness.max_age <= 0) return std::nullopt;
  const std::string time = UtcText(verdict.time);
  const ledger::TimeMs age = freshness.now - verdict.time;
  if (age < -kAheadMax) {
    return Sentence{.en = "its time " + time + " is ahead of this machine's clock",
                    .zh = "其时间 " + time + " 晚于本机时钟"};
  }
  if (age > freshness.max_age) {
    const std::string seconds = std::to_string(age / 1000);
    return Sentence{.en = "of " + time + ", " + seconds + " s ago: older than is asked for",
                    .zh = "时间 " + time + "，距今 " + seconds + " 秒，超过所要求的时限"};
  }
  return std::nullopt;
}

}  // namespace

void RequireFresh(ProofVerdict& verdict, const Freshness& freshness) {
  if (!verdict.verified || (freshness.min_height == 0 && freshness.max_age <= 0)) return;
  if (auto stale = Stale(verdict, freshness)) {
    verdict.verified = false;
    verdict.proven.clear();
    verdict.steps.push_back({.name = "freshness",
                             .holds = false,
                             .detail = std::move(stale->en),
                             .detail_zh = std::move(stale->zh)});
    return;
  }
  verdict.steps.push_back({.name = "freshness",
                           .holds = true,
                           .detail = "as new as is asked for",
                           .detail_zh = "满足时效要求"});
}

}  // namespace jiandu::sdk
