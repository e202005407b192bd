// A tiny in-memory network of cores for the tests of the core: signs at once, checks at once,
// delivers in order, and lets a test stand between any two nodes.
//
// One thread. The stand-in application says that every block is valid unless it is in `invalid`.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "consensus/core.h"
#include "crypto/hash.h"

namespace jiandu::consensus::test {

inline constexpr auto kPrevote = VoteType::kPrevote;
inline constexpr auto kPrecommit = VoteType::kPrecommit;

inline BlockId IdOf(std::string_view name) {
  BlockId id;
  id.hash = crypto::Sha256(AsBytes(name));
  id.parts = 1;
  id.parts_hash = crypto::Sha256(id.hash.View());
  return id;
}

// `count` validators with equal power and no real keys: the core never looks at a signature.
inline ValidatorSetPtr MakeSet(std::size_t count) {
  std::vector<Validator> validators(count);
  for (std::size_t i = 0; i < count; ++i) {
    validators[i].key.bytes[0] = static_cast<std::uint8_t>(i + 1);
  }
  return std::make_shared<const ValidatorSet>(*ValidatorSet::From(std::move(validators)));
}

// Addresses in the order of the seat rotation.
inline std::vector<Address> Seats(const ValidatorSet& set) {
  std::vector<Address> seats;
  for (const Validator& validator : set.List()) seats.push_back(validator.address);
  std::ranges::sort(seats);
  return seats;
}

inline Vote MakeVote(VoteType type, Height height, Round round, std::optional<BlockId> id,
                     const Address& from) {
  Vote vote;
  vote.type = type;
  vote.height = height;
  vote.round = round;
  vote.id = id;
  vote.from = from;
  vote.signature.bytes[0] = from.bytes[0];
  return vote;
}

inline Proposal MakeProposal(Height height, Round round, Round pol_round, const BlockId& id,
                             const Address& from) {
  Proposal proposal;
  proposal.height = height;
  proposal.round = round;
  proposal.pol_round = pol_round;
  proposal.id = id;
  proposal.from = from;
  return proposal;
}

inline Params FastParams() {
  Params params;
  params.min_interval_ms = 0;
  return params;
}

template <typename T>
std::vector<T> Pick(const std::vector<Effect>& effects) {
  std::vector<T> picked;
  for (const Effect& effect : effects) {
    if (const T* one = std::get_if<T>(&effect)) picked.push_back(*one);
  }
  return picked;
}

// The vote of this type that the core asks to have signed, if any.
inline std::optional<Vote> AskedVote(const std::vector<Effect>& effects, VoteType type) {
  for (const SignAndPersist& ask : Pick<SignAndPersist>(effects)) {
    const auto* vote = std::get_if<Vote>(&ask.unsigned_message);
    if (vote != nullptr && vote->type == type) return *vote;
  }
  return std::nullopt;
}

inline Input Fired(Timeout::Kind kind, Height height, Round round = 0) {
  return TimeoutIn{.timeout = {.kind = kind, .height = height, .round = round}};
}

// One core with a host that answers nothing by itself: a test drives every input.
class Solo {
 public:
  Solo(std::size_t validators, std::size_t seat, Params params = FastParams())
      : set(MakeSet(validators)),
        seats(Seats(*set)),
        me(seats[seat]),
        core("test", me, params, std::make_unique<SeatRotation>()) {}

  std::vector<Effect> Start(Height height, Work work = Work::kPending) {
    StartHeight start;
    start.height = height;
    start.set = set;
    start.needs_proof = work;
    return core.Step(start);
  }
  // Signs whatever the effects ask for and steps the core with it; all effects, in order.
  std::vector<Effect> Drive(const Input& input) {
    std::vector<Effect> all;
    std::deque<Input> queue{input};
    while (!queue.empty()) {
      const Input next = queue.front();
      queue.pop_front();
      for (const Effect& effect : core.Step(next)) {
        if (const auto* ask = std::get_if<SignAndPersist>(&effect)) {
          asks.push_back(*ask);
          queue.emplace_back(SignedOwn{.message = ask->unsigned_message});
        }
        all.push_back(effect);
      }
    }
    return all;
  }
  // A proposal of the round's proposer, found valid at once.
  std::vector<Effect> Propose(Height height, Round round, Round pol_round, const BlockId& id) {
    const Address from = SeatRotation().ProposerOf(height, round, *set);
    std::vector<Effect> all = Drive(
        ProposalIn{.proposal = MakeProposal(height, round, pol_round, id, from), .timely = true});
    std::vector<Effect> more = Drive(Checked{.height = height, .id = id, .valid = true});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<Effect> VoteFrom(std::size_t seat, VoteType type, Height height, Round round,
                               std::optional<BlockId> id) {
    return Drive(VoteIn{.vote = MakeVote(type, height, round, id, seats[seat])});
  }

  ValidatorSetPtr set;
  std::vector<Address> seats;
  Address me;
  Core core;
  std::vector<SignAndPersist> asks;
};

// All nodes at once, in lock step; timers fire only when a test fires them.
class Cluster {
 public:
  explicit Cluster(std::size_t count, Params params = FastParams()) : set_(MakeSet(count)) {
    seats_ = Seats(*set_);
    for (std::size_t i = 0; i < count; ++i) {
      nodes_.push_back(std::make_unique<Node>(
          Node{.core = Core("test", seats_[i], params, std::make_unique<SeatRotation>()),
               .decided = {},
               .timers = {},
               .inbox = {},
               .alarms = {}}));
    }
  }

