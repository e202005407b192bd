// What an operator must hear at any time: clocks, disks, falling behind, rule sets to come.
//
// Pure functions of what the node knows now; each alarm is one sentence in both languages and goes
// when its cause has gone. For /v1/status, `jiandu node status` and the metric jiandu_alarms.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gateway/ports.h"
#include "node/disk_space.h"
#include "node/peer_hub.h"

namespace jiandu::node {

// docs/consensus.md (Time): proposals may be off by 1 s; this leaves room to act.
inline constexpr std::int64_t kClockOffMs = 250;

// A clock that is off the median of the peers', by at least so much.
struct ClockOff {
  std::string department;  // "": this node's own
  std::int64_t ms = 0;     // ahead of the median
};
// Of connected peers; with fewer than two there is no telling whose is wrong, and a peer's
// difference is said as it is.
[[nodiscard]] std::vector<ClockOff> FindClocksOff(std::span<const PeerStatus> peers);
// One alarm each; what the network waits for in a later round names them too, for blocks of a wrong
// clock are refused. After Explain.
void AddClockAlarms(std::span<const PeerStatus> peers, gateway::NodeStatus::Report& report);

// Less than a twentieth or less than 1 GiB is left: a full disk ends the node.
void AddDiskAlarm(const DiskSpace& space, gateway::NodeStatus::Report& report);
// This node has stopped signing, for this reason; it goes when the node signs again.
void AddQuarantineAlarm(const std::string& why, bool ends_by_itself,
                        gateway::NodeStatus::Report& report);
// Most peers are several heights ahead of this node.
void AddBehindAlarm(gateway::NodeStatus::Report& report);

// In both languages, "" when this program knows the rule set: by when another release is needed,
// and how many heights after `height` remain.
[[nodiscard]] std::string RulesetWarning(const gateway::NodeStatus::PlannedRuleset& planned,
                                         ledger::Height height);

}  // namespace jiandu::node
