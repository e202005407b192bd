#include "cli/verbs.h"

#include <algorithm>
#include <cctype>

#include "base/limits.h"
#include "cli/body_input.h"
#include "cli/text.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kIndent = 24;

struct OpVerbState {
  ActingOptions acting;
  std::string subject;
  std::vector<std::string> values;  // of OpVerb::fields
};

Exit DoOp(const Output& out, const OpVerb& verb, const OpVerbState& state) {
  const ledger::OpInfo* op = ledger::FindOp(verb.op);
  if (op == nullptr) return out.Fail(Exit::kFailed, verb.op + ": unknown op", "", "没有这种交易");
  Json body = Json::MakeObject();
  if (!verb.subject.empty()) body.Set(verb.subject, state.subject);
  for (std::size_t i = 0; i < verb.fields.size(); ++i) {
    if (state.values[i].empty()) continue;
    const std::string& name = verb.fields[i].first;
    if (const auto set = SetMember(body, *op->form, name + "=" + state.values[i]); !set) {
      return out.Fail(Exit::kUsage, set.error().detail,
                      "see the form: jiandu tx new " + verb.op + " --form", "选项的值有误",
                      "查看表单：jiandu tx new " + verb.op + " --form");
    }
  }
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  return acting->Submit(out, state.acting, *op, body);
}

// "valid_to" -> "--valid-to", "order.term" -> "--order-term".
std::string OptionName(const CLI::App& command, const std::string& field) {
  std::string name = field;
  std::ranges::replace(name, '_', '-');
  std::ranges::replace(name, '.', '-');
  const bool taken = command.get_option_no_throw("--" + name) != nullptr;
  return (taken ? "--form-" : "--") + name;
}

// What the ledger or a gateway says commands no terminal.
std::string TextOf(const Json& json, std::string_view name) { return Harmless(json.TextOr(name)); }

std::string NameOf(const Json& entity) {
  for (const char* where : {"texts", "form"}) {
    const Json* part = entity.Find(where);
    if (part == nullptr) continue;
    if (const Json* content = part->Find("content"); content != nullptr) part = content;
    if (const auto name = part->TextOr("name"); !name.empty()) return Harmless(name);
  }
  return "";
}

std::string PartiesText(const Json& entity) {
  std::string text;
  const Json* parties = entity.Find("parties");
  if (parties == nullptr || !parties->IsObject()) return text;
  for (const Json::Member& party : parties->Members()) {
    if (!party.value.IsText()) continue;
    text += (text.empty() ? "" : "  ") + Harmless(party.name + " " + party.value.AsString());
  }
  return text;
}

std::string EntityRow(const Output& out, const Json& entity) {
  std::string text = TextOf(entity, "id") + "  " + out.Bold(Pad(TextOf(entity, "status"), 14)) +
                     TimeText(entity.IntegerOr("born_at")) + "\n";
  const std::string second = NameOf(entity);
  std::string parties = PartiesText(entity);
  if (parties.empty()) parties = "department " + TextOf(entity, "department");
  if (!second.empty()) text += "    " + Shorten(second, kColumns - 4) + "\n";
  return text + "    " + Shorten(parties, kColumns - 4) + "\n";
}

struct ListState {
  ActingOptions acting;
  PageOptions page;
  std::string status;
  std::string department;
  std::string resource;
};

Exit List(const Output& out, const Collection& collection, const ListState& state) {
  std::string target = "/v1/" + std::string(collection.path);
  char separator = '?';
  const auto filter = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    target += separator + std::string(name) + "=" + UrlPart(value);
    separator = '&';
  };
  filter("status", state.status);
  filter("department", state.department);
  filter("resource", state.resource);
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto rows = acting->ReadRows(out, target, state.page.Limit());
  if (!rows) return rows.error();
  return TellRows(out, *rows, EntityRow, collection.path);
}

struct ShowState {
  ActingOptions acting;
  std::string id;
};

Exit Show(const Output& out, const Collection& collection, const ShowState& state) {
  auto acting = Acting::Open(out, state.acting);
  if (!acting) return acting.error();
  const auto entity =
      acting->Read(out, "/v1/" + std::string(collection.path) + "/" + UrlPart(state.id));
  if (!entity) return entity.error();
  out.Result(*entity, EntityText(out, *entity));
  return Exit::kOk;
}

std::string ActText(const Json& act) {
  std::string text = TimeText(act.IntegerOr("time")) + "  " + TextOf(act, "op");
  for (const char* name : {"status", "note"}) {
    if (const auto value = TextOf(act, name); !value.empty()) text += "  " + value;
  }
  for (const Json& flag : act.ItemsOf("flags")) {
    if (flag.IsText()) text += "  [" + Harmless(flag.AsString()) + "]";
  }
  return "  " + Shorten(text, kColumns - 2) + "\n";
}

// The form's word for a field of it, or of a form inside it: "terms.purpose_code".
std::string_view ChineseOf(const ledger::Form& form, std::string_view path) {
  const std::size_t dot = path.find('.');
  for (const ledger::Field& field : form.fields) {
    if (field.name != path.substr(0, dot)) continue;
    if (dot == std::string_view::npos) return field.label_zh;
    return field.form != nullptr ? ChineseOf(*field.form, path.substr(dot + 1)) : "";
  }
  return "";
}

// What a noun says of a field in English only, the form says in Chinese.
std::string HelpOf(const OpVerb& verb, const std::string& field, const std::string& help) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  const ledger::OpInfo* op = ledger::FindOp(verb.op);
  if (op == nullptr || !std::ranges::all_of(help, is_ascii)) return help;
  return help + " / " + std::string(ChineseOf(*op->form, field));
}

}  // namespace

