#include "node/speculative_runs.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"

namespace jiandu::node {

store::OverlayPtr SpeculativeRuns::Find(const consensus::BlockId& id) {
  const auto found = std::ranges::find(runs_, id, &Run::id);
  if (found == runs_.end()) return nullptr;
  std::rotate(found, std::next(found), runs_.end());
  return runs_.back().overlay;
}

void SpeculativeRuns::MakeRoom() {
  while (runs_.size() >= kRunsMax) runs_.pop_front();
}

void SpeculativeRuns::Add(const consensus::BlockId& id, store::OverlayPtr overlay) {
  JD_ASSERT(runs_.size() < kRunsMax);
  runs_.push_back({.id = id, .overlay = std::move(overlay)});
}

}  // namespace jiandu::node
