// Forms of the catalogue (docs/contracts.md 4.3; 809 Art. 13 to 17).
//
// The members of `content` that Art. 13 asks for are by-rule: a draft may lack them, a submission
// gets CATALOG_INCOMPLETE.
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr std::string_view kArt13 = "809 Art. 13";

constexpr Field kCategoryFields[] = {
    {"class", kId, kByRule, "Class", "类"},
    {"group", kId, kByRule, "Group", "项"},
    {"directory", kId, kByRule, "Directory", "目"},
    {"subdirectory", kId, kByRule, "Subdirectory", "细目"},
};
constexpr Form kCategory{kCategoryFields};

constexpr Codes kBasisKinds[] = {"LAW", "ADMIN_REG", "SC_DECISION"};
constexpr Field kProhibitionFields[] = {
    Field{"kind", kCode, kByRule, "Kind of basis", "依据类型"}.Of(kBasisKinds),
    {"law", kText, kByRule, "Law", "法律法规"},
    {"article", kText, kByRule, "Article", "条款"},
    {"doc_digest", kHash, kByRule, "Digest of the document", "文件摘要"},
    {"case_by_case", kBool, kOptional, "Case by case", "可一事一议"},
};
constexpr Form kProhibition{kProhibitionFields};

constexpr Codes kItemRoles[] = {"KEY", "CONTENT"};
constexpr Codes kPersonal[] = {"NONE", "PI", "SENSITIVE_PI"};
constexpr Codes kSubjects[] = {"PERSON", "LEGAL", "VEHICLE", "PLACE", "OTHER"};
constexpr Field kItemFields[] = {
    {"item_id", kId, kByRule, "Item", "数据项编号", kArt13},
    {"name", kText, kByRule, "Name", "名称", kArt13},
    {"element_code", kId, kByRule, "Data element", "数据元"},
    Field{"item_role", kCode, kByRule, "Role", "角色"}.Of(kItemRoles),
    {"type", kId, kByRule, "Type", "类型"},
    Field{"item_grade", kCode, kByRule, "Grade", "级别", "GB/T 43697"}.Of(kGrades),
    Field{"pi_flag", kCode, kByRule, "Personal information", "个人信息标识"}.Of(kPersonal),
    Field{"subject_kind", kCode, kByRule, "Subject", "主体类型"}.Of(kSubjects),
    Field{"len", kInteger, kOptional, "Length", "长度"}.Between(0, 1'000'000),
    {"meaning_digest", kHash, kOptional, "Digest of the meaning", "含义摘要"},
    {"mask_default", kId, kOptional, "Default mask", "默认脱敏"},
    {"authoritative_source", kDepartment, kOptional, "Authoritative source", "数源部门"},
    {"code_list", kId, kOptional, "Code list", "值域"},
    {"required", kBool, kOptional, "Always present", "必填"},
};
constexpr Form kItem{kItemFields};

