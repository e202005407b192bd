// See authz_handler.h.
#include "gateway/authz_handler.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "gateway/views.h"
#include "gateway/visibility.h"
#include "ledger/model/grant_index.h"

namespace jiandu::gateway {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using Permit = LedgerSnapshot::AccessPermit;
using AccessAsked = LedgerSnapshot::AccessAsked;
using Refused = std::unexpected<Problem>;

constexpr std::size_t kGrantsAtOnce = 512;   // of a consumer, on the gateway's own thread
constexpr std::size_t kGrantsStep = 256;     // that are listed at a time
constexpr std::size_t kGrantsMax = 100'000;  // that are looked through
constexpr std::size_t kItemsMax = 256;
constexpr std::uint64_t kRowsMax = 1'000'000'000;
constexpr std::size_t kTextMax = 256;

// Why an access is refused: the flag its record would get. Where the rule is written, and what
// helps.
struct Reason {
  std::string_view name;
  std::string_view clause;
  std::string_view article;
  std::string_view hint;
  std::string_view hint_zh;
};
constexpr std::string_view kOwn = "docs/contracts.md 4.10";
constexpr auto kReasons = std::to_array<Reason>(
    {{"NO_GRANT", kOwn, "809 Art. 40(2)", "request.submit", "提交共享申请"},
     {"DEPARTMENT_MISMATCH", kOwn, "809 Art. 29", "request.submit", "由使用部门自有系统访问"},
     {"NOT_YET_VALID", "S0 6.2.1", "", "grant.acknowledge", "确认权限或等待生效"},
     {"EXPIRED", "S0 6.2.1", "", "request.submit", "申请续期或重新申请"},
     {"WHILE_SUSPENDED", kOwn, "809 Art. 27(2)", "rectification.report", "完成整改后恢复"},
     {"IP_NOT_ALLOWED", "S0 6.5.3", "", "grant.amend", "变更访问地址"},
     {"SYSTEM_NOT_ALLOWED", "S0 6.5.3", "", "grant.amend", "变更接入系统"},
     {"ACCOUNT_NOT_ALLOWED", "S0 6.5.3", "", "grant.amend", "变更授权账号"},
     {"ITEM_NOT_GRANTED", "S0 6.2.1", "809 Art. 40(2)", "request.submit", "申请扩大范围"},
     {"OUTSIDE_HOURS", "S0 6.2.1", "", "grant.amend", "在约定时段访问"},
     {"OVER_DAILY_CAP", kOwn, "809 Art. 29", "grant.amend", "次日再访问或变更上限"},
     {"OVER_RATE", kOwn, "809 Art. 29", "grant.amend", "降低访问频率"},
     {"OVER_ROWS", kOwn, "809 Art. 29", "grant.amend", "减少单次行数"},
     {"OVER_BYTES", kOwn, "809 Art. 29", "grant.amend", "次日再访问或变更上限"},
     {"OVER_USES", kOwn, "809 Art. 29", "request.submit", "重新申请"},
     {"PURPOSE_MISMATCH", "S0 6.2.1", "809 Art. 40(2)", "request.submit",
      "按批准用途访问或重新申请"}});
// What is no flag of an access, but denies it all the same.
constexpr ledger::CodeInfo kStopped{
    .number = 0,
    .name = "RESOURCE_STOPPED",
    .step = "7",
    .message = "The resource lets nobody in: an incident, or core data.",
    .message_zh = "该资源因安全事件或核心数据已停止访问。",
    .clause = "docs/contracts.md 4.3",
    .article = "809 Art. 35",
    .hint = "incident.close",
    .hint_zh = "待事件处置完毕"};

// A flag that denies but has no entry above: nobody is let in for want of words.
constexpr ledger::CodeInfo kFlagged{
    .number = 0,
    .name = "FLAGGED",
    .step = "7",
    .message =
        "The record of the access would be flagged, for a reason this release has no words for.",
    .message_zh = "该访问的记录将被标记，本版本无相应说明。",
    .clause = kOwn,
    .article = "",
    .hint = "update the node",
    .hint_zh = "升级节点版本"};

// The reasons as codes, so that a refusal reads like any other.
const ledger::CodeInfo* FindReason(std::string_view name) {
  static const auto kCodes = [] {
    std::array<ledger::CodeInfo, kReasons.size()> codes{};
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
      const Reason& reason = kReasons[i];
      const ledger::FlagInfo* flag = ledger::FindFlag(reason.name);
      codes[i] = {.number = 0,
                  .name = reason.name,
                  .step = "7",
                  .message = flag != nullptr ? flag->message : reason.name,
                  .message_zh = flag != nullptr ? flag->message_zh : reason.name,
                  .clause = reason.clause,
                  .article = reason.article,
                  .hint = reason.hint,
                  .hint_zh = reason.hint_zh};
    }
    return codes;
  }();
  const auto found = std::ranges::find(kCodes, name, &ledger::CodeInfo::name);
  return found == kCodes.end() ? nullptr : &*found;
}
const ledger::CodeInfo& OrFlagged(const ledger::CodeInfo* reason) {
  return reason != nullptr ? *reason : kFlagged;
}

