// One person, one value, one leaked file, one record: Q1, Q2, Q12 (docs/audit-queries.md).
#include "gateway/audit_subject_queries.h"

#include <array>

#include "base/hex.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

constexpr QueryParameter kTags{
    .name = "tags",
    .required = true,
    .description =
        "keyed tags of the person, one per provider, resource and month, 64 hex digits "
        "each, separated by commas",
    .description_zh = "主体的密钥标签（按提供部门、资源、月份各一个），64位十六进制，以逗号分隔"};
constexpr QueryParameter kFrom{.name = "from",
                               .required = true,
                               .description = "first day, yyyymmdd",
                               .description_zh = "起始日期, yyyymmdd"};
constexpr QueryParameter kTo{.name = "to",
                             .required = true,
                             .description = "last day, yyyymmdd",
                             .description_zh = "截止日期, yyyymmdd"};
constexpr auto kOfSubject = std::to_array<QueryParameter>({kTags,
                                                           kFrom,
                                                           kTo,
                                                           {.name = "resource",
                                                            .required = false,
                                                            .description = "only this resource",
                                                            .description_zh = "仅此资源"}});
constexpr auto kOfValue =
    std::to_array<QueryParameter>({{.name = "resource",
                                    .required = true,
                                    .description = "the resource with the wrong value",
                                    .description_zh = "存在错误值的资源"},
                                   {.name = "version",
                                    .required = true,
                                    .description = "dataset version that has it",
                                    .description_zh = "存在错误的数据版本"},
                                   {.name = "item",
                                    .required = false,
                                    .description = "the item; without it, any",
                                    .description_zh = "数据项；未注明则为全部"},
                                   {.name = "record_tag",
                                    .required = false,
                                    .description = "only corrections of the record with this tag",
                                    .description_zh = "仅此记录标签的校核"}});
constexpr auto kOfLeak = std::to_array<QueryParameter>(
    {{.name = "code",
      .required = false,
      .description = "watermark code found in the file, with code_salt",
      .description_zh = "文件中提取的水印编码，须附 code_salt"},
     {.name = "code_salt",
      .required = false,
      .description = "salt of the code's commitment, 64 hex digits",
      .description_zh = "水印承诺的盐值，64位十六进制"},
     {.name = "leak",
      .required = false,
      .description = "a leak that was traced (leak.trace)",
      .description_zh = "已溯源的泄露事件"},
     {.name = "tags",
      .required = false,
      .description = "tags of persons in a sample of the file: candidates, without a watermark",
      .description_zh = "样本中主体的标签：无水印时据此列出可能的交付"},
     {.name = "resource",
      .required = false,
      .description = "without watermark and tags: candidates by deliveries of this resource, with "
                     "from and to",
      .description_zh = "既无水印也无标签时：按该资源的交付列出可能的权限，须附 from 与 to"},
     {.name = "items",
      .required = false,
      .description = "of the resource: only deliveries that held all of these, comma-separated",
      .description_zh = "仅限含有全部所列数据项的交付，以逗号分隔"},
     {.name = "from",
      .required = false,
      .description = "of the resource: first day, yyyymmdd",
      .description_zh = "按资源查找的起始日期, yyyymmdd"},
     {.name = "to",
      .required = false,
      .description = "of the resource: last day, yyyymmdd",
      .description_zh = "按资源查找的截止日期, yyyymmdd"}});

constexpr auto kOfRecord =
    std::to_array<QueryParameter>({{.name = "txid",
                                    .required = true,
                                    .description = "the transaction, 64 hex digits",
                                    .description_zh = "交易标识，64位十六进制"}});

constexpr auto kQueries = std::to_array<AuditQuery>({
    {.name = "q1",
     .title = "Who saw this person's data in the period, on what basis?",
     .title_zh = "何人、何时、凭何依据查看过该主体的数据",
     .source = "PIPL 46, 54; 809 Art. 29",
     .parameters = kOfSubject,
     .sight = QuerySight::kManagerOrAuditor,
     .subject_level = true,
     .run = RunSubject},
    {.name = "q2",
     .title = "Which downstream data and acts carry the wrong value?",
     .title_zh = "错误数据流向哪些下游数据和办件",
     .source = "809 Art. 25, 26",
     .parameters = kOfValue,
     .sight = QuerySight::kManagerOrAuditor,
     .subject_level = false,
     .subject_parameter = "record_tag",
     .run = RunValue},
    {.name = "q12",
     .title = "This leaked file: which delivery, system, officers on duty, other holders?",
     .title_zh = "泄露文件出自哪次交付、哪个系统、何人值守、还有谁持有",
     .source = "809 Art. 35, 42",
     .parameters = kOfLeak,
     .sight = QuerySight::kManagerOrAuditor,
     .subject_level = true,
     .run = RunLeak},
    {.name = "record",
     .title = "One signed record whole, tags of persons included, with its receipt",
     .title_zh = "一条签名记录的全文（含主体标签）及其回执",
     .source = "809 Art. 29",
     .parameters = kOfRecord,
     .sight = QuerySight::kManagerOrAuditor,
     .subject_level = true,
     .run = RunRecord},
});

}  // namespace

std::expected<std::vector<Hash256>, Problem> ReadTags(const Call& call) {
  std::vector<Hash256> tags;
  const std::string* text = call.target.Find("tags");
  std::string_view rest = text != nullptr ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto tag = HexDecodeFixed<32>(rest.substr(0, comma));
    if (!tag || tags.size() == kTagsMax) {
      return Refused(BadParameter("tags",
                                  "tags are at most 32 of 64 lower-case hex digits each, separated "
                                  "by commas (标签至多32个, 各64位十六进制, 以逗号分隔)"));
    }
    tags.push_back(*tag);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return tags;
}

std::expected<ledger::EntityId, Problem> ReadEntity(const Call& call, std::string_view name,
                                                    ledger::EntityKind kind) {
  const std::string* text = call.target.Find(name);
  const auto id = text != nullptr ? ledger::ParseEntityId(*text)
                                  : Result<ledger::EntityId>(Fail(Errc::kNotFound, "none named"));
  const bool fits = id && (kind == ledger::EntityKind::kNetwork || ledger::KindOf(*id) == kind);
  if (!fits) {
    const std::string what =
        kind == ledger::EntityKind::kNetwork ? "case" : std::string(ledger::KindName(kind));
    return Refused(BadParameter(
        name, "the id of a " + what + " is 34 hex digits as the ledger shows them (标识格式错误)"));
  }
  return *id;
}

std::span<const AuditQuery> SubjectQueries() { return kQueries; }

}  // namespace jiandu::gateway
