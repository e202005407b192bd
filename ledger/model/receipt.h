// A receipt: everything an offline verifier needs to believe that one transaction was committed.
//
// Made by any node once header H+1 has its commit; checked by sdk/cpp against the genesis document
// alone (audit.md, offline verifier steps 1 to 5, 10 and 11). Header, commit and validator sets are
// CometBFT's bytes. Plain value.
#pragma once

#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/head_proof.h"

namespace jiandu::ledger {

struct Receipt : HeadProof {
  static constexpr std::size_t kJsonBytesMax = 16 * 1024 * 1024;  // of the text FromJson takes

  Bytes transaction;          // stored form
  LogIndex index = 0;         // of its stub
  Bytes entry;                // the stub's exact bytes
  std::vector<Hash256> path;  // inclusion of the entry in (log_size, log_root)

  [[nodiscard]] Json ToJson()
      const;  // {"format":"jiandu-receipt-1", ...}: hashes in hex, other bytes in base64
  [[nodiscard]] static Result<Receipt> FromJson(std::string_view text);
  [[nodiscard]] Bytes Encode() const;  // wire
  [[nodiscard]] static Result<Receipt> Decode(ByteView bytes);
  bool operator==(const Receipt&) const = default;
};

}  // namespace jiandu::ledger
