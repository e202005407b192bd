// Writing the tables as Markdown.
#include "ledger/model/ops_doc.h"

#include "ledger/model/op.h"

namespace jiandu::ledger {
namespace {

std::string TypeName(const Field& field) {
  switch (field.type) {
    case FieldType::kText: return "text";
    case FieldType::kId: return "id";
    case FieldType::kCode: {
      std::string name;
      for (const std::string_view code : field.codes) {
        name += (name.empty() ? "" : "\\|") + std::string(code);
      }
      return name;
    }
    case FieldType::kHash: return "hex64";
    case FieldType::kEntity:
      return field.entity == EntityKind{0} ? "entity" : std::string(KindName(field.entity)) + " id";
    case FieldType::kDepartment: return "department code";
    case FieldType::kKey: return "hex66";
    case FieldType::kSignature: return "hex128";
    case FieldType::kMask: return "hex mask";
    case FieldType::kInteger: return "integer";
    case FieldType::kBool: return "bool";
    case FieldType::kTime: return "time ms";
    case FieldType::kDate: return "yyyymmdd";
    case FieldType::kNet: return "address/prefix";
    case FieldType::kAddress: return "address";
    case FieldType::kWindow: return "HH:MM-HH:MM";
    case FieldType::kObject: return "";
  }
  return "";
}

std::string Members(const Form& form) {
  std::string text;
  for (const Field& field : form.fields) {
    if (!text.empty()) text += ", ";
    const bool needed = field.need == Need::kRequired || field.need == Need::kStructural;
    text += needed ? "**`" : "`";
    text += std::string(field.name) + (needed ? "`**" : "`");
    if (field.need == Need::kByRule) text += "*";
    const std::string inner =
        field.form != nullptr ? "{" + Members(*field.form) + "}" : TypeName(field);
    text += field.list_max > 0 ? " [" + inner + "]" : " " + inner;
  }
  return text;
}

constexpr std::string_view kHead =
    "# Ops and their bodies\n\n"
    "Generated from `ledger/model/op.cc` and `forms_*.cc`; a test keeps it so.\n\n"
    "A **bold** member is required: without it a permission (P) is refused with FIELD_REQUIRED, a\n"
    "fact (F) is flagged FIELD_MISSING, or, when the member is structural, MALFORMED at "
    "admission.\n"
    "A member with a star is asked for by a rule with a code of its own. `[...]` is a list. Every\n"
    "permission but `cosign` may also have `await` [{`department`, `role` HEAD|PEER}]: who still\n"
    "signs, by `cosign`. `content` of `request.resubmit` is a whole body of `request.submit`.\n\n"
    "Beyond the form: a request by API or BATCH names `systems`, by PAGE or FILE `client_nets`, "
    "by\n"
    "BATCH a `batch_plan`, by PAGE `accounts`, by any but API a `mode_reason`; from grade G3 on a\n"
    "`matter_code`; a RETURN_FLOW a `territory`. `truth_commitment` is true. A refusal or "
    "narrowing\n"
    "has `reason_code` and `reason_digest`. A grant by BATCH or FILE has `retention_until`; its\n"
    "`valid_to`, `daily_cap` and items stay within what was decided. `grant.acknowledge` repeats "
    "the\n"
    "`duty_agreement_digest` of the opening. A suspension has `ground` and `evidence`; "
    "MISUSE_27_2\n"
    "an `order` with `term`, the others `review_at`, both at most ten working days ahead.\n"
    "`access.record` names `grant`, or `resource` with `grant_missing`: true (and `consumer`).\n"
    "`access.batch` has `records` in the form `full`, `digest` in the form `digest`.\n"
    "`access.acknowledge` names `acc_id` or `batch_id`. The key proof of a new key is the "
    "signature\n"
    "over SHA-256(\"JIANDU-KEYPROOF-1\\0\" chain 0 department 0 name).\n\n"
    "Signers: C consumer, P provider, M manager, A auditor, S a system; m maker (经办人), h head\n"
    "(负责人), leader (部门负责人). Ids of entities are 34 hex digits and stand in receipts; "
    "items\n"
    "in a mask are numbered by their place in the resource: item i is bit i % 8 of byte i / 8.\n\n";

}  // namespace

std::string OpsDocument() {
  std::string text(kHead);
  for (const OpInfo& op : AllOps()) {
    text += "## `" + std::string(op.op) + "`\n\n";
    text += std::string(op.name) + ", " + (op.kind == OpKind::kFact ? "F" : "P") + ", signed by " +
            std::string(op.signers) + " (docs/contracts.md " + std::string(op.section) + ")\n\n";
    text += Members(*op.form) + "\n\n";
  }
  text.pop_back();
  return text;
}

}  // namespace jiandu::ledger
