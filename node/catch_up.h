// Block sync, a permanent service: tells what we have, fetches what we lack, serves who lags.
//
// Loop thread only; sends through the hub, reads no clock (the host tells the time and calls Tick
// each 250 ms). Up to four peers are asked at a time, within a window bounded in bytes. Blocks are
// handed to the host strictly in order, one at a time: the host verifies commit and block,
// executes, and answers with Verdict; the one after may be shown to it meanwhile. A peer whose
// block is bad is dropped for that height, and shut out after three; so is one whose height goes
// down.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/message.h"
#include "node/fill.h"
#include "node/part_gossip.h"
#include "node/peer_types.h"

namespace jiandu::node {

struct StoredBlock {
  BlockBytesPtr block;
  consensus::Commit commit;  // of this block
};

struct CatchUpActions {
  std::function<void(const PeerId&, const consensus::PeerMessage&)> send;
  std::function<void(const consensus::PeerMessage&)> broadcast;
  // Reads a decided block with its commit and answers on the loop, now or later; nothing when it is
  // not there. Asked for one block after the other.
  using OnRead = std::move_only_function<void(std::optional<StoredBlock>)>;
  std::function<void(consensus::Height, OnRead)> read_block;
  // The next block we lack. The host answers with Verdict, later.
  std::function<void(consensus::Height, StoredBlock)> deliver;
  // The one after it, which may turn out to be bad: what needs no state can be done ahead.
  std::function<void(consensus::Height, const StoredBlock&)> show = {};
  // How much of the bulk lane waits for this peer: serving goes no faster than the link.
  std::function<std::size_t(const PeerId&)> queued_bytes;
  std::function<void(const PeerId&, std::uint32_t points, const std::string& why)> punish;
  // Only what validators tell counts for how far we are behind. Null: everybody is one.
  std::function<bool(const PeerId&)> is_validator = {};
};

struct CatchUpOptions {
  std::size_t window_bytes = limits::kSyncWindowBytesMax;
  std::size_t peers_max = 4;  // asked at the same time
  std::int64_t announce_ms = 5000;
  std::int64_t answer_ms = 5000;                    // silence of a peer that was asked
  std::int64_t patience_ms = 1000;                  // for consensus to bring the one block we lack
  std::size_t serve_bytes_per_second = 32U << 20U;  // per peer
  std::size_t serve_queued_max = 2U << 20U;
};

// How far we are behind.
struct SyncSituation {
  consensus::Height own = 0;
  consensus::Height best = 0;    // CatchUp::TrustedHeight
  bool next_is_offered = false;  // some peer has the block own + 1
};

class CatchUp {
 public:
  CatchUp(CatchUpActions actions, CatchUpOptions options, std::int64_t now_ms);
  ~CatchUp();
  CatchUp(const CatchUp&) = delete;
  CatchUp& operator=(const CatchUp&) = delete;

  // What we have: all from `base` to `height`, decided and applied. Announced when it changes.
  void SetOwn(const consensus::StatusMsg& own, std::int64_t now_ms);
  // The block last delivered was applied (SetOwn follows or precedes), or is bad.
  enum class Judged : std::uint8_t { kGood, kBad };
  void Verdict(consensus::Height height, Judged judged, std::int64_t now_ms);

  void OnPeerUp(const PeerId& peer, std::int64_t now_ms);
  void OnPeerDown(const PeerId& peer, std::int64_t now_ms);
  void OnStatus(const PeerId& peer, const consensus::StatusMsg& status, std::int64_t now_ms);
  void OnBlockRequest(const PeerId& peer, const consensus::BlockRequest& request,
                      std::int64_t now_ms);
  void OnBlockPiece(const PeerId& peer, consensus::BlockPiece piece, std::int64_t now_ms);
  void Tick(std::int64_t now_ms);
  // While somebody is being served, called more often than Tick: what a link holds is gone sooner.
  void Serve(std::int64_t now_ms);
  [[nodiscard]] bool IsServing() const;

  // While held nothing is asked for: the state comes by a snapshot. Peers are served as always.
  void Hold(bool held, std::int64_t now_ms);

  // A height told by so many validators that not all of them can be lying; 0: none told.
  [[nodiscard]] consensus::Height TrustedHeight() const;
  // Some peer says it has this block.
  [[nodiscard]] bool IsOffered(consensus::Height height) const;
  // The highest height a connected peer has told.
  [[nodiscard]] consensus::Height BestHeight() const;
  [[nodiscard]] std::optional<consensus::StatusMsg> StatusOf(const PeerId& peer) const;
  // More than one block behind so many peers that not all of them can be lying: gossip of
  // transactions rests, a validator does not sign.
  [[nodiscard]] bool IsBehind() const;
  void AddFills(Fills& fills) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
