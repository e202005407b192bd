// What peers say to each other: one closed set of messages, their wire form and their lanes.
//
// Pure; any thread. A frame carries one message; the link adds the length. On the wire a message is
// one field whose number says which it is (docs/proto/peer.proto). Decoders check form and size
// only; they allocate nothing whose size they have not checked, and one value has one encoding.
// Sizes: base/limits.h. Lanes: docs/consensus.md (Peers).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/limits.h"
#include "consensus/block.h"
#include "consensus/commit.h"
#include "consensus/signed_message.h"
#include "consensus/types.h"

namespace jiandu::consensus {

// 2: checkpoints of the log; 3: snapshots of the state; 4: an amnesia answer may be a proposal
inline constexpr std::uint32_t kPeerProtocol = 4;
// What the link may put before a message within the maximum of a frame.
inline constexpr std::size_t kFrameHeaderBytesMax = 16;
inline constexpr std::uint32_t kBlockRequestCountMax = 1024;
inline constexpr std::size_t kTxBatchCountMax = 1024;
// Of a checkpoint: the log and each validator.
inline constexpr std::size_t kCheckpointSignaturesMax = limits::kValidatorsMax + 1;
inline constexpr std::size_t kSnapshotOffersMax = 16;

// The first message on a link, in both directions. The link's TLS has proven the node key.
struct Hello {
  std::uint32_t version = kPeerProtocol;
  std::string chain_id;
  Hash256 genesis_hash;              // SHA-256 of the genesis document
  Hash256 node_key_id;               // SHA-256 of the node's public key
  std::optional<Address> validator;  // of a node that votes
  auto operator<=>(const Hello&) const = default;
};

struct VoteMsg {
  Vote vote;
  auto operator<=>(const VoteMsg&) const = default;
};
struct CertificateMsg {
  Certificate certificate;
  auto operator<=>(const CertificateMsg&) const = default;
};
struct ProposalMsg {
  Proposal proposal;
  auto operator<=>(const ProposalMsg&) const = default;
};

// Which parts of a block a node has: bit i of byte i / 8, lowest first.
class PartBitmap {
 public:
  PartBitmap() = default;
  explicit PartBitmap(std::uint32_t parts) : bytes_((std::size_t{parts} + 7) / 8) {}
  // Exactly the bytes for `parts` bits, with no bit set beyond them.
  [[nodiscard]] static Result<PartBitmap> From(ByteView bytes, std::uint32_t parts);

  // False past the end.
  [[nodiscard]] bool Has(std::uint32_t index) const;
  // Precondition: index < parts.
  void Add(std::uint32_t index);
  [[nodiscard]] const Bytes& AsStored() const { return bytes_; }
  auto operator<=>(const PartBitmap&) const = default;

