#include "node/db_check_rows.h"

#include <string_view>

#include "ledger/store/keyspace.h"

namespace jiandu::node {
namespace {

std::string Printable(ByteView key) {
  std::string text;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : key) {
    if (byte > ' ' && byte < 0x7f) {
      text += static_cast<char>(byte);
    } else {
      text += {'%', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
  }
  return text;
}

}  // namespace

Result<std::optional<std::string>> FindOtherRow(const store::KvReader& from,
                                                const store::KvReader& with, std::uint64_t& count) {
  Result<std::optional<std::string>> found = std::optional<std::string>();
  JD_CHECK(from.Scan({}, {}, [&](ByteView key, ByteView value) {
    ++count;
    if (Equal(key, store::MetaKey())) return true;
    const auto other = with.Get(key);
    if (!other) {
      found = std::unexpected(other.error());
    } else if (!*other || !Equal(**other, value)) {
      found = std::optional(Printable(key));
    }
    return found.has_value() && !found->has_value();
  }));
  return found;
}

}  // namespace jiandu::node
