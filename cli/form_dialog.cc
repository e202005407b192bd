// Question by question, deepest form last.
#include "cli/form_dialog.h"

#include <algorithm>
#include <iostream>

#include "base/limits.h"
#include "cli/body_input.h"
#include "cli/text.h"
#include "contracts/personal_data.h"

namespace jiandu::cli {
namespace {

using ledger::Field;
using ledger::FieldType;
using ledger::Form;
using ledger::Need;

constexpr std::size_t kIndent = 4;

bool IsNeeded(const Field& field) {
  return field.need == Need::kStructural || field.need == Need::kRequired;
}

std::string_view NeedText(Need need) {
  switch (need) {
    case Need::kStructural:
    case Need::kRequired: return "needed 必填";
    case Need::kByRule: return "a rule may ask for it 视规则; empty to leave out 可空";
    case Need::kOptional: return "optional 可选; empty to leave out 可空";
  }
  return "";
}

void FindMissing(const Form& form, const Json& body, const std::string& prefix,
                 std::vector<MissingMember>& missing) {
  for (const Field& field : form.fields) {
    const std::string path = prefix + std::string(field.name);
    const Json* value = body.Find(field.name);
    if (value == nullptr) {
      if (IsNeeded(field)) missing.push_back({.path = path, .field = &field});
    } else if (field.form != nullptr && field.list_max > 0) {
      std::size_t i = 0;
      for (const Json& item : body.ItemsOf(field.name)) {
        if (item.IsObject()) {
          FindMissing(*field.form, item, path + "." + std::to_string(i) + ".", missing);
        }
        ++i;
      }
    } else if (field.form != nullptr && value->IsObject()) {
      FindMissing(*field.form, *value, path + ".", missing);
    }
  }
}

void Say(const std::string& text) { std::cerr << text << std::flush; }

// Who fills in a form. Each Ask... leaves `body` as far as the answers went.
class Dialog {
 public:
  // `needed`: what must be there; else what may be left out.
  Result<void> AskForm(const Form& form, Json& body, const std::string& prefix, bool needed) {
    for (const Field& field : form.fields) {
      const Json* value = body.Find(field.name);
      const std::string path = prefix + std::string(field.name);
      if (value == nullptr) {
        if (IsNeeded(field) == needed) JD_CHECK(AskMember(field, body, path));
        continue;
      }
      if (field.form == nullptr || !needed) continue;
      // What was given may have holes of its own.
      Json given = *value;
      JD_CHECK(AskInside(field, given, path));
      body.Set(field.name, std::move(given));
    }
    return {};
  }

 private:
  Result<void> AskInside(const Field& field, Json& value, const std::string& path) {
    if (value.IsObject()) return AskForm(*field.form, value, path + ".", true);
    if (!value.IsArray()) return {};
    Json list = Json::MakeArray();
    std::size_t i = 0;
    for (const Json& item : value.Items()) {
      Json whole = item;
      const std::string place = path + "." + std::to_string(i++) + ".";
      if (whole.IsObject()) JD_CHECK(AskForm(*field.form, whole, place, true));
      list.Push(std::move(whole));
    }
    value = std::move(list);
    return {};
  }

  Result<void> AskMember(const Field& field, Json& body, const std::string& path) {
    Explain(field, path);
    if (field.form == nullptr) return AskValue(field, body);
    if (field.list_max > 0) return AskObjects(field, body, path);
    if (!IsNeeded(field)) {
      JD_TRY(const bool wanted, AskYes("fill it in 是否填写? [y/N] "));
      if (!wanted) return {};
    }
    Json members = Json::MakeObject();
    JD_CHECK(AskForm(*field.form, members, path + ".", true));
    JD_CHECK(AskForm(*field.form, members, path + ".", false));
    body.Set(field.name, std::move(members));
    return {};
  }

  static void Explain(const Field& field, const std::string& path) {
    std::string meaning = std::string(field.label) + "  " + std::string(field.label_zh);
    if (!field.clause.empty()) meaning.append("  (").append(field.clause).append(")");
    std::string wanted = std::string(NeedText(field.need)) + "; " + FieldTypeText(field);
    if (field.form == nullptr && field.list_max > 0) wanted += "; separated by commas 以逗号分隔";
    Say("\n" + path + "\n" + Labelled("", meaning, kIndent) + Labelled("", wanted, kIndent));
  }

