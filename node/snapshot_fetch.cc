#include "node/snapshot_fetch.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "crypto/hash.h"

namespace jiandu::node {
namespace {

using consensus::SnapshotPart;
using consensus::SnapshotRef;

constexpr std::uint32_t kBanAtOnce = 100;
constexpr std::uint32_t kBadPiecePoints = 50;
constexpr std::uint32_t kSilencePoints = 20;
// Besides answer_ms a part may take as long as at 256 kbit/s: a crumb at a time is silence.
constexpr std::int64_t kSlowestBytesPerMs = 32;
constexpr std::uint32_t kDoublingsMax = 6;  // of answer_ms: 11 minutes

}  // namespace

SnapshotFetch::SnapshotFetch(const ledger::Genesis& genesis, SnapshotFetchActions actions,
                             SnapshotFetchOptions options)
    : genesis_(genesis), actions_(std::move(actions)), options_(options) {}

SnapshotProgress SnapshotFetch::Progress() const {
  return {.phase = phase_, .target = target_, .chunks = chunks_.size(), .stored = stored_};
}

void SnapshotFetch::Start(consensus::Height own, std::int64_t now_ms) {
  if (own != 0 || options_.behind_min == 0) return;
  waiting_until_ms_ = now_ms + options_.patience_ms;
  actions_.hold_blocks(true);
}

// There is no need for a snapshot, or nobody offers one.
void SnapshotFetch::EndWaiting(const SyncSituation& situation, bool is_wanted,
                               std::int64_t now_ms) {
  if (!waiting_until_ms_) return;
  const bool has_heard = situation.best != 0;
  if ((!has_heard || is_wanted) && now_ms < *waiting_until_ms_) return;
  waiting_until_ms_.reset();
  actions_.hold_blocks(false);
}

bool SnapshotFetch::IsWanted(const SyncSituation& situation, std::int64_t now_ms) {
  const bool is_behind = situation.best > situation.own + 1;
  if (!is_behind || situation.next_is_offered) stuck_ms_.reset();
  if (!is_behind) return false;
  if (options_.behind_min != 0 && situation.best - situation.own > options_.behind_min) return true;
  if (situation.next_is_offered) return false;
  if (!stuck_ms_) stuck_ms_ = now_ms;
  return now_ms - *stuck_ms_ >= options_.patience_ms;
}

bool SnapshotFetch::Offers(const Peer& peer) const {
  return !peer.shut_out && std::ranges::find(peer.offers, target_) != peer.offers.end();
}

// What was begun is finished first; else what most validators name, and of those the newest: one
// peer alone cannot make us wait for what nobody else has.
std::optional<SnapshotTarget> SnapshotFetch::Candidate(consensus::Height own,
                                                       std::int64_t now_ms) const {
  std::map<SnapshotTarget, std::size_t> named;
  for (const auto& [id, peer] : peers_) {
    if (peer.shut_out || now_ms < peer.aside_until_ms || !actions_.validator_of(id)) continue;
    for (const SnapshotTarget& offer : peer.offers) {
      if (offer.height > own && !failed_.contains(offer)) ++named[offer];
    }
  }
  if (options_.resumable && named.contains(*options_.resumable)) return options_.resumable;
  const auto best = std::ranges::max_element(named, [](const auto& a, const auto& b) {
    return std::pair(a.second, a.first) < std::pair(b.second, b.first);
  });
  if (best == named.end()) return std::nullopt;
  return best->first;
}

void SnapshotFetch::Choose(consensus::Height own, std::int64_t now_ms) {
  const auto candidate = Candidate(own, now_ms);
  if (!candidate) return;
  target_ = *candidate;
  phase_ = Phase::kProof;
  heard_ms_ = now_ms;
}

// It is certain that a snapshot comes.
void SnapshotFetch::Trust() {
  phase_ = Phase::kManifest;
  waiting_until_ms_.reset();
  actions_.hold_blocks(true);
}

// The distinct validators that name this digest. A node of no validator may serve, not vouch.
bool SnapshotFetch::IsVouchedFor() const {
  std::set<consensus::Address> named;
  consensus::Power power = 0;
  for (const auto& [id, peer] : peers_) {
    if (!Offers(peer)) continue;
    const auto validator = actions_.validator_of(id);
    if (!validator || !named.insert(*validator).second) continue;
    if (const auto* member = certified_->set->Find(*validator)) power += member->power;
  }
  return certified_->set->HasHonest(power);
}

bool SnapshotFetch::IsAskedFor(SnapshotPart part) const {
  return std::ranges::any_of(peers_, [part](const auto& entry) {
    return std::ranges::any_of(entry.second.asks,
                               [part](const Ask& ask) { return ask.of.part == part; });
  });
}

std::optional<SnapshotRef> SnapshotFetch::NextPart() {
  SnapshotRef of{.height = target_.height, .digest = target_.digest};
  if (phase_ == Phase::kProof || phase_ == Phase::kManifest) {
    of.part = phase_ == Phase::kProof ? SnapshotPart::kProof : SnapshotPart::kManifest;
    if (IsAskedFor(of.part)) return std::nullopt;
    return of;
  }
  if (phase_ != Phase::kChunks) return std::nullopt;
  while (next_missing_ < chunks_.size() && chunks_[next_missing_] != ChunkState::kMissing) {
    ++next_missing_;
  }
  if (next_missing_ == chunks_.size()) return std::nullopt;
  of.part = SnapshotPart::kChunk;
  of.chunk = static_cast<std::uint32_t>(next_missing_);
  return of;
}

void SnapshotFetch::AskAll(std::int64_t now_ms) {
  // The disk may be slower than the peers: what waits for it is memory as well.
  std::size_t asks = storing_;
  for (const auto& [id, peer] : peers_) asks += peer.asks.size();
  // Each peer one more in turn, so that the first does not get everything.
  for (std::size_t turn = 0; turn < options_.asks_per_peer; ++turn) {
    for (auto& [id, peer] : peers_) {
      if (asks >= options_.asks_max) return;
      if (!Offers(peer) || now_ms < peer.aside_until_ms || peer.asks.size() > turn) continue;
      const auto of = NextPart();
      if (!of) return;
      if (of->part == SnapshotPart::kChunk) chunks_[of->chunk] = ChunkState::kAsked;
      peer.asks.push_back({.of = *of, .bytes = {}, .begun_ms = now_ms, .progress_ms = now_ms});
      ++asks;
      actions_.send(id, consensus::SnapshotRequest{.of = *of});
    }
  }
}

// It is to be asked for again.
void SnapshotFetch::Release(const SnapshotRef& of) {
  if (of.part != SnapshotPart::kChunk || of.chunk >= chunks_.size() ||
      chunks_[of.chunk] != ChunkState::kAsked) {
    return;
  }
  chunks_[of.chunk] = ChunkState::kMissing;
  next_missing_ = std::min<std::size_t>(next_missing_, of.chunk);
}

bool SnapshotFetch::IsLate(const Ask& ask, std::int64_t now_ms) const {
  const auto size = static_cast<std::int64_t>(ask.bytes.size());
  return now_ms - ask.progress_ms >= options_.answer_ms ||
         now_ms - ask.begun_ms >= options_.answer_ms + size / kSlowestBytesPerMs;
}

void SnapshotFetch::PutAside(Peer& peer, std::int64_t now_ms) {
  for (const Ask& ask : std::exchange(peer.asks, {})) Release(ask.of);
  const std::uint32_t doublings = std::min(peer.silences++, kDoublingsMax);
  peer.aside_until_ms = now_ms + (options_.answer_ms << doublings);
}

void SnapshotFetch::EndAsks(std::int64_t now_ms) {
  std::vector<PeerId> silent;
  for (auto& [id, peer] : peers_) {
    // Answers come in the order of the questions: the first one's time is running.
    if (peer.asks.empty() || !IsLate(peer.asks.front(), now_ms)) continue;
    PutAside(peer, now_ms);
    silent.push_back(id);
  }
  for (const PeerId& id : silent) {
    actions_.punish(id, kSilencePoints, "does not send a snapshot it says it has");
  }
}

void SnapshotFetch::ShutOut(const PeerId& id, const std::string& why) {
  if (const auto found = peers_.find(id); found != peers_.end()) {
    found->second.shut_out = true;
    for (const Ask& ask : std::exchange(found->second.asks, {})) Release(ask.of);
  }
  actions_.punish(id, kBanAtOnce, why);
}

void SnapshotFetch::GiveUp(const std::string& why) {
  if (!why.empty()) actions_.on_alarm(why);
  Reset();
  actions_.hold_blocks(false);
}

void SnapshotFetch::Reset() {
  for (auto& [id, peer] : peers_) peer.asks.clear();
  phase_ = Phase::kIdle;
  proof_bytes_.clear();
  certified_.reset();
  manifest_ = {};
  chunks_.clear();
  stored_ = 0;
  storing_ = 0;
  next_missing_ = 0;
}

void SnapshotFetch::OnPeerDown(const PeerId& peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  for (const Ask& ask : std::exchange(found->second.asks, {})) Release(ask.of);
  // That it sent something wrong, or nothing, is remembered beyond the link.
  if (found->second.shut_out || found->second.silences > 0) return found->second.offers.clear();
  peers_.erase(found);
}

void SnapshotFetch::OnOffers(const PeerId& peer, const consensus::SnapshotsMsg& message) {
  Peer& known = peers_[peer];
  known.offers.clear();
  for (const auto& offer : message.offers) {
    known.offers.push_back({.height = offer.height, .digest = offer.digest});
  }
}

void SnapshotFetch::OnPiece(const PeerId& peer, consensus::SnapshotPiece piece,
                            std::int64_t now_ms) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  auto& asks = found->second.asks;
  const auto ask = std::ranges::find(asks, piece.of, &Ask::of);
  if (ask == asks.end()) return;  // of an earlier question, given up meanwhile
  if (ask->bytes.empty() && piece.offset != 0) return;  // likewise, and asked again since
  if (piece.total == 0) {
    // It has it no more: if it offers it again, that is not believed at once.
    std::erase(found->second.offers, target_);
    PutAside(found->second, now_ms);
    return AskAll(now_ms);
  }
  const bool fits =
      piece.of.part != SnapshotPart::kChunk || piece.total == manifest_.chunks[piece.of.chunk].size;
  if (!fits || piece.offset != ask->bytes.size()) {
    Release(ask->of);
    asks.erase(ask);
    return actions_.punish(peer, kBadPiecePoints, "pieces of a snapshot do not fit together");
  }
  Append(ask->bytes, piece.bytes);
  ask->progress_ms = now_ms;
  if (ask->bytes.size() < piece.total) return;
  Bytes whole = std::move(ask->bytes);
  const bool was_first = ask == asks.begin();
  asks.erase(ask);
  if (was_first && !asks.empty()) asks.front().begun_ms = asks.front().progress_ms = now_ms;
  TakePart(peer, piece.of, std::move(whole), now_ms);
}

