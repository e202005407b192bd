// See held_answers.h.
#include "gateway/held_answers.h"

namespace jiandu::gateway {
namespace {

using Counts = std::map<std::string, std::size_t>;

std::size_t CountOf(const Counts& counts, const std::string& name) {
  const auto known = counts.find(name);
  return known == counts.end() ? 0 : known->second;
}

void Less(Counts& counts, const std::string& name, std::size_t by) {
  const auto known = counts.find(name);
  if (known == counts.end()) return;  // of empty answers, counted as nothing
  known->second -= by;
  if (known->second == 0) counts.erase(known);
}

}  // namespace

Room HeldAnswers::RoomFor(const Owner& owner) const {
  if (IsFull()) return Room::kFull;
  const bool has_share =
      CountOf(state_->of_reader, owner.reader) < bounds_.of_reader_max &&
      CountOf(state_->of_department, owner.department) < bounds_.of_department_bytes;
  return has_share ? Room::kTaken : Room::kNoShare;
}

std::shared_ptr<void> HeldAnswers::Hold(const Owner& owner, std::size_t bytes) {
  state_->bytes += bytes;
  state_->of_reader[owner.reader] += 1;
  state_->of_department[owner.department] += bytes;
  const auto let_go = [state = state_, owner, bytes](void*) {
    state->bytes -= bytes;
    Less(state->of_reader, owner.reader, 1);
    Less(state->of_department, owner.department, bytes);
  };
  return {static_cast<void*>(state_.get()), let_go};
}

}  // namespace jiandu::gateway
