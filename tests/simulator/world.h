// The simulated world of one run: machines with real nodes on them, a network, clients, a checker.
//
// A scenario (scenarios.h) says what befalls it and until when; then comes calm, and everybody must
// go on. The nodes are the production program: only the files platform_*.cc and asio/ stand for
// the operating system.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway/ports.h"
#include "ledger/model/transaction.h"
#include "node/config.h"
#include "node/peer_types.h"
#include "tests/simulator/checker.h"
#include "tests/simulator/disk.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/members.h"
#include "tests/simulator/network.h"
#include "tests/simulator/process.h"
#include "tests/simulator/trace.h"

namespace jiandu::simulator {

class World {
 public:
  struct Options {
    std::size_t machines = kMembersMax;
    bool traced = false;
    std::uint64_t until_event = 0;  // stop there; 0: never
    std::uint32_t heartbeat_ms = 5000;
    std::uint32_t min_interval_ms = 200;
    std::uint32_t snapshot_every = 0;
    std::uint32_t join_behind = 50000;
  };
  World(std::uint64_t seed, const Options& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // What befalls a machine. All on the kernel's stack or from a fiber, of which none is stopped.
  void Boot(std::size_t machine);      // with what its disk holds
  void CutPower(std::size_t machine);  // what was not synced may be lost
  void Kill(std::size_t machine);      // the process alone: the page cache stays
  // At the n-th change of its disk from now on.
  void CutPowerAtStep(std::size_t machine, std::uint64_t step, std::function<void()> then);
  void BootLater(std::size_t machine, Micros delay);
  // As soon as it holds, looked at often.
  void When(std::function<bool()> holds, std::function<void()> action);
  // Machines that are not there at first; whoever names them boots them.
  std::set<std::size_t> absent;
  // A node that ended by itself is started again after a second, as a service manager does.
  bool restarts = true;
  // Ends that are no violation (a full disk, say).
  std::set<std::size_t> may_end;
  // It needs a person's help, and is waited for no more.
  void GiveUp(std::size_t machine) {
    may_end.insert(machine);
    lost_.insert(machine);
  }
  // The help has come.
  void TakeBack(std::size_t machine) {
    may_end.erase(machine);
    lost_.erase(machine);
  }
  // Of a node's configuration, before each of its starts.
  std::function<void(std::size_t machine, node::Config& config)> configure;
  // What a plan has begun is over, and its machines run: until then the end is not judged.
  std::function<bool()> is_settled;
  // What a plan claims of the end, when everybody has gone on.
  std::function<void()> at_end;
  // A node has applied a block; not from inside a system call.
  std::function<void(std::size_t machine, consensus::Height height)> on_applied;
  // What a network worse than TCP does to the frames of every node.
  std::function<void(std::vector<node::Incoming>& frames)> filter;
  // The member lies: what it sends passes through `lie` first.
  using Lie = std::function<void(std::size_t to, std::vector<node::Incoming>& frames)>;
  void MakeLiar(std::size_t machine, Lie lie);
  // What it sends passes through `lie`, but its consensus is that of a correct node: it is held to
  // everything, and must go on when the lie ends (null; Calm ends it).
  void MakeHostile(std::size_t machine, Lie lie);

  // Clients send this often to a random node, and remember what they were told is committed.
  void StartClients(Micros pause);
  void StopClients() { clients_pause_ = 0; }
  // Hands it to one node after the other until it is decided, then says so (not on a fiber).
  using OnDecided = std::function<void(const gateway::TxResult&)>;
  void Pursue(const ledger::Transaction& transaction, OnDecided done);
  // Hands it to this node once; the answer comes on a fiber of it, or never.
  void Submit(std::size_t machine, Bytes stored, gateway::TxSubmitter::OnSubmitted done);
  [[nodiscard]] std::uint64_t NextNumber() { return next_transaction_++; }
  void At(Micros delay, std::function<void()> action) { kernel_.At(delay, std::move(action)); }

  // False when the time came first, or something broke.
  bool RunUntil(Micros time, const std::function<bool()>& done);
  void RunFor(Micros time);
  // Faults end: the network is whole, disks behave, every machine has power.
  void Calm();
  [[nodiscard]] bool IsCalm() const { return calm_; }
  // It was to stop at an event, and that has come.
  [[nodiscard]] bool IsCutShort() const {
    return options_.until_event != 0 && kernel_.Events() >= options_.until_event;
  }
  // Every machine has come to the height.
  [[nodiscard]] bool AllReached(consensus::Height height) const;
  [[nodiscard]] consensus::Height HeightOf(std::size_t machine) const;
  [[nodiscard]] consensus::Height Tip() const { return checker_.Tip(); }
  // Asks what a node has on its ledger now; true when it was there to answer.
  bool Ask(std::size_t machine, std::function<void(const gateway::LedgerSnapshot&)> question);
  // What can only be asked at the end: the same blocks everywhere, no receipt lost or doubled.
  void CheckLedgers();
  // Ends all nodes and everything under way.
  void ShutDown();

  [[nodiscard]] Kernel& Time() { return kernel_; }
  [[nodiscard]] Random& Chance() { return kernel_.Chance(); }
  [[nodiscard]] Network& Net() { return network_; }
  [[nodiscard]] Checker& Check() { return checker_; }
  [[nodiscard]] Trace& Lines() { return trace_; }
  [[nodiscard]] Machine& At(std::size_t machine) { return *machines_[machine]; }
  [[nodiscard]] std::size_t Machines() const { return machines_.size(); }
  [[nodiscard]] std::size_t AnyMachine() {
    return static_cast<std::size_t>(Chance().Between(0, machines_.size() - 1));
  }
  [[nodiscard]] std::uint64_t Committed() const { return told_.size(); }
  [[nodiscard]] std::uint64_t Accepted() const { return accepted_; }
  [[nodiscard]] bool IsLiar(std::size_t machine) const { return liars_.contains(machine); }
  [[nodiscard]] bool IsLost(std::size_t machine) const { return lost_.contains(machine); }
  // Of the consensus key that the machine has now.
  [[nodiscard]] consensus::Address SeatOfMachine(std::size_t machine) const {
    const Machine& one = *machines_[machine];
    return SeatOf(one.member, one.consensus_generation);
  }
  // Some node has logged a warning, an error or an alarm with these words; the machine, or any.
  [[nodiscard]] bool Heard(std::string_view words,
                           std::optional<std::size_t> machine = std::nullopt) const;
  void Say(const std::string& what) { trace_.Say(std::nullopt, what); }

  // Of platform_system.cc: a node has applied a block, or logged more than a note.
  static void OnApplied(Process& process, consensus::Height height);
  static void OnGrave(const Process& process, const std::string& line);

 private:
  [[nodiscard]] static World*& TheWorld();
  void MakeDisk(Machine& machine) const;
  void Watch(Machine& machine);
  void ReadRecord(const Machine& machine);
  void Live(Process& process);
  void OnEnd(Process& process);
  void EndProcess(Machine& machine, Network::Silence silence);
  void LookAtQueues(const Process& process);
  void WatchQueues();
  void LookAtBlock(Process& process, consensus::Height height);
  struct Errand;
  void PursueAgain(const std::shared_ptr<Errand>& errand);
  void OnWrite(const StreamEnd& from, Bytes& bytes);
  void LookAt(std::size_t from, const node::Incoming& frame);
  void SendOne();
  void LookAtLedger(std::size_t machine);

  bool calm_ = false;
  Kernel kernel_;
  Trace trace_;
  Options options_;
  Network network_;
  Checker checker_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<std::shared_ptr<Process>> processes_;  // all that ever lived
  std::map<std::size_t, Lie> lies_;
  std::set<std::size_t> liars_;
  std::map<std::size_t, std::set<std::string>> grave_;  // lines, by machine
  std::vector<consensus::Height> heights_;
  std::set<std::size_t> lost_;
  Micros clients_pause_ = 0;
  std::uint64_t next_transaction_ = 0;
  std::map<ledger::TxId, consensus::Height> told_;
  std::uint64_t accepted_ = 0;                             // of clients' own
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // of clients that wait
  bool shutting_ = false;
};

}  // namespace jiandu::simulator
