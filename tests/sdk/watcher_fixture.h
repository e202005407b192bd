// A chain, and a watcher that looks at nodes which show it, or something else.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "sdk/cpp/watcher.h"
#include "tests/support/light_chain.h"

namespace jiandu::sdk::testing {

class WatcherFixture : public ::testing::Test {
 protected:
  // One look of `watcher` at these nodes.
  static WatchRound Look(Watcher& watcher, const std::vector<SimNode*>& nodes) {
    const std::vector<LightSource*> sources(nodes.begin(), nodes.end());
    return watcher.Look(sources);
  }
  [[nodiscard]] Watcher Fresh() const {
    return {chain_.Genesis(), Follower::FromGenesis(chain_.Genesis()).value()};
  }
  [[nodiscard]] static std::vector<NodeState> States(const WatchRound& round) {
    std::vector<NodeState> states;
    for (const NodeView& view : round.nodes) states.push_back(view.state);
    return states;
  }

  LightChain chain_;
};

}  // namespace jiandu::sdk::testing
