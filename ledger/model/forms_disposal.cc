// Forms of use reports, disposal, derivations and the propagation of corrections (docs/contracts.md
// 4.11 to 4.13; 809 Art. 25 to 29).
//
// Lists that name entities are short: what a transaction touches stays below 64.
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr std::int64_t kVersionMax = 1'000'000'000;

constexpr Field kGrantOfFact =
    Field{"grant", kEntity, kStructural, "Grant", "共享权限"}.To(EntityKind::kGrant);
constexpr Field kReasonCode =
    Field{"reason_code", kCode, kByRule, "Reason", "理由", "809 Art. 27"}.Of(kReasons);
constexpr Field kReasonDigest{"reason_digest", kHash, kByRule, "Digest of the reasons", "理由摘要"};

// Disposal
constexpr Codes kDisposalKinds[] = {"DELETE",  "RETURN",        "ANONYMIZE",
                                    "ARCHIVE", "CHANNEL_CACHE", "NONE_HELD"};
constexpr Codes kTreatments[] = {"KEEP_WITH_BASIS", "DELETE", "REBUILD"};
constexpr Field kDerivedFields[] = {
    Field{"resource", kEntity, kRequired, "Derived resource", "衍生资源"}.To(EntityKind::kResource),
    Field{"treatment", kCode, kRequired, "Treatment", "处理方式", "809 Art. 27(1)"}.Of(kTreatments),
    {"basis_digest", kHash, kOptional, "Basis to keep", "保留依据摘要"},
};
constexpr Form kDerived{kDerivedFields};
constexpr Field kReportFields[] = {
    kGrantOfFact,
    Field{"kind", kCode, kRequired, "Kind", "处置方式", "809 Art. 27(1)"}.Of(kDisposalKinds),
    Field{"batch_ids", kId, kOptional, "Batches, all when absent", "涉及批次"}.List(64),
    {"method", kId, kRequired, "Method", "处置方法"},
    {"evidence_digest", kHash, kRequired, "Digest of the evidence", "处置证据摘要"},
    Field{"witness", kEntity, kOptional, "Witness", "见证人", "809 Art. 27(1)"}.To(
        EntityKind::kIdentity),
    Field{"derived", kObject, kOptional, "Derived resources", "衍生数据"}.As(kDerived).List(32),
    {"disposed_at", kTime, kOptional, "Disposed of at", "处置时间"},
};
constexpr Field kDisposalField =
    Field{"disposal", kEntity, kRequired, "Disposal", "处置"}.To(EntityKind::kDisposal);
constexpr Field kAcceptFields[] = {
    kDisposalField,
    {"opinion_digest", kHash, kOptional, "Digest of the opinion", "验收意见摘要"},
};
constexpr Field kRejectFields[] = {kDisposalField, kReasonCode, kReasonDigest};

// Use report
constexpr Field kUseFields[] = {
    kGrantOfFact,
    {"period", kDate, kRequired, "Last day of the period", "报告期截止日", "809 Art. 29"},
    Field{"scenes", kId, kRequired, "Scenes", "使用场景", "809 Art. 29"}.List(32),
    {"effect_code", kId, kRequired, "Effect", "使用成效"},
    {"effect_digest", kHash, kRequired, "Digest of the effects", "成效摘要"},
    Field{"satisfaction", kInteger, kOptional, "Satisfaction", "满意度"}.Between(1, 5),
    Field{"storage", kId, kOptional, "Where the data lies", "存储位置"}.List(16),
    Field{"holders", kEntity, kOptional, "Systems that hold it", "持有系统"}
        .To(EntityKind::kIdentity)
        .List(16),
    Field{"derived", kEntity, kOptional, "Derived resources", "衍生资源"}
        .To(EntityKind::kResource)
        .List(24),
    Field{"incidents", kId, kOptional, "Incidents", "安全事件"}.List(16),
};

// Derivation
constexpr Field kInputFields[] = {
    Field{"resource", kEntity, kRequired, "Input", "输入资源"}.To(EntityKind::kResource),
    Field{"version", kInteger, kRequired, "Its dataset version", "输入数据版本"}.Between(
        0, kVersionMax),
    Field{"grant", kEntity, kOptional, "Grant, unless own data", "所用权限"}.To(EntityKind::kGrant),
    Field{"batch_ids", kId, kOptional, "Batches", "批次"}.List(32),
    Field{"items", kId, kRequired, "Items used", "所用数据项"}.List(64),
};
constexpr Form kInput{kInputFields};
constexpr Field kFromFields[] = {
    Field{"input", kInteger, kRequired, "Place in `inputs`", "输入序号"}.Between(0, 11),
    {"item", kId, kRequired, "Item of the input", "输入数据项"},
};
constexpr Form kFrom{kFromFields};
constexpr Field kMapFields[] = {
    {"out_item", kId, kRequired, "Item made", "衍生数据项"},
    Field{"from", kObject, kRequired, "Made from", "来源数据项"}.As(kFrom).List(8),
    {"unchanged", kBool, kOptional, "Survives unchanged", "原样保留"},
};
constexpr Form kMap{kMapFields};
constexpr Field kOutVersion =
    Field{"out_version", kInteger, kRequired, "Version made", "衍生数据版本"}.Between(0,
                                                                                      kVersionMax);
