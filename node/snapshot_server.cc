#include "node/snapshot_server.h"

#include <algorithm>
#include <utility>

namespace jiandu::node {
namespace {

constexpr std::size_t kAskedMax = 8;  // of one peer, waiting
constexpr std::uint32_t kGreedyPoints = 5;
constexpr std::int64_t kMsPerSecond = 1000;

}  // namespace

void SnapshotServer::OnPeerUp(const PeerId& peer) {
  if (!told_.offers.empty()) actions_.send(peer, told_);
}

void SnapshotServer::OnRequest(const PeerId& peer, const consensus::SnapshotRequest& request,
                               std::int64_t now_ms) {
  const auto [where, is_new] = peers_.try_emplace(peer);
  Peer& asking = where->second;
  if (is_new) {
    asking.tokens = static_cast<std::int64_t>(options_.bytes_per_second);
    asking.filled_ms = now_ms;
  }
  if (asking.asked.size() >= kAskedMax) {
    return actions_.punish(peer, kGreedyPoints, "asks for more of a snapshot than it is sent");
  }
  asking.asked.push_back(request.of);
  Serve(peer, now_ms);
}

void SnapshotServer::Tick(ledger::Height certified, std::int64_t now_ms) {
  consensus::SnapshotsMsg now;
  for (const auto& snapshot : actions_.snapshots()) {
    if (snapshot->Height() > certified) continue;
    now.offers.push_back({.height = snapshot->Height(), .digest = snapshot->Digest()});
  }
  // The newest count.
  if (now.offers.size() > consensus::kSnapshotOffersMax) {
    now.offers.erase(now.offers.begin(),
                     now.offers.end() - static_cast<std::ptrdiff_t>(consensus::kSnapshotOffersMax));
  }
  if (now != told_) {
    told_ = std::move(now);
    actions_.broadcast(told_);
  }
  std::vector<PeerId> waiting;
  for (const auto& [id, peer] : peers_) {
    if (!peer.asked.empty()) waiting.push_back(id);
  }
  for (const PeerId& id : waiting) Serve(id, now_ms);
}

void SnapshotServer::Serve(const PeerId& id, std::int64_t now_ms) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  const auto rate = static_cast<std::int64_t>(options_.bytes_per_second);
  const std::int64_t passed = std::clamp<std::int64_t>(now_ms - peer.filled_ms, 0, kMsPerSecond);
  peer.tokens = std::min(peer.tokens + rate * passed / kMsPerSecond, rate);
  peer.filled_ms = now_ms;
  // Bounded by the queue: nothing comes in while we are here.
  while (!peer.asked.empty() && peer.tokens > 0 &&
         actions_.queued_bytes(id) < options_.queued_max) {
    const consensus::SnapshotRef of = peer.asked.front();
    peer.asked.pop_front();
    const Bytes part = Read(of);
    for (const auto& piece : consensus::CutSnapshotPart(of, part)) actions_.send(id, piece);
    peer.tokens -= static_cast<std::int64_t>(part.size());
  }
}

// Nothing when it is not there: the peer asks another.
Bytes SnapshotServer::Read(const consensus::SnapshotRef& of) {
  const auto all = actions_.snapshots();
  const auto found = std::ranges::find_if(all, [&of](const auto& one) {
    return one->Height() == of.height && one->Digest() == of.digest;
  });
  if (found == all.end()) return {};
  Result<Bytes> part = Bytes();
  switch (of.part) {
    case consensus::SnapshotPart::kManifest: part = (*found)->ManifestBytes(); break;
    case consensus::SnapshotPart::kProof: part = actions_.proof(of.height); break;
    case consensus::SnapshotPart::kChunk:
      if (of.chunk >= (*found)->Manifest().chunks.size()) return {};
      part = (*found)->Chunk(of.chunk);
      break;
  }
  if (!part) {
    actions_.on_alarm("a snapshot asked for could not be read: " + part.error().detail);
    return {};
  }
  return *std::move(part);
}

}  // namespace jiandu::node
