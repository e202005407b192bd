// Checkpoints of the log: signed by the log's node, cosigned by validators, published with a
// quorum.
//
// The node that holds the log key signs the newest size whose app_hash is certified, at most once a
// second. A validator that has certified the same root cosigns it with its cosign key; nobody signs
// anything but its own certified ledger, so no two checkpoints contradict each other. Everybody
// collects, and publishes what has the log's signature and just a quorum. Nothing is kept on disk:
// after a restart the newest checkpoint comes from the other nodes, or is made anew. A node that is
// down, or has no such key, only does not sign.
//
// Sans-IO: reads no clock and opens no socket. Lives on the loop; time comes with every call.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consensus/message.h"
#include "ledger/model/genesis.h"
#include "node/checkpoint_board.h"
#include "node/log.h"
#include "node/peer_types.h"

namespace jiandu::node {

struct CheckpointKeys {
  const crypto::Ed25519PrivateKey* log = nullptr;     // null: not this node's
  const crypto::Ed25519PrivateKey* cosign = nullptr;  // null: this node does not cosign
};

struct CheckpointEvents {
  std::function<void(const consensus::CheckpointMsg&)> broadcast;
  std::function<void(const PeerId&, const consensus::CheckpointMsg&)> send;
  std::function<void(const PeerId&, std::uint32_t points, const std::string& why)> punish;
  std::function<void(PublishedCheckpointPtr)> publish;
  // Something an operator must hear: the log key signed what nobody certified.
  std::function<void(const std::string&)> on_alarm;
};

struct Moment {
  std::int64_t steady_ms = 0;
  std::uint64_t wall_s = 0;  // POSIX seconds, as cosignatures say it
};

class Checkpoints {
 public:
  static constexpr std::int64_t kEveryMsMin = 1000;  // between two checkpoints of the log's node
  static constexpr std::int64_t kCosignMsMin = 500;  // and between two cosignatures of any
  static constexpr std::int64_t kAgainMs = 2000;     // what is not published is said again
  // A cosignature from further ahead of our clock does not count: readers may refuse it.
  static constexpr std::uint64_t kAheadSecondsMax = 600;
  static constexpr std::size_t kCertifiedMax = 256;  // sizes remembered, newest
  static constexpr std::size_t kCollectedMax = 8;    // signed by the log, not published

  Checkpoints(std::string chain, CheckpointKeys keys, CheckpointEvents events, Logger log);

  // The log's size and root as a certified header has them, and whose signatures count from now on.
  struct Certified {
    std::uint64_t size = 0;
    Hash256 root;
    crypto::Ed25519PublicKey log_key;
    std::vector<ledger::GenesisValidator> validators;
  };
  void OnCertified(const Certified& certified, const Moment& now);
  void OnMessage(const PeerId& peer, const consensus::CheckpointMsg& message, const Moment& now);
  void OnPeerUp(const PeerId& peer);
  void OnPeerDown(const PeerId& peer) { ahead_.erase(peer); }
  void Tick(const Moment& now);

  [[nodiscard]] std::uint64_t PublishedSize() const;  // 0: none

 private:
  using Signature = consensus::CheckpointMsg::Signature;
  struct Collected {
    Hash256 root;
    std::string text;
    Signature log;                                           // verified
    std::map<crypto::Ed25519PublicKey, Signature> cosigned;  // verified, by key
  };

  [[nodiscard]] const Hash256* RootOf(std::uint64_t size) const;
  [[nodiscard]] std::string TextOf(std::uint64_t size, const Hash256& root) const;
  void AnswerOld(const PeerId& peer, const consensus::CheckpointMsg& message, const Moment& now);
  void Contradicted(const PeerId& peer, const consensus::CheckpointMsg& message);
  [[nodiscard]] bool Take(const consensus::CheckpointMsg& message, const Moment& now);
  [[nodiscard]] bool TakeLogs(const consensus::CheckpointMsg& message);
  void SayOwnAgain(const consensus::CheckpointMsg& message, const Moment& now);
  void Advance(const Moment& now);
  void Offer(const Moment& now);
  void Cosign(const Moment& now);
  void Publish();
  void Keep(std::uint64_t size, Collected collected);
  [[nodiscard]] consensus::CheckpointMsg MessageOf(std::uint64_t size,
                                                   const Collected& collected) const;
  [[nodiscard]] std::string NoteOf(const Collected& collected) const;

  std::string chain_;
  CheckpointKeys keys_;
  CheckpointEvents events_;
  Logger log_;

  std::deque<std::pair<std::uint64_t, Hash256>> certified_;  // ascending
  crypto::Ed25519PublicKey log_key_;
  std::vector<ledger::GenesisValidator> validators_;
  std::map<crypto::Ed25519PublicKey, std::string> cosigners_;  // department by cosign key
  std::size_t quorum_ = 0;

  std::map<std::uint64_t, Collected> collected_;       // by size, larger than the published one
  std::map<PeerId, consensus::CheckpointMsg> ahead_;   // of a size not certified here yet
  std::optional<consensus::CheckpointMsg> published_;  // as peers are told
  std::uint64_t offered_ = 0;                          // largest size signed by our log key
  std::uint64_t cosigned_ = 0;                         // and by our cosign key
  std::uint64_t floor_ = 0;                            // certified when this run began
  std::optional<std::int64_t> offered_ms_, cosigned_ms_, said_ms_, answered_ms_;
  std::uint64_t alarmed_ = 0;  // size of the last contradiction that was told
  bool warned_ = false;
};

}  // namespace jiandu::node