void SnapshotFetch::TakePart(const PeerId& id, const SnapshotRef& of, Bytes bytes,
                             std::int64_t now_ms) {
  heard_ms_ = now_ms;
  switch (of.part) {
    case SnapshotPart::kProof: TakeProof(id, std::move(bytes)); break;
    case SnapshotPart::kManifest: TakeManifest(id, std::move(bytes)); break;
    case SnapshotPart::kChunk: TakeChunk(id, of.chunk, std::move(bytes)); break;
  }
  AskAll(now_ms);
}

void SnapshotFetch::TakeProof(const PeerId& id, Bytes bytes) {
  if (phase_ != Phase::kProof) return;
  const auto proof = SnapshotProof::Decode(bytes);
  auto certified = proof ? VerifySnapshotProof(genesis_, target_.height, *proof)
                         : Result<CertifiedState>(std::unexpected(proof.error()));
  if (!certified) {
    return ShutOut(id,
                   "sent a proof of a snapshot that does not hold: " + certified.error().detail);
  }
  certified_ = *std::move(certified);
  proof_bytes_ = std::move(bytes);
  phase_ = Phase::kVouching;
  if (IsVouchedFor()) Trust();
}

void SnapshotFetch::TakeManifest(const PeerId& id, Bytes bytes) {
  if (phase_ != Phase::kManifest) return;
  if (store::SnapshotDigest(bytes) != target_.digest) {
    return ShutOut(id, "sent a manifest that is not the one it names");
  }
  auto manifest = store::SnapshotManifest::Decode(bytes);
  const auto fits = manifest ? CheckManifest(genesis_, *certified_, *manifest)
                             : Result<void>(std::unexpected(manifest.error()));
  if (!fits) {
    // More than a third of the validators named it.
    failed_.insert(target_);
    return GiveUp("the snapshot of height " + std::to_string(target_.height) +
                  " that peers offer is not of the certified state (" + fits.error().detail +
                  "): not used");
  }
  manifest_ = *std::move(manifest);
  chunks_.assign(manifest_.chunks.size(), ChunkState::kMissing);
  stored_ = 0;
  storing_ = 0;
  next_missing_ = 0;
  phase_ = Phase::kOpening;
  actions_.open(target_, std::move(bytes), proof_bytes_);
}

