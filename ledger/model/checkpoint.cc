// See checkpoint.h.
#include "ledger/model/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/hex.h"
#include "crypto/merkle.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kProofHead = "c2sp.org/tlog-proof@v1";
constexpr std::size_t kProofBytesMax = 2 * crypto::Note::kBytesMax;

std::unexpected<Error> Refuse(std::string_view what) {
  return Fail(Errc::kInvalid, std::string(what));
}

// The text up to the next LF, which is taken away with it; nothing when there is none.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// Decimal digits without leading zeros.
std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size() &&
                         (text == "0" || text.front() != '0') &&
                         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? std::optional(value) : std::nullopt;
}

std::optional<Hash256> HashOf(std::string_view base64) {
  const auto bytes = Base64Decode(base64);
  if (!bytes || Base64Encode(*bytes) != base64) return std::nullopt;
  return Hash256::From(*bytes);
}

void AppendHashes(std::string& text, std::span<const Hash256> hashes) {
  for (const Hash256& hash : hashes) text += Base64Encode(hash.View()) + "\n";
}

}  // namespace

std::string LogOrigin(std::string_view chain) { return "jiandu.example/" + std::string(chain); }

std::string CosignerName(std::string_view chain, std::string_view department) {
  return LogOrigin(chain) + "/" + std::string(department);
}

std::string Checkpoint::ToText() const {
  return origin + "\n" + std::to_string(size) + "\n" + Base64Encode(root.View()) + "\n";
}

Result<Checkpoint> Checkpoint::FromText(std::string_view text) {
  const auto origin = TakeLine(text);
  const auto size = TakeLine(text);
  const auto root = TakeLine(text);
  if (!origin || !size || !root || origin->empty() || !text.empty()) {
    return Refuse("checkpoint: not three lines");
  }
  const auto number = Number(*size);
  const auto hash = HashOf(*root);
  if (!number || !hash) return Refuse("checkpoint: a size or root that is none");
  return Checkpoint{.origin = std::string(*origin), .size = *number, .root = *hash};
}

std::string LogProof::ToText() const {
  std::string text = std::string(kProofHead) + "\nindex " + std::to_string(index) + "\n";
  AppendHashes(text, hashes);
  return text + "\n" + checkpoint;
}

Result<LogProof> LogProof::FromText(std::string_view text) {
  if (text.size() > kProofBytesMax) return Fail(Errc::kTooLarge, "tlog-proof: over 2 MiB");
  if (TakeLine(text) != kProofHead) return Refuse("tlog-proof: not of version 1");
  auto line = TakeLine(text);
  if (line && line->starts_with("extra ")) {
    if (!Base64Decode(line->substr(6))) return Refuse("tlog-proof: extra data is not base64");
    line = TakeLine(text);
  }
  constexpr std::string_view kIndex = "index ";
  const auto index =
      line && line->starts_with(kIndex) ? Number(line->substr(kIndex.size())) : std::nullopt;
  if (!index) return Refuse("tlog-proof: no index");
  LogProof proof{.index = *index, .hashes = {}, .checkpoint = {}};
  while ((line = TakeLine(text)) && !line->empty()) {
    const auto hash = HashOf(*line);
    if (!hash || proof.hashes.size() == kHashesMax) return Refuse("tlog-proof: a line is no hash");
    proof.hashes.push_back(*hash);
  }
  if (!line || text.empty()) return Refuse("tlog-proof: no checkpoint");
  proof.checkpoint = text;
  return proof;
}

Result<void> LogProof::Check(const Hash256& leaf_hash, const Checkpoint& head) const {
  return crypto::VerifyInclusion(leaf_hash, index, head.size, hashes, head.root);
}

std::string AddCheckpointBody(std::uint64_t old_size, std::span<const Hash256> proof,
                              std::string_view checkpoint) {
  std::string body = "old " + std::to_string(old_size) + "\n";
  AppendHashes(body, proof);
  return body + "\n" + std::string(checkpoint);
}

}  // namespace jiandu::ledger
