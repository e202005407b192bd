// Divisions and levels.
#include "contracts/territory.h"

#include <algorithm>

namespace jiandu::contracts {
namespace {

int LevelRank(std::string_view level) {
  constexpr std::string_view kLevels[] = {"NATIONAL", "PROVINCE", "CITY", "DISTRICT", "TOWN"};
  return static_cast<int>(std::ranges::find(kLevels, level) - std::begin(kLevels));
}
// Division codes end in zeros down to their own level: 990100 covers 990102.
std::string_view Stem(std::string_view division) {
  while (division.size() >= 2 && division.ends_with("00")) division.remove_suffix(2);
  return division;
}

}  // namespace

bool IsReturnFlow(BlockState& state, std::string_view territory, std::string_view consumer,
                  std::string_view provider) {
  const ledger::EntityBody* below = state.Body(ledger::DepartmentEntity(consumer));
  const ledger::EntityBody* above = state.Body(ledger::DepartmentEntity(provider));
  return below != nullptr && above != nullptr &&
         territory.starts_with(Stem(below->Text("jurisdiction"))) &&
         LevelRank(above->Text("level")) < LevelRank(below->Text("level"));
}

}  // namespace jiandu::contracts
