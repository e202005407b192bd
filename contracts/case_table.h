// The rows of the case engine: for every op who signs, from which status it starts, which rules are
// asked in which order, and what follows.
//
// A row is data; what is particular to a machine are small named functions it refers to (tables/).
// The order of checks is that of docs/contracts.md 4.20: form, identity and role, reference, state,
// turn, rules. Constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "contracts/block_state.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/op.h"

namespace jiandu::contracts {

using ledger::Code;

// Departments that may send the op, by their place in the case (bit set).
namespace side {
inline constexpr std::uint32_t kAny = 1U << 0U;
inline constexpr std::uint32_t kProvider = 1U << 1U;
inline constexpr std::uint32_t kConsumer = 1U << 2U;
inline constexpr std::uint32_t kManager = 1U << 3U;  // of the case; without one: a MANAGER
inline constexpr std::uint32_t kIssuer = 1U << 4U;   // of an order, a notice
inline constexpr std::uint32_t kTarget = 1U << 5U;   // of an order, a finding, a complaint
inline constexpr std::uint32_t kOpener = 1U << 6U;   // by the profile of the case
inline constexpr std::uint32_t kOwner = 1U << 7U;    // of a derived resource, an incident
inline constexpr std::uint32_t kHolder = 1U << 8U;   // who has the data, the leaf, the document
inline constexpr std::uint32_t kFiler = 1U << 9U;    // of a dispute, a complaint
inline constexpr std::uint32_t kOther = 1U << 10U;   // the other side of a dispute
inline constexpr std::uint32_t kMediator = 1U << 11U;
inline constexpr std::uint32_t kContributor = 1U << 12U;  // to an authoritative source
// By the department's role, whatever the case:
inline constexpr std::uint32_t kGateway = 1U << 16U;  // PLATFORM_OPERATOR
inline constexpr std::uint32_t kAuditor = 1U << 17U;
inline constexpr std::uint32_t kGovernment = 1U << 18U;
inline constexpr std::uint32_t kSuperior = 1U << 19U;
inline constexpr std::uint32_t kAnyManager = 1U << 20U;  // a MANAGER, of this case or not
}  // namespace side

// Which signatures an op asks for.
enum class Who : std::uint8_t {
  kMaker,          // 经办人; of an auditor: duty AUDIT
  kMakerHead,      // 经办人 and 负责人
  kHead,           // 负责人; a maker may have prepared it
  kMakerLeader,    // 经办人 and 部门负责人
  kLeader,         // 部门负责人
  kSystem,         // a machine
  kMakerOrSystem,  // either
  kSysadminHead,   // SYSADMIN and 负责人
  kSelf,           // any key of an identity
  kSecurity,       // duty SECURITY; of an auditor: AUDIT
  kSecurityOrSystem,
  kOfficerHead,  // any officer but a SYSADMIN, and 负责人
};
enum class Await : std::uint8_t { kAllowed, kNever };

struct SignerInfo {
  ledger::KeyId key;
  ledger::SignerRole role = ledger::SignerRole::kMaker;
  const ledger::KeyRecord* record = nullptr;  // owned by the block state
  bool signed_before = false;  // stands in the pending object: was judged when it was given
};

struct CaseRow;

// Who votes on a case, and how many of them must say yes (docs/contracts.md 4.0).
struct Electorate {
  std::vector<ledger::DepartmentId> heads = {};  // one vote each, ascending
  std::size_t needed = 0;                        // of them
  // Of each group one must say yes too: the auditor, the manager.
  std::vector<std::vector<ledger::DepartmentId>> groups = {};

  [[nodiscard]] bool IsVoted() const { return needed > 0 || !groups.empty(); }
};

// One transaction on its way through the engine.
struct Case {
  BlockState& state;
  const ledger::Payload& payload;  // of the transaction that has the effect
  ledger::TxId txid;               // of the transaction that is committed
  const ledger::OpInfo& op;
  const CaseRow& row;
  const ledger::FormReport* form = nullptr;  // of the payload's body, where it is known already
  std::vector<SignerInfo> signers = {};
  ledger::TimeMs at = 0;                       // claimed, of the committed transaction
  ledger::EntityId subject = {};               // zero when the op creates its own
  const ledger::EntityBody* body = nullptr;    // of the subject
  std::vector<SignerInfo> missing_roles = {};  // roles still awaited (key zero)
  std::uint64_t flags = 0;
  std::string note = {};            // of the act: verdict, reason, count
  std::string on_behalf = {};       // post of the head in whose place a delegate signed
  ledger::EntityId delegator = {};  // that head
  std::vector<ledger::DepartmentId> votes = {};  // cast for it, besides its signatures
  bool is_put_to_vote = false;                   // short of the quorum, and may wait for it
  std::vector<ledger::EntityId> born = {};
  std::vector<ledger::EntityId> also_touched = {};

