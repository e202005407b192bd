// What we lack: whom it is asked of, in what order it is handed on.
#include "node/catch_up.h"

#include <algorithm>
#include <map>
#include <utility>

#include "node/block_server.h"
#include "node/fetched_blocks.h"

namespace jiandu::node {
namespace {

using consensus::Height;

constexpr std::uint32_t kBanAtOnce = 100;
constexpr std::uint32_t kBadBlockPoints = 34;  // the third shuts out
constexpr std::uint32_t kSilencePoints = 20;
constexpr std::uint32_t kBadPiecePoints = 50;
constexpr std::uint32_t kCountMax = 256;  // blocks of one request
// Of a block before we have seen any. Too low, and one peer is asked for more than it may send.
constexpr std::size_t kFirstGuess = limits::kMiB;
// A block may take this long besides answer_ms: a peer that sends a crumb at a time is as good as
// silent. 256 kbit/s: an honest node behind a thin line is not to be blamed.
constexpr std::int64_t kSlowestBytesPerMs = 32;
// A request is over when its last block came, or when nothing followed a whole block for so long:
// the peer stopped at bytes_max, or had no more.
constexpr std::int64_t kPauseMs = 500;

}  // namespace

class CatchUp::State {
 public:
  // What a peer was asked for, and how far its answer has come.
  struct Ask {
    Height next = 0;
    Height end = 0;  // one past the last
    std::int64_t progress_ms = 0;
    std::int64_t begun_ms = 0;  // since when `next` is waited for
    std::size_t left = 0;       // bytes that may still come; the first block may be larger
    std::size_t blocks = 0;     // that have come
    Bytes bytes = {};           // of the block `next`, so far
  };
  struct Peer {
    std::optional<consensus::StatusMsg> status;
    std::optional<Ask> ask;
    std::int64_t aside_until_ms = 0;  // was silent
    Height refused = 0;               // a height of which it sent a bad block
  };

  State(CatchUpActions acts, CatchUpOptions opts, std::int64_t now_ms)
      : actions(std::move(acts)),
        options(opts),
        server(actions, options, own),
        moved_ms(now_ms - options.patience_ms),
        announced_ms(now_ms),
        block_bytes(kFirstGuess) {}

  void Announce(std::int64_t now_ms);
  void AskAll(std::int64_t now_ms);
  [[nodiscard]] bool AskOne(std::int64_t now_ms);
  [[nodiscard]] bool IsOnItsWay(Height height, std::int64_t now_ms) const;
  [[nodiscard]] std::map<PeerId, Peer>::iterator PeerFor(Height height, std::int64_t now_ms);
  [[nodiscard]] Height FirstMissing() const;
  [[nodiscard]] bool IsHeldUp(std::int64_t now_ms) const;
  [[nodiscard]] bool IsAsked(Height height) const;
  [[nodiscard]] std::size_t AsksUnderWay() const;
  void EndAsks(std::int64_t now_ms);
  void TakePiece(const PeerId& id, Peer& peer, consensus::BlockPiece piece, std::int64_t now_ms);
  void Deliver();
  void ShowNext();
  [[nodiscard]] Height Best() const;
  [[nodiscard]] Height Applied() const { return std::max(own.height, good); }

  CatchUpActions actions;
  CatchUpOptions options;
  BlockServer server;
  consensus::StatusMsg own;
  Height good = 0;        // judged so; own follows
  Height synced = 0;      // the last one that a peer sent
  std::int64_t moved_ms;  // when Applied() last grew
  std::int64_t announced_ms;
  std::map<PeerId, Peer> peers;
  FetchedBlocks fetched;
  std::size_t block_bytes;  // running average
  std::optional<Height> judging;
  Height shown = 0;  // the highest
  bool delivering = false;
  bool resting = false;  // nothing is asked for
};

void CatchUp::State::Announce(std::int64_t now_ms) {
  announced_ms = now_ms;
  actions.broadcast(own);
}

bool CatchUp::State::IsAsked(Height height) const {
  return std::ranges::any_of(peers, [height](const auto& entry) {
    const auto& ask = entry.second.ask;
    return ask.has_value() && ask->next <= height && height < ask->end;
  });
}

Height CatchUp::State::FirstMissing() const {
  Height height = Applied() + 1;
  while (fetched.Has(height) || IsAsked(height) || judging == height) ++height;
  return height;
}

// The very next block is asked of one peer only, which lets us wait: nothing else can be handed on.
bool CatchUp::State::IsHeldUp(std::int64_t now_ms) const {
  const Height next = Applied() + 1;
  if (fetched.Has(next) || judging == next) return false;
  int askers = 0;
  bool is_late = false;
  for (const auto& [id, peer] : peers) {
    if (!peer.ask.has_value() || peer.ask->next > next || next >= peer.ask->end) continue;
    ++askers;
    is_late = now_ms - peer.ask->begun_ms >= options.patience_ms;
  }
  return askers == 1 && is_late;
}

Height CatchUp::State::Best() const {
  Height best = 0;
  for (const auto& [id, peer] : peers) {
    if (peer.status.has_value()) best = std::max(best, peer.status->height);
  }
  return best;
}

std::size_t CatchUp::State::AsksUnderWay() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(peers, [](const auto& entry) { return entry.second.ask.has_value(); }));
}

