// The simulated world: virtual time, a lossy network, faults, and the nodes in it.
//
// One thread, one seed, one run: events fire in (time, number) order. Time is in microseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "consensus/core.h"
#include "tests/sim/sim_checker.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_random.h"

namespace jiandu::sim {

using Micros = std::uint64_t;
inline constexpr Micros kMs = 1000;

// What nodes send. A proposal may come without its block: parts are lost on their own.
struct ProposalMsg {
  consensus::Proposal proposal;
  BlockPtr block;
};
struct BlockMsg {
  BlockPtr block;
};
struct BlockRequest {
  consensus::BlockId id;
};
struct SyncRequest {
  consensus::Height height = 0;
};
struct SyncReply {
  BlockPtr block;
  consensus::Certificate commit;
};
struct Status {
  consensus::Height decided = 0;
};
using Message = std::variant<ProposalMsg, consensus::Vote, consensus::Certificate, BlockMsg,
                             BlockRequest, SyncRequest, SyncReply, Status>;

// What the run breaks on purpose, so that the checker can show it would notice.
enum class Sabotage : std::uint8_t {
  kNone,
  kForgetRecord,  // a restarted node finds an empty safety record
  kForgetLock,    // a restarted node keeps its place but forgets its lock
  kLyingDisk,     // nothing that was synced is there after a crash
  kWrongQuorum,   // each half of the members takes itself for a quorum
  kTwoByzantine,  // two of four, acting together
};

// How the network treats one run. Chances are in percent.
struct Weather {
  std::uint64_t loss = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t parts_lost = 0;
  Micros delay_min = 1 * kMs;
  Micros delay_max = 5 * kMs;
  std::uint64_t slow_chance = 0;  // of a message delayed up to slow_max
  Micros slow_max = 300 * kMs;
};

class Actor;

class World {
 public:
  World(std::uint64_t seed, std::size_t members, std::set<std::size_t> byzantine, Sabotage sabotage,
        bool traced);
  ~World();

  void Start();
  // Fires events until the virtual time, or until a violation.
  void RunUntil(Micros time);
  // Fires events until `done` holds; false when the time came first.
  bool RunUntil(Micros time, const std::function<bool()>& done);

  void At(Micros delay, std::function<void()> action);
  void Send(std::size_t from, std::size_t to, const Message& message);
  void SendToAll(std::size_t from, const Message& message);

  // Faults.
  void CutLink(std::size_t from, std::size_t to) { cut_.insert({from, to}); }
  void Split(const std::set<std::size_t>& side);
  void Heal();
  void Crash(std::size_t node);
  void Restart(std::size_t node);
  [[nodiscard]] bool IsUp(std::size_t node) const;

  // Greatest height decided by a correct node, and whether all correct nodes that are up have it.
  [[nodiscard]] consensus::Height Tip() const;
  [[nodiscard]] bool AllReached(consensus::Height height) const;

  void Trace(std::size_t node, const std::string& what);
  [[nodiscard]] const std::vector<std::string>& Lines() const { return lines_; }
  [[nodiscard]] bool IsTraced() const { return traced_; }

  [[nodiscard]] Micros Now() const { return now_; }
  [[nodiscard]] Random& Chance() { return random_; }
  [[nodiscard]] Checker& Check() { return *checker_; }
  [[nodiscard]] std::size_t Members() const { return seats_.size(); }
  [[nodiscard]] const consensus::Address& SeatOf(std::size_t node) const { return seats_[node]; }
  [[nodiscard]] std::size_t NodeOf(const consensus::Address& address) const;
  [[nodiscard]] const consensus::ValidatorSetPtr& TrueSet() const { return set_; }
  [[nodiscard]] consensus::ValidatorSetPtr SetFor(std::size_t node) const;
  [[nodiscard]] Sabotage Broken() const { return sabotage_; }
  [[nodiscard]] bool IsByzantine(std::size_t node) const { return byzantine_.contains(node); }
  [[nodiscard]] const std::set<std::size_t>& Byzantine() const { return byzantine_; }
  [[nodiscard]] std::uint64_t Events() const { return events_fired_; }

  Weather weather;
  consensus::Params params;
  bool idle = false;  // nobody has anything to submit: every block is empty

 private:
  struct Event {
    Micros time;
    std::uint64_t number;
    std::function<void()> action;
    bool operator<(const Event& other) const {  // the queue wants the greatest first
      return std::tie(time, number) > std::tie(other.time, other.number);
    }
  };

  Random random_;
  Sabotage sabotage_;
  bool traced_;
  std::set<std::size_t> byzantine_;
  consensus::ValidatorSetPtr set_;
  std::vector<consensus::Address> seats_;
  std::unique_ptr<Checker> checker_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::priority_queue<Event> events_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  Micros now_ = 0;
  std::uint64_t next_number_ = 0;
  std::uint64_t events_fired_ = 0;
  std::vector<std::string> lines_;
};

// A member as the world sees it: a real node, or one that lies.
class Actor {
 public:
  virtual ~Actor() = default;
  virtual void Start() = 0;
  virtual void Receive(std::size_t from, const Message& message) = 0;
  virtual void Crash() = 0;
  virtual void Restart() = 0;
  [[nodiscard]] virtual bool IsUp() const = 0;
  [[nodiscard]] virtual consensus::Height Decided() const = 0;
};

std::unique_ptr<Actor> MakeNode(World& world, std::size_t index);
std::unique_ptr<Actor> MakeByzantine(World& world, std::size_t index);

// A block of the stand-in application, with its id computed.
BlockPtr MakeBlock(consensus::Height height, const Hash256& parent, std::uint64_t nonce,
                   bool app_valid, std::optional<consensus::Certificate> last_commit);

}  // namespace jiandu::sim