  [[nodiscard]] const Json& Form() const { return payload.body; }
  [[nodiscard]] std::string_view Text(std::string_view name) const {
    return payload.body.TextOr(name);
  }
  [[nodiscard]] ledger::TimeMs Time() const { return state.Context().time; }
  [[nodiscard]] ledger::Height Height() const { return state.Context().height; }
  void Raise(ledger::Flag flag) { flags |= ledger::FlagBit(flag); }
  // The entity a member of the body names; zero id when absent.
  [[nodiscard]] ledger::EntityId Named(std::string_view member) const;
  [[nodiscard]] const ledger::EntityBody* NamedBody(std::string_view member) const;
  [[nodiscard]] bool IsSide(std::uint32_t sides) const;
  // The sender is that party of the case, or was before it passed to another department: then a
  // system in its days of grace.
  [[nodiscard]] bool IsParty(std::string_view party) const;
  [[nodiscard]] const SignerInfo* Signer(ledger::SignerRole role) const;
  // The role is still to sign: what it is needed for is asked when it has.
  [[nodiscard]] bool Awaits(ledger::SignerRole role) const;
};

using Check = Code (*)(Case&);
using Effect = void (*)(Case&);
using Need = bool (*)(Case&);
using PeerRule = bool (*)(Case&, const ledger::KeyRecord& peer);
using Electing = Electorate (*)(Case&);

enum class TouchRule : std::uint8_t {
  kCase,    // the case with all it hangs on
  kAccess,  // grant, resource, pair and department-month
};

struct CaseRow {
  std::string_view op;
  std::uint32_t sides = side::kAny;
  Who who = Who::kMakerHead;
  std::string_view subject{};     // member that names the case; "": the op creates its own
  std::string_view or_subject{};  // another member that names it where the first is absent
  std::uint32_t from = 0;         // statuses it may start from (bit 1 << status); 0: any
  std::uint32_t to = 0;           // status after; 0: set by the effect or unchanged
  Await await = Await::kAllowed;
  Check required = nullptr;           // step 1b beyond the form
  PeerRule peer = nullptr;            // whose head may sign as PEER
  Need peer_needed = nullptr;         // the op is incomplete without; null: never
  Need head_needed = nullptr;         // beside a maker the HEAD may sign, and must when this holds
  Electing electorate = nullptr;      // the op is voted (contracts/proposal.h); null: never
  Check role = nullptr;               // step 3 beyond the signatures
  Check condition = nullptr;          // step 5 beyond `from`
  Check turn = nullptr;               // step 6
  std::span<const Check> rules = {};  // step 7, in the order of the codes of the row
  Effect effect = nullptr;
  TouchRule touch = TouchRule::kCase;
};

// Rows of the machines (tables/).
[[nodiscard]] std::span<const CaseRow> DepartmentRows();
[[nodiscard]] std::span<const CaseRow> IdentityRows();
[[nodiscard]] std::span<const CaseRow> CatalogueRows();
[[nodiscard]] std::span<const CaseRow> RequestRows();
[[nodiscard]] std::span<const CaseRow> DecisionRows();
[[nodiscard]] std::span<const CaseRow> GrantRows();
[[nodiscard]] std::span<const CaseRow> AccessRows();
[[nodiscard]] std::span<const CaseRow> CorrectionRows();
[[nodiscard]] std::span<const CaseRow> RectificationRows();
[[nodiscard]] std::span<const CaseRow> CatalogueChangeRows();
[[nodiscard]] std::span<const CaseRow> ExtensionRows();
[[nodiscard]] std::span<const CaseRow> DemandRows();
[[nodiscard]] std::span<const CaseRow> NetworkRows();
[[nodiscard]] std::span<const CaseRow> NodeRows();
[[nodiscard]] std::span<const CaseRow> StandingRows();
[[nodiscard]] std::span<const CaseRow> DelegationRows();
[[nodiscard]] std::span<const CaseRow> ConsultationRows();
[[nodiscard]] std::span<const CaseRow> GrantChangeRows();
[[nodiscard]] std::span<const CaseRow> ThirdPartyRows();
[[nodiscard]] std::span<const CaseRow> EvidenceRows();
[[nodiscard]] std::span<const CaseRow> DisposalRows();
[[nodiscard]] std::span<const CaseRow> DerivationRows();
[[nodiscard]] std::span<const CaseRow> EmergencyRows();
[[nodiscard]] std::span<const CaseRow> SupervisionRows();
[[nodiscard]] std::span<const CaseRow> AuditRows();
[[nodiscard]] std::span<const CaseRow> DisputeRows();
[[nodiscard]] const CaseRow* FindRow(std::string_view op);

template <typename Status>
[[nodiscard]] constexpr std::uint32_t In(Status status) {
  return 1U << static_cast<std::uint32_t>(status);
}
template <typename Status>
[[nodiscard]] constexpr std::uint32_t To(Status status) {
  return static_cast<std::uint32_t>(status);
}

}  // namespace jiandu::contracts
