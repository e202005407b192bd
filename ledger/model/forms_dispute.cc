// Forms of disputes 争议 (docs/contracts.md 4.16; 809 Art. 28).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr std::string_view kLaw = "809 Art. 28";
constexpr Field kDispute =
    Field{"dispute", kEntity, kRequired, "Dispute", "争议", kLaw}.To(EntityKind::kDispute);

constexpr Codes kClaims[] = {"REFUSAL", "NARROWING",  "CONDITION", "DELAY", "QUALITY",
                             "CHANGE",  "SUSPENSION", "DISPOSAL",  "OTHER"};
constexpr Field kFileFields[] = {
    {"case", kEntity, kRequired, "Case disputed", "争议事项", kLaw},
    Field{"claim_code", kCode, kRequired, "Claim", "诉求类型", kLaw}.Of(kClaims),
    {"claim_digest", kHash, kRequired, "Digest of the claim", "诉求摘要", kLaw},
};
constexpr Field kSettleFields[] = {
    kDispute,
    {"settlement_digest", kHash, kRequired, "Digest of the settlement", "协商结果摘要", kLaw},
};
constexpr Field kEscalateFields[] = {
    kDispute,
    {"mediator", kDepartment, kRequired, "Mediator", "协调部门", kLaw},
    {"minutes_digest", kHash, kByRule, "Digest of the negotiation minutes", "协商记录摘要", kLaw},
};
constexpr Codes kMediations[] = {"SETTLED", "FAILED"};
constexpr Field kMediateFields[] = {
    kDispute,
    Field{"verdict", kCode, kRequired, "Outcome", "协调结果", kLaw}.Of(kMediations),
    {"opinion_digest", kHash, kRequired, "Digest of the opinion", "协调意见摘要", kLaw},
};
constexpr Codes kDecisions[] = {"APPROVE", "REFUSE"};
constexpr Field kDecideFields[] = {
    kDispute,
    Field{"verdict", kCode, kRequired, "Decision", "决定", kLaw}.Of(kDecisions),
    {"decision_no", kText, kRequired, "Number of the decision", "决定文号", kLaw},
    {"decision_digest", kHash, kRequired, "Digest of the decision", "决定摘要", kLaw},
    Field{"terms", kObject, kOptional, "Terms, when a request or grant is decided",
          "决定的共享条件"}
        .As(kTerms),
    Field{"grant", kEntity, kOptional, "Grant to be amended, of a granted request",
          "拟变更的共享权限"}
        .To(EntityKind::kGrant),
};
constexpr Field kWithdrawFields[] = {
    kDispute,
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};

}  // namespace

constexpr Form kDisputeFile{kFileFields};
constexpr Form kDisputeSettle{kSettleFields};
constexpr Form kDisputeEscalate{kEscalateFields};
constexpr Form kDisputeMediate{kMediateFields};
constexpr Form kDisputeDecide{kDecideFields};
constexpr Form kDisputeWithdraw{kWithdrawFields};

}  // namespace jiandu::ledger::forms
