// Who answers for a department: its officers with the duty HEAD, LEADER or SECURITY, now and at any
// time before, without looking at anybody else of it.
//
// Genesis and contracts write the rows with the identities; they are no leaves of the state tree.
// Those in office stand in one list, those who were in another by when they left it, so that a list
// for a time reads nobody who had left by then (809 Art. 20). Pure; any thread.
#pragma once

#include <array>
#include <vector>

#include "ledger/model/body.h"
#include "ledger/model/key_record.h"
#include "ledger/model/state_view.h"

namespace jiandu::ledger {

inline constexpr std::array kDutiesInCharge = {duty::kHead, duty::kLeader, duty::kSecurity};

// "P" department entity 17 "office/" duty 1 identity 17 -> since 8.
[[nodiscard]] Bytes OfficeRowKey(std::string_view department, std::uint32_t duty,
                                 const EntityId& identity);
// "P" department entity 17 "former/" duty 1 until 8 identity 17 -> since 8.
[[nodiscard]] Bytes FormerOfficeRowKey(std::string_view department, std::uint32_t duty,
                                       TimeMs until, const EntityId& identity);
[[nodiscard]] Bytes OfficeRowValue(TimeMs since);
[[nodiscard]] TimeMs SinceOf(ByteView office_row);

// The identity is an active officer with the duty.
[[nodiscard]] bool IsInOffice(const EntityBody& identity, std::uint32_t duty);

// Officers with the duty at a time, at most `count`: those still in office first, each list in its
// own order (by id; by when they left).
[[nodiscard]] std::vector<EntityId> ListOfficers(const StateView& view, std::string_view department,
                                                 std::uint32_t duty, TimeMs time,
                                                 std::size_t count);

}  // namespace jiandu::ledger