std::vector<const ledger::CodeInfo*> ReasonsOf(const Permit& permit) {
  std::vector<const ledger::CodeInfo*> reasons;
  if (permit.is_suspended) {
    reasons.push_back(&OrFlagged(ledger::FindCode("DEPARTMENT_SUSPENDED")));
  }
  if (permit.is_stopped) reasons.push_back(&kStopped);
  if (permit.is_revoked) reasons.push_back(&OrFlagged(ledger::FindCode("ID_REVOKED")));
  for (const std::string& flag : permit.flags) reasons.push_back(&OrFlagged(FindReason(flag)));
  return reasons;
}

struct Asked {
  AccessAsked access;
  std::optional<EntityId> resource;
  std::string consumer;
};

std::string TextOf(const Call& call, std::string_view name) {
  const std::string* text = call.target.Find(name);
  return text != nullptr ? *text : std::string();
}

std::expected<void, Problem> ReadItems(const Call& call, std::vector<std::string>& items) {
  std::string text = TextOf(call, "items");
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma == 0 || items.size() == kItemsMax) {
      return Refused(BadParameter("items",
                                  "items are at most 256 ids, separated by commas "
                                  "(数据项至多256个, 以逗号分隔)"));
    }
    items.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return {};
}

std::expected<std::optional<EntityId>, Problem> ReadId(const Call& call, std::string_view name,
                                                       EntityKind kind) {
  const std::string* text = call.target.Find(name);
  if (text == nullptr) return std::nullopt;
  const auto id = ledger::ParseEntityId(*text);
  if (id && ledger::KindOf(*id) == kind) return *id;
  return Refused(BadParameter(name, "the id of a " + std::string(ledger::KindName(kind)) +
                                        " is 34 hex digits (标识格式错误)"));
}

std::expected<Asked, Problem> ReadAsked(const Call& call) {
  Asked asked;
  for (const Parameter& parameter : call.target.query) {
    const bool is_long = parameter.value.size() > kTextMax && parameter.name != "items";
    if (is_long) return Refused(BadParameter(parameter.name, "too long (过长)"));
  }
  const auto grant = ReadId(call, "grant", EntityKind::kGrant);
  if (!grant) return Refused(grant.error());
  const auto resource = ReadId(call, "resource", EntityKind::kResource);
  if (!resource) return Refused(resource.error());
  const auto system = ReadId(call, "system", EntityKind::kIdentity);
  if (!system) return Refused(system.error());
  asked.access.system = TextOf(call, "system");
  asked.access.acct_tag = TextOf(call, "account");
  asked.resource = *resource;
  asked.consumer = TextOf(call, "consumer");
  if (*grant) asked.access.grant = **grant;
  if (!*grant && (!asked.resource || asked.consumer.empty())) {
    return Refused(BadParameter("grant",
                                "name the grant, or resource and consumer (须注明 grant, 或 "
                                "resource 与 consumer)"));
  }
  if (asked.access.system.empty() == asked.access.acct_tag.empty()) {
    return Refused(BadParameter(
        "system", "name the system that accesses, or the account (须注明 system 或 account 之一)"));
  }
  asked.access.client_ip = TextOf(call, "client_ip");
  asked.access.client_net = TextOf(call, "client_net");
  asked.access.purpose_code = TextOf(call, "purpose");
  asked.access.matter_code = TextOf(call, "matter");
  if (const auto items = ReadItems(call, asked.access.items); !items) return Refused(items.error());
  if (const std::string* rows = call.target.Find("rows")) {
    const auto number = ParseNumber(*rows, kRowsMax);
    if (!number) return Refused(BadParameter("rows", "rows is a number (行数为数字)"));
    asked.access.rows = *number;
  }
  return asked;
}