std::map<PeerId, CatchUp::State::Peer>::iterator CatchUp::State::PeerFor(Height height,
                                                                         std::int64_t now_ms) {
  const auto fits = [&](const auto& entry) {
    const Peer& peer = entry.second;
    return peer.status.has_value() && !peer.ask.has_value() && peer.refused != height &&
           now_ms >= peer.aside_until_ms && peer.status->base <= height &&
           height <= peer.status->height;
  };
  return std::ranges::find_if(peers, fits);
}

// Who is one block behind the fastest is most often about to decide or to execute that block: to
// fetch all blocks a second time from the disks of the others would slow everybody down.
bool CatchUp::State::IsOnItsWay(Height height, std::int64_t now_ms) const {
  return height == Applied() + 1 && height == Best() && now_ms - moved_ms < options.patience_ms;
}

bool CatchUp::State::AskOne(std::int64_t now_ms) {
  if (resting) return false;
  const std::size_t asks = AsksUnderWay();
  const std::size_t share = options.window_bytes / options.peers_max;
  const bool is_held_up = IsHeldUp(now_ms);
  const Height height = is_held_up ? Applied() + 1 : FirstMissing();
  // The window is shared out in bytes. Only the very next block may be asked for beyond it: without
  // that block nothing in the window would ever be handed on.
  const bool has_room = fetched.Bytes() + (asks + 1) * share <= options.window_bytes;
  if (asks >= options.peers_max || (!has_room && height != Applied() + 1)) return false;
  if (IsOnItsWay(height, now_ms)) return false;
  const auto found = PeerFor(height, now_ms);
  if (found == peers.end()) return false;
  Height end = height + std::clamp<Height>(share / (2 * block_bytes), 1, kCountMax);
  end = std::min(end, found->second.status->height + 1);
  const auto held = fetched.All().upper_bound(height);
  if (held != fetched.All().end()) end = std::min(end, held->first);
  if (is_held_up) end = height + 1;
  found->second.ask = {
      .next = height, .end = end, .progress_ms = now_ms, .begun_ms = now_ms, .left = share};
  const auto count = static_cast<std::uint32_t>(end - height);
  actions.send(found->first, consensus::BlockRequest{height, count, share});
  return true;
}

void CatchUp::State::AskAll(std::int64_t now_ms) {
  while (AskOne(now_ms)) {
  }
}

void CatchUp::State::EndAsks(std::int64_t now_ms) {
  std::vector<PeerId> silent;
  for (auto& [id, peer] : peers) {
    if (!peer.ask.has_value()) continue;
    const std::int64_t quiet_ms = now_ms - peer.ask->progress_ms;
    const bool is_between = peer.ask->blocks > 0 && peer.ask->bytes.empty();
    const bool is_slow =
        now_ms - peer.ask->begun_ms >
        options.answer_ms + static_cast<std::int64_t>(peer.ask->bytes.size()) / kSlowestBytesPerMs;
    if (is_between && quiet_ms >= kPauseMs) {
      peer.ask.reset();
    } else if (quiet_ms >= options.answer_ms || is_slow) {
      // A block that we have decided ourselves since, nobody owes us any more.
      const bool is_owed = peer.ask->next > Applied() || peer.ask->next <= synced;
      peer.ask.reset();
      if (!is_owed) continue;
      peer.aside_until_ms = now_ms + options.answer_ms;
      silent.push_back(id);
    }
  }
  for (const PeerId& id : silent) {
    actions.punish(id, kSilencePoints, "does not send blocks it says it has");
  }
}

