// A fork proof: two certified headers of one height, which honest validators never sign.
//
// Evidence that more than a third of the power of the set at that height is faulty, whatever else
// is true. Made by a watcher (sdk/cpp/watcher.h), checked by sdk/cpp/fork_verifier.h from the
// genesis document alone (docs/proof-format.md, "Fork proof"). Plain value.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/head_proof.h"

namespace jiandu::ledger {

struct CertifiedHeader {
  Bytes header;
  Bytes commit;
  bool operator==(const CertifiedHeader&) const = default;
};

struct ForkProof {
  static constexpr std::size_t kJsonBytesMax = 16 * 1024 * 1024;

  std::string chain;
  Hash256 genesis_hash;
  std::vector<EpochStep> epochs;             // to the set that signs both; oldest first
  std::array<CertifiedHeader, 2> certified;  // ascending by the header's bytes
  bool operator==(const ForkProof&) const = default;

  // {"format":"jiandu-fork-1", ...}, canonical JSON.
  [[nodiscard]] std::string ToText() const;
  // What is accepted gives the same bytes when written again.
  [[nodiscard]] static Result<ForkProof> FromText(std::string_view text);
};

// Whether a file says it is one: enough to tell it from others.
[[nodiscard]] bool LooksLikeForkProof(std::string_view text);

// Lists of epochs as JSON, and the members of files about them: `fields` keeps what is wrong.
[[nodiscard]] Json EpochsToJson(const std::vector<EpochStep>& epochs);
[[nodiscard]] Result<std::vector<EpochStep>> EpochsFromJson(std::span<const Json> list);
[[nodiscard]] Bytes TakeBase64(JsonFields& fields, std::string_view name, std::size_t size_max);

}  // namespace jiandu::ledger
