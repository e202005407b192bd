// See access_check.h.
#include "contracts/access_check.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/department.h"
#include "contracts/resource_state.h"
#include "ledger/model/codes.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;
using ledger::Flag;

// Flags for which nobody is let in. The others say something of the evidence (CLOCK_SKEW,
// FIELD_MISSING), or of what is done with the answer (MASK_MISSING: the permit names the masks).
constexpr std::array kDenied{
    Flag::kDepartmentMismatch, Flag::kNotYetValid,    Flag::kExpired,
    Flag::kWhileSuspended,     Flag::kIpNotAllowed,   Flag::kSystemNotAllowed,
    Flag::kAccountNotAllowed,  Flag::kItemNotGranted, Flag::kOutsideHours,
    Flag::kOverDailyCap,       Flag::kOverRate,       Flag::kOverRows,
    Flag::kOverBytes,          Flag::kOverUses,       Flag::kPurposeMismatch};

std::string NameOf(Flag flag) {
  const auto flags = ledger::AllFlags();
  const auto found =
      std::ranges::find(flags, static_cast<std::uint32_t>(flag), &ledger::FlagInfo::bit);
  return found == flags.end() ? std::string() : std::string(found->name);
}

std::vector<std::string> IdsOf(const Json& content) {
  std::vector<std::string> ids;
  for (const Json& item : content.ItemsOf("items")) ids.emplace_back(item.TextOr("item_id"));
  return ids;
}

class Checker {
 public:
  Checker(BlockState& state, const AccessAsked& asked, const EntityBody& grant)
      : state_(state), asked_(asked), grant_(grant) {}

  AccessPermit Check() {
    AddTerms();
    AddFlags();
    const EntityId* resource = grant_.Link("resource");
    const ledger::TimeMs now = state_.Context().time;
    permit_.is_suspended = IsSuspendedAt(SuspensionSwitches(state_, grant_.Party("consumer")), now);
    permit_.is_stopped = resource != nullptr &&
                         std::ranges::any_of(state_.Stops(*resource),
                                             [now](const auto& one) { return one.Holds(now); });
    permit_.is_revoked = IsRevoked();
    return std::move(permit_);
  }

 private:
  void AddTerms() {
    const Json terms = grant_.Terms();
    for (const Json& item : terms.ItemsOf("items")) permit_.items.push_back(item.AsString());
    for (const Json& mask : terms.ItemsOf("mask")) {
      permit_.masks.emplace_back(mask.TextOr("item_id"), mask.TextOr("profile"));
    }
    const AccessTerms* judged_by = state_.TermsAt(asked_.grant, state_.Context().time);
    if (judged_by == nullptr) return;
    permit_.valid_to = judged_by->valid_to;
    permit_.records_each = judged_by->single_calls;
    if (judged_by->daily_cap == 0) return;
    const auto day = state_.DayAsIs(asked_.grant, ledger::DateOf(state_.Context().time));
    permit_.left_today = judged_by->daily_cap - std::min(judged_by->daily_cap, day.counted);
  }

  void AddFlags() {
    const std::string mask = MaskAsked();
    AccessRecord record;
    record.occurred_at = state_.Context().time;
    record.result = AccessResult::kOk;
    record.system = asked_.system;
    record.acct_tag = asked_.acct_tag;
    record.client_ip = asked_.client_ip;
    record.client_net = asked_.client_net;
    record.purpose_code = asked_.purpose_code;
    record.matter_code = asked_.matter_code;
    record.items_mask = mask;
    record.rows = asked_.rows;
    std::uint64_t flags =
        AccessJudge(state_, asked_.grant, Reporter::kProvider).Judge(record).flags;
    // An item the resource does not have has no bit.
    const bool granted = std::ranges::all_of(asked_.items, [this](const std::string& item) {
      return std::ranges::find(permit_.items, item) != permit_.items.end();
    });
    if (!granted) flags |= FlagBit(Flag::kItemNotGranted);
    for (const Flag flag : kDenied) {
      if ((flags & FlagBit(flag)) != 0) permit_.flags.push_back(NameOf(flag));
    }
  }
  std::string MaskAsked() {
    const EntityId* resource = grant_.Link("resource");
    if (asked_.items.empty() || resource == nullptr) return {};
    const Json content = ContentOfVersion(state_, *resource, grant_.Number("resource_version"));
    return HexEncode(MaskOf(asked_.items, IdsOf(content)));
  }
  [[nodiscard]] bool IsRevoked() {
    const auto id = ledger::ParseEntityId(asked_.system);
    const EntityBody* identity = id ? state_.Body(*id) : nullptr;
    return identity != nullptr &&
           identity->status != static_cast<std::uint32_t>(ledger::IdentityStatus::kActive);
  }

  BlockState& state_;
  const AccessAsked& asked_;
  const EntityBody& grant_;
  AccessPermit permit_;
};

}  // namespace

std::span<const Flag> DenyingFlags() { return kDenied; }

std::optional<AccessPermit> CheckAccess(const ledger::StateView& view, const AsOf& at,
                                        const AccessAsked& asked) {
  const auto grant = BodyAsOf(view, at, asked.grant);
  if (!grant || grant->kind != ledger::EntityKind::kGrant) return std::nullopt;
  const BlockContext context{.chain = {}, .height = at.height, .time = at.time, .log_size = 0};
  BlockState state(view, context);
  return Checker(state, asked, *grant).Check();
}

}  // namespace jiandu::contracts
