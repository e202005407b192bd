// What the evidence pack of a case is made of: a proof bundle, and the bodies its leaves bind.
//
// As text: the lines of the bundle (docs/proof-format.md), then {"case": hex}, then one line a
// body, ascending by entity: {"body": base64, "entity": hex}. Plain value; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ledger/model/proof_bundle.h"

namespace jiandu::ledger {

struct CaseMaterials {
  static constexpr std::size_t kBodiesMax = 256;
  static constexpr std::size_t kBytesMax = 64 * 1024 * 1024;  // of the text

  ProofBundle bundle;
  EntityId subject = {};                  // the case; the bundle has its history
  std::map<EntityId, Bytes> bodies = {};  // stored bytes; of entities the reader may see whole

  [[nodiscard]] std::string ToText() const;
  // kInvalid names what is wrong. What is accepted gives the same bytes when written again.
  [[nodiscard]] static Result<CaseMaterials> FromText(std::string_view text);
};

}  // namespace jiandu::ledger
