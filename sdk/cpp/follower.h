// Follows a chain from genesis by certificates alone, asking a source for as few headers as it can.
//
// What it holds is enough to prove where it stands: the steps at which the validator set changed
// and the newest light block. A jump of any length costs one header, and some 2 log2(length) more
// for each change of the set in it. Reads no clock, no file and no network; one owner. A failed
// call changes nothing. Rule: docs/proof-format.md, steps 1 to 4 of the verifier.
#pragma once

#include <optional>
#include <vector>

#include "consensus/light_block.h"
#include "consensus/light_client.h"
#include "ledger/model/genesis.h"
#include "ledger/model/head_proof.h"

namespace jiandu::sdk {

// Who tells light blocks, true or not. Errors: kUnavailable, kTimeout, kNotFound and kFull say that
// there was no answer; all others that the answer was none of a correct node.
class LightSource {
 public:
  virtual ~LightSource() = default;
  [[nodiscard]] virtual Result<consensus::LightBlock> At(consensus::Height height) = 0;
  [[nodiscard]] virtual Result<consensus::LightBlock> Latest() = 0;
};

class Follower {
 public:
  [[nodiscard]] static Result<Follower> FromGenesis(const ledger::Genesis& genesis);
  // As it was saved; everything is checked again.
  [[nodiscard]] static Result<Follower> Restore(const ledger::Genesis& genesis,
                                                std::vector<ledger::EpochStep> epochs,
                                                std::optional<consensus::LightBlock> newest);

  // To a block above the newest, following changes of the set through `source`.
  [[nodiscard]] Result<void> Follow(LightSource& source, const consensus::LightBlock& target);
  // Whether the set in force here signed the block, of any height after the last change.
  [[nodiscard]] Result<void> Verify(const consensus::LightBlock& block) const;
  // As it stood before the sets changed at or above `height`; its newest block is forgotten.
  [[nodiscard]] Result<Follower> Below(consensus::Height height) const;

  [[nodiscard]] consensus::Height Height() const;  // of the newest block; 0 at genesis
  [[nodiscard]] const std::optional<consensus::LightBlock>& Newest() const { return newest_; }
  [[nodiscard]] const std::vector<ledger::EpochStep>& Epochs() const { return epochs_; }

 private:
  explicit Follower(consensus::LightClient client) : genesis_(client), client_(std::move(client)) {}
  [[nodiscard]] Result<void> Step(const ledger::EpochStep& step);
  [[nodiscard]] Result<void> FollowChange(LightSource& source, const consensus::LightBlock& target);

  consensus::LightClient genesis_;  // before the first change
  consensus::LightClient client_;
  std::vector<ledger::EpochStep> epochs_;
  std::optional<consensus::LightBlock> newest_;
};

}  // namespace jiandu::sdk
