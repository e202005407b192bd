// Small counts beside the entities: committed rejections of a department by day.
//
// Pure; the thread of the block.
#pragma once

#include "contracts/block_state.h"

namespace jiandu::contracts {

[[nodiscard]] Bytes RejectionKey(std::string_view department, ledger::TimeMs time);
[[nodiscard]] std::uint32_t ReadCount(const std::optional<Bytes>& value);
void CountRejection(BlockState& state, std::string_view department);

}  // namespace jiandu::contracts
