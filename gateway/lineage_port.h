// What the gateway needs of a node's lineage index (docs/lineage.md): closures as of a height.
//
// Declared here and implemented by node/lineage_port.cc, as the ports of ports.h are. Any gateway
// thread; an answer may take long, so it is asked for on the worker.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "ledger/model/lineage_fact.h"

namespace jiandu::gateway {

class LineageReader {
 public:
  virtual ~LineageReader() = default;

  // A moment of the ledger: what its log says below `log_size`.
  struct Moment {
    ledger::Height height = 0;
    ledger::TimeMs time = 0;
    std::uint64_t log_size = 0;
  };
  // The newest that is indexed; waits up to `wait_ms` for `wanted`. kUnavailable: there is no index
  // now.
  [[nodiscard]] virtual Result<Moment> Newest(ledger::Height wanted, std::int64_t wait_ms) = 0;
  // kNotFound: the height is not indexed.
  [[nodiscard]] virtual Result<Moment> AtHeight(ledger::Height height) = 0;
  // The newest block at or before that time.
  [[nodiscard]] virtual Result<Moment> AtTime(ledger::TimeMs time) = 0;

  enum class Direction : std::uint8_t { kDown, kUp };
  struct Entity {
    ledger::EntityId id;
    ledger::EntityId resource = {};        // of a holding: what is held,
    ledger::DepartmentId department = {};  // and by whom
  };
  // Shown and followed; or not, and counted as withheld or as outside a scope; or never mentioned.
  enum class Verdict : std::uint8_t { kFollow, kWithhold, kLeaveOut, kPass };
  using Items = std::set<std::string>;

  struct Question {
    ledger::EntityId start;
    Direction direction = Direction::kDown;
    std::size_t depth_max = 1;
    Moment moment;
    bool open_only = false;  // edges that hold at that moment
    Items items = {};        // of the start; empty: all
    // Where the page begins: after this place, as the page before it told.
    std::optional<std::uint64_t> after = {};
    std::size_t limit = 50;
    // What the reader may see of an edge, and of what is carried along it (null: everything). Empty
    // for who sees all.
    std::function<Verdict(const Entity& from, const Entity& to, const Items* items)> judge = {};
  };
  struct Node {
    Entity entity;
    std::size_t depth = 0;
    Items items = {};  // when items were asked for
  };
  struct Derived {
    ledger::LogIndex index = 0;
    ledger::LineageDerivation derivation;
  };
  struct Edge {
    ledger::EntityId from;
    ledger::EntityId to;
    ledger::LogIndex begun = 0;
    ledger::LogIndex ended = 0;         // 0: it holds
    std::vector<Derived> derived = {};  // behind resource -> resource, oldest first
    bool more_derived = false;
  };
  enum class Cut : std::uint8_t { kNone, kDepth, kNodes };
  struct Found {
    std::vector<Node> nodes = {};  // of the page: level by level
    std::vector<Edge> edges = {};  // between them and what stands before them
    bool more_edges = false;       // of some node not all are shown
    std::size_t total = 0;         // nodes of all pages
    std::size_t withheld = 0;      // edges, of all pages
    std::size_t left_out = 0;
    Cut cut = Cut::kNone;
    std::size_t nodes_max = 0;  // the bound, when it was met
    std::optional<std::uint64_t> next = {};
    bool in_memory = false;  // else from the disk
  };
  [[nodiscard]] virtual Result<Found> Walk(const Question& question) = 0;
};

}  // namespace jiandu::gateway
