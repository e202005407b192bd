// Following headers from genesis: who may sign at each height, proven by certificates alone.
//
// The rule is that of the offline verifier (audit.md, steps 2 and 3): a set is valid from one
// height after the header that announced it, and announces its own successor under a certificate.
// Pure; one owner. A failed call changes nothing.
#pragma once

#include <string>

#include "base/error.h"
#include "consensus/commit.h"
#include "consensus/header.h"
#include "consensus/validator_set.h"

namespace jiandu::consensus {

class LightClient {
 public:
  // From genesis (height 0 and its set) or from a pinned header of height `height`, `set` being the
  // set that signs from the next height on.
  LightClient(std::string chain_id, ValidatorSet set, Height height = 0);

  // To the set that follows `header`, which must announce a change of the set.
  [[nodiscard]] Result<void> Advance(const Header& header, const Commit& commit,
                                     ValidatorSet next_set);
  // A header signed by the current set, of any later height at which that set still signs.
  [[nodiscard]] Result<void> VerifyHead(const Header& header, const Commit& commit) const;

  [[nodiscard]] const std::string& ChainId() const { return chain_id_; }
  [[nodiscard]] const ValidatorSet& Set() const { return set_; }
  // Of the last header that was followed; 0 at genesis.
  [[nodiscard]] Height AtHeight() const { return height_; }

 private:
  std::string chain_id_;
  ValidatorSet set_;
  Height height_ = 0;
};

}  // namespace jiandu::consensus
