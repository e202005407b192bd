// How far two words are from each other, to guess what a mistyped one meant.
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace jiandu {

// Letters (bytes) to be put in, taken out or changed to make one word of the other. Costs the
// product of their lengths: for words, not for texts.
[[nodiscard]] std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace jiandu
