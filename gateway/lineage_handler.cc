// See lineage_handler.h.
#include "gateway/lineage_handler.h"

#include <algorithm>
#include <memory>

#include "base/limits.h"
#include "base/lineage_limits.h"
#include "gateway/lineage_view.h"
#include "gateway/page.h"
#include "gateway/views.h"
#include "ledger/model/form.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using Refused = std::unexpected<Problem>;
using Moment = LineageReader::Moment;
using Question = LineageReader::Question;

constexpr std::size_t kDepthDefault = 10;
constexpr std::int64_t kFreshMs = 1000;  // how long an answer waits for the newest block
constexpr ledger::TimeMs kSecondMs = 1000;
constexpr ledger::TimeMs kDayMs = 24 * 3600 * kSecondMs;

std::optional<std::int64_t> Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "2026-03-24": the end of the day; "2026-03-24T09:00" or with seconds: that moment. UTC+8.
std::optional<ledger::TimeMs> ReadTime(std::string_view text) {
  const auto year = Digits(text, 0, 4);
  const auto month = Digits(text, 5, 2);
  const auto day = Digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::int64_t date = *year * 10000 + *month * 100 + *day;
  if (!ledger::IsDate(date)) return std::nullopt;
  const ledger::TimeMs start = ledger::StartOfDate(date);
  if (text.size() == 10) return start + kDayMs - 1;
  const auto hour = Digits(text, 11, 2);
  const auto minute = Digits(text, 14, 2);
  const auto second = text.size() == 16 ? std::optional<std::int64_t>(0) : Digits(text, 17, 2);
  const bool timed = hour && minute && second && *hour < 24 && *minute < 60 && *second < 60 &&
                     text[10] == 'T' && text[13] == ':' &&
                     (text.size() == 16 || (text.size() == 19 && text[16] == ':'));
  if (!timed) return std::nullopt;
  return start + ((*hour * 60 + *minute) * 60 + *second) * kSecondMs;
}

Problem Unavailable(const Error& error) {
  if (error.code != Errc::kUnavailable) return ProblemOf(error);
  return WithRetry(Plain(ProblemKind::kUnavailable,
                         "the lineage index is being made; ask again shortly (血缘索引正在建立, "
                         "请稍后再试)"),
                   1);
}

class Asking {
 public:
  Asking(LineageReader& lineage, const Call& call) : lineage_(lineage), call_(call), sight_(call) {}

  Answer Run() {
    auto page = ReadPage(call_);
    if (!page) return Refused(std::move(page.error()));
    if (auto problem = ReadQuestion()) return Refused(*std::move(problem));
    if (auto problem = FindStart()) return Refused(*std::move(problem));
    if (auto problem = FindMoment(*page)) return Refused(*std::move(problem));
    page->height = question_.moment.height;
    question_.after = page->after;
    question_.limit = page->limit;
    if (!sight_.SeesAll() || !question_.items.empty()) {
      question_.judge = [this](const LineageReader::Entity& from, const LineageReader::Entity& to,
                               const LineageReader::Items* items) {
        return sight_.Judge(from, to, items);
      };
    }
    auto found = lineage_.Walk(question_);
    if (!found) return Refused(Unavailable(found.error()));
    return Show(*page, *found);
  }

 private:
  std::optional<Problem> ReadQuestion() {
    if (const std::string* text = call_.target.Find("direction")) {
      if (*text != "down" && *text != "up") {
        return BadParameter("direction", "down (what became of it) or up (what it came from)");
      }
      if (*text == "up") question_.direction = LineageReader::Direction::kUp;
    }
    question_.depth_max = kDepthDefault;
    if (const std::string* text = call_.target.Find("depth")) {
      const auto depth = ParseNumber(*text, limits::kLineageDepthMax);
      if (!depth || *depth == 0) return BadParameter("depth", "a number from 1 to 256");
      question_.depth_max = *depth;
    }
    if (const std::string* text = call_.target.Find("ended")) {
      if (*text != "show" && *text != "hide") return BadParameter("ended", "show or hide");
      question_.open_only = *text == "hide";
    }
    return ReadItems();
  }

