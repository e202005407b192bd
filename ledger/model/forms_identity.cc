// Forms of departments, identities and pending signatures (docs/contracts.md 4.0, 4.1).
#include "ledger/model/forms.h"
#include "ledger/model/forms_catalogues.h"

namespace jiandu::ledger::forms {
namespace {

using enum FieldType;
using enum Need;

constexpr Codes kAwaitRoles[] = {"HEAD", "PEER"};
constexpr Field kAwaitEntryFields[] = {
    {"department", kDepartment, kRequired, "Department", "部门"},
    Field{"role", kCode, kRequired, "Role", "签署角色"}.Of(kAwaitRoles),
};
constexpr Form kAwaitEntry{kAwaitEntryFields};
constexpr Field kAwaitFields[] = {
    Field{"await", kObject, kOptional, "Still to sign", "待签"}.As(kAwaitEntry).List(3),
};

constexpr Field kCosignFields[] = {
    Field{"pending", kEntity, kRequired, "Pending object", "待签事项"}.To(EntityKind::kPending),
    {"digest", kHash, kRequired, "Digest the maker signed", "经办人所签摘要"},
};

constexpr Codes kIdentityKinds[] = {"OFFICER", "SYSTEM", "NODE", "CONTRACTOR"};
constexpr Codes kDuties[] = {"CLERK", "HEAD", "DEPT_LEADER", "SECURITY", "SYSADMIN", "AUDIT"};
constexpr Field kAttributeFields[] = {
    {"system_name", kText, kOptional, "System name", "系统名称"},
    Field{"mlps_level", kInteger, kOptional, "MLPS level", "等保级别"}.Between(1, 5),
    {"deploy_level", kId, kOptional, "Level of deployment", "部署层级"},
    {"net_zone", kId, kOptional, "Network zone", "网络区域"},
    Field{"cidrs", kNet, kOptional, "Networks", "网段"}.List(16),
};
constexpr Form kAttributes{kAttributeFields};
// The certificate an officer's key is bound to (电子政务电子认证).
constexpr Field kCertFields[] = {
    {"ca_id", kId, kRequired, "Issuer", "认证机构", "商密 Art. 30"},
    {"fp", kHash, kRequired, "Fingerprint", "证书指纹"},
    {"not_after", kTime, kRequired, "Valid until", "有效期至"},
    {"serial", kId, kRequired, "Serial number", "证书序列号"},
};
constexpr Form kCert{kCertFields};
constexpr Field kNewIdentityFields[] = {
    {"name", kId, kRequired, "Post or system code", "岗位或系统编码", "GM/T 0111 8.1"},
    Field{"kind", kCode, kRequired, "Kind", "身份类型"}.Of(kIdentityKinds),
    Field{"duties", kCode, kOptional, "Duties", "职责", "GB/T 39477 6.2"}.Of(kDuties).List(6),
    {"key", kKey, kRequired, "Public key", "公钥"},
    {"key_proof", kSignature, kRequired, "Proof of possession", "密钥持有证明"},
    Field{"attributes", kObject, kOptional, "Attributes", "属性"}.As(kAttributes),
    Field{"cert", kObject, kOptional, "Certificate", "数字证书", "商密 Art. 30"}.As(kCert),
};
constexpr Form kNewIdentity{kNewIdentityFields};

// Of another department's: only of a manager whose keys are lost, by vote (docs/contracts.md 4.1).
constexpr Field kRegisterFields[] = {
    kNewIdentityFields[0],
    kNewIdentityFields[1],
    kNewIdentityFields[2],
    kNewIdentityFields[3],
    kNewIdentityFields[4],
    kNewIdentityFields[5],
    kNewIdentityFields[6],
    {"department", kDepartment, kOptional, "Manager whose keys are lost", "密钥遗失的主管部门"},
};

constexpr Codes kLevels[] = {"NATIONAL", "PROVINCE", "CITY", "DISTRICT", "TOWN"};
constexpr Codes kKinds[] = {"GOV", "AUTHORIZED_BODY", "EXTERNAL"};
constexpr Codes kRoles[] = {"DEPARTMENT", "MANAGER",           "AUDITOR", "GOVERNMENT",
                            "SUPERIOR",   "PLATFORM_OPERATOR", "OBSERVER"};
constexpr Field kDepartmentFields[] = {
    {"code", kDepartment, kRequired, "Unified social credit code", "统一社会信用代码", "GB 32100"},
    {"name", kText, kRequired, "Name", "名称"},
    {"alias", kId, kOptional, "Short name", "简称"},
    {"jurisdiction", kId, kRequired, "Division code", "行政区划代码"},
    Field{"level", kCode, kRequired, "Level", "层级"}.Of(kLevels),
    Field{"kind", kCode, kRequired, "Kind", "机构类型"}.Of(kKinds),
    Field{"roles", kCode, kRequired, "Roles", "角色"}.Of(kRoles).List(7),
    {"parent", kDepartment, kOptional, "Superior department", "上级部门"},
    {"sharing_office", kText, kRequired, "Sharing office", "共享工作机构", "809 Art. 11"},
    Field{"identities", kObject, kOptional, "First identities", "首批身份"}
        .As(kNewIdentity)
        .List(4),
};

constexpr Field kRotateFields[] = {
    Field{"identity", kEntity, kRequired, "Identity", "身份"}.To(EntityKind::kIdentity),
    {"key", kKey, kRequired, "New public key", "新公钥"},
    {"key_proof", kSignature, kRequired, "Proof of possession", "密钥持有证明"},
    Field{"overlap_hours", kInteger, kOptional, "Overlap in hours", "新旧并用小时数"}.Between(0,
                                                                                              72),
};
constexpr Codes kRevokeReasons[] = {"LEFT", "LOST", "COMPROMISED"};
constexpr Field kRevokeFields[] = {
    Field{"identity", kEntity, kRequired, "Identity", "身份"}.To(EntityKind::kIdentity),
    Field{"reason", kCode, kByRule, "Reason", "理由"}.Of(kRevokeReasons),
    {"compromised_since", kTime, kOptional, "Compromised since", "失密起始时间"},
    {"evidence_digest", kHash, kOptional, "Digest of the evidence", "证据摘要"},
};
constexpr Field kDutiesFields[] = {
    Field{"identity", kEntity, kRequired, "Identity", "身份"}.To(EntityKind::kIdentity),
    Field{"duties", kCode, kRequired, "Duties", "职责"}.Of(kDuties).List(6),
};

}  // namespace

constexpr Form kAwait{kAwaitFields};
constexpr Form kCosign{kCosignFields};
constexpr Form kDepartmentRegister{kDepartmentFields};
constexpr Form kIdentityRegister{kRegisterFields};
constexpr Form kIdentityRotateKey{kRotateFields};
constexpr Form kIdentityRevoke{kRevokeFields};
constexpr Form kIdentitySetDuties{kDutiesFields};

}  // namespace jiandu::ledger::forms
