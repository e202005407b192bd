// The check character of a 统一社会信用代码.
#include <array>

#include "ledger/model/genesis.h"

namespace jiandu::ledger {

bool IsDepartmentCode(std::string_view code) {
  // GB 32100-2015 section 4.3 and 5: 31 characters (no I, O, S, V, Z) and weights 3^i mod 31.
  constexpr std::string_view kCharacters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr std::size_t kLength = 18;
  if (code.size() != kLength) return false;
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (std::size_t i = 0; i + 1 < kLength; ++i) {
    const std::size_t value = kCharacters.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += value * weight;
    weight = weight * 3 % kCharacters.size();
  }
  const std::size_t check = (kCharacters.size() - sum % kCharacters.size()) % kCharacters.size();
  return code.back() == kCharacters[check];
}

}  // namespace jiandu::ledger
