// See audit_pages.h.
#include "cli/audit_pages.h"

#include <algorithm>

namespace jiandu::cli {

bool AuditPages::Add(const Json& page) {
  const std::int64_t height = page.IntegerOr("height");
  if (!head_.IsObject()) {
    head_ = page;
    height_ = height;
  }
  if (head_.TextOr("query") != page.TextOr("query")) return false;
  newest_ = std::max(newest_, height);
  for (const Json& row : page.ItemsOf("rows")) rows_.Push(row);
  next_ = page.TextOr("next");
  const Json* completeness = page.Find("completeness");
  if (completeness == nullptr) return true;
  const auto english = completeness->ItemsOf("gaps");
  const auto chinese = completeness->ItemsOf("gaps_zh");
  for (std::size_t i = 0; i < english.size(); ++i) {
    AddGap(english[i].AsString(), i < chinese.size() ? chinese[i].AsString() : std::string());
  }
  return true;
}

// What several pages say is said once.
void AuditPages::AddGap(std::string english, std::string chinese) {
  const bool known = std::ranges::any_of(
      gaps_.Items(), [&english](const Json& gap) { return gap.AsString() == english; });
  if (known) return;
  gaps_.Push(std::move(english));
  gaps_zh_.Push(std::move(chinese));
}

Json AuditPages::Take() {
  if (newest_ > height_) {
    const std::string from = std::to_string(height_);
    const std::string to = std::to_string(newest_);
    AddGap("the node no longer keeps the state of the first page: pages are of heights " + from +
               " to " + to,
           "节点已不保留首页所据状态: 各页高度为 " + from + " 至 " + to);
  }
  if (!next_.empty()) {
    AddGap("there are more rows than were asked for: --all gives them all",
           "尚有更多行未取, --all 可取全部");
  }
  const bool whole = gaps_.Items().empty();
  Json completeness = head_.Release("completeness");
  if (!completeness.IsObject()) completeness = Json::MakeObject();
  const std::string height = std::to_string(height_);
  completeness.Set("whole", whole);
  if (!whole) {
    completeness.Set("statement", "all the ledger holds as of height " + height +
                                      " and the reader may see, but for what `gaps` names");
    completeness.Set("statement_zh",
                     "截至高度 " + height + ", 账本所载且提问者有权查看的全部, `gaps_zh` 所列除外");
  }
  completeness.Set("gaps", std::move(gaps_)).Set("gaps_zh", std::move(gaps_zh_));
  head_.Set("completeness", std::move(completeness));
  head_.Set("rows", std::move(rows_)).Set("more", !next_.empty());
  head_.Remove("next");
  return std::move(head_);
}

}  // namespace jiandu::cli
