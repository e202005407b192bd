// The shipped profiles side by side.
#include <vector>

#include "contracts/profile.h"
#include "contracts/rules_doc.h"

namespace jiandu::contracts {
namespace {

std::string Chain(std::span<const Step> steps, Language language) {
  std::string text;
  for (const Step step : steps) {
    if (!text.empty()) text += " → ";
    text += Translated(step == Step::kProvider ? "P" : "M", language);
  }
  return text;
}

std::string List(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string YesNo(bool yes, Language language) {
  return std::string(yes ? Wording{"yes", "是"}.In(language) : Wording{"no", "否"}.In(language));
}

std::string Or(std::int64_t n, Wording none, Language language) {
  return n == 0 ? std::string(none.In(language)) : std::to_string(n);
}

struct Line {
  Wording name;
  std::string (*value)(const Profile&, Language);
};
constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kHourMs = 3600 * kSecondMs;

template <std::int64_t Profile::* kNumber, std::int64_t kUnit = 1>
std::string Number(const Profile& profile, Language) {
  return std::to_string(profile.*kNumber / kUnit);
}
template <bool Profile::* kChoice>
std::string Choice(const Profile& profile, Language language) {
  return YesNo(profile.*kChoice, language);
}
template <std::int64_t Profile::* kNumber>
std::string NumberOrNever(const Profile& profile, Language language) {
  return Or(profile.*kNumber, {"never", "不启用"}, language);
}

constexpr Line kLines[] = {
    {{"chain of UNCONDITIONAL", "无条件共享审核环节"},
     [](const Profile& p, Language l) { return Chain(p.unconditional, l); }},
    {{"chain of CONDITIONAL and RETURN_FLOW", "有条件共享、回流审核环节"},
     [](const Profile& p, Language l) { return Chain(p.conditional, l); }},
    {{"NOT_SHARED may be consulted about", "不予共享可会商"}, Choice<&Profile::consultation>},
    {{"opens the grants", "权限开通方"},
     [](const Profile& p, Language l) { return Chain({&p.opener, 1}, l); }},
    {{"ways of delivery", "共享方式"}, [](const Profile& p, Language) { return List(p.modes); }},
    {{"must arrive complete", "须一次签署齐全"},
     [](const Profile& p, Language) { return List(p.complete_only); }},
    {{"D03 and D04", "适用D03、D04"}, Choice<&Profile::has_answer_deadlines>},
    {{"the manager may answer in the provider's place", "主管部门可代为审批"},
     Choice<&Profile::substitute>},
    {{"emergency sharing", "应急共享"}, Choice<&Profile::emergency>},
    {{"passing on with consent", "经同意可提供第三方"}, Choice<&Profile::third_party>},
    {{"the manager decides about it too", "提供第三方须主管部门同意"},
     Choice<&Profile::third_party_manager>},
    {{"wd a pending object waits", "待签期限（工作日）"}, Number<&Profile::pending_days>},
    {{"wd until a proposal lapses", "表决期限（工作日）"}, Number<&Profile::vote_days>},
    {{"wd of a term or review at most", "整改、复核期限上限（工作日）"},
     Number<&Profile::term_days_max>},
    {{"days of a ONE_OFF grant at most", "一事一议期限上限（日）"},
     Number<&Profile::one_off_days_max>},
    {{"wd of notice of a change", "变更提前通知（工作日）"}, Number<&Profile::notice_days>},
    {{"hours of an emergency at most", "应急期限上限（小时）"},
     Number<&Profile::emergency_hours_max>},
    {{"cap where none is asked, times the average", "未申请上限的按日均量倍数"},
     Number<&Profile::daily_cap_multiplier>},
    {{"clock tolerance, s", "时间偏差容限（秒）"}, Number<&Profile::clock_tolerance_ms, kSecondMs>},
    {{"evidence is late after, hours", "存证迟报界限（小时）"},
     Number<&Profile::evidence_lag_max_ms, kHourMs>},
    {{"other side is silent after, hours", "对方未存证界限（小时）"},
     Number<&Profile::ack_ms, kHourMs>},
    {{"DENIED calls in a minute that are a burst", "一分钟内拒绝次数告警值"},
     Number<&Profile::denied_burst>},
    {{"wd an old department's systems may report", "原部门系统宽限期（工作日）"},
     Number<&Profile::grace_days>},
    {{"hours two keys overlap at most", "新旧密钥重叠上限（小时）"},
     Number<&Profile::key_overlap_hours>},
    {{"accesses to items not granted that suspend", "越权数据项自动暂停次数"},
     NumberOrNever<&Profile::auto_suspend_items>},
    {{"days of ten over the cap that suspend", "十日内超限自动暂停天数"},
     NumberOrNever<&Profile::auto_suspend_cap_days>},
};

}  // namespace

std::string ProfilesText(Language language) {
  std::string document{
      Wording{"## Profiles\n"
              "What is shipped; a network may override numbers in genesis and by "
              "vote. `combined` is the default,\n"
              "`hangzhou` shows the flow standard as written, `order809` the "
              "Order without local additions.\n\n"
              "| | ",
              "## 策略\n"
              "以下为内置策略，各网络可在创世文件中或者经表决调整参数。默认为 "
              "`combined`；`hangzhou` 按流程规范原文，\n"
              "仅供演示；`order809` 仅按条例，不含本地规定。\n\n"
              "| | "}
          .In(language)};
  std::string rule = "|---|";
  for (const Profile& profile : AllProfiles()) {
    document.append("`").append(profile.name).append("` | ");
    rule += "---|";
  }
  document.pop_back();
  document.append("\n").append(rule).append("\n");
  for (const Line& line : kLines) {
    document.append("| ").append(line.name.In(language)).append(" |");
    for (const Profile& profile : AllProfiles()) {
      document.append(" ").append(line.value(profile, language)).append(" |");
    }
    document += "\n";
  }
  return document + "\n";
}

}  // namespace jiandu::contracts