std::string UrlPart(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string part;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      part += c;
    } else {
      part += {'%', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
  }
  return part;
}

void AddOpVerb(CLI::App& noun, Context& context, const OpVerb& verb) {
  context.spoken.insert(verb.op);
  auto* command = noun.add_subcommand(verb.name, verb.help);
  const auto state = std::make_shared<OpVerbState>();
  state->values.resize(verb.fields.size());
  if (!verb.subject.empty()) {
    command
        ->add_option(verb.subject, state->subject,
                     "Id, 34 hex digits; or a department code / 编号，34 位十六进制；或部门代码")
        ->required();
  }
  AddActOptions(*command, state->acting);
  for (std::size_t i = 0; i < verb.fields.size(); ++i) {
    command->add_option(OptionName(*command, verb.fields[i].first), state->values[i],
                        HelpOf(verb, verb.fields[i].first, verb.fields[i].second));
  }
  OnRun(command, context, [&context, verb, state] { return DoOp(context.out, verb, *state); });
}

void AddPageOptions(CLI::App& command, PageOptions& options) {
  command.add_option("--limit", options.limit, "Rows at most / 至多行数")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command.add_flag("--all", options.all, "Every row / 全部行");
}

void AddReadVerbs(CLI::App& noun, Context& context, const Collection& collection) {
  auto* list = noun.add_subcommand("list", collection.help_list);
  const auto list_state = std::make_shared<ListState>();
  AddReadOptions(*list, list_state->acting);
  AddPageOptions(*list, list_state->page);
  list->add_option("--status", list_state->status,
                   "Only of this status, say PUBLISHED / 仅此状态，如 PUBLISHED");
  list->add_option("--of-department", list_state->department,
                   "Only of this department's code / 仅此部门代码");
  if (collection.by_resource) {
    list->add_option("--resource", list_state->resource, "Only of this resource / 仅此资源");
  }
  OnRun(list, context,
        [&context, collection, list_state] { return List(context.out, collection, *list_state); });

  auto* show = noun.add_subcommand("show", collection.help_show);
  const auto show_state = std::make_shared<ShowState>();
  show->add_option("id", show_state->id, "34 hex digits / 34 位十六进制")->required();
  AddReadOptions(*show, show_state->acting);
  OnRun(show, context,
        [&context, collection, show_state] { return Show(context.out, collection, *show_state); });
}

std::string EntityText(const Output& out, const Json& entity) {
  std::string text = TextOf(entity, "kind") + "  " + TextOf(entity, "id") + "  " +
                     out.Bold(TextOf(entity, "status")) + "\n";
  if (const auto name = NameOf(entity); !name.empty()) text += Labelled("name", name, kIndent);
  text += Labelled("department", entity.TextOr("department"), kIndent);
  text += Labelled("since",
                   TimeText(entity.IntegerOr("born_at")) + "  height " +
                       std::to_string(entity.IntegerOr("born_height")),
                   kIndent);
  text += Labelled("born in", entity.TextOr("born_tx"), kIndent - 10);
  for (const char* part : {"parties", "links", "numbers", "texts"}) {
    if (const Json* json = entity.Find(part)) text += JsonLines(*json, kIndent);
  }
  const bool pending = entity.TextOr("kind") == "pending";
  for (const auto& [part, title] :
       {std::pair{"form", pending ? "what would be signed 待签内容" : "as signed 申报内容"},
        std::pair{"terms", pending ? "signed so far 已签名" : "terms in force 生效条件"}}) {
    const Json* json = entity.Find(part);
    if (json == nullptr || !json->IsObject() || json->Members().empty()) continue;
    text += out.Bold(title) + "\n" + JsonLines(*json, kIndent);
  }
  if (!entity.ItemsOf("acts").empty()) text += out.Bold("what happened 经过") + "\n";
  for (const Json& act : entity.ItemsOf("acts")) text += ActText(act);
  return text;
}

std::string EventText(const Output& out, const Json& row) {
  std::string text = Pad(std::to_string(row.IntegerOr("seq")), 6);
  if (row.BoolOr("withheld")) return text + out.Dim("withheld 未授权查看") + "\n";
  if (row.BoolOr("genesis")) return text + "genesis 创世\n";
  const Json* event = row.Find("event");
  if (event == nullptr) return text + "\n";
  text += TimeText(event->IntegerOr("time")) + "  " + Pad(TextOf(*event, "op"), 22) + "height " +
          std::to_string(event->IntegerOr("height"));
  if (const Json* code = event->Find("code"); code != nullptr && code->IsObject()) {
    text += "  " + out.Bad(TextOf(*code, "name"));
  }
  text += "\n";
  std::string flags;
  for (const Json& flag : event->ItemsOf("flags")) {
    flags += (flags.empty() ? "" : ", ") + FlagText(flag);
  }
  for (const Json& flag : event->ItemsOf("derived")) {
    flags += (flags.empty() ? "" : ", ") + std::string(flag.TextOr("flag"));
  }
  if (!flags.empty()) text += Labelled("", "flags " + flags, 6);
  return text + "      " + out.Dim(TextOf(*event, "txid")) + "\n";
}

Exit TellRows(const Output& out, const Acting::Rows& rows, RowText row_text,
              const std::string& what) {
  std::string text;
  for (const Json& row : rows.items.Items()) text += row_text(out, row);
  const std::size_t count = rows.items.Items().size();
  text += std::to_string(count) + " " + what + " as of height " + std::to_string(rows.height);
  if (rows.more) text += "; there are more: --limit N or --all";
  out.Result(
      Json::MakeObject({{"items", rows.items}, {"height", rows.height}, {"more", rows.more}}),
      text);
  return Exit::kOk;
}

}  // namespace jiandu::cli
