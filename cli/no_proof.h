// Files of ours that prove nothing by themselves, and what to verify in their place. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace jiandu::cli {

struct NoProof {
  const char* en = nullptr;
  const char* zh = nullptr;
  const char* next = nullptr;
  const char* next_zh = nullptr;
};

// Nothing when it is none of them.
[[nodiscard]] std::optional<NoProof> AsNoProof(std::string_view text);

}  // namespace jiandu::cli