// The grant is of what else was named.
bool Fits(const ledger::EntityBody& grant, const Asked& asked) {
  const EntityId* resource = grant.Link("resource");
  if (asked.resource && (resource == nullptr || *resource != *asked.resource)) return false;
  return asked.consumer.empty() || grant.Party("consumer") == asked.consumer;
}

std::expected<void, Problem> MayAsk(const Call& call, const Asked& asked) {
  const auto resource = FindBody(*call.snapshot, *asked.resource);
  const std::string& own = call.reader->department;
  if (call.reader->sees_all || asked.consumer == own ||
      (resource && resource->Party("provider") == own)) {
    return {};
  }
  return Refused(Plain(ProblemKind::kForbidden,
                       "the consumer, the provider, managers and auditors may ask "
                       "(仅使用部门、提供部门、主管部门与审计部门可查)"));
}

// The consumer's grants on the resource, ended ones too: its grants are few where a resource may
// have any number of them, and whether one is on the resource is told without reading it.
std::expected<std::vector<EntityId>, Problem> GrantsOf(const Call& call, const Asked& asked) {
  const LedgerSnapshot& snapshot = *call.snapshot;
  std::vector<EntityId> found;
  std::optional<ledger::LogIndex> after;
  for (std::size_t looked_at = 0; looked_at < kGrantsMax; looked_at += kGrantsStep) {
    const auto listed = snapshot.List(EntityKind::kGrant, asked.consumer, after, kGrantsStep);
    for (const auto& one : listed) {
      after = one.birth;
      if (!snapshot.State().Get(ledger::GrantRowKey(*asked.resource, one.id))) continue;
      const auto grant = FindBody(snapshot, one.id);
      if (grant && Fits(*grant, asked)) found.push_back(one.id);
    }
    if (listed.size() < kGrantsStep || call.IsAbandoned()) return found;
  }
  return Refused(BadParameter("grant",
                              "the consumer has more grants than are looked through: name the "
                              "grant (使用部门权限过多, 请注明 grant)"));
}

// Grants the access may be under: the one named, or those of the consumer on the resource.
std::expected<std::vector<EntityId>, Problem> CandidatesOf(const Call& call, const Asked& asked) {
  if (asked.access.grant.IsZero()) {
    if (const auto may = MayAsk(call, asked); !may) return Refused(may.error());
    return GrantsOf(call, asked);
  }
  const auto grant = FindBody(*call.snapshot, asked.access.grant);
  if (!grant || SightOf(*call.snapshot, *call.reader).OfBody(*grant) != Sight::kParty) {
    return Refused(Plain(ProblemKind::kNotFound));
  }
  if (!Fits(*grant, asked)) return std::vector<EntityId>();
  return std::vector<EntityId>{asked.access.grant};
}

// What was not asked is not vouched for.
Json Unchecked(const AccessAsked& asked) {
  Json names = Json::MakeArray();
  if (asked.items.empty()) names.Push("items");
  if (asked.client_ip.empty() && asked.client_net.empty()) names.Push("client_ip");
  if (asked.purpose_code.empty()) names.Push("purpose");
  if (asked.rows == 0) names.Push("rows");
  return names;
}

