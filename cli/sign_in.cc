#include "cli/sign_in.h"

#include <optional>
#include <string>

namespace jiandu::cli {
namespace {

constexpr std::size_t kShownMax = 80;

// The value of the line that must come next; what follows stays in `text`.
std::optional<std::string_view> TakeLine(std::string_view& text, std::string_view name) {
  const std::size_t end = text.find('\n');
  if (!text.starts_with(name) || end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(name.size(), end - name.size());
  text.remove_prefix(end + 1);
  return value;
}

std::unexpected<Error> Refuse(std::string_view what, std::string_view is,
                              std::string_view should_be) {
  return Fail(Errc::kForbidden, "the sign-in that was offered is for the " + std::string(what) +
                                    " " + std::string(is.substr(0, kShownMax)) + ", not for " +
                                    std::string(should_be) + ": it was not signed");
}

}  // namespace

// The lines stand in one order (gateway/read_auth.cc): a second "domain:" further down is of no
// use to anybody.
Result<void> CheckChallenge(std::string_view challenge, const SignInAsked& asked) {
  std::string_view rest = challenge;
  const auto title = TakeLine(rest, "Jiandu: sign in to read");
  const auto host = TakeLine(rest, "domain: ");
  const auto chain = TakeLine(rest, "chain: ");
  const auto key = TakeLine(rest, "identity: ");
  if (!title || !title->empty() || !host || !chain || !key) {
    return Fail(Errc::kForbidden,
                "what was offered to sign is no sign-in of a node: it was not "
                "signed");
  }
  if (*host != asked.host) return Refuse("address", *host, asked.host);
  if (!asked.chain.empty() && *chain != asked.chain) return Refuse("chain", *chain, asked.chain);
  if (*key != asked.key) return Refuse("key", *key, asked.key);
  return {};
}

}  // namespace jiandu::cli
