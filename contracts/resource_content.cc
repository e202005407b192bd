// Art. 13 to 16 as checks of the form's tables.
#include "contracts/resource_content.h"

#include <algorithm>
#include <array>

#include "contracts/lineage.h"
#include "contracts/resource.h"
#include "contracts/third_party.h"
#include "ledger/model/forms.h"

namespace jiandu::contracts {
namespace {

bool IsPresent(const Json& object, const ledger::Field& field) {
  const Json* value = object.Find(field.name);
  if (value == nullptr) return false;
  return field.list_max == 0 || !value->Items().empty();
}

// All by-rule members of a form are there, in the objects below too.
bool IsComplete(const ledger::Form& form, const Json& object) {
  for (const ledger::Field& field : form.fields) {
    if (!IsPresent(object, field)) {
      if (field.need == ledger::Need::kByRule) return false;
      continue;
    }
    if (field.form == nullptr || field.need != ledger::Need::kByRule) continue;
    const Json* value = object.Find(field.name);
    if (field.list_max == 0 && !IsComplete(*field.form, *value)) return false;
    for (const Json& item : object.ItemsOf(field.name)) {
      if (!IsComplete(*field.form, item)) return false;
    }
  }
  return true;
}

}  // namespace

const Json& ContentOf(const Case& judged) {
  static const Json kEmpty = Json::MakeObject();
  const Json* content = judged.Form().Find("content");
  return content != nullptr ? *content : kEmpty;
}

void SetContent(ledger::EntityBody& resource, const Json& content) {
  resource.form = ToBytes(CanonicalJson(content));
  for (const std::string_view name : {"code", "name", "share_class", "grade"}) {
    resource.texts.insert_or_assign(std::string(name), std::string(content.TextOr(name)));
  }
}

bool HasItemTwice(const Json& content) {
  std::vector<std::string_view> ids;
  for (const Json& item : content.ItemsOf("items")) ids.push_back(item.TextOr("item_id"));
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end();
}
Code ItemsDiffer(Case& judged) {
  return HasItemTwice(ContentOf(judged)) ? Code::kFieldInvalid : Code::kAccepted;
}

Code Art13(Case& judged) {
  const Json& content = ContentOf(judged);
  if (!IsComplete(ledger::forms::kResourceContent, content)) return Code::kCatalogIncomplete;
  const bool conditional = content.TextOr("share_class") == "CONDITIONAL";
  const bool scoped = content.BoolOr("share_scope_all") || !content.ItemsOf("share_scope").empty();
  if (conditional && (!scoped || content.ItemsOf("share_conditions").empty())) {
    return Code::kCatalogIncomplete;
  }
  // PIPL Art. 55: an impact assessment for any personal information.
  for (const Json& item : content.ItemsOf("items")) {
    if (item.TextOr("pi_flag") != "NONE" && content.TextOr("pia_digest").empty()) {
      return Code::kCatalogIncomplete;
    }
  }
  return Code::kAccepted;
}

Code ProhibitionBasis(Case& judged) {
  const Json& content = ContentOf(judged);
  if (content.TextOr("share_class") != "NOT_SHARED") return Code::kAccepted;
  const Json* basis = content.Find("prohibition_basis");
  const ledger::Field* field = ledger::forms::kResourceContent.Find("prohibition_basis");
  return basis != nullptr && IsComplete(*field->form, *basis) ? Code::kAccepted
                                                              : Code::kBasisRequired;
}

int HighestItemGrade(const Json& content) {
  int highest = 0;
  for (const Json& item : content.ItemsOf("items")) {
    highest = std::max(highest, GradeRank(item.TextOr("item_grade")));
  }
  return highest;
}
Code HighestGrade(Case& judged) {
  const Json& content = ContentOf(judged);
  return HighestItemGrade(content) > GradeRank(content.TextOr("grade")) ? Code::kGradeTooLow
                                                                        : Code::kAccepted;
}
Code NoSecret(Case& judged) {
  return ContentOf(judged).TextOr("secrecy_declared") == "none" ? Code::kAccepted
                                                                : Code::kSecretDataForbidden;
}
Code NoCoreData(Case& judged) {
  return ContentOf(judged).TextOr("grade") == "CORE" ? Code::kCoreDataForbidden : Code::kAccepted;
}

int ClassRank(std::string_view share_class) {
  constexpr std::array<std::string_view, 3> kClasses = {"UNCONDITIONAL", "CONDITIONAL",
                                                        "NOT_SHARED"};
  return static_cast<int>(std::ranges::find(kClasses, share_class) - kClasses.begin());
}

Code HasLineage(Case& judged) {
  return ContentOf(judged).TextOr("kind") != "DERIVED" ||
                 FindDerivation(judged.state, judged.subject)
             ? Code::kAccepted
             : Code::kCatalogIncomplete;
}
Code Consented(Case& judged) {
  const bool submitted = judged.Form().Find("content") != nullptr;
  const Json stored = submitted ? Json() : judged.body->Form();
  const std::string_view kind = (submitted ? ContentOf(judged) : stored).TextOr("kind");
  return kind != "DERIVED" || HasConsentsFor(judged.state, judged.subject, judged.Time())
             ? Code::kAccepted
             : Code::kConsentRequired;
}

}  // namespace jiandu::contracts
