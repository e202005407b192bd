// See report_fields.h.
#include "evidence/report_fields.h"

#include "base/hex.h"
#include "evidence/html.h"
#include "ledger/model/op.h"

namespace jiandu::evidence {
namespace {

using ledger::Field;
using ledger::FieldType;

std::string DateOf(std::int64_t yyyymmdd) {
  const std::string digits = std::to_string(yyyymmdd);
  if (digits.size() != 8) return Text(digits);
  return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6);
}

class Flattening {
 public:
  explicit Flattening(const ReportInput& input) : input_(input) {}

  // One member of the top.
  void Top(const Json::Member& member, const Field* field) {
    Member(member.name, LabelOf(member.name, field), field, member.value);
  }
  void Members(const std::string& path, const std::string& label, const ledger::Form* form,
               const Json& body) {
    for (const auto& member : body.Members()) {
      const Field* field = form != nullptr ? form->Find(member.name) : nullptr;
      std::string name = path.empty() ? "" : path + ".";
      name += member.name;
      std::string words = label.empty() ? "" : label + " · ";
      words += LabelOf(member.name, field);
      Member(name, words, field, member.value);
    }
  }
  FieldRows Take() { return std::move(rows_); }

 private:
  static std::string LabelOf(const std::string& name, const Field* field) {
    return field != nullptr ? BothText(field->label_zh, field->label) : Text(name);
  }

  void Member(const std::string& name, const std::string& label, const Field* field,
              const Json& value) {
    const ledger::Form* form = field != nullptr ? field->form : nullptr;
    if (value.IsObject()) return Members(name, label, form, value);
    if (!value.IsArray()) return Put(name, label, field, Single(field, value));
    std::string together;
    std::size_t n = 0;
    for (const Json& item : value.Items()) {
      ++n;
      if (item.IsObject()) {
        Members(name + "." + std::to_string(n), label + " " + std::to_string(n), form, item);
      } else {
        together += (together.empty() ? "" : "; ") + Single(field, item);
      }
    }
    if (n == 0) together = Both("空", "empty");
    if (!together.empty()) Put(name, label, field, together);
  }

  void Put(const std::string& name, const std::string& label, const Field* field,
           std::string value) {
    if (rows_.rows.size() >= FieldRows::kRowsMax) {
      ++rows_.more;
      return;
    }
    const bool is_digest = field != nullptr && field->type == FieldType::kHash;
    rows_.rows.push_back(
        {.name = name, .label = label, .value = std::move(value), .is_digest = is_digest});
  }

  std::string Single(const Field* field, const Json& value) const {
    if (value.IsBool()) return value.AsBool() ? Both("是", "yes") : Both("否", "no");
    if (value.IsInteger()) {
      const std::int64_t number = value.AsInteger();
      if (field != nullptr && field->type == FieldType::kTime) return ledger::LocalText(number);
      if (field != nullptr && field->type == FieldType::kDate) return DateOf(number);
      return std::to_string(number);
    }
    if (!value.IsText()) return Text(CanonicalJson(value));
    const std::string& text = value.AsString();
    if (field == nullptr) return Value(text);
    switch (field->type) {
      case FieldType::kDepartment: return input_.Department(text);
      case FieldType::kEntity:
        if (const auto id = ledger::ParseEntityId(text)) return input_.Entity(*id);
        return Value(text);
      case FieldType::kId:
      case FieldType::kCode:
      case FieldType::kHash:
      case FieldType::kKey:
      case FieldType::kSignature:
      case FieldType::kMask:
      case FieldType::kNet:
      case FieldType::kAddress:
      case FieldType::kWindow: return Code(text);
      case FieldType::kText:
      case FieldType::kInteger:
      case FieldType::kBool:
      case FieldType::kTime:
      case FieldType::kDate:
      case FieldType::kObject: return Value(text);
    }
    return Value(text);
  }

  const ReportInput& input_;
  FieldRows rows_;
};

// Where a member of a grant's terms comes from: the first form that has it.
const Field* TermField(std::string_view name) {
  for (const std::string_view op : {"grant.open", "request.submit", "resource.grade"}) {
    const ledger::OpInfo* info = ledger::FindOp(op);
    const Field* field = info != nullptr ? info->form->Find(name) : nullptr;
    if (field != nullptr) return field;
  }
  const ledger::OpInfo* decision = ledger::FindOp("decision.submit");
  const Field* terms = decision != nullptr ? decision->form->Find("terms") : nullptr;
  return terms != nullptr && terms->form != nullptr ? terms->form->Find(name) : nullptr;
}

}  // namespace

FieldRows FieldsOfTerms(const ReportInput& input, const Json& terms) {
  if (!terms.IsObject()) return {};
  Flattening flattening(input);
  for (const Json::Member& member : terms.Members()) {
    // The same as `items` and `mask`, as bits for those who judge accesses.
    if (member.name == "items_mask" || member.name == "masked") continue;
    flattening.Top(member, TermField(member.name));
  }
  return flattening.Take();
}

FieldRows FieldsOf(const ReportInput& input, std::string_view op, const Json& body) {
  if (!body.IsObject()) return {};
  const ledger::OpInfo* info = ledger::FindOp(op);
  Flattening flattening(input);
  flattening.Members("", "", info != nullptr ? info->form : nullptr, body);
  return flattening.Take();
}

}  // namespace jiandu::evidence
