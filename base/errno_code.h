// What an errno says, as far as a caller can act on it.
#pragma once

#include <cerrno>

#include "base/error.h"

namespace jiandu {

// kNotFound, kFull when the disk has no room, else kIo.
[[nodiscard]] constexpr Errc ErrcOfErrno(int number) {
  switch (number) {
    case ENOENT: return Errc::kNotFound;
    case ENOSPC:
    case EDQUOT: return Errc::kFull;
    default: return Errc::kIo;
  }
}

}  // namespace jiandu
