// A node: builds and owns all parts, starts them in order, stops them in order.
//
// Start recovers from disk and opens the listeners; Run is the loop and returns when Stop was
// called (SIGTERM, SIGINT) or the node cannot go on. Stop may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "node/config.h"
#include "node/fill.h"
#include "node/recover.h"

namespace jiandu::node {

inline constexpr const char* kVersion = "0.1.0";

// Exit codes of `jiandu node run` (docs/cli.md; 75 is sysexits' EX_TEMPFAIL: start it again).
inline constexpr int kExitStopped = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitDisk = 75;
// Not an exit: a snapshot of the state is to be put in place. Make the node anew, at once.
inline constexpr int kExitAgain = 256;
inline constexpr int kExitRuleset = 78;  // another release is needed from the next height on

struct NodeOptions {
  Config config;
  std::string new_safety_record_of;  // see RecoverOptions
  RecoverProgress progress;
  std::function<void(std::uint64_t)> check_progress = {};  // rows of the database read
};

class Node {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Node>> Start(NodeOptions options);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // One of the exit codes above.
  [[nodiscard]] int Run();
  // Of the exit code, once Run has returned; "" when the node was told to stop.
  [[nodiscard]] const std::string& StopReason() const;
  void Stop();

  // Bound ports, for tests and for "listening on".
  [[nodiscard]] std::uint16_t GatewayPort() const;
  [[nodiscard]] std::uint16_t PeerPort() const;
  // What was found and done at the start, "" when nothing was out of the ordinary.
  [[nodiscard]] const std::string& StartNote() const;
  // Its queues, caches and windows against their bounds. On the loop's thread, or when it waits.
  [[nodiscard]] Fills HowFull() const;

 private:
  class State;
  explicit Node(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
