// The event loop and the network.
#include "tests/sim/sim_world.h"

#include <algorithm>

#include "crypto/hash.h"

namespace jiandu::sim {

using consensus::Height;

BlockPtr MakeBlock(Height height, const Hash256& parent, std::uint64_t nonce, bool app_valid,
                   std::optional<consensus::Certificate> last_commit) {
  auto block = std::make_shared<Block>();
  block->height = height;
  block->parent = parent;
  block->nonce = nonce;
  block->app_valid = app_valid;
  block->empty = nonce % 3 == 0;
  block->last_commit = std::move(last_commit);
  Bytes bytes = ToBytes(parent.View());
  AppendU64Be(bytes, height);
  AppendU64Be(bytes, nonce);
  bytes.push_back(app_valid ? 1 : 0);
  block->id.hash = crypto::Sha256(bytes);
  block->id.parts = 1;
  block->id.parts_hash = crypto::Sha256(block->id.hash.View());
  return block;
}

World::World(std::uint64_t seed, std::size_t members, std::set<std::size_t> byzantine,
             Sabotage sabotage, bool traced)
    : random_(seed), sabotage_(sabotage), traced_(traced), byzantine_(std::move(byzantine)) {
  std::vector<consensus::Validator> validators(members);
  for (std::size_t i = 0; i < members; ++i) {
    validators[i].key.bytes[0] = static_cast<std::uint8_t>(i + 1);
  }
  set_ = std::make_shared<const consensus::ValidatorSet>(
      *consensus::ValidatorSet::From(std::move(validators)));
  for (const consensus::Validator& validator : set_->List()) seats_.push_back(validator.address);
  std::ranges::sort(seats_);
  std::set<consensus::Address> liars;
  for (const std::size_t index : byzantine_) liars.insert(seats_[index]);
  checker_ = std::make_unique<Checker>(set_, std::move(liars));
  params.propose_ms = 60;
  params.propose_delta_ms = 30;
  params.prevote_ms = params.precommit_ms = 30;
  params.prevote_delta_ms = params.precommit_delta_ms = 15;
  params.cap_ms = 2000;
  params.rebroadcast_ms = 100;
  params.min_interval_ms = 5;
  params.heartbeat_ms = 400;
  for (std::size_t i = 0; i < members; ++i) {
    actors_.push_back(byzantine_.contains(i) ? MakeByzantine(*this, i) : MakeNode(*this, i));
  }
}

World::~World() = default;

void World::Start() {
  for (const auto& actor : actors_) actor->Start();
}

void World::At(Micros delay, std::function<void()> action) {
  events_.push({.time = now_ + delay, .number = next_number_++, .action = std::move(action)});
}

bool World::RunUntil(Micros time, const std::function<bool()>& done) {
  while (!events_.empty() && events_.top().time <= time) {
    if (done()) return true;
    // A sabotaged run goes on: the first thing broken need not be the last.
    if (sabotage_ == Sabotage::kNone && !checker_->Violations().empty()) return true;
    // The action may schedule more: take it out of the queue first.
    Event event = events_.top();
    events_.pop();
    now_ = event.time;
    ++events_fired_;
    event.action();
  }
  now_ = std::max(now_, time);
  return done();
}

void World::RunUntil(Micros time) {
  static_cast<void>(RunUntil(time, [] { return false; }));
}

void World::Send(std::size_t from, std::size_t to, const Message& message) {
  if (from == to) return;
  std::uint64_t copies = random_.Percent(weather.duplicates) ? 2 : 1;
  Message sent = message;
  if (auto* proposal = std::get_if<ProposalMsg>(&sent);
      proposal != nullptr && random_.Percent(weather.parts_lost)) {
    proposal->block = nullptr;
  }
  for (; copies > 0; --copies) {
    if (cut_.contains({from, to}) || random_.Percent(weather.loss)) continue;
    Micros delay = random_.Between(weather.delay_min, weather.delay_max);
    if (random_.Percent(weather.slow_chance)) delay += random_.Between(0, weather.slow_max);
    At(delay, [this, from, to, sent] {
      if (actors_[to]->IsUp()) actors_[to]->Receive(from, sent);
    });
  }
}

void World::SendToAll(std::size_t from, const Message& message) {
  for (std::size_t to = 0; to < actors_.size(); ++to) Send(from, to, message);
}

void World::Split(const std::set<std::size_t>& side) {
  for (std::size_t a = 0; a < actors_.size(); ++a) {
    for (std::size_t b = 0; b < actors_.size(); ++b) {
      if (side.contains(a) != side.contains(b)) CutLink(a, b);
    }
  }
  Trace(0, "network splits, " + std::to_string(side.size()) + " on one side");
}

void World::Heal() {
  cut_.clear();
  Trace(0, "network heals");
}

void World::Crash(std::size_t node) {
  if (!actors_[node]->IsUp() || IsByzantine(node)) return;
  Trace(node, "CRASH");
  actors_[node]->Crash();
}

void World::Restart(std::size_t node) {
  if (actors_[node]->IsUp()) return;
  Trace(node, "RESTART");
  actors_[node]->Restart();
}

bool World::IsUp(std::size_t node) const { return actors_[node]->IsUp(); }

Height World::Tip() const {
  Height tip = 0;
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    if (!IsByzantine(i)) tip = std::max(tip, actors_[i]->Decided());
  }
  return tip;
}

bool World::AllReached(Height height) const {
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    if (!IsByzantine(i) && actors_[i]->IsUp() && actors_[i]->Decided() < height) return false;
  }
  return true;
}

std::size_t World::NodeOf(const consensus::Address& address) const {
  return static_cast<std::size_t>(std::ranges::find(seats_, address) - seats_.begin());
}

// With the wrong quorum each half of the members weighs its own votes ten times.
consensus::ValidatorSetPtr World::SetFor(std::size_t node) const {
  if (sabotage_ != Sabotage::kWrongQuorum) return set_;
  std::vector<consensus::Validator> validators(set_->List().begin(), set_->List().end());
  const std::size_t half = seats_.size() / 2;
  for (consensus::Validator& validator : validators) {
    const bool same_side = (NodeOf(validator.address) < half) == (node < half);
    validator.power = same_side ? 10 : 1;
  }
  return std::make_shared<const consensus::ValidatorSet>(
      *consensus::ValidatorSet::From(std::move(validators)));
}

void World::Trace(std::size_t node, const std::string& what) {
  if (!traced_) return;
  lines_.push_back(std::to_string(now_ / kMs) + " ms  node " + std::to_string(node) + "  " + what);
}

}  // namespace jiandu::sim