  Result<void> AskValue(const Field& field, Json& body) {
    while (true) {
      JD_TRY(const std::string text, AskLine("  > "));
      if (text.empty()) {
        if (!IsNeeded(field)) return {};
        Say("  it is needed 必填\n");
        continue;
      }
      Json one = Json::MakeObject();
      const Form form{std::span(&field, 1)};
      const auto set = SetMember(one, form, std::string(field.name) + "=" + text);
      const std::string wrong = set ? WrongWith(field, *one.Find(field.name))
                                    : set.error().detail + "; wanted 应为: " + FieldTypeText(field);
      if (wrong.empty()) {
        body.Set(field.name, *one.Find(field.name));
        return {};
      }
      Say(Labelled("", "no 有误: " + wrong, 2));
    }
  }

  Result<void> AskObjects(const Field& field, Json& body, const std::string& path) {
    Json list = Json::MakeArray();
    while (list.Items().size() < field.list_max) {
      const bool must = list.Items().empty() && IsNeeded(field);
      const std::string place = path + "." + std::to_string(list.Items().size());
      if (!must) {
        JD_TRY(const bool more, AskYes("add " + place + " 再加一项? [y/N] "));
        if (!more) break;
      }
      Json item = Json::MakeObject();
      JD_CHECK(AskForm(*field.form, item, place + ".", true));
      JD_CHECK(AskForm(*field.form, item, place + ".", false));
      list.Push(std::move(item));
    }
    if (!list.Items().empty()) body.Set(field.name, std::move(list));
    return {};
  }

  static Result<bool> AskYes(const std::string& prompt) {
    const auto text = AskLine("  " + prompt);
    if (!text) return std::unexpected(text.error());
    return *text == "y" || *text == "Y" || *text == "yes" || *text == "是";
  }

  friend Result<void> jiandu::cli::AskForBody(const ledger::OpInfo& op, Json& body);
};

}  // namespace

std::vector<MissingMember> MissingMembers(const Form& form, const Json& body) {
  std::vector<MissingMember> missing;
  FindMissing(form, body, "", missing);
  return missing;
}

std::string WrongWith(const Field& field, const Json& value) {
  const Form form{std::span(&field, 1)};
  const auto report = ledger::CheckBody(form, Json::MakeObject({{field.name, value}}));
  const auto& issue = report.malformed ? report.malformed : report.invalid;
  if (issue) return issue->detail + "; wanted 应为: " + FieldTypeText(field);
  bool personal = false;
  const auto look = [](const Json& text, void* found) {
    if (text.IsText() && contracts::HasPersonalData(text.AsString())) {
      *static_cast<bool*>(found) = true;
    }
    return true;
  };
  ledger::VisitFields(form, Json::MakeObject({{field.name, value}}), FieldType::kText, look,
                      &personal);
  if (!personal) return "";
  return "it holds what is read as a citizen or mobile number, which never goes on the ledger "
         "含有公民身份号码或手机号码，不得上链";
}

Result<void> AskForBody(const ledger::OpInfo& op, Json& body) {
  Dialog dialog;
  JD_CHECK(dialog.AskForm(*op.form, body, "", true));
  const bool more = std::ranges::any_of(op.form->fields, [&body](const Field& field) {
    return !IsNeeded(field) && body.Find(field.name) == nullptr;
  });
  if (!more) return {};
  JD_TRY(const bool wanted,
         Dialog::AskYes("\ngo through what may be left out too 是否逐项填写其余内容? [y/N] "));
  if (!wanted) return {};
  return dialog.AskForm(*op.form, body, "", false);
}

Result<std::string> AskLine(const std::string& prompt) {
  Say(prompt);
  std::string line;
  if (!std::getline(std::cin, line)) {
    Say("\n");
    return Fail(Errc::kUnavailable, "the terminal ended before the form was complete");
  }
  while (line.ends_with(' ') || line.ends_with('\r')) line.pop_back();
  line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

}  // namespace jiandu::cli
