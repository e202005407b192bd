// Tables of words.
#include "contracts/rules_words.h"

#include <algorithm>
#include <array>

#include "ledger/model/body.h"

namespace jiandu::contracts {
namespace {

using enum Who;

struct WhoWords {
  Who who;
  Wording words;
};
constexpr auto kSigners = std::to_array<WhoWords>({
    {kMaker, {"m", "经办人"}},
    {kMakerHead, {"m+h", "经办人+负责人"}},
    {kHead, {"h", "负责人"}},
    {kMakerLeader, {"m + leader", "经办人+部门负责人"}},
    {kLeader, {"leader", "部门负责人"}},
    {kSystem, {"S", "系统"}},
    {kMakerOrSystem, {"m or S", "经办人或者系统"}},
    {kSysadminHead, {"SYSADMIN + h", "系统管理员+负责人"}},
    {kOfficerHead, {"officer + h", "工作人员+负责人"}},
    {kSelf, {"own key, or h", "本人密钥或者负责人"}},
    {kSecurity, {"SECURITY m", "安全员"}},
    {kSecurityOrSystem, {"SECURITY m or S", "安全员或者系统"}},
});

struct SideWords {
  std::uint32_t bit;
  Wording words;
};
constexpr auto kSides = std::to_array<SideWords>({
    {side::kAny, {"any", "任一部门"}},
    {side::kProvider, {"P", "提供部门"}},
    {side::kConsumer, {"C", "需求部门"}},
    {side::kManager, {"M", "主管部门"}},
    {side::kIssuer, {"issuer", "下达方"}},
    {side::kTarget, {"target", "相对方"}},
    {side::kOpener, {"opener", "开通方"}},
    {side::kOwner, {"owner", "责任部门"}},
    {side::kHolder, {"holder", "持有方"}},
    {side::kFiler, {"filer", "提出方"}},
    {side::kOther, {"other side", "对方"}},
    {side::kMediator, {"mediator", "协调方"}},
    {side::kContributor, {"contributor", "采集部门"}},
    {side::kGateway, {"gateway", "平台运营单位"}},
    {side::kAuditor, {"A", "审计机关"}},
    {side::kGovernment, {"G", "本级政府"}},
    {side::kSuperior, {"superior", "上级单位"}},
    {side::kAnyManager, {"a manager", "任一主管部门"}},
});

constexpr auto kWords = std::to_array<Wording>({
    {"P", "提供部门"},
    {"M", "主管部门"},
    {"C", "需求部门"},
    {"G", "本级政府"},
    {"P, also source", "提供部门、数源部门"},
    {"C, M, P", "需求部门、主管部门、提供部门"},
    {"P, A", "提供部门、审计机关"},
    {"P, M", "提供部门、主管部门"},
    {"target", "相对方"},
    {"opener", "开通方"},
    {"contributor", "采集部门"},
    {"holder", "持有方"},
    {"department of the act", "作出该行为的部门"},
    {"both sides", "双方"},
    {"mediator", "协调方"},
    {"addressee", "受理方"},
    {"department", "发生部门"},
    {"UNCONDITIONAL", "无条件共享"},
    {"critical infrastructure", "关键信息基础设施"},
    {"any", "通用"},
    {"access", "访问"},
    {"catalogue", "目录"},
    {"decision", "审核"},
    {"grant", "权限"},
    {"lineage", "血缘"},
    {"disposal", "处置"},
    {"correction", "校核"},
    {"audit", "审计"},
    {"use", "使用"},
});

// A number's law, then its articles: "809 Art. 21, 27(3)" is 条例第21条、第27条（3）.
constexpr auto kLaws = std::to_array<Wording>({
    {"809 Art. ", "条例"},
    {"网数 Art. ", "网数条例"},
    {"商密 Art. ", "商密条例"},
    {"国家网络安全事件报告管理办法 Art. ", "国家网络安全事件报告管理办法"},
});

constexpr auto kStatuses = std::to_array<StatusWord>({
    {"ACCEPTED", "已受理；整改已通过"},
    {"ACTIVE", "有效"},
    {"AGREED", "已达成一致"},
    {"ANSWERED", "已答复"},
    {"APPLIED", "已统一申请"},
    {"APPROVED", "已批准"},
    {"ASKED", "已提出"},
    {"ASSIGNED", "已分派"},
    {"CLOSED", "已办结"},
    {"CONFIRMED", "已确认"},
    {"CONSENTED", "已同意"},
    {"CONTAINED", "已控制"},
    {"DECIDED", "已决定"},
    {"DECLARED", "已宣布"},
    {"DECLINED", "未接受"},
    {"DEMANDED", "已要求提交"},
    {"DISCARDED", "已废弃"},
    {"DONE", "已完成"},
    {"DRAFT", "草稿"},
    {"ENDED", "已结束"},
    {"EXPIRED", "已到期"},
    {"FAILED", "未通过；协调未成"},
    {"FILED", "已提出"},
    {"FORWARDED", "已转数源部门"},
    {"FULFILLED", "归集完成"},
    {"GRANTED", "已开通权限"},
    {"HELD", "保全中"},
    {"IN_SESSION", "会商中"},
    {"LAPSED", "已失效"},
    {"MEDIATION", "协调中"},
    {"MERGED", "已合并"},
    {"NEGOTIATING", "协商中"},
    {"OBTAINED", "已获得"},
    {"OFFERED", "调整方案待确认"},
    {"OPEN", "进行中"},
    {"OPENED", "已开通，待确认"},
    {"ORDERED", "已下达"},
    {"PENDING_HEAD", "待会签"},
    {"PRODUCED", "已提交"},
    {"PROVIDING", "提供中"},
    {"PUBLISHED", "已发布"},
    {"RECORDED", "已记录"},
    {"REFUSED", "不同意"},
    {"REGISTERED", "已登记"},
    {"REJECTED", "不予通过"},
    {"RELINQUISHED", "已放弃使用"},
    {"RENAMED", "已更名"},
    {"REOPENED", "重新办理"},
    {"REPLIED", "已回复"},
    {"REPORTED", "已报告"},
    {"REQUESTED", "已要求"},
    {"RESOLVED", "已核实答复"},
    {"RETIRED", "已停用"},
    {"RETURNED", "已退回"},
    {"REVIEWED", "已复核"},
    {"REVOKED", "已注销"},
    {"SETTLED", "已协商一致"},
    {"SPLIT", "已分立"},
    {"STATED", "已列明"},
    {"SUBMITTED", "已提交"},
    {"SUPERIOR", "属上级系统"},
    {"SUSPENDED", "已暂停"},
    {"TAKEN", "已生效"},
    {"TERMINATED", "已终止"},
    {"TRACED", "已溯源"},
    {"UNABLE", "无法提供"},
    {"VOID", "已作废"},
    {"WITHDRAWN", "已撤回"},
});

// "27(3)" is 第27条（3）.
std::string ArticleZh(std::string_view article) {
  const std::size_t open = article.find('(');
  std::string text = "第";
  text.append(article.substr(0, open)).append("条");
  if (open != std::string_view::npos) {
    const std::size_t close = article.find(')', open);
    text.append("（").append(article.substr(open + 1, close - open - 1)).append("）");
  }
  return text;
}

template <typename Word>
std::string Joined(std::string_view list, std::string_view parting, std::string_view with,
                   Word word) {
  std::string text;
  while (!list.empty()) {
    const std::size_t end = list.find(parting);
    if (!text.empty()) text += with;
    text += word(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + parting.size());
  }
  return text;
}

std::string OneSourceZh(std::string_view source) {
  if (source == "local") return "本地规定";
  for (const Wording& law : kLaws) {
    if (!source.starts_with(law.en)) continue;
    return std::string(law.zh) + Joined(source.substr(law.en.size()), ", ", "、", ArticleZh);
  }
  if (source.starts_with("S0 ")) return "流程规范" + std::string(source.substr(2));
  return std::string(source);
}

}  // namespace

std::string SignedBy(const CaseRow& row, Language language) {
  const bool english = language == Language::kEnglish;
  std::string text;
  for (const SideWords& one : kSides) {
    if ((row.sides & one.bit) == 0) continue;
    if (!text.empty()) text += english ? ", " : "、";
    text += one.words.In(language);
  }
  const auto* who = std::ranges::find(kSigners, row.who, &WhoWords::who);
  text += english ? ": " : "：";
  text += who != kSigners.end() ? who->words.In(language) : "?";
  if (row.peer_needed != nullptr) {
    text += english ? " + PEER" : "+会签";
  } else if (row.peer != nullptr) {
    text += english ? " (+ PEER)" : "（+会签）";
  }
  return text;
}

namespace {

// Members are written with an underscore, kinds with a hyphen: "third_party", "third-party".
std::optional<ledger::EntityKind> KindOfMember(std::string_view member) {
  std::string name(member);
  std::ranges::replace(name, '_', '-');
  return ledger::KindFromName(name);
}

}  // namespace

std::string FromStatuses(const CaseRow& row, Language language) {
  if (row.subject.empty()) return "-";
  const auto kind = KindOfMember(row.subject);
  std::string text;
  for (std::uint32_t status = 1; kind && status < 32; ++status) {
    if ((row.from >> status & 1U) == 0) continue;
    if (!text.empty()) text += ", ";
    text += ledger::StatusName(*kind, status);
  }
  if (text.empty()) return language == Language::kEnglish ? "any" : "不限";
  return text;
}

std::string ToStatus(const CaseRow& row) {
  const auto kind = KindOfMember(row.subject);
  return kind && row.to != 0 ? std::string(ledger::StatusName(*kind, row.to)) : "";
}

std::string SourceIn(std::string_view source, Language language) {
  const bool english = language == Language::kEnglish;
  // A rule that is written nowhere else names the section of docs/contracts.md.
  if (source.empty() || source.starts_with("docs/")) return english ? "own" : "本账本规则";
  if (english) return std::string(source);
  return Joined(source, "; ", "；", OneSourceZh);
}

std::string_view Translated(std::string_view word, Language language) {
  if (language == Language::kEnglish) return word;
  const auto* found = std::ranges::find(kWords, word, &Wording::en);
  return found != kWords.end() ? found->zh : word;
}

std::span<const StatusWord> AllStatusWords() { return kStatuses; }

}  // namespace jiandu::contracts
