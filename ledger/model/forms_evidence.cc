// Forms of unsealing, and of leaves, documents and names demanded and produced (docs/contracts.md
// 4.10; 809 Art. 29).
#include "ledger/model/forms.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;
using Codes = std::string_view;

// What lay inside the seal. The commitment is over their canonical JSON.
constexpr Field kOpenedFields[] = {
    {"acct_tag", kHash, kOptional, "Account tag", "账号标签"},
    {"case_commitment", kHash, kOptional, "Case", "办件号承诺"},
    {"matter_code", kId, kOptional, "Matter", "事项编码"},
    {"operator_tag", kHash, kOptional, "Operator tag", "操作人标签"},
    Field{"subject_tags", kHash, kOptional, "Subject tags", "主体标签"}.List(16),
};
constexpr Form kOpened{kOpenedFields};
constexpr Field kDiscloseFields[] = {
    Field{"grant", kEntity, kStructural, "Grant", "共享权限"}.To(EntityKind::kGrant),
    {"acc_id", kId, kStructural, "Access", "访问编号"},
    {"salt", kHash, kRequired, "Salt", "盐值"},
    Field{"opened", kObject, kRequired, "What was sealed", "密封内容"}.As(kOpened),
};

constexpr Codes kDemandKinds[] = {"LEAF", "DOCUMENT", "NAME"};
constexpr Field kDemandFields[] = {
    Field{"kind", kCode, kRequired, "What is demanded", "调取内容", "809 Art. 29"}.Of(kDemandKinds),
    {"keeper", kDepartment, kRequired, "Keeper", "保存部门"},
    {"term", kTime, kRequired, "Term", "期限", "809 Art. 29"},
    Field{"engagement", kEntity, kByRule, "Engagement", "审计任务"}.To(EntityKind::kEngagement),
    Field{"grant", kEntity, kOptional, "Grant of the batch", "共享权限"}.To(EntityKind::kGrant),
    {"batch_id", kId, kOptional, "Batch", "批次编号"},
    {"acc_id", kId, kOptional, "Access", "访问编号"},
    {"document_digest", kHash, kOptional, "Digest of the document", "文件摘要"},
    Field{"identity", kEntity, kOptional, "Officer", "人员"}.To(EntityKind::kIdentity),
};
constexpr Field kProducedFields[] = {
    Field{"leaf_demand", kEntity, kStructural, "Demand", "调取要求"}.To(EntityKind::kLeafDemand),
    {"digest", kHash, kRequired, "Digest of what is produced; of a leaf, its leaf hash",
     "提供内容摘要"},
    Field{"index", kInteger, kOptional, "Place of the leaf", "序号"},
    Field{"size", kInteger, kOptional, "Leaves of the batch", "总数"},
    Field{"path", kHash, kOptional, "Path to the root", "路径"}.List(64),
    Field{"record", kObject, kOptional, "The leaf itself: the record, as in a full batch",
          "明细记录（同完整批次中的记录）"}
        .As(kAccessFields),
};

}  // namespace

constexpr Form kAccessDisclose{kDiscloseFields};
constexpr Form kLeafDemand{kDemandFields};
constexpr Form kLeafProduced{kProducedFields};

}  // namespace jiandu::ledger::forms