void CatchUp::State::TakePiece(const PeerId& id, Peer& peer, consensus::BlockPiece piece,
                               std::int64_t now_ms) {
  Ask& ask = *peer.ask;
  if (piece.height != ask.next) return;                // of an earlier question, given up meanwhile
  if (ask.bytes.empty() && piece.offset != 0) return;  // likewise, and asked again since
  const std::size_t end = ask.bytes.size() + piece.bytes.size();
  const bool is_last = end == piece.total;
  const bool is_too_much = ask.blocks > 0 && piece.total > ask.left;  // as BlockServer stops
  if (piece.offset != ask.bytes.size() || end > piece.total || is_too_much ||
      piece.total > limits::kBlockBytesMax || is_last != piece.commit.has_value()) {
    peer.ask.reset();
    return actions.punish(id, kBadPiecePoints, "pieces of a block are not what was asked for");
  }
  if (ask.bytes.empty()) ask.bytes.reserve(piece.total);
  Append(ask.bytes, piece.bytes);
  ask.progress_ms = now_ms;
  if (!is_last) return;
  block_bytes = std::max<std::size_t>((7 * block_bytes + end) / 8, 1);
  StoredBlock block{.block = std::make_shared<const Bytes>(std::exchange(ask.bytes, Bytes())),
                    .commit = std::move(*piece.commit)};
  const Height height = ask.next;
  ask.begun_ms = now_ms;
  ++ask.next;
  ++ask.blocks;
  ask.left -= std::min(ask.left, end);
  if (ask.next == ask.end) peer.ask.reset();
  if (height > Applied()) fetched.Add(height, std::move(block), id);
}

void CatchUp::State::Deliver() {
  // The host may judge inside the call: then the loop goes on here, not deeper in the stack.
  if (delivering) return;
  delivering = true;
  while (!judging.has_value()) {
    fetched.EraseUpTo(Applied());
    const auto next = fetched.All().find(Applied() + 1);
    if (next == fetched.All().end()) break;
    judging = next->first;
    actions.deliver(next->first, next->second.block);
  }
  delivering = false;
  ShowNext();
}

void CatchUp::State::ShowNext() {
  if (!actions.show || !judging.has_value()) return;
  const auto after = fetched.All().find(*judging + 1);
  if (after == fetched.All().end() || after->first <= shown) return;
  shown = after->first;
  actions.show(after->first, after->second.block);
}

CatchUp::CatchUp(CatchUpActions actions, CatchUpOptions options, std::int64_t now_ms)
    : state_(std::make_unique<State>(std::move(actions), options, now_ms)) {}
CatchUp::~CatchUp() = default;

void CatchUp::SetOwn(const consensus::StatusMsg& own, std::int64_t now_ms) {
  if (own == state_->own) return;
  if (own.height > state_->Applied()) state_->moved_ms = now_ms;
  state_->own = own;
  state_->Announce(now_ms);
  // Nothing is delivered here: the host is in the middle of moving its tip.
  state_->AskAll(now_ms);
}

void CatchUp::Verdict(Height height, Judged judged, std::int64_t now_ms) {
  if (state_->judging != height) return;
  state_->judging.reset();
  const auto found = state_->fetched.All().find(height);
  std::optional<PeerId> from;
  if (found != state_->fetched.All().end()) {
    from = found->second.from;
    state_->fetched.Erase(found);
  }
  if (judged == Judged::kGood) {
    if (height > state_->Applied()) state_->moved_ms = now_ms;
    state_->good = std::max(state_->good, height);
    if (from.has_value()) state_->synced = height;
  } else if (from.has_value()) {
    state_->fetched.EraseFrom(*from);
    const auto peer = state_->peers.find(*from);
    if (peer != state_->peers.end()) {
      peer->second.refused = height;
      // The rest of what it was asked for is not waited for either.
      peer->second.ask.reset();
      peer->second.aside_until_ms = now_ms + state_->options.answer_ms;
    }
    state_->actions.punish(*from, kBadBlockPoints, "sent a block that does not hold");
  }
  state_->Deliver();
  state_->AskAll(now_ms);
}

