// Text from others as a JSON string of ASCII alone: names that look alike do not read alike, and
// nothing in them reaches a terminal as a command.
#pragma once

#include <string>
#include <string_view>

namespace jiandu::sdk {

// With its quotes. `text` is UTF-8; a byte that is none is written as U+FFFD.
[[nodiscard]] std::string AsciiJson(std::string_view text);

}  // namespace jiandu::sdk
