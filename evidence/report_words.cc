// See report_words.h.
#include "evidence/report_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contracts/rules_words.h"
#include "evidence/html.h"
#include "ledger/export/op_mapping.h"

namespace jiandu::evidence {
namespace {

using enum ledger::EntityKind;

std::string_view KindZh(ledger::EntityKind kind) {
  switch (kind) {
    case kDepartment: return "部门";
    case kDepartmentMonth: return "部门月度";
    case kPair: return "资源与使用部门";
    case kNetwork: return "网络";
    case kIdentity: return "身份";
    case kResource: return "数据资源";
    case kRequest: return "共享申请";
    case kGrant: return "共享权限";
    case kCorrection: return "纠错";
    case kRectification: return "整改";
    case kPending: return "待会签";
    case kProposal: return "表决事项";
    case kConsultation: return "一事一议";
    case kDemand: return "归集需求";
    case kDerivation: return "衍生";
    case kThirdParty: return "提供第三方";
    case kDisposal: return "数据处置";
    case kEmergency: return "应急共享";
    case kWatermark: return "水印";
    case kLeak: return "泄露";
    case kIncident: return "安全事件";
    case kComplaint: return "投诉";
    case kInspection: return "监督检查";
    case kEngagement: return "审计任务";
    case kFinding: return "审计发现";
    case kHold: return "证据保全";
    case kDispute: return "争议";
    case kLeafDemand: return "调取凭证";
    case kSourceTask: return "数源更新任务";
  }
  return "";
}

constexpr auto kParties = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"consumer", "需求部门"},
    {"provider", "提供部门"},
    {"manager", "主管部门"},
    {"opener", "开通部门"},
    {"source", "数源部门"},
    {"holder", "持有部门"},
    {"filer", "提出部门"},
    {"contributor", "供数部门"},
    {"recipient", "接收部门"},
    {"target", "相对部门"},
    {"mediator", "协调部门"},
    {"auditor", "审计机关"},
    {"government", "政府"},
    {"issuer", "责令部门"},
    {"owner", "归属部门"},
    {"other", "另一方"},
    {"peer", "会签部门"},
    {"invited", "列席部门"},
});

}  // namespace

std::string KindWords(ledger::EntityKind kind) {
  std::string en(ledger::KindName(kind));
  std::ranges::replace(en, '-', ' ');
  return Both(KindZh(kind), en);
}

std::string StatusWords(ledger::EntityKind kind, std::uint32_t status) {
  const std::string_view name = ledger::StatusName(kind, status);
  const auto words = contracts::AllStatusWords();
  const auto word = std::ranges::find(words, name, &contracts::StatusWord::name);
  return word != words.end() ? BothText(word->zh, name) : Text(name);
}

std::string RoleWords(ledger::SignerRole role) {
  switch (role) {
    case ledger::SignerRole::kMaker: return Both("经办人", "maker");
    case ledger::SignerRole::kHead: return Both("负责人", "head");
    case ledger::SignerRole::kPeer: return Both("会签负责人", "peer");
    case ledger::SignerRole::kSystem: return Both("系统", "system");
  }
  return "";
}

std::string PartyWords(std::string_view name) {
  const auto* const word =
      std::ranges::find(kParties, name, &std::pair<std::string_view, std::string_view>::first);
  return word != kParties.end() ? BothText(word->second, name) : Text(name);
}

std::string OpWords(std::string_view op) {
  const ledger::OpMapping* row = ledger::FindOpMapping(op);
  const std::string code = "<br>" + Short(op);
  return row != nullptr ? BothText(row->zh, row->en) + code : code;
}

}  // namespace jiandu::evidence
