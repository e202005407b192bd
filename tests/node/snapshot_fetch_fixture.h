// One node that fetches a snapshot, without a network, a clock or a disk.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "node/snapshot_fetch.h"
#include "tests/node/snapshot_fixture.h"

namespace jiandu::node::testing {

using consensus::SnapshotPart;
using consensus::SnapshotRef;
using Phase = SnapshotProgress::Phase;

inline constexpr std::size_t kChunks = 40;

// One node that fetches, and peers that answer as they are told to. The rows are made up: what is
// in them is looked at when they are installed.
class SnapshotFetchTest : public ::testing::Test {
 protected:
  SnapshotFetchTest() {
    store::SnapshotManifest manifest = source_.Snapshot().Manifest();
    manifest.chunks.clear();
    for (std::size_t i = 0; i < kChunks; ++i) {
      // Longer than one piece, and each of another length.
      chunks_.emplace_back(100'000 + i, static_cast<std::uint8_t>(i));
      manifest.chunks.push_back({.size = static_cast<std::uint32_t>(chunks_.back().size()),
                                 .digest = crypto::Sha256(chunks_.back())});
    }
    SetManifest(manifest);
    Restart({});
  }

  void SetManifest(const store::SnapshotManifest& manifest) {
    manifest_ = manifest.Encode();
    target_ = {.height = kSnapshotHeight, .digest = store::SnapshotDigest(manifest_)};
  }

  void Restart(SnapshotFetchOptions options) {
    options.behind_min = 3;
    SnapshotFetchActions actions;
    actions.send = [this](const PeerId& peer, const consensus::PeerMessage& message) {
      asked_.emplace_back(peer, std::get<consensus::SnapshotRequest>(message).of);
    };
    actions.punish = [this](const PeerId& peer, std::uint32_t points, const std::string&) {
      punished_[peer] += points;
    };
    actions.validator_of = [this](const PeerId& peer) -> std::optional<consensus::Address> {
      for (const auto& seat : source_.Genesis().validators) {
        if (seat.node_key == peer) return consensus::AddressOf(seat.consensus_key);
      }
      return std::nullopt;
    };
    actions.open = [this](const SnapshotTarget& target, const Bytes&, const Bytes&) {
      opened_ = target;
    };
    actions.store = [this](std::uint32_t chunk, const Bytes& bytes) {
      EXPECT_EQ(bytes, chunks_[chunk]);
      stored_.push_back(chunk);
      if (!disk_is_stuck_) fetch_->OnStored(chunk);
    };
    actions.install = [this](const CertifiedState& certified) { installed_ = certified.Height(); };
    actions.hold_blocks = [this](bool held) { held_ = held; };
    actions.on_alarm = [this](const std::string& what) { alarms_.push_back(what); };
    fetch_ = std::make_unique<SnapshotFetch>(source_.Genesis(), std::move(actions), options);
  }

  // The nodes of the validators of TestGenesis.
  [[nodiscard]] PeerId Node(std::size_t number) const {
    return source_.Genesis().validators[number].node_key;
  }
  static PeerId Stranger() {
    PeerId id;
    id.bytes.fill(9);
    return id;
  }
  void Offer(const PeerId& peer) { Offer(peer, target_); }
  void Offer(const PeerId& peer, const SnapshotTarget& target) {
    fetch_->OnOffers(peer, {.offers = {{.height = target.height, .digest = target.digest}}});
  }
  void Tick(std::int64_t passed_ms = 0) {
    now_ms_ += passed_ms;
    fetch_->Tick(situation_, now_ms_);
  }

  [[nodiscard]] Bytes PartOf(const SnapshotRef& of) const {
    switch (of.part) {
      case SnapshotPart::kManifest: return manifest_;
      case SnapshotPart::kProof: return source_.Proof().Encode();
      case SnapshotPart::kChunk: return chunks_[of.chunk];
    }
    return {};
  }
  void Send(const PeerId& peer, const SnapshotRef& of, const Bytes& bytes) {
    for (auto& piece : consensus::CutSnapshotPart(of, bytes)) {
      fetch_->OnPiece(peer, std::move(piece), now_ms_);
    }
  }
  // Every question is answered truly, but by those who are named in `silent`.
  void Answer(const std::set<PeerId>& silent = {}) {
    while (!asked_.empty()) {
      const auto [peer, of] = asked_.front();
      asked_.erase(asked_.begin());
      if (!silent.contains(peer)) Send(peer, of, PartOf(of));
    }
  }
  [[nodiscard]] Phase PhaseNow() const { return fetch_->Progress().phase; }
  // To where chunks are asked for, with two validators that offer.
  void Begin() {
    Offer(Node(0));
    Offer(Node(1));
    Tick();
    Answer();
    ASSERT_EQ(PhaseNow(), Phase::kOpening);
  }

  testing::SnapshotSource source_;
  std::vector<Bytes> chunks_;
  Bytes manifest_;
  SnapshotTarget target_;
  SyncSituation situation_{.own = 0, .best = 12, .next_is_offered = true};
  std::int64_t now_ms_ = 1000;
  std::unique_ptr<SnapshotFetch> fetch_;
  std::vector<std::pair<PeerId, SnapshotRef>> asked_;
  std::map<PeerId, std::uint32_t> punished_;
  std::optional<SnapshotTarget> opened_;
  std::vector<std::uint32_t> stored_;
  consensus::Height installed_ = 0;
  bool held_ = false;
  bool disk_is_stuck_ = false;
  std::vector<std::string> alarms_;
};

}  // namespace jiandu::node::testing
