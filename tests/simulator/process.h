// A machine of the simulated world, and one life of the node on it.
//
// A process that was killed, or lost its power, goes on in limbo: nothing it does reaches the
// network, the disk that stays or a checker, and it is stopped the ordinary way, so that its memory
// is freed. The machine has been given a copy of its disk as the cut left it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "consensus/types.h"

namespace jiandu::node {
class Node;
}
namespace jiandu::gateway {
class TxSubmitter;
class LedgerReader;
class NodeStatus;
}  // namespace jiandu::gateway

namespace jiandu::simulator {

class Disk;
struct Process;

struct Machine {
  std::size_t number = 0;
  // Whose keys it has, and which of them: each rotation takes the next.
  std::size_t member = 0;
  unsigned consensus_generation = 0;
  unsigned node_generation = 0;
  // Somebody answers for it that no other machine has its key: it may begin a new safety.rec.
  bool may_begin_record = false;
  std::shared_ptr<Disk> disk;
  std::shared_ptr<Process> process;  // the newest; may have ended
  std::int64_t clock_offset_ms = 0;  // wall clock against true time
  std::uint64_t slowness = 1;        // how much longer threads take to wake
  bool powered = true;
};

struct Process {
  Machine* machine = nullptr;
  std::uint64_t life = 0;  // counts the starts of the machine
  std::shared_ptr<Disk> disk;
  consensus::Address seat;  // of its consensus key, on the ledger or not
  bool dead = false;        // in limbo
  bool speaks_raw = false;  // no node: what it writes need not be frames
  bool ended = false;
  int exit_code = 0;
  std::string why;  // of an exit that nobody asked for
  node::Node* node = nullptr;
  // What the gateway would use, while there is one.
  gateway::TxSubmitter* submitter = nullptr;
  gateway::LedgerReader* reader = nullptr;
  gateway::NodeStatus* status = nullptr;
};

}  // namespace jiandu::simulator