  std::optional<Problem> ReadItems() {
    const std::string* text = call_.target.Find("items");
    if (text == nullptr) return std::nullopt;
    std::string_view rest = *text;
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view item = rest.substr(0, comma);
      if (item.empty() || item.size() > limits::kIdBytesMax ||
          question_.items.size() == limits::kLineageItemsMax) {
        return BadParameter("items", "1 to 64 item ids with commas between them");
      }
      question_.items.emplace(item);
      if (comma == rest.size()) return std::nullopt;
      rest.remove_prefix(comma + 1);
    }
  }

  // To who may not see it, it does not exist.
  std::optional<Problem> FindStart() {
    const auto id = ledger::ParseEntityId(call_.captures.at(0));
    if (!id || !call_.snapshot->State().Get(ledger::LeafKey(*id))) {
      return Plain(ProblemKind::kNotFound);
    }
    question_.start = *id;
    LineageReader::Entity start{.id = *id};
    const EntityKind kind = ledger::KindOf(*id);
    if (kind == EntityKind::kPair) start = HoldingOf(*id);
    if (!sight_.Shows(start)) return Plain(ProblemKind::kNotFound);
    if (kind != EntityKind::kResource && kind != EntityKind::kGrant && kind != EntityKind::kPair) {
      return BadParameter("id", "lineage is of a resource, a grant or a holding (pair)");
    }
    const bool named = call_.target.Find("engagement") != nullptr;
    if (named && !sight_.IsScoped()) {
      return NoEngagement(
          "The engagement named is not an open one of your department; audit.open opens one "
          "(所指审计任务不存在、已结束或不属于本部门; 以 audit.open 建立)");
    }
    if (named && !sight_.Covers(start)) return OutsideScope("start of the lineage", "血缘起点");
    return std::nullopt;
  }

  // Whose a pair is: asked of the index, for the id does not tell.
  LineageReader::Entity HoldingOf(const EntityId& id) {
    const auto newest = lineage_.Newest(0, 0);
    Question alone{.start = id, .depth_max = 1, .moment = newest ? *newest : Moment{}, .limit = 1};
    auto found = newest ? lineage_.Walk(alone)
                        : Result<LineageReader::Found>(std::unexpected(newest.error()));
    if (!found || found->nodes.empty()) return {.id = id};
    return std::move(found->nodes.front().entity);
  }

  std::optional<Problem> FindMoment(const Page& page) {
    const std::string* as_of = call_.target.Find("as_of");
    Result<Moment> moment = Fail(Errc::kInternal, "");
    if (page.after) {
      moment = lineage_.AtHeight(page.height);
    } else if (as_of == nullptr) {
      moment = lineage_.Newest(call_.snapshot->Height(), kFreshMs);
    } else if (const auto height = ParseNumber(*as_of, limits::kJsonIntegerMax)) {
      (void)lineage_.Newest(std::min(*height, call_.snapshot->Height()), kFreshMs);
      moment = lineage_.AtHeight(*height);
    } else if (const auto time = ReadTime(*as_of)) {
      (void)lineage_.Newest(call_.snapshot->Height(), kFreshMs);
      moment = lineage_.AtTime(*time);
    } else {
      return BadParameter("as_of", "a height, 2026-03-24, or 2026-03-24T09:00 in UTC+8");
    }
    if (!moment && moment.error().code == Errc::kNotFound) {
      return Plain(ProblemKind::kStateNotKept, "the height is not decided or not indexed yet");
    }
    if (!moment) return Unavailable(moment.error());
    return ClipMoment(*moment);
  }

  // Inside an engagement nothing is shown that came after its period.
  std::optional<Problem> ClipMoment(Moment moment) {
    const auto scope = ScopeOf(call_);
    if (scope && moment.time >= scope->until) {
      const auto last = lineage_.AtTime(scope->until - 1);
      if (!last) return Unavailable(last.error());
      moment = *last;
      clipped_ = true;
    }
    question_.moment = moment;
    if (!IsBornBefore(moment)) {
      return Plain(ProblemKind::kNotFound,
                   "it was born after that moment: as of height " + std::to_string(moment.height) +
                       " there was no such entity (所询问的时点该实体尚不存在)");
    }
    // Whoever asked for a height to be there must not be shown an older one.
    const std::string* min_height = call_.target.Find("min_height");
    const auto wanted =
        min_height != nullptr ? ParseNumber(*min_height, limits::kJsonIntegerMax) : std::nullopt;
    if (wanted && !clipped_ && call_.target.Find("as_of") == nullptr && moment.height < *wanted) {
      return WithRetry(Plain(ProblemKind::kNodeBehind), 1);
    }
    return std::nullopt;
  }

  [[nodiscard]] bool IsBornBefore(const Moment& moment) const {
    const auto row = call_.snapshot->State().Get(ledger::LeafKey(question_.start));
    const auto leaf = row ? ledger::EntityLeaf::Decode(*row)
                          : Result<ledger::EntityLeaf>(Fail(Errc::kNotFound, "no leaf"));
    return leaf && leaf->birth < moment.log_size;
  }

  static Json Truncation(const LineageReader::Found& found, std::size_t depth) {
    if (found.cut == LineageReader::Cut::kNone) return {};
    const bool by_depth = found.cut == LineageReader::Cut::kDepth;
    const std::string bound = std::to_string(by_depth ? depth : found.nodes_max);
    return Json::MakeObject(
        {{"why", by_depth ? "depth" : "nodes"},
         {"detail", by_depth ? "there is more beyond depth " + bound + "; ask with a larger depth"
                             : "a walk looks at " + bound +
                                   " nodes at most; begin further along, or ask for items"},
         {"detail_zh", by_depth
                           ? "第 " + bound + " 层之外还有内容, 可加大 depth"
                           : "一次查询至多 " + bound + " 个节点, 请从更下游处查询或限定数据项"}});
  }

  Answer Show(const Page& page, const LineageReader::Found& found) const {
    LineageJson show(*call_.snapshot);
    Json nodes = Json::MakeArray();
    for (const LineageReader::Node& node : found.nodes) nodes.Push(show.Node(node));
    Json edges = Json::MakeArray();
    for (const LineageReader::Edge& edge : found.edges) edges.Push(show.Edge(edge));
    Json next;
    std::string link;
    if (found.next) {
      const std::string cursor = NextCursor(page, *found.next, {});
      link = NextLink(call_, cursor);
      next = cursor;
    }
    const bool down = question_.direction == LineageReader::Direction::kDown;
    Json json = Json::MakeObject({{"entity", ledger::ToHex(question_.start)},
                                  {"direction", down ? "down" : "up"},
                                  {"depth", std::uint64_t{question_.depth_max}},
                                  {"height", Integer(question_.moment.height)},
                                  {"time", question_.moment.time},
                                  {"log_size", Integer(question_.moment.log_size)},
                                  {"status_height", Integer(call_.snapshot->Height())},
                                  {"nodes", std::move(nodes)},
                                  {"edges", std::move(edges)},
                                  {"total", std::uint64_t{found.total}},
                                  {"withheld", std::uint64_t{found.withheld}},
                                  {"left_out", std::uint64_t{found.left_out}},
                                  {"truncated", Truncation(found, question_.depth_max)},
                                  {"source", found.in_memory ? "memory" : "disk"},
                                  {"next", std::move(next)}});
    if (found.more_edges) json.Set("more_edges", true);
    Response response = JsonResponse(json);
    MarkAsRead(response, *call_.snapshot, "");
    if (!link.empty()) response.Set("Link", std::move(link));
    return response;
  }

  LineageReader& lineage_;
  const Call& call_;
  LineageSight sight_;
  Question question_;
  bool clipped_ = false;
};

}  // namespace

Answer ShowLineage(LineageReader* lineage, const Call& call) {
  if (lineage == nullptr) {
    return Refused(WithRetry(
        Plain(ProblemKind::kUnavailable, "this node keeps no lineage index (本节点未建立血缘索引)"),
        60));
  }
  return Asking(*lineage, call).Run();
}

}  // namespace jiandu::gateway
