// Asks other nodes for single blocks by their id, as this department's node, without being one.
//
// For repairs while the node is stopped: links with the node's own key, to the peers of genesis, on
// a loop of its own. What comes fits the id's parts (part_gossip.h); nobody is believed. One
// thread; Fetch runs the loop until the block is here or the time is up.
#pragma once

#include <memory>

#include "consensus/types.h"
#include "crypto/ed25519.h"
#include "ledger/model/genesis.h"
#include "node/config.h"
#include "node/log.h"

namespace jiandu::node {

class BlockFetch {
 public:
  // Listens and dials as the config says; either side may dial.
  [[nodiscard]] static Result<std::unique_ptr<BlockFetch>> Start(const ledger::Genesis& genesis,
                                                                 const Config& config, Logger log);
  ~BlockFetch();
  BlockFetch(const BlockFetch&) = delete;
  BlockFetch& operator=(const BlockFetch&) = delete;

  // kUnavailable when no peer had it within `wait_ms`.
  [[nodiscard]] Result<Bytes> Fetch(consensus::Height height, const consensus::BlockId& id,
                                    std::int64_t wait_ms);

 private:
  class State;
  explicit BlockFetch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
