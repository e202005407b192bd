// What keeps a transaction out of every block.
#include "contracts/admission.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "contracts/personal_data.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/op.h"

namespace jiandu::contracts {
namespace {

using ledger::Code;

AdmissionIssue Issue(Code code, std::string pointer, std::string detail) {
  return AdmissionIssue{.code = ledger::FindCode(static_cast<std::uint32_t>(code)),
                        .pointer = std::move(pointer),
                        .detail = std::move(detail)};
}

bool NamesPerson(const ledger::OpInfo& op, const Json& body) {
  bool found = false;
  ledger::VisitFields(
      *op.form, body, ledger::FieldType::kText,
      [](const Json& value, void* context) {
        auto& is_found = *static_cast<bool*>(context);
        is_found = is_found || (value.IsText() && HasPersonalData(value.AsString()));
        return !is_found;
      },
      &found);
  return found;
}

}  // namespace

std::optional<AdmissionIssue> CheckForm(const ledger::Transaction& transaction,
                                        std::string_view chain, ledger::TimeMs block_time) {
  const ledger::Payload& payload = transaction.payload;
  if (payload.chain != chain) return Issue(Code::kWrongChain, "/chain", payload.chain);
  const ledger::OpInfo* op = ledger::FindOp(payload.op);
  if (op == nullptr) return Issue(Code::kMalformed, "/op", "not an op of this ruleset");
  if (payload.op != "access.batch" && transaction.stored_size > limits::kTxBytesMax) {
    return Issue(Code::kMalformed, "", "larger than a transaction may be");
  }
  const std::int64_t ahead_max =
      payload.signers.size() > 1 ? limits::kExpAheadMultiMsMax : limits::kExpAheadMsMax;
  if (payload.exp <= block_time) return Issue(Code::kTxExpired, "/exp", "has passed");
  if (payload.exp - block_time > ahead_max) return Issue(Code::kTxExpired, "/exp", "too far ahead");
  JD_ASSERT(transaction.form.has_value());
  if (const auto& malformed = transaction.form->malformed) {
    return Issue(Code::kMalformed, "/body" + malformed->pointer, malformed->detail);
  }
  if (NamesPerson(*op, payload.body)) return Issue(Code::kPersonalDataInText, "/body", "");
  return std::nullopt;
}

std::optional<AdmissionIssue> CheckDepartment(const ledger::Transaction& transaction,
                                              std::span<const ledger::DepartmentId> signers) {
  const ledger::DepartmentId& named = transaction.payload.department;
  if (std::ranges::find(signers, named) != signers.end()) return std::nullopt;
  return Issue(Code::kRoleDenied, "/department", "no signer belongs to it");
}

SignerKeys FindSignerKeys(const ledger::Transaction& transaction, const ledger::StateView& view) {
  SignerKeys found;
  found.keys.reserve(transaction.signatures.size());
  found.departments.reserve(transaction.signatures.size());
  for (const ledger::TxSignature& signature : transaction.signatures) {
    auto record = ledger::FindKeyRecord(view, signature.key);
    if (!record) {
      found.issue = Issue(Code::kUnknownKey, "/signers", "");
      found.keys.clear();
      found.departments.clear();
      return found;
    }
    found.keys.push_back(record->key);
    found.departments.push_back(std::move(record->department));
  }
  found.issue = CheckDepartment(transaction, found.departments);
  return found;
}

bool IsKnownTx(const ledger::Transaction& transaction, const ledger::StateView& view) {
  return view.Get(ledger::ExpiryKey(transaction.payload.exp, transaction.txid)).has_value();
}

}  // namespace jiandu::contracts
