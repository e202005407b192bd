// A command for every op that no other file has one for: whole nouns (demand, consultation,
// dispute, disposal, derivation, emergency, incident and so on), and verbs that a noun lacks.
//
// A noun is the first part of an op's name, a verb the rest; options are the members of its form,
// the help is the rule's own effect. So every op that is added has its command.

#include <algorithm>
#include <array>

#include "cli/verbs.h"
#include "contracts/rule_texts.h"

namespace jiandu::cli {
namespace {

using ledger::Field;
using ledger::FieldType;
using ledger::OpInfo;

struct NounText {
  std::string_view noun;
  const char* help;
  const char* path;  // of what it lists, "" nothing
};
constexpr std::array kNouns = {
    NounText{"anchor", "Hashes of a day handed to others / 锚定", ""},
    NounText{"calendar", "The calendar of working days / 工作日历", ""},
    NounText{"case", "Who handles a case / 事项经办", ""},
    NounText{"collect", "Deliveries of collected data / 归集交付", ""},
    NounText{"complaint", "Complaints and answers / 投诉举报", "complaints"},
    NounText{"consultation", "Not shared, case by case / 会商（一事一议）", "consultations"},
    NounText{"decision", "Decisions: in place of P, slips / 审批的代为与勘误", ""},
    NounText{"demand", "Data not in the catalogue / 归集需求", "demands"},
    NounText{"department", "Departments and their rights / 部门", "departments"},
    NounText{"derivation", "What was made from what / 衍生数据", "derivations"},
    NounText{"disposal", "End of data at the consumer / 数据处置", "disposals"},
    NounText{"dispute", "Disputes between departments / 争议", "disputes"},
    NounText{"emergency", "Emergency sharing / 应急共享", "emergencies"},
    NounText{"extension", "More time to answer / 延期", ""},
    NounText{"identity", "Officers, systems and their keys / 人员与系统", "identities"},
    NounText{"incident", "Security incidents / 安全事件", "incidents"},
    NounText{"inspection", "Records asked for and shown / 查阅", "inspections"},
    NounText{"leak", "Leaks and their tracing / 泄露溯源", "leaks"},
    NounText{"notice", "Public notices / 通报", ""},
    NounText{"profile", "The policy profile / 策略方案", "proposals"},
    NounText{"rectification", "Orders to mend / 整改", "rectifications"},
    NounText{"ruleset", "The rule set / 规则集", "proposals"},
    NounText{"sanction", "Sanctions / 处分", ""},
    NounText{"third_party", "Passing data on / 提供第三方", "third-party"},
    NounText{"use", "Reports of use / 使用报告", ""},
    NounText{"watermark", "Watermarks / 水印", "watermarks"},
};

// Ops whose commands stand under another word.
constexpr std::array kElsewhere = {std::pair{std::string_view("resource"), "catalog"},
                                   std::pair{std::string_view("correction"), "correct"}};
// Its verbs are queries; it is made elsewhere or not at all.
constexpr std::string_view kAudit = "audit";

std::string NounOf(const OpInfo& op) {
  const std::string_view first = op.op.substr(0, op.op.find('.'));
  for (const auto& [part, noun] : kElsewhere) {
    if (part == first) return noun;
  }
  return std::string(first);
}

CLI::App* FindChild(CLI::App& parent, const std::string& name) {
  const auto children =
      parent.get_subcommands([&name](const CLI::App* child) { return child->get_name() == name; });
  return children.empty() ? nullptr : children.front();
}

std::string Dashed(std::string_view text) {
  std::string name(text);
  std::ranges::replace(name, '_', '-');
  return name;
}

// What the op brings about, from the rules in words.
std::string HelpOf(const OpInfo& op) {
  for (const contracts::RuleMachine& machine : contracts::AllRuleMachines()) {
    for (const contracts::RuleText& text : machine.rows) {
      if (text.op != op.op) continue;
      const auto pick = [](std::string_view effect, std::string_view asks, std::string_view title) {
        return std::string(!effect.empty() ? effect : !asks.empty() ? asks : title);
      };
      return pick(text.effect, text.asks, machine.title) + " / " +
             pick(text.effect_zh, text.asks_zh, machine.title_zh);
    }
  }
  return std::string(op.name);
}

std::string HelpOf(const Field& field) {
  std::string help = std::string(field.label) + " " + std::string(field.label_zh);
  if (!field.clause.empty()) help.append(" (").append(field.clause).append(")");
  if (field.type == FieldType::kHash) help += ", SHA-256 or @FILE";
  if (field.form != nullptr && field.list_max > 0) help += ", JSON";
  if (field.form == nullptr && field.list_max > 0) help += ", separated by commas";
  for (std::size_t i = 0; i < field.codes.size(); ++i) {
    help += (i == 0 ? ": " : ", ") + std::string(field.codes[i]);
  }
  return help;
}

// The case it is about stands first, and is given without an option.
bool IsSubject(const Field& field) {
  const bool names = field.type == FieldType::kEntity || field.type == FieldType::kDepartment;
  const bool needed =
      field.need == ledger::Need::kStructural || field.need == ledger::Need::kRequired;
  return names && needed && field.list_max == 0;
}

void AddFields(const ledger::Form& form, const std::string& prefix, OpVerb& verb) {
  for (const Field& field : form.fields) {
    const std::string name = prefix + std::string(field.name);
    if (name == verb.subject) continue;
    if (field.form != nullptr && field.list_max == 0) {
      AddFields(*field.form, name + ".", verb);
    } else {
      verb.fields.emplace_back(name, HelpOf(field));
    }
  }
}

void AddVerb(CLI::App& noun, Context& context, const OpInfo& op) {
  const std::size_t dot = op.op.find('.');
  OpVerb verb{.name = Dashed(op.op.substr(dot + 1)),
              .op = std::string(op.op),
              .subject = "",
              .help = HelpOf(op)};
  const auto& fields = op.form->fields;
  if (!fields.empty() && IsSubject(fields.front())) verb.subject = fields.front().name;
  AddFields(*op.form, "", verb);
  AddOpVerb(noun, context, verb);
}

// New ops of a noun that nobody has described are still to be had.
NounText TextOf(std::string_view noun) {
  const auto found = std::ranges::find(kNouns, noun, &NounText::noun);
  return found != kNouns.end() ? *found : NounText{.noun = noun, .help = "", .path = ""};
}

CLI::App& AddNoun(CLI::App& root, Context& context, const std::string& first) {
  const NounText text = TextOf(first);
  auto* noun = root.add_subcommand(Dashed(first), text.help);
  noun->require_subcommand(1);
  if (*text.path == '\0') return *noun;
  AddReadVerbs(*noun, context,
               {.path = text.path,
                .help_list = "Those you are a party of / 列出",
                .help_show = "One with its course / 查看",
                .by_resource = false});
  return *noun;
}

}  // namespace

void AddOpNouns(CLI::App& root, Context& context) {
  for (const OpInfo& op : ledger::AllOps()) {
    const std::size_t dot = op.op.find('.');
    // cosign, vote: `jiandu tx`.
    if (dot == std::string_view::npos || context.spoken.contains(op.op)) continue;
    const std::string first = NounOf(op);
    CLI::App* noun = FindChild(root, Dashed(first));
    if (noun == nullptr && first == kAudit) continue;
    if (noun == nullptr) noun = &AddNoun(root, context, first);
    if (FindChild(*noun, Dashed(op.op.substr(dot + 1))) == nullptr) AddVerb(*noun, context, op);
  }
}

}  // namespace jiandu::cli