  void StartAll(Height height) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      StartHeight start;
      start.height = height;
      start.set = set_;
      start.needs_proof = Work::kPending;
      Give(i, start);
    }
  }
  void Give(std::size_t node, const Input& input) { nodes_[node]->inbox.push_back(input); }
  // Delivers until nobody has anything left to say.
  void Settle() {
    for (bool any = true; any;) {
      any = false;
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        while (!nodes_[i]->inbox.empty()) {
          const Input input = nodes_[i]->inbox.front();
          nodes_[i]->inbox.pop_front();
          any = true;
          Perform(i, nodes_[i]->core.Step(input));
        }
      }
    }
  }
  // Fires, on every node, the timers of this kind, height and round that were set.
  void Fire(Timeout::Kind kind, Height height, Round round) {
    const Timeout timeout{.kind = kind, .height = height, .round = round};
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i]->timers.erase(timeout) > 0) Give(i, TimeoutIn{.timeout = timeout});
    }
    Settle();
  }

  struct Node {
    Core core;
    std::map<Height, BlockId> decided;
    std::set<Timeout> timers;
    std::deque<Input> inbox;
    std::vector<std::string> alarms;
  };
  Node& At(std::size_t node) { return *nodes_[node]; }
  [[nodiscard]] std::size_t Count() const { return nodes_.size(); }
  [[nodiscard]] const std::vector<Address>& AllSeats() const { return seats_; }

  // True when this message may go from one node to the other.
  std::function<bool(std::size_t, std::size_t, const Broadcast&)> passes =
      [](std::size_t, std::size_t, const Broadcast&) { return true; };

 private:
  static Input AsInput(const Broadcast& broadcast) {
    if (const auto* vote = std::get_if<Vote>(&broadcast.message)) return VoteIn{.vote = *vote};
    if (const auto* proposal = std::get_if<Proposal>(&broadcast.message)) {
      return ProposalIn{.proposal = *proposal, .timely = true};
    }
    return CertificateIn{.certificate = std::get<Certificate>(broadcast.message)};
  }
  void Perform(std::size_t self, const std::vector<Effect>& effects) {
    Node& node = *nodes_[self];
    for (const Effect& effect : effects) {
      if (const auto* ask = std::get_if<SignAndPersist>(&effect)) {
        Give(self, SignedOwn{.message = ask->unsigned_message});
      } else if (const auto* said = std::get_if<Broadcast>(&effect)) {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
          if (i != self && passes(self, i, *said)) Give(i, AsInput(*said));
        }
      } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
        node.timers.insert(timer->timeout);
      } else if (const auto* build = std::get_if<Build>(&effect)) {
        const std::string name = std::to_string(build->height) + "/" + std::to_string(build->round);
        Give(self, Built{.height = build->height, .round = build->round, .id = IdOf(name)});
      } else if (const auto* check = std::get_if<Check>(&effect)) {
        Give(self, Checked{.height = check->height, .id = check->id, .valid = true});
      } else if (const auto* decide = std::get_if<Decide>(&effect)) {
        node.decided.emplace(decide->height, decide->id);
        StartHeight start;
        start.height = decide->height + 1;
        start.set = set_;
        start.needs_proof = decide->height < heights_max ? Work::kPending : Work::kNone;
        start.last_commit = decide->commit;
        Give(self, start);
      } else if (const auto* alarm = std::get_if<Alarm>(&effect)) {
        node.alarms.push_back(alarm->what);
      }
    }
  }

 public:
  Height heights_max = 3;  // no work after that

 private:
  ValidatorSetPtr set_;
  std::vector<Address> seats_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace jiandu::consensus::test