constexpr Codes kKinds[] = {"BASE", "THEME", "DEPARTMENT", "DERIVED"};
constexpr Field kContentFields[] = {
    {"code", kId, kByRule, "Resource code", "信息资源代码", kArt13},
    {"name", kText, kByRule, "Name", "名称", kArt13},
    {"abstract", kText, kByRule, "Abstract", "摘要", kArt13},
    Field{"category", kObject, kByRule, "Category", "分类", kArt13}.As(kCategory),
    Field{"kind", kCode, kByRule, "Kind", "资源类型", kArt13}.Of(kKinds),
    {"format", kId, kByRule, "Format", "格式", kArt13},
    {"update_cycle", kId, kByRule, "Update cycle", "更新周期", kArt13},
    Field{"share_class", kCode, kByRule, "Sharing class", "共享属性", "809 Art. 14"}.Of(
        kShareClasses),
    Field{"delivery_modes", kCode, kByRule, "Delivery modes", "共享方式", kArt13}.Of(kModes).List(
        4),
    Field{"labels", kId, kByRule, "Labels", "标签", kArt13}.List(32),
    {"schema_digest", kHash, kByRule, "Digest of the schema", "数据结构摘要", kArt13},
    Field{"schema_version", kInteger, kByRule, "Schema version", "结构版本", kArt13}.Between(
        1, 1'000'000),
    {"secrecy_assessment_digest", kHash, kByRule, "Secrecy assessment", "保密审查摘要", kArt13},
    Field{"secrecy_declared", kId, kByRule, "Declared secrecy", "涉密声明", "809 Art. 3"},
    Field{"grade", kCode, kByRule, "Grade", "级别", "GB/T 43697"}.Of(kGrades),
    Field{"items", kObject, kByRule, "Items", "数据项", kArt13}.As(kItem).List(256),
    {"source", kDepartment, kOptional, "Source department", "数源部门"},
    {"base_kind", kId, kOptional, "Base database", "基础库"},
    Field{"share_scope", kDepartment, kOptional, "Departments in scope, empty for all", "共享范围",
          "809 Art. 15"}
        .List(256),
    {"share_scope_all", kBool, kOptional, "All departments", "面向全部部门"},
    Field{"share_conditions", kId, kOptional, "Conditions", "共享条件", "809 Art. 15"}.List(32),
    Field{"prohibition_basis", kObject, kOptional, "Basis not to share", "不予共享依据",
          "809 Art. 14"}
        .As(kProhibition),
    {"pia_digest", kHash, kOptional, "Personal information impact assessment",
     "个人信息保护影响评估摘要", "PIPL Art. 55"},
    {"open_attr", kId, kOptional, "Open data attribute", "开放属性"},
    {"quality_digest", kHash, kOptional, "Quality report", "质量报告摘要"},
    Field{"visibility", kDepartment, kOptional, "Visible to, empty for all", "可见部门"}.List(256),
};

constexpr Field kResourceField =
    Field{"resource", kEntity, kRequired, "Resource", "资源"}.To(EntityKind::kResource);
constexpr Field kReasonCode =
    Field{"reason_code", kCode, kByRule, "Reason", "理由", "809 Art. 21"}.Of(kReasons);
constexpr Field kReasonDigest{"reason_digest",         kHash,      kByRule,
                              "Digest of the reasons", "理由摘要", "809 Art. 21"};

constexpr Field kNamedFields[] = {kResourceField};
constexpr Codes kReviewVerdicts[] = {"OK", "RETURN"};
constexpr Field kReviewFields[] = {
    kResourceField,
    Field{"verdict", kCode, kRequired, "Verdict", "审核结论", "809 Art. 16"}.Of(kReviewVerdicts),
    kReasonCode,
    kReasonDigest,
};
// A request settled is touched with its pair: twice the list stays below 64 entities.
constexpr Field kRetireFields[] = {
    kResourceField,
    Field{"settled", kEntity, kOptional, "Open cases settled hereby", "一并了结的事项"}.List(24),
};
constexpr Field kRefreshFields[] = {
    Field{"resource", kEntity, kStructural, "Resource", "资源"}.To(EntityKind::kResource),
    Field{"dataset_version", kInteger, kRequired, "Dataset version", "数据版本"}.Between(
        1, 1'000'000'000),
    {"dataset_digest", kHash, kRequired, "Digest of the dataset", "数据摘要"},
    Field{"rows", kInteger, kOptional, "Rows", "行数"},
    {"refreshed_at", kTime, kOptional, "Refreshed at", "更新时间"},
};

}  // namespace

constexpr Form kResourceContent{kContentFields};
namespace {
constexpr Field kContent =
    Field{"content", kObject, kRequired, "Content", "目录内容", kArt13}.As(kResourceContent);
constexpr Field kDraftFields[] = {kContent};
constexpr Field kSubmitFields[] = {kResourceField, kContent};
}  // namespace
constexpr Form kResourceDraft{kDraftFields};
constexpr Form kResourceSubmit{kSubmitFields};
constexpr Form kResourceReview{kReviewFields};
constexpr Form kResourceNamed{kNamedFields};
constexpr Form kResourceRetire{kRetireFields};
constexpr Form kResourceRefresh{kRefreshFields};

}  // namespace jiandu::ledger::forms
