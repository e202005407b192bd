// Range of signatures, and the cheap look at a large payload.
#include "ledger/model/transaction_rules.h"

#include <array>
#include <cstring>

namespace jiandu::ledger {
namespace {

using Scalar = std::array<std::uint8_t, 32>;

// SEC 2 section 2.4.1: n, and (n - 1) / 2.
constexpr Scalar kOrder = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                           0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
                           0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
constexpr Scalar kHalfOrder = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                               0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4,
                               0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

bool IsZero(ByteView scalar) {
  return std::ranges::all_of(scalar, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

bool IsLowSignature(const crypto::EcdsaSignature& signature) {
  const ByteView r = signature.View().first(32);
  const ByteView s = signature.View().last(32);
  return !IsZero(r) && !IsZero(s) && std::memcmp(r.data(), kOrder.data(), 32) < 0 &&
         std::memcmp(s.data(), kHalfOrder.data(), 32) <= 0;
}

bool MayBeBatch(ByteView payload) {
  // Canonical JSON: the member stands exactly so, behind the body. Inside a string its quotes would
  // be escaped.
  return AsText(payload).rfind(R"("op":"access.batch")") != std::string_view::npos;
}

}  // namespace jiandu::ledger
