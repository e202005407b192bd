// Requests in, pieces out.
#include "node/block_server.h"

#include <algorithm>
#include <utility>

namespace jiandu::node {
namespace {

using consensus::Height;

constexpr std::size_t kRequestsMax = 4;  // of one peer, waiting
constexpr std::uint32_t kGreedyPoints = 5;
constexpr std::size_t kRestsMax = 20;  // ticks: as long as whoever asked waits for an answer
constexpr std::int64_t kMsPerSecond = 1000;

}  // namespace

void BlockServer::Refill(Peer& peer, std::int64_t now_ms) const {
  const auto rate = static_cast<std::int64_t>(options_.serve_bytes_per_second);
  const std::int64_t passed = std::clamp<std::int64_t>(now_ms - peer.filled_ms, 0, kMsPerSecond);
  peer.tokens = std::min(peer.tokens + rate * passed / kMsPerSecond, rate);
  peer.filled_ms = now_ms;
}

void BlockServer::OnRequest(const PeerId& peer, const consensus::BlockRequest& request,
                            std::int64_t now_ms) {
  const auto [where, is_new] = peers_.try_emplace(peer);
  if (is_new) {
    where->second.tokens = static_cast<std::int64_t>(options_.serve_bytes_per_second);
    where->second.filled_ms = now_ms;
  }
  if (where->second.requests.size() >= kRequestsMax) {
    return actions_.punish(peer, kGreedyPoints, "asks for more blocks than it is sent");
  }
  where->second.requests.push_back(request);
  Serve(peer, now_ms);
}

void BlockServer::Tick(std::int64_t now_ms) {
  for (auto& [id, peer] : peers_) peer.resting = false;
  GoOn(now_ms);
}

bool BlockServer::IsServing() const {
  return std::ranges::any_of(peers_, [](const auto& entry) {
    return !entry.second.requests.empty() && !entry.second.resting;
  });
}

void BlockServer::GoOn(std::int64_t now_ms) {
  std::vector<PeerId> waiting;
  for (const auto& [id, peer] : peers_) {
    if (!peer.requests.empty()) waiting.push_back(id);
  }
  for (const PeerId& id : waiting) Serve(id, now_ms);
}

void BlockServer::Serve(const PeerId& id, std::int64_t now_ms) {
  // A read may be answered at once, inside the call, or later: in both cases the loop goes on here
  // or at the next tick, never deeper in the stack.
  while (true) {
    const auto found = peers_.find(id);
    if (found == peers_.end() || found->second.requests.empty()) return;
    Peer& peer = found->second;
    if (peer.reading || peer.resting) return;
    Refill(peer, now_ms);
    if (peer.tokens <= 0 || actions_.queued_bytes(id) >= options_.serve_queued_max) return;
    peer.reading = true;
    peer.turn = next_turn_++;
    actions_.read_block(peer.requests.front().from,
                        [this, id, turn = peer.turn](std::optional<StoredBlock> block) {
                          OnRead(id, turn, std::move(block));
                        });
  }
}

void BlockServer::OnRead(const PeerId& id, std::uint64_t turn, std::optional<StoredBlock> block) {
  const auto found = peers_.find(id);
  if (found == peers_.end() || found->second.turn != turn) return;
  Peer& peer = found->second;
  peer.reading = false;
  consensus::BlockRequest& request = peer.requests.front();
  if (!block.has_value() && MayComeYet(peer)) {
    peer.resting = true;
    ++peer.rests;
    return;
  }
  const std::size_t size = block.has_value() ? block->block->size() : 0;
  const bool fits = size <= request.bytes_max || !peer.has_begun;
  if (!block.has_value() || !fits) return EndRequest(peer);
  for (const consensus::BlockPiece& piece :
       consensus::CutBlock(request.from, *block->block, block->commit)) {
    actions_.send(id, piece);
  }
  peer.tokens -= static_cast<std::int64_t>(size);
  peer.has_begun = true;
  request.bytes_max -= std::min<std::uint64_t>(size, request.bytes_max);
  ++request.from;
  if (--request.count == 0) EndRequest(peer);
}

// We announce a block when it is applied, which may be before it stands in the segments. Whoever
// asks for it in between is not left without an answer: that would look like a lie.
bool BlockServer::MayComeYet(const Peer& peer) const {
  const Height height = peer.requests.front().from;
  const bool announced = own_.base <= height && height <= own_.height;
  return announced && !peer.has_begun && peer.rests < kRestsMax;
}

void BlockServer::EndRequest(Peer& peer) {
  peer.rests = 0;
  peer.requests.pop_front();
  peer.has_begun = false;
}

}  // namespace jiandu::node
