// Delivery, connections, cuts.
#include "tests/simulator/network.h"

#include <algorithm>
#include <utility>

namespace jiandu::simulator {
namespace {

// How often a cut link is tried again, as TCP would.
constexpr Micros kRetry = 100 * kMs;

}  // namespace

std::string HostOf(std::size_t machine) { return "10.0.0." + std::to_string(machine + 1); }

std::size_t Network::MachineOf(const std::string& host) {
  return static_cast<std::size_t>(std::stoul(host.substr(host.rfind('.') + 1))) - 1;
}

Network*& Network::TheNetwork() {
  static Network* network = nullptr;
  return network;
}

void Network::Split(const std::set<std::size_t>& side, std::size_t machines) {
  for (std::size_t one = 0; one < machines; ++one) {
    for (std::size_t two = 0; two < machines; ++two) {
      if (side.contains(one) != side.contains(two)) Cut(one, two);
    }
  }
}

Micros Network::Delay(std::size_t bytes) {
  Micros delay = kernel_.Chance().Between(weather.delay_min, weather.delay_max);
  if (kernel_.Chance().Percent(weather.slow_chance)) {
    delay += kernel_.Chance().Between(weather.slow_max / 4, weather.slow_max);
  }
  return delay + bytes * kMs / weather.bytes_per_ms;
}

void Network::Reset(StreamEnd& end) {
  if (end.reset || end.closed) return;
  end.reset = true;
  end.arrived.clear();
  end.sent_.clear();
  if (end.on_event) end.on_event();
}

void Network::Abandon(const Process& process, Silence silence) {
  std::erase_if(listeners_, [&](const auto& one) { return one.second.process == &process; });
  std::erase_if(ends_, [](const auto& end) { return end.expired(); });
  const auto all = ends_;
  for (const auto& weak : all) {
    const StreamEndPtr end = weak.lock();
    if (end == nullptr || end->process != &process) continue;
    const StreamEndPtr other = end->other.lock();
    end->sent_.clear();
    Reset(*end);
    if (other == nullptr || silence == Silence::kSilent) continue;
    kernel_.At(Delay(0), [other] { Reset(*other); });
  }
}

bool Network::Listen(Process* process, const NetAddress& address, OnAccepted accepted) {
  if (process->dead || listeners_.contains(address)) return false;
  listeners_.emplace(address, Listener{.process = process, .accepted = std::move(accepted)});
  return true;
}

void Network::StopListening(Process* process, const NetAddress& address) {
  const auto found = listeners_.find(address);
  if (found != listeners_.end() && found->second.process == process) listeners_.erase(found);
}

void Network::Connect(Process* process, const NetAddress& to, OnAccepted done) {
  if (process->dead) return;
  kernel_.At(Delay(0),
             [this, process, to, done = std::move(done)] { TryConnect(process, to, done); });
}

void Network::TryConnect(Process* process, const NetAddress& to, OnAccepted done) {
  const std::size_t here = process->machine->number;
  const std::size_t there = MachineOf(to.host);
  if (process->dead) return;
  if (IsCut(here, there) || IsCut(there, here)) return;
  const auto found = listeners_.find(to);
  if (found == listeners_.end()) {
    kernel_.At(Delay(0), [done = std::move(done)] { done(nullptr); });
    return;
  }
  const auto near = std::make_shared<StreamEnd>();
  const auto far = std::make_shared<StreamEnd>();
  near->process = process;
  far->process = found->second.process;
  near->local = far->remote = NetAddress{.host = HostOf(here), .port = next_port_++};
  near->remote = far->local = to;
  near->other = far;
  far->other = near;
  ends_.push_back(near);
  ends_.push_back(far);
  found->second.accepted(far);
  kernel_.At(Delay(0), [done = std::move(done), near] { done(near); });
}

void Network::Write(const StreamEndPtr& from, Bytes bytes) {
  if (from->process->dead || from->reset || from->closed) return;
  if (tap) tap(*from, bytes);
  if (bytes.empty()) return;
  if (weather.reset_per_million != 0 &&
      kernel_.Chance().Between(0, 999'999) < weather.reset_per_million) {
    if (const StreamEndPtr other = from->other.lock()) Reset(*other);
    Reset(*from);
    return;
  }
  Send(from, StreamEnd::Kind::kBytes, std::move(bytes));
}

void Network::SendKey(const StreamEndPtr& from, const crypto::Ed25519PublicKey& key) {
  if (!from->process->dead) Send(from, StreamEnd::Kind::kKey, ToBytes(key.View()));
}

void Network::SendEnd(const StreamEndPtr& from) {
  if (!from->process->dead) Send(from, StreamEnd::Kind::kEnd, {});
}

void Network::Close(const StreamEndPtr& end) {
  if (end->closed) return;
  SendEnd(end);
  end->closed = true;
  end->on_event = nullptr;
}

void Network::Send(const StreamEndPtr& from, StreamEnd::Kind kind, Bytes bytes) {
  if (from->reset) return;
  Micros due = kernel_.Now() + Delay(bytes.size());
  if (!from->sent_.empty()) due = std::max(due, from->sent_.back().due);
  from->in_flight_ += bytes.size();
  from->sent_.push_back({.due = due, .kind = kind, .bytes = std::move(bytes)});
  if (std::exchange(from->delivering_, true)) return;
  kernel_.At(due - kernel_.Now(), [this, from] { Deliver(from); });
}

void Network::Deliver(const StreamEndPtr& from) {
  const StreamEndPtr to = from->other.lock();
  from->delivering_ = false;
  if (from->sent_.empty()) return;
  if (to == nullptr || to->closed || to->reset) {
    // The other machine says that there is no such connection, if it has power to say so.
    const bool speaks = to == nullptr || !to->process->dead || to->process->machine->powered;
    from->sent_.clear();
    from->in_flight_ = 0;
    if (speaks) Reset(*from);
    return;
  }
  const std::size_t here = from->process->machine->number;
  const std::size_t there = to->process->machine->number;
  if (IsCut(here, there)) {
    from->delivering_ = true;
    kernel_.At(kRetry, [this, from] { Deliver(from); });
    return;
  }
  while (!from->sent_.empty() && from->sent_.front().due <= kernel_.Now()) {
    const StreamEnd::Segment segment = std::move(from->sent_.front());
    from->sent_.pop_front();
    from->in_flight_ -= segment.bytes.size();
    switch (segment.kind) {
      case StreamEnd::Kind::kBytes: Append(to->arrived, segment.bytes); break;
      case StreamEnd::Kind::kEnd: to->ended = true; break;
      case StreamEnd::Kind::kKey:
        std::ranges::copy(segment.bytes, to->other_key.bytes.begin());
        to->has_key = true;
        break;
    }
  }
  if (!from->sent_.empty()) {
    from->delivering_ = true;
    kernel_.At(from->sent_.front().due - kernel_.Now(), [this, from] { Deliver(from); });
  }
  if (to->on_event) to->on_event();
  if (from->on_event) from->on_event();
}

}  // namespace jiandu::simulator
