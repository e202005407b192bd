// What the node is doing, in words: for /v1/status and `jiandu node status`.
//
// Explain is a pure function; StatusBoard is where the loop posts the report and gateway threads
// read it. Alarms: node/alarms.h.
#pragma once

#include <map>
#include <string>

#include "consensus/validator_set.h"
#include "gateway/ports.h"
#include "node/consensus_host.h"
#include "node/mutex.h"

namespace jiandu::node {

// What this node knows of another validator's node, for the reason why its word is missing.
struct PeerFacts {
  bool connected = false;
  std::int64_t heard_ms_ago = -1;  // -1: never
  ledger::Height height = 0;       // 0: not told
  std::string last_error = {};     // why there is no link; never shown, for it names addresses
  bool is_shut_out = false;        // by us
};
using PeerFactsMap = std::map<consensus::Address, PeerFacts>;

// Fills round, step, waiting_for (both languages), waiting_since_ms, missing and missing_why. Who
// is in `set` and not in `facts` is this node itself; an empty map says nothing of anybody.
void Explain(const HostView& host, const consensus::ValidatorSet& set,
             const std::map<consensus::Address, std::string>& names, const PeerFactsMap& facts,
             std::int64_t now_ms, gateway::NodeStatus::Report& report);

class StatusBoard {
 public:
  void Post(gateway::NodeStatus::Report report, std::int64_t now_ms);
  // With waiting_since_ms counted to `now_ms`; says so when the loop has not posted for seconds.
  [[nodiscard]] gateway::NodeStatus::Report Read(std::int64_t now_ms) const;

 private:
  // The reason for a lock: one writer, many readers, for the time of a copy.
  mutable Mutex mutex_;
  gateway::NodeStatus::Report report_ JD_GUARDED_BY(mutex_);
  std::int64_t posted_ms_ JD_GUARDED_BY(mutex_) = 0;
};

}  // namespace jiandu::node