 private:
  Bytes bytes_;
};

struct PartMsg {
  Height height = 0;
  BlockId id;
  Part part;  // its index and size fit the id; the proof is for VerifyPart
  auto operator<=>(const PartMsg&) const = default;
};
// Asks for those parts of a block that are not in `have`.
struct PartRequest {
  Height height = 0;
  BlockId id;
  PartBitmap have;
  auto operator<=>(const PartRequest&) const = default;
};
// Asks for every part of a block, decided or not, by its id: it was locked or decided without us.
struct FetchBlockMsg {
  Height height = 0;
  BlockId id;
  auto operator<=>(const FetchBlockMsg&) const = default;
};

// Asks for decided blocks from a height on: at most `count`, at most `bytes_max` in all, and at
// least one when the peer has it.
struct BlockRequest {
  Height from = 1;
  std::uint32_t count = 1;      // 1 .. kBlockRequestCountMax
  std::uint64_t bytes_max = 1;  // 1 .. limits::kSyncWindowBytesMax
  auto operator<=>(const BlockRequest&) const = default;
};
// A piece of a decided block. Pieces are cut every limits::kPartBytes and sent in order.
struct BlockPiece {
  Height height = 0;
  std::uint32_t total = 0;   // bytes of the whole block
  std::uint32_t offset = 0;  // a multiple of limits::kPartBytes
  Bytes bytes;
  std::optional<Commit> commit;  // of this block, on its last piece
  auto operator<=>(const BlockPiece&) const = default;
};
// Cuts a block into pieces.
[[nodiscard]] std::vector<BlockPiece> CutBlock(Height height, ByteView block, const Commit& commit);

// What blocks a node has; said on change and each 5 s. All zero before the first block. A node that
// began with a snapshot at `height` and has no block yet says height + 1 as its base.
struct StatusMsg {
  Height base = 0;
  Height height = 0;
  Hash256 block_hash;  // of the header at `height`
  auto operator<=>(const StatusMsg&) const = default;
};

// Stored transactions, opaque here.
struct TxBatch {
  std::vector<Bytes> transactions;
  auto operator<=>(const TxBatch&) const = default;
};

// Before the first signature of a run: what do you hold that I have signed (docs/consensus.md
// (Signing))?
struct AmnesiaProbe {
  Height height = 0;  // at which the asking node stands
  Address validator;
  auto operator<=>(const AmnesiaProbe&) const = default;
};
struct AmnesiaAnswer {
  Height height = 0;  // of the probe it answers
  Address validator;
  std::optional<SignedMessage> highest;  // the latest by its place, of any height; without polka
  auto operator<=>(const AmnesiaAnswer&) const = default;
};

// Who signed the log at this size and root: the log key, which says that there is a checkpoint, and
// validators' cosign keys (docs/log.md). Opaque here but for the form.
struct CheckpointMsg {
  struct Signature {
    FixedBytes<32> key;        // Ed25519
    std::uint64_t time_s = 0;  // of a cosignature; 0: the log's
    FixedBytes<64> signature;
    auto operator<=>(const Signature&) const = default;
  };
  std::uint64_t size = 0;  // of the log, in entries
  Hash256 root;
  std::vector<Signature> signatures;  // 1 .. kCheckpointSignaturesMax
  auto operator<=>(const CheckpointMsg&) const = default;
};

// Which snapshots of the state a node has (docs/snapshots.md); said when it changes. The digest is
// that of the manifest, and the same on every node.
struct SnapshotsMsg {
  struct Offer {
    Height height = 0;
    Hash256 digest;
    auto operator<=>(const Offer&) const = default;
  };
  std::vector<Offer> offers;  // ascending by height, at most kSnapshotOffersMax
  auto operator<=>(const SnapshotsMsg&) const = default;
};
enum class SnapshotPart : std::uint8_t { kManifest = 1, kProof = 2, kChunk = 3 };
// One part of a snapshot, by the digest of its manifest.
struct SnapshotRef {
  Height height = 0;
  Hash256 digest;
  SnapshotPart part = SnapshotPart::kManifest;
  std::uint32_t chunk = 0;  // its number; 0 for the other parts
  auto operator<=>(const SnapshotRef&) const = default;
};
struct SnapshotRequest {
  SnapshotRef of;
  auto operator<=>(const SnapshotRequest&) const = default;
};
// A piece of what was asked for, cut every limits::kPartBytes and sent in order. Nothing of it,
// with a total of 0: it is not there (any more).
struct SnapshotPiece {
  SnapshotRef of;
  std::uint32_t total = 0;
  std::uint32_t offset = 0;
  Bytes bytes;
  auto operator<=>(const SnapshotPiece&) const = default;
};
// Cuts a part into pieces; of nothing one piece that says so.
[[nodiscard]] std::vector<SnapshotPiece> CutSnapshotPart(const SnapshotRef& of, ByteView bytes);

using PeerMessage =
    std::variant<Hello, VoteMsg, CertificateMsg, ProposalMsg, PartMsg, PartRequest, FetchBlockMsg,
                 BlockRequest, BlockPiece, StatusMsg, TxBatch, AmnesiaProbe, AmnesiaAnswer,
                 CheckpointMsg, SnapshotsMsg, SnapshotRequest, SnapshotPiece>;

// Send queues of a link, the first the most urgent.
enum class Lane : std::uint8_t { kVotes, kBlocks, kBulk };
[[nodiscard]] Lane LaneOf(const PeerMessage& message);
// For logs and metrics: "vote", "part-request".
[[nodiscard]] const char* NameOf(const PeerMessage& message);

// Precondition: the message is within its limits (see DecodePeerMessage).
[[nodiscard]] Bytes EncodePeerMessage(const PeerMessage& message);
// At most limits::kVoteMessageBytesMax in the lane of votes (twice that for a certificate),
// limits::kBatchFrameBytesMax for a TxBatch, and limits::kFrameBytesMax for the rest; each less
// kFrameHeaderBytesMax.
[[nodiscard]] Result<PeerMessage> DecodePeerMessage(ByteView bytes);

// True when one more transaction of `next` bytes fits into a batch that holds `count` of `bytes`.
[[nodiscard]] bool FitsTxBatch(std::size_t count, std::size_t bytes, std::size_t next);

}  // namespace jiandu::consensus