void SnapshotFetch::OnOpened(std::vector<bool> there) {
  if (phase_ != Phase::kOpening || there.size() != chunks_.size()) return;
  options_.resumable = target_;  // part of it is on disk from here on
  for (std::size_t i = 0; i < there.size(); ++i) {
    if (!there[i]) continue;
    chunks_[i] = ChunkState::kStored;
    ++stored_;
  }
  phase_ = Phase::kChunks;
  InstallIfWhole();
}

void SnapshotFetch::TakeChunk(const PeerId& id, std::uint32_t chunk, Bytes bytes) {
  if (phase_ != Phase::kChunks || chunks_[chunk] != ChunkState::kAsked) return;
  if (crypto::Sha256(bytes) != manifest_.chunks[chunk].digest) {
    chunks_[chunk] = ChunkState::kMissing;
    next_missing_ = std::min<std::size_t>(next_missing_, chunk);
    return ShutOut(id, "sent a chunk that is not of the snapshot");
  }
  peers_.at(id).silences = 0;
  chunks_[chunk] = ChunkState::kStoring;
  ++storing_;
  actions_.store(chunk, std::move(bytes));
}

void SnapshotFetch::OnStored(std::uint32_t chunk) {
  if (phase_ != Phase::kChunks || chunk >= chunks_.size() ||
      chunks_[chunk] != ChunkState::kStoring) {
    return;
  }
  chunks_[chunk] = ChunkState::kStored;
  --storing_;
  ++stored_;
  InstallIfWhole();
}