void CatchUp::OnPeerUp(const PeerId& peer, std::int64_t /*now_ms*/) {
  state_->peers.insert_or_assign(peer, State::Peer());
  state_->actions.send(peer, state_->own);
}

void CatchUp::OnPeerDown(const PeerId& peer, std::int64_t now_ms) {
  state_->peers.erase(peer);
  state_->server.OnPeerDown(peer);
  state_->AskAll(now_ms);
}

void CatchUp::OnStatus(const PeerId& peer, const consensus::StatusMsg& status,
                       std::int64_t now_ms) {
  const auto found = state_->peers.find(peer);
  if (found == state_->peers.end()) return;
  auto& known = found->second.status;
  // Over one link: after a restart a node may have forgotten its last block.
  if (known.has_value() && status.height < known->height) {
    return state_->actions.punish(peer, kBanAtOnce, "its height went down");
  }
  known = status;
  state_->AskAll(now_ms);
}

void CatchUp::OnBlockRequest(const PeerId& peer, const consensus::BlockRequest& request,
                             std::int64_t now_ms) {
  if (state_->peers.contains(peer)) state_->server.OnRequest(peer, request, now_ms);
}

void CatchUp::OnBlockPiece(const PeerId& peer, consensus::BlockPiece piece, std::int64_t now_ms) {
  const auto found = state_->peers.find(peer);
  if (found == state_->peers.end() || !found->second.ask.has_value()) return;
  state_->TakePiece(peer, found->second, std::move(piece), now_ms);
  state_->Deliver();
  state_->AskAll(now_ms);
}

void CatchUp::Tick(std::int64_t now_ms) {
  if (now_ms - state_->announced_ms >= state_->options.announce_ms) state_->Announce(now_ms);
  state_->EndAsks(now_ms);
  state_->Deliver();
  state_->AskAll(now_ms);
  state_->server.Tick(now_ms);
}

void CatchUp::Serve(std::int64_t now_ms) { state_->server.GoOn(now_ms); }
bool CatchUp::IsServing() const { return state_->server.IsServing(); }
Height CatchUp::BestHeight() const { return state_->Best(); }

std::optional<consensus::StatusMsg> CatchUp::StatusOf(const PeerId& peer) const {
  const auto found = state_->peers.find(peer);
  return found == state_->peers.end() ? std::nullopt : found->second.status;
}

void CatchUp::Hold(bool held, std::int64_t now_ms) {
  if (std::exchange(state_->resting, held) == held) return;
  state_->AskAll(now_ms);
}

Height CatchUp::TrustedHeight() const {
  std::vector<Height> heights;
  for (const auto& [id, peer] : state_->peers) {
    const bool counts = !state_->actions.is_validator || state_->actions.is_validator(id);
    if (counts && peer.status.has_value()) heights.push_back(peer.status->height);
  }
  if (heights.empty()) return 0;
  // With n nodes, (n - 1) / 3 of them may lie about how far they are.
  const std::size_t liars = heights.size() / 3;
  std::ranges::sort(heights, std::greater());
  return heights.at(liars);
}

bool CatchUp::IsOffered(Height height) const {
  return std::ranges::any_of(state_->peers, [height](const auto& entry) {
    const auto& status = entry.second.status;
    return status.has_value() && status->base <= height && height <= status->height;
  });
}

// Asks fit the window when they are made, but for the very next block, and for each the last block
// may be one of the largest.
void CatchUp::AddFills(Fills& fills) const {
  std::size_t held = state_->fetched.Bytes();
  for (const auto& [id, peer] : state_->peers) {
    if (peer.ask.has_value()) held += peer.ask->bytes.size();
  }
  const CatchUpOptions& options = state_->options;
  fills.push_back({.name = "sync window bytes",
                   .now = held,
                   .most = options.window_bytes + options.peers_max * limits::kBlockBytesMax});
  fills.push_back(
      {.name = "blocks asked for", .now = state_->AsksUnderWay(), .most = options.peers_max + 1});
}

bool CatchUp::IsBehind() const { return TrustedHeight() > state_->Applied() + 1; }

}  // namespace jiandu::node
