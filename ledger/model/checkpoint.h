// A checkpoint of the log (c2sp.org/tlog-checkpoint), and a proof under it (c2sp.org/tlog-proof).
//
// The text of a checkpoint is three lines: origin, size, root in base64. There are no extension
// lines: the newest block entry binds the state, and the root binds it. Signed by the log key,
// which nobody needs to trust, and cosigned by validators, each with its cosign key (docs/log.md).
// Plain values; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/note.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

// The log's name, and its log key's: "jiandu.example/<chain>".
[[nodiscard]] std::string LogOrigin(std::string_view chain);
// The name of a validator's cosign key: "<origin>/<department code>".
[[nodiscard]] std::string CosignerName(std::string_view chain, std::string_view department);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash256 root;
  auto operator<=>(const Checkpoint&) const = default;

  [[nodiscard]] std::string ToText() const;
  // Exactly these three lines. A text with extension lines is another log's.
  [[nodiscard]] static Result<Checkpoint> FromText(std::string_view text);
};

// c2sp.org/tlog-proof@v1: that an entry with this index is in the log of the checkpoint.
struct LogProof {
  static constexpr std::size_t kHashesMax = 64;

  LogIndex index = 0;
  std::vector<Hash256> hashes;  // RFC 6962 section 2.1.1, from the leaf's sibling up
  std::string checkpoint;       // a signed note
  bool operator==(const LogProof&) const = default;

  [[nodiscard]] std::string ToText() const;
  // Extra data, which proves nothing, is read over.
  [[nodiscard]] static Result<LogProof> FromText(std::string_view text);
  // The path from this leaf to the checkpoint's root. Who signed it is LogPolicy's to say.
  [[nodiscard]] Result<void> Check(const Hash256& leaf_hash, const Checkpoint& head) const;
};

// What a witness is asked with (c2sp.org/tlog-witness, POST <prefix>/add-checkpoint): the size it
// cosigned last, the consistency proof from there (RFC 6962 section 2.1.2; none from 0), the
// checkpoint. Its answer is signature lines, which are appended to the note.
[[nodiscard]] std::string AddCheckpointBody(std::uint64_t old_size, std::span<const Hash256> proof,
                                            std::string_view checkpoint);

}  // namespace jiandu::ledger