void SnapshotFetch::InstallIfWhole() {
  if (phase_ != Phase::kChunks || stored_ != chunks_.size()) return;
  phase_ = Phase::kInstalling;
  actions_.install(*certified_);
}

void SnapshotFetch::OnInstalled(const Result<void>& installed) {
  // There was no room for it, or it does not hold.
  if (phase_ != Phase::kInstalling && phase_ != Phase::kOpening) return;
  if (installed) {
    phase_ = Phase::kReady;
    return;
  }
  failed_.insert(target_);
  GiveUp("the snapshot of height " + std::to_string(target_.height) +
         " is not used: " + installed.error().detail);
}

void SnapshotFetch::OnHeard(const SyncSituation& situation, std::int64_t now_ms) {
  if (IsWaiting()) EndWaiting(situation, IsWanted(situation, now_ms), now_ms);
}

void SnapshotFetch::Tick(const SyncSituation& situation, std::int64_t now_ms) {
  EndAsks(now_ms);
  if (phase_ <= Phase::kVouching) Consider(situation, now_ms);
  if (phase_ == Phase::kIdle || phase_ >= Phase::kInstalling) return;
  if (phase_ == Phase::kOpening || storing_ > 0) heard_ms_ = now_ms;  // the disk's turn
  if (now_ms - heard_ms_ >= options_.give_up_ms) {
    // The next tick may choose another: one alone cannot keep us at what we once began.
    if (phase_ == Phase::kVouching && options_.resumable == target_) options_.resumable.reset();
    return GiveUp("");
  }
  AskAll(now_ms);
}

// Until a third of the validators have named the target, one may have made it up, and how far the
// others are as well: both are asked again at each tick, and no block waits for it.
void SnapshotFetch::Consider(const SyncSituation& situation, std::int64_t now_ms) {
  const bool is_wanted = IsWanted(situation, now_ms);
  const bool stands = is_wanted && Candidate(situation.own, now_ms) == target_;
  if (phase_ != Phase::kIdle && !stands) Reset();
  if (phase_ == Phase::kIdle && is_wanted) Choose(situation.own, now_ms);
  if (phase_ == Phase::kVouching && IsVouchedFor()) {
    heard_ms_ = now_ms;
    Trust();
  }
  EndWaiting(situation, is_wanted, now_ms);
}

}  // namespace jiandu::node