Response Permitted(const Call& call, const AccessAsked& asked, const Permit& permit) {
  Json items = Json::MakeArray();
  std::string fields;
  for (const std::string& item : permit.items) {
    items.Push(item);
    fields += (fields.empty() ? "" : ",") + item;
  }
  Json masks = Json::MakeArray();
  std::string masked;
  for (const auto& [item, profile] : permit.masks) {
    masks.Push(Json::MakeObject({{"item_id", item}, {"profile", profile}}));
    masked += (masked.empty() ? "" : ",") + item + "=" + profile;
  }
  const std::string_view record = permit.records_each ? "each" : "batch";
  Json json = Json::MakeObject({{"permitted", true}, {"grant", ledger::ToHex(asked.grant)}});
  json.Set("items", std::move(items)).Set("masks", std::move(masks));
  json.Set("expires", permit.valid_to).Set("record", record);
  json.Set("left_today", permit.left_today ? Json(Integer(*permit.left_today)) : Json());
  json.Set("unchecked", Unchecked(asked));
  json.Set("height", Integer(call.snapshot->Height())).Set("time", call.snapshot->Time());
  Response response = JsonResponse(json);
  MarkAsRead(response, *call.snapshot, "");
  response.Set("X-Jiandu-Grant", ledger::ToHex(asked.grant));
  response.Set("X-Jiandu-Fields", std::move(fields));
  response.Set("X-Jiandu-Mask", std::move(masked));
  response.Set("X-Jiandu-Expires", std::to_string(permit.valid_to));
  response.Set("X-Jiandu-Height", std::to_string(call.snapshot->Height()));
  response.Set("X-Jiandu-Record", std::string(record));
  return response;
}

Response Denied(const Call& call, const std::vector<const ledger::CodeInfo*>& reasons) {
  Problem problem = Plain(ProblemKind::kAccessDenied, std::string(reasons.front()->message));
  problem.code = reasons.front();
  for (const ledger::CodeInfo* reason : reasons) {
    problem.errors.push_back(
        {.pointer = std::string(reason->name),
         .detail = std::string(reason->message) + " (" + std::string(reason->message_zh) + ")"});
  }
  Response response = MakeProblem(problem, call.request.id);
  response.Set("Jiandu-Height", std::to_string(call.snapshot->Height()));
  response.Set("X-Jiandu-Reason", std::string(reasons.front()->name));
  response.Set("X-Jiandu-Height", std::to_string(call.snapshot->Height()));
  return response;
}

}  // namespace

const ledger::CodeInfo* ReasonOf(std::string_view flag) { return FindReason(flag); }

bool IsLongAuthorisation(const Call& call) {
  const std::string* consumer = call.target.Find("consumer");
  if (call.target.Find("grant") != nullptr || consumer == nullptr) return false;
  const auto listed =
      call.snapshot->List(EntityKind::kGrant, *consumer, std::nullopt, kGrantsAtOnce + 1);
  return listed.size() > kGrantsAtOnce;
}

Answer CheckAuthorisation(const NodeStatus& status, const Call& call) {
  auto asked = ReadAsked(call);
  if (!asked) return Refused(asked.error());
  // Closed rather than open: nobody is let in by a state that may be long past.
  if (const auto ready = status.Ready(); !ready) {
    Problem problem = Plain(ProblemKind::kUnavailable,
                            "the node cannot vouch for its state: " + ready.error().detail +
                                " (节点状态过旧或未就绪, 不予放行)");
    problem.retry_after_s = 2;
    return Refused(std::move(problem));
  }
  const auto candidates = CandidatesOf(call, *asked);
  if (!candidates) return Refused(candidates.error());
  std::vector<const ledger::CodeInfo*> reasons;
  for (const EntityId& grant : *candidates) {
    asked->access.grant = grant;
    const auto permit = call.snapshot->CheckAccess(asked->access);
    if (!permit) continue;
    auto found = ReasonsOf(*permit);
    if (permit->IsPermitted()) return Permitted(call, asked->access, *permit);
    // Of several grants the one that comes nearest says why.
    if (reasons.empty() || found.size() < reasons.size()) reasons = std::move(found);
  }
  if (reasons.empty()) reasons.push_back(&OrFlagged(FindReason("NO_GRANT")));
  return Denied(call, reasons);
}

}  // namespace jiandu::gateway
