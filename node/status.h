// What the node is doing, in words: for /v1/status, `jiandu node status` and alarms.
//
// Explain is a pure function; StatusBoard is where the loop posts the report and gateway threads
// read it.
#pragma once

#include <map>
#include <span>
#include <string>

#include "consensus/validator_set.h"
#include "gateway/ports.h"
#include "node/consensus_host.h"
#include "node/mutex.h"
#include "node/peer_hub.h"

namespace jiandu::node {

// Fills round, step, waiting_for (both languages), waiting_since_ms and missing.
void Explain(const HostView& host, const consensus::ValidatorSet& set,
             const std::map<consensus::Address, std::string>& names, std::int64_t now_ms,
             gateway::NodeStatus::Report& report);

// One alarm, in both languages, for each connected peer whose clock is far from ours.
void AddClockAlarms(std::span<const PeerStatus> peers, gateway::NodeStatus::Report& report);

// In both languages, "" when this program knows the rule set: by when another release is needed,
// and how many heights after `height` remain.
[[nodiscard]] std::string RulesetWarning(const gateway::NodeStatus::PlannedRuleset& planned,
                                         ledger::Height height);

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