constexpr Field kRecordFields[] = {
    Field{"resource", kEntity, kStructural, "Derived resource", "衍生资源"}.To(
        EntityKind::kResource),
    kOutVersion,
    Field{"inputs", kObject, kRequired, "Inputs", "输入数据"}.As(kInput).List(12),
    Field{"kind", kCode, kRequired, "Kind", "衍生方式"}.Of(kDerivations),
    {"transform_digest", kHash, kRequired, "Digest of the method", "加工方法摘要"},
    Field{"item_map", kObject, kRequired, "Items from items", "数据项映射"}.As(kMap).List(64),
    {"records_root", kHash, kOptional, "Root of records", "记录根"},
    Field{"grade_claimed", kCode, kOptional, "Grade, else the resource's", "申报级别"}.Of(kGrades),
    {"assessment_digest", kHash, kOptional, "Assessment of a lower grade", "降级评估摘要"},
};
constexpr Field kNewInputFields[] = {
    Field{"resource", kEntity, kRequired, "Input", "输入资源"}.To(EntityKind::kResource),
    Field{"version", kInteger, kRequired, "New version", "新数据版本"}.Between(0, kVersionMax),
};
constexpr Form kNewInput{kNewInputFields};
constexpr Field kRefreshFields[] = {
    Field{"derivation", kEntity, kStructural, "Derivation", "衍生"}.To(EntityKind::kDerivation),
    kOutVersion,
    Field{"inputs", kObject, kRequired, "New input versions", "输入新版本"}.As(kNewInput).List(12),
};

// Corrections passed on
constexpr Field kCorrectionOfFact =
    Field{"correction", kEntity, kStructural, "Correction", "校核"}.To(EntityKind::kCorrection);
constexpr Field kHeldGrant =
    Field{"grant", kEntity, kOptional, "Data held under the grant", "所持数据的权限"}.To(
        EntityKind::kGrant);
constexpr Field kHeldResource =
    Field{"resource", kEntity, kOptional, "Own derived resource", "本部门衍生资源"}.To(
        EntityKind::kResource);
constexpr Codes kOutcomes[] = {"APPLIED", "NOT_AFFECTED", "KEPT"};
constexpr Field kPropagateFields[] = {
    kCorrectionOfFact,
    kHeldGrant,
    kHeldResource,
    Field{"outcome", kCode, kRequired, "Outcome", "处理结果", "809 Art. 25"}.Of(kOutcomes),
    Field{"out_version", kInteger, kOptional, "Version that has it", "更正后版本"}.Between(
        1, kVersionMax),
    Field{"reason_code", kCode, kOptional, "Reason", "理由"}.Of(kReasons),
    {"reason_digest", kHash, kOptional, "Digest of the reasons", "理由摘要"},
};
constexpr Field kMatterFields[] = {
    {"matter_code", kId, kRequired, "Matter", "事项编码"},
    Field{"count", kInteger, kRequired, "Acts", "办件数"}.Between(0, 1'000'000'000'000),
};
constexpr Form kMatter{kMatterFields};
constexpr Field kImpactFields[] = {
    kCorrectionOfFact,
    kHeldGrant,
    kHeldResource,
    Field{"matters", kObject, kRequired, "Acts based on the wrong value", "受影响办件"}
        .As(kMatter)
        .List(64),
    {"report_digest", kHash, kOptional, "Digest of the report", "影响报告摘要"},
};

}  // namespace

constexpr Form kDisposalReport{kReportFields};
constexpr Form kDisposalAccept{kAcceptFields};
constexpr Form kDisposalReject{kRejectFields};
constexpr Form kUseReport{kUseFields};
constexpr Form kDerivationRecord{kRecordFields};
constexpr Form kDerivationRefresh{kRefreshFields};
constexpr Form kCorrectionPropagate{kPropagateFields};
constexpr Form kCorrectionImpact{kImpactFields};

}  // namespace jiandu::ledger::forms
