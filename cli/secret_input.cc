// Reading without echo and without copies left behind.
#include "cli/secret_input.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/passphrase.h"
#include "cli/text.h"
#include "crypto/key_file.h"

namespace jiandu::cli {
namespace {

void WipeText(std::string& text) {
  crypto::Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  text.clear();
}

// Grown by hand: a string that grows by itself leaves its former bytes in memory.
void AppendWiping(std::string& text, std::string_view more) {
  if (text.size() + more.size() > text.capacity()) {
    std::string larger;
    larger.reserve(2 * (text.size() + more.size()));
    larger = text;
    WipeText(text);
    text = std::move(larger);
  }
  text += more;
}

}  // namespace

Secret::~Secret() { WipeText(text_); }

Secret::Secret(Secret&& other) noexcept { *this = std::move(other); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  WipeText(text_);
  text_ = other.text_;  // short strings lie in the object itself: a copy, and the old one wiped
  WipeText(other.text_);
  return *this;
}

void KeepOutOfCoreFiles() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Result<Secret> ReadSecretInput(const std::string& prompt, std::size_t size_max) {
  if (::isatty(STDIN_FILENO) == 1) {
    JD_TRY(std::string line, AskWithoutEcho(prompt));
    Secret secret(line);
    WipeText(line);
    return secret;
  }
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      Secret secret(text);
      WipeText(text);
      crypto::Wipe({reinterpret_cast<std::uint8_t*>(buffer.data()), buffer.size()});
      if (got < 0) return Fail(Errc::kIo, std::string("standard input: ") + std::strerror(errno));
      return secret;
    }
    AppendWiping(text, {buffer.data(), static_cast<std::size_t>(got)});
    if (text.size() > size_max) {
      WipeText(text);
      return Fail(Errc::kTooLarge, "standard input has more than " + SizeText(size_max));
    }
  }
}

}  // namespace jiandu::cli
