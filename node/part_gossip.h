// Blocks under discussion: sends them in 64 KiB parts, puts received parts together, helps others.
//
// Loop thread only; sends through the hub, reads no clock (the host tells the time and calls Tick
// each 50 ms while IsBusy). The proposer pushes its parts to all. Whoever still lacks parts 100 ms
// later asks the peers in turn, telling what it has; who is asked sends what it holds at once and
// the rest as it comes in. Parts survive rounds; all of a height together are bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "consensus/message.h"
#include "node/fill.h"
#include "node/peer_types.h"

namespace jiandu::node {

using BlockBytesPtr = std::shared_ptr<const Bytes>;  // published, immutable

struct PartGossipActions {
  std::function<void(const PeerId&, const consensus::PeerMessage&)> send;
  std::function<void(const consensus::PeerMessage&)> broadcast;
  std::function<std::vector<PeerId>()> peers;  // connected now
  // The bytes fit the id's parts; that they decode and have its header hash is the host's to check.
  std::function<void(consensus::Height, const consensus::BlockId&, BlockBytesPtr)> on_block;
  // A decided block, for those who ask by id; null when we have not got it.
  std::function<BlockBytesPtr(consensus::Height, const consensus::BlockId&)> find_decided;
  std::function<void(const PeerId&, std::uint32_t points, const std::string& why)> punish;
};

struct PartGossipBounds {
  std::size_t height_bytes_max = limits::kProposalBytesMax;
  std::size_t proposals_per_round_max = limits::kProposalsPerRoundMax;
  std::size_t stash_parts_max = 160;  // parts that came before their proposal
  std::int64_t ask_after_ms = 100;
};

class PartGossip {
 public:
  explicit PartGossip(PartGossipActions actions, PartGossipBounds bounds = {});

  // Forgets everything below `height`.
  void StartHeight(consensus::Height height);
  // The height under way is in `round`: blocks that only earlier rounds named are forgotten, but
  // for those in `keep` (locked, valid, committed). Else slow rounds would fill the height's bound,
  // and no later proposal would be followed.
  void StartRound(consensus::Round round, std::span<const consensus::BlockId> keep);
  // A verified proposal names this block: its parts are welcome. If all are here already, on_block
  // is called at once. When the height has its 64 MiB, blocks of later rounds give way; kFull when
  // that does not help, or the round has its two.
  [[nodiscard]] Result<void> Expect(consensus::Height height, consensus::Round round,
                                    const consensus::BlockId& id, std::int64_t now_ms);
  // Our own block, or one to be sent again (effect Reshare; nothing happens if it is not here).
  void Share(consensus::Height height, consensus::Round round, const consensus::BlockId& id,
             BlockBytesPtr block);
  void Reshare(consensus::Height height, const consensus::BlockId& id);
  // Effect FetchBlock: ask the peers until it is here. Not bound to a round.
  void Fetch(consensus::Height height, const consensus::BlockId& id, std::int64_t now_ms);

  void OnPart(const PeerId& from, consensus::PartMsg message, std::int64_t now_ms);
  void OnPartRequest(const PeerId& from, const consensus::PartRequest& request);
  void OnFetchBlock(const PeerId& from, const consensus::FetchBlockMsg& request);
  void OnPeerDown(const PeerId& peer);
  // Asks for what is late.
  void Tick(std::int64_t now_ms);
  [[nodiscard]] bool IsBusy() const;
  [[nodiscard]] bool Knows(const consensus::BlockId& id) const;

  // A complete block of this height, or null.
  [[nodiscard]] BlockBytesPtr Find(const consensus::BlockId& id) const;
  [[nodiscard]] std::size_t HeldBytes() const;
  void AddFills(Fills& fills) const;

 private:
  struct Assembly {
    consensus::Height height = 0;
    std::set<consensus::Round> rounds;  // of the proposals that name it; -1: fetched
    std::vector<std::optional<consensus::Part>> parts;
    std::size_t missing = 0;
    consensus::PartBitmap have;
    BlockBytesPtr block;                                // once complete
    std::map<PeerId, consensus::PartBitmap> wanted_by;  // what those who asked us have
    std::int64_t asked_ms = 0;                          // last progress or question
    std::size_t next_peer = 0;
  };
  using Blocks = std::map<consensus::BlockId, Assembly>;

  [[nodiscard]] Assembly& Open(consensus::Height height, const consensus::BlockId& id,
                               std::int64_t now_ms);
  // Whether `bytes` more fit; drops what only rounds after `round` name, the farthest first.
  [[nodiscard]] bool MakeRoom(consensus::Height height, consensus::Round round, std::size_t bytes);
  void Take(const PeerId& from, Blocks::iterator where, consensus::Part part, std::int64_t now_ms);
  void Complete(Blocks::iterator where);
  void TakeStashed(Blocks::iterator where, std::int64_t now_ms);
  // A part that is here; of a complete block its bytes are cut out anew.
  [[nodiscard]] static consensus::Part PartOf(const Assembly& assembly, std::uint32_t index);
  void SendPart(const PeerId& to, const consensus::BlockId& id, const Assembly& assembly,
                std::uint32_t index);
  void SendMissing(const PeerId& to, consensus::Height height, const consensus::BlockId& id,
                   const consensus::PartBitmap& have);

  PartGossipActions actions_;
  PartGossipBounds bounds_;
  consensus::Height height_ = 1;
  Blocks blocks_;
  std::deque<std::pair<PeerId, consensus::PartMsg>> stash_;
  std::map<PeerId, std::int64_t> served_bytes_;  // of this height, per peer
};

}  // namespace jiandu::node
