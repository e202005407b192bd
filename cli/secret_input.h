// What must not be seen: passphrases of several keys, and identifiers to be tagged.
//
// Identifiers come from standard input only, never from an argument (others on the machine see
// those), are not echoed, and are wiped when they go. One thread.
#pragma once

#include <string>

#include "base/error.h"

namespace jiandu::cli {

// A string that is overwritten when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] const std::string& Text() const { return text_; }

 private:
  std::string text_;
};

// No memory image of this process is written when it falls: it would hold what it was given.
void KeepOutOfCoreFiles();
// All of standard input, `size_max` bytes at most. On a terminal one line, asked without echo.
[[nodiscard]] Result<Secret> ReadSecretInput(const std::string& prompt, std::size_t size_max);

}  // namespace jiandu::cli
