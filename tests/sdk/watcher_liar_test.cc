// A node that makes things up is named by a watcher, and drags nobody down with it.
#include <gtest/gtest.h>

#include "tests/sdk/watcher_fixture.h"
#include "tests/support/light_chain.h"

namespace jiandu::sdk {
namespace {

using consensus::LightBlock;
using testing::LightChain;
using testing::SimNode;
using enum NodeState;

class LyingNodes : public testing::WatcherFixture {};

// A history of a set that nobody announced, and that nobody signed.
class MadeUp {
 public:
  MadeUp() {
    chain_.Grow(3, "x");
    chain_.ChangeSet({"aa c", "bb c"}, "x");
    chain_.Grow(60, "x");
  }
  [[nodiscard]] const LightChain& Chain() const { return chain_; }
  [[nodiscard]] static LightBlock Unsigned(LightBlock block) {
    for (auto& sig : block.commit.signatures) sig.signature.bytes[3] ^= 1;
    return block;
  }
  // Instead of the block: one of another set, or of the same set and another state.
  [[nodiscard]] LightBlock InsteadOf(LightBlock block, bool other_set) const {
    if (other_set) return Unsigned(chain_.At(block.header.height));
    block.header.app_hash.bytes[0] ^= 1;
    return block;
  }

 private:
  LightChain chain_;
};

// The liar relays a true head, and of an earlier height it shows what it made up: it is not
// followed, and it drags nobody down with it.
TEST_F(LyingNodes, AMadeUpPastCastsNoDoubtOnWhoContradictsIt) {
  const MadeUp made_up;
  chain_.Grow(10);
  LightChain longer = chain_;
  longer.Grow(5);
  for (const bool other_set : {true, false}) {
    SimNode good(chain_);
    SimNode liar(longer);
    liar.Lie([&](LightBlock block) -> Result<LightBlock> {
      return block.header.height >= 15 ? block : made_up.InsteadOf(block, other_set);
    });
    Watcher watcher = Fresh();
    const WatchRound round = Look(watcher, {&good, &liar});
    EXPECT_EQ(States(round), (std::vector{kAgrees, kInvalid})) << other_set;
    EXPECT_EQ(watcher.Pinned().Height(), 10U);
  }
}

// The same at the pinned height, and below it.
TEST_F(LyingNodes, AMadeUpBlockAtOrBelowThePinIsItsTellersFault) {
  const MadeUp made_up;
  chain_.Grow(40);
  for (const consensus::Height tells : {40, 20}) {
    SimNode good(chain_);
    SimNode liar(chain_);
    Watcher watcher = Fresh();
    EXPECT_TRUE(Look(watcher, {&good, &liar}).advanced);
    liar.Tell(made_up.Chain(), tells);
    liar.Lie([](const LightBlock& block) -> Result<LightBlock> { return MadeUp::Unsigned(block); });
    EXPECT_EQ(States(Look(watcher, {&good, &liar})), (std::vector{kAgrees, kInvalid})) << tells;
    EXPECT_EQ(States(Look(watcher, {&liar, &good})), (std::vector{kInvalid, kAgrees})) << tells;
  }
}

// Of a node that is only behind, a witness says something else without a certificate.
TEST_F(LyingNodes, ALyingWitnessIsNamedAndTheNextOneAsked) {
  const MadeUp made_up;
  chain_.Grow(40);
  for (const bool other_set : {true, false}) {
    SimNode witness(chain_);
    SimNode good(chain_);
    SimNode late(chain_);
    Watcher watcher = Fresh();
    EXPECT_TRUE(Look(watcher, {&witness, &good}).advanced);
    late.Tell(chain_, 20);
    witness.Lie([&](LightBlock block) -> Result<LightBlock> {
      return block.header.height == 20 ? made_up.InsteadOf(block, other_set) : block;
    });
    EXPECT_EQ(States(Look(watcher, {&witness, &good, &late})),
              (std::vector{kInvalid, kAgrees, kBehind}))
        << other_set;
  }
}

}  // namespace
}  // namespace jiandu::sdk
