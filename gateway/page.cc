// See page.h.
#include "gateway/page.h"

#include <algorithm>

#include "base/limits.h"

namespace jiandu::gateway {
namespace {

constexpr std::size_t kRowsDefault = 50;

// The filters in name order, as the cursor is bound to them.
std::string FilterText(const Target& target) {
  std::vector<std::string> pairs;
  for (const Parameter& parameter : target.query) {
    if (parameter.name == "cursor" || parameter.name == "limit") continue;
    // These say when, not what: pages may all be asked for as of the height of the first.
    if (parameter.name == "min_height" || parameter.name == "as_of") continue;
    pairs.push_back(parameter.name + "=" + parameter.value);
  }
  std::ranges::sort(pairs);
  std::string text;
  for (const std::string& pair : pairs) text += pair + "\n";
  return text;
}

std::string EscapeQuery(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").contains(c);
    if (plain) {
      escaped.push_back(c);
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    escaped.push_back('%');
    escaped.push_back(kDigits[byte >> 4U]);
    escaped.push_back(kDigits[byte & 15U]);
  }
  return escaped;
}

}  // namespace

std::expected<Page, Problem> ReadPage(const Call& call) {
  Page page{.limit = kRowsDefault,
            .after = std::nullopt,
            .scope = MakeScope(call.target.path, FilterText(call.target), call.reader->department),
            .height = call.snapshot->Height()};
  if (const std::string* text = call.target.Find("limit")) {
    const auto limit = ParseNumber(*text, limits::kPageRowsMax);
    if (!limit || *limit == 0) {
      return std::unexpected(BadParameter("limit", "limit is a number from 1 to 200"));
    }
    page.limit = *limit;
  }
  const std::string* text = call.target.Find("cursor");
  if (text == nullptr) return page;
  const auto cursor = DecodeCursor(*text, page.scope);
  if (!cursor) {
    Problem problem = BadParameter("cursor", cursor.error().code == Errc::kConflict
                                                 ? "the cursor belongs to another list or filter"
                                                 : "this is not a cursor of ours");
    problem.kind = ProblemKind::kBadCursor;
    return std::unexpected(std::move(problem));
  }
  // A later page never shows an older state than the first one did.
  if (cursor->height > call.snapshot->Height()) {
    Problem problem = Plain(ProblemKind::kNodeBehind);
    problem.retry_after_s = 1;
    return std::unexpected(std::move(problem));
  }
  page.after = cursor->position;
  page.after_key = cursor->key;
  page.height = cursor->height;
  return page;
}

std::string NextCursor(const Page& page, std::uint64_t last, Bytes last_key) {
  return EncodeCursor({.height = page.height, .position = last, .key = std::move(last_key)},
                      page.scope);
}

std::string NextLink(const Call& call, std::string_view cursor) {
  std::string link = "<" + call.target.path + "?";
  for (const Parameter& parameter : call.target.query) {
    if (parameter.name == "cursor" || parameter.name == "min_height") continue;
    link += EscapeQuery(parameter.name) + "=" + EscapeQuery(parameter.value) + "&";
  }
  return link + "cursor=" + std::string(cursor) + ">; rel=\"next\"";
}

Response PageResponse(const Call& call, const Page& page, Json rows,
                      std::optional<std::uint64_t> last, Bytes last_key) {
  Json next;
  std::string link;
  if (last) {
    const std::string cursor = NextCursor(page, *last, std::move(last_key));
    link = NextLink(call, cursor);
    next = cursor;
  }
  Json json = Json::MakeObject();
  json.Set("items", std::move(rows)).Set("next", std::move(next));
  json.Set("height", call.snapshot->Height());
  Response response = JsonResponse(json);
  MarkAsRead(response, *call.snapshot, StateTag(*call.snapshot));
  if (!link.empty()) response.Set("Link", std::move(link));
  return response;
}

}  // namespace jiandu::gateway
