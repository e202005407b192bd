// See follower.h.
#include "sdk/cpp/follower.h"

#include <utility>

#include "sdk/cpp/head_verifier.h"

namespace jiandu::sdk {

using consensus::LightBlock;

Result<Follower> Follower::FromGenesis(const ledger::Genesis& genesis) {
  JD_TRY(consensus::ValidatorSet set, GenesisValidatorSet(genesis));
  return Follower(consensus::LightClient(genesis.chain, std::move(set)));
}

Result<Follower> Follower::Restore(const ledger::Genesis& genesis,
                                   std::vector<ledger::EpochStep> epochs,
                                   std::optional<LightBlock> newest) {
  JD_TRY(Follower follower, FromGenesis(genesis));
  for (const ledger::EpochStep& step : epochs) JD_CHECK(follower.Step(step));
  if (newest.has_value()) {
    JD_CHECK(follower.Verify(*newest));
    follower.newest_ = std::move(newest);
  }
  return follower;
}

Result<void> Follower::Step(const ledger::EpochStep& step) {
  if (epochs_.size() == ledger::HeadProof::kEpochsMax) {
    return Fail(Errc::kTooLarge, "the validator set changed too often");
  }
  JD_TRY(const consensus::Header header, consensus::Header::Decode(step.header));
  JD_TRY(const consensus::Commit commit, consensus::Commit::Decode(step.commit));
  JD_TRY(consensus::ValidatorSet next, consensus::ValidatorSet::Decode(step.next_set));
  JD_CHECK(client_.Advance(header, commit, std::move(next)));
  epochs_.push_back(step);
  return {};
}

consensus::Height Follower::Height() const {
  return newest_.has_value() ? newest_->header.height : 0;
}

Result<void> Follower::Verify(const LightBlock& block) const {
  return client_.VerifyHead(block.header, block.commit);
}

Result<Follower> Follower::Below(consensus::Height height) const {
  Follower earlier(genesis_);
  for (const ledger::EpochStep& step : epochs_) {
    JD_TRY(const consensus::Header header, consensus::Header::Decode(step.header));
    if (header.height >= height) break;
    JD_CHECK(earlier.Step(step));
  }
  return earlier;
}

// The set in force signs up to some height below the target: that one is looked for, and announces
// the next set.
Result<void> Follower::FollowChange(LightSource& source, const LightBlock& target) {
  const Hash256 current = client_.Set().Hash();
  consensus::Height low = client_.AtHeight();
  std::optional<LightBlock> last;  // at `low`, of the current set
  if (newest_.has_value() && newest_->header.validators_hash == current) {
    low = newest_->header.height;
    last = newest_;
  }
  LightBlock first = target;  // at `high`, of another set
  consensus::Height high = target.header.height;
  while (high - low > 1) {
    const consensus::Height middle = low + (high - low) / 2;
    JD_TRY(LightBlock block, source.At(middle));
    if (block.header.height != middle) {
      return Fail(Errc::kInvalid, "asked for height " + std::to_string(middle) + ", got another");
    }
    if (block.header.validators_hash == current) {
      low = middle;
      last = std::move(block);
    } else {
      high = middle;
      first = std::move(block);
    }
  }
  if (!last.has_value()) {
    return Fail(Errc::kConflict, "height " + std::to_string(high) + " names another validator set");
  }
  return Step({.header = last->header.Encode(),
               .commit = last->commit.Encode(),
               .next_set = first.set.Encode()});
}

Result<void> Follower::Follow(LightSource& source, const LightBlock& target) {
  if (target.header.chain_id != client_.ChainId()) {
    return Fail(Errc::kConflict, "a block of chain " + target.header.chain_id);
  }
  if (target.header.height <= Height()) return Fail(Errc::kConflict, "heights do not rise");
  Follower ahead = *this;
  while (target.header.validators_hash != ahead.client_.Set().Hash()) {
    JD_CHECK(ahead.FollowChange(source, target));
  }
  JD_CHECK(ahead.Verify(target));
  ahead.newest_ = target;
  *this = std::move(ahead);
  return {};
}

}  // namespace jiandu::sdk
