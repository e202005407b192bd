// Q12: whose delivery a leaked file was, which system took it, who was on duty, who has it besides.
//
// By the watermark's code and salt, by a leak that was traced, or, without a watermark, by the tags
// of persons in a sample: then the grants are named under which most of them were delivered. With
// neither, by resource, items and period (audit_leak_candidates.h).
#include "base/hex.h"
#include "gateway/audit_answer.h"
#include "gateway/audit_asking.h"
#include "gateway/audit_gate.h"
#include "gateway/audit_leak_candidates.h"
#include "gateway/audit_leak_delivery.h"
#include "gateway/audit_leak_tags.h"
#include "gateway/audit_scope.h"
#include "gateway/audit_subject_queries.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using Refused = std::unexpected<Problem>;

struct Asked {
  AuditScope scope;
  std::vector<EntityId> watermarks;
  std::vector<Hash256> tags;
};

std::optional<EntityId> WatermarkOf(const Call& call, const Hash256& commitment) {
  const auto bytes =
      call.snapshot->State().Get(ledger::UniqueKey("watermark/" + HexEncode(commitment.View())));
  return bytes ? EntityId::From(*bytes) : std::nullopt;
}

std::expected<void, Problem> AddByCode(const Call& call, Asked& asked) {
  const std::string* code = call.target.Find("code");
  const std::string* text = call.target.Find("code_salt");
  if (code == nullptr && text == nullptr) return {};
  const auto salt = HexDecodeFixed<32>(text != nullptr ? *text : std::string());
  if (code == nullptr || !salt) {
    return Refused(
        BadParameter("code_salt",
                     "a code is looked up with the salt of its commitment, 64 hex digits "
                     "(水印编码须附64位十六进制盐值)"));
  }
  const auto found = WatermarkOf(
      call, crypto::Sha256({AsBytes(crypto::kTagCommit), salt->View(), AsBytes(*code)}));
  if (found) asked.watermarks.push_back(*found);
  return {};
}

std::expected<void, Problem> AddByLeak(const Call& call, Asked& asked) {
  if (call.target.Find("leak") == nullptr) return {};
  const auto id = ReadEntity(call, "leak", EntityKind::kLeak);
  if (!id) return Refused(id.error());
  const auto leak = call.snapshot->BodyOf(*id);
  if (!leak) return Refused(Plain(ProblemKind::kNotFound, "there is no such leak (无此泄露事件)"));
  const Json traced = leak->Terms();
  for (const Json& hit : traced.ItemsOf("hits")) {
    if (const auto watermark = ledger::ParseEntityId(hit.TextOr("watermark"))) {
      asked.watermarks.push_back(*watermark);
    }
  }
  return {};
}

std::expected<Asked, Problem> ReadAsked(const Call& call) {
  auto scope = ScopeOf(call);
  if (!scope) return Refused(NoEngagement("no open engagement (无进行中的审计任务)"));
  Asked asked{.scope = *std::move(scope), .watermarks = {}, .tags = {}};
  auto tags = ReadTags(call);
  if (!tags) return Refused(tags.error());
  asked.tags = *std::move(tags);
  if (const auto added = AddByCode(call, asked); !added) return Refused(added.error());
  if (const auto added = AddByLeak(call, asked); !added) return Refused(added.error());
  const bool named = call.target.Find("code") != nullptr || call.target.Find("leak") != nullptr ||
                     !asked.tags.empty() || call.target.Find("resource") != nullptr;
  if (named) return asked;
  return Refused(BadParameter("code",
                              "name code and code_salt, a leak, tags, or resource, from and to "
                              "(须注明 code 与 code_salt、leak、tags，或者 resource 与 from、to)"));
}

void AddDeliveries(const Call& call, const Asked& asked, ScopeCut& cut, AuditRows& answer) {
  for (const EntityId& id : asked.watermarks) {
    const auto watermark = call.snapshot->BodyOf(id);
    const EntityId* grant_id = watermark ? watermark->Link("grant") : nullptr;
    const auto grant = grant_id != nullptr ? call.snapshot->BodyOf(*grant_id) : std::nullopt;
    if (!grant || grant->Link("resource") == nullptr) continue;
    const bool covered = cut.Covers(*grant->Link("resource")) && cut.CoversTime(watermark->born_at);
    if (!cut.Keeps(covered)) continue;
    const MarkedDelivery marked{
        .watermark = id, .body = *watermark, .grant_id = *grant_id, .grant = *grant};
    AddDelivery(call, marked, cut, answer);
  }
}

// Where a page goes on: among the tags, or among the grants.
constexpr std::uint8_t kTagsLeft = 't';
constexpr std::uint8_t kGrantsLeft = 'g';
Bytes Cursor(std::uint8_t part, const Bytes& place) {
  Bytes key;
  key.reserve(1 + place.size());
  key.push_back(part);
  Append(key, place);
  return key;
}

// Candidates of one page; where the next one begins.
std::optional<Bytes> AddCandidates(const Call& call, const Asked& asked,
                                   const std::optional<LeakSearch>& search, ByteView after,
                                   ScopeCut& cut, AuditRows& answer) {
  ReadBudget budget(call);
  const bool past_tags = !after.empty() && after.front() == kGrantsLeft;
  const ByteView place = after.empty() ? after : after.subspan(1);
  if (!asked.tags.empty() && !past_tags) {
    const auto next = AddTagCandidates(call, {.tags = asked.tags, .scope = asked.scope},
                                       DecodeTagPlace(place), cut, budget, answer);
    if (next) return Cursor(kTagsLeft, EncodeTagPlace(*next));
  }
  if (!search) return std::nullopt;
  const auto next = AddLeakCandidates(
      call, *search, past_tags ? DecodeGrantPlace(place) : GrantPlace(), budget, answer);
  if (!next) return std::nullopt;
  return Cursor(kGrantsLeft, EncodeGrantPlace(*next));
}

}  // namespace

Answer RunLeak(const AuditQuery& query, const Call& call) {
  const auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  const auto search = ReadLeakSearch(call, asked->scope);
  if (!search) return Refused(search.error());
  const auto asking = ReadAsking(call);
  if (!asking) return Refused(asking.error());
  AuditRows answer;
  answer.completeness.covers = {"watermarks", "lineage", "third_party"};
  if (!asked->tags.empty()) answer.completeness.covers.emplace_back("subject_tags");
  if (*search) answer.completeness.covers.emplace_back("grant_use");
  ScopeCut cut(call);
  const Bytes& after = asking->page.after_key;
  if (after.empty()) AddDeliveries(call, *asked, cut, answer);
  answer.more_after = AddCandidates(call, *asked, *search, after, cut, answer);
  if (!*search && asked->watermarks.empty() && asked->tags.empty()) {
    answer.completeness.AddGap("no watermark on the ledger opens with this code and salt",
                               "账本上无水印承诺可由该编码与盐值打开");
  }
  cut.AddGap(answer.completeness);
  return AuditResponse(query, call, asking->page, asking->period, std::move(answer));
}

}  // namespace jiandu::gateway
