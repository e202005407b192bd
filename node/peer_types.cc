// Peer messages in and out of frames, with a bound for each kind.
#include "node/peer_types.h"

#include <utility>
#include <variant>

#include "base/hex.h"
#include "base/limits.h"
#include "crypto/hash.h"

namespace jiandu::node {
namespace {

using consensus::PeerMessage;

template <typename Message, std::size_t kIndex = 0>
consteval std::size_t IndexOf() {
  if constexpr (std::is_same_v<std::variant_alternative_t<kIndex, PeerMessage>, Message>) {
    return kIndex;
  } else {
    return IndexOf<Message, kIndex + 1>();
  }
}

template <typename Message>
constexpr std::uint8_t kTypeOf = static_cast<std::uint8_t>(kFirstMessageType + IndexOf<Message>());

constexpr auto kSmallMax = static_cast<std::uint32_t>(limits::kVoteMessageBytesMax);
constexpr auto kCertificateMax = 2 * kSmallMax;  // as DecodePeerMessage
constexpr auto kFrameMax = static_cast<std::uint32_t>(limits::kFrameBytesMax);
constexpr auto kBatchMax = static_cast<std::uint32_t>(limits::kBatchFrameBytesMax);

WhenFull WhenFullOf(const PeerMessage& message) {
  if (std::holds_alternative<consensus::TxBatch>(message)) return WhenFull::kDropOldest;
  return consensus::LaneOf(message) == Lane::kVotes ? WhenFull::kCloseLink : WhenFull::kRefuse;
}

}  // namespace

std::string ShortName(const PeerId& peer) { return HexEncode(peer.View().first(4)); }

FrameRules PeerFrameRules() {
  FrameRules rules;
  const auto allow = [&rules](std::uint8_t type, std::uint32_t size) {
    rules.payload_max[type] = size;
  };
  // Hello comes once, as the link's own first frame, and never again.
  allow(kTypeOf<consensus::VoteMsg>, kSmallMax);
  allow(kTypeOf<consensus::CertificateMsg>, kCertificateMax);
  allow(kTypeOf<consensus::ProposalMsg>, kFrameMax);
  allow(kTypeOf<consensus::PartMsg>, kFrameMax);
  allow(kTypeOf<consensus::PartRequest>, kSmallMax);
  allow(kTypeOf<consensus::FetchBlockMsg>, kSmallMax);
  allow(kTypeOf<consensus::BlockRequest>, kSmallMax);
  allow(kTypeOf<consensus::BlockPiece>, kFrameMax);
  allow(kTypeOf<consensus::StatusMsg>, kSmallMax);
  allow(kTypeOf<consensus::TxBatch>, kBatchMax);
  allow(kTypeOf<consensus::AmnesiaProbe>, kSmallMax);
  allow(kTypeOf<consensus::AmnesiaAnswer>, kSmallMax);
  allow(kTypeOf<consensus::CheckpointMsg>, kSmallMax);
  allow(kTypeOf<consensus::SnapshotsMsg>, kSmallMax);
  allow(kTypeOf<consensus::SnapshotRequest>, kSmallMax);
  allow(kTypeOf<consensus::SnapshotPiece>, kFrameMax);
  return rules;
}

Outgoing Prepare(const PeerMessage& message) {
  return Outgoing{.lane = consensus::LaneOf(message),
                  .when_full = WhenFullOf(message),
                  .type = static_cast<std::uint8_t>(kFirstMessageType + message.index()),
                  .payload = std::make_shared<const Bytes>(consensus::EncodePeerMessage(message))};
}

Result<PeerMessage> Unpack(const Incoming& frame) {
  JD_TRY(PeerMessage message, consensus::DecodePeerMessage(frame.payload));
  if (frame.type != kFirstMessageType + message.index()) {
    return Fail(Errc::kInvalid, "the frame's type is not that of its message");
  }
  return message;
}

std::string Mismatch(const consensus::Hello& ours, const consensus::Hello& theirs,
                     const PeerId& their_key) {
  if (ours.version != theirs.version) {
    return "peer protocol " + std::to_string(theirs.version) + ", ours is " +
           std::to_string(ours.version);
  }
  if (ours.chain_id != theirs.chain_id) {
    return "chain \"" + theirs.chain_id + "\", ours is \"" + ours.chain_id + "\"";
  }
  if (ours.genesis_hash != theirs.genesis_hash) {
    return "genesis " + HexEncode(theirs.genesis_hash.View()) + ", ours is " +
           HexEncode(ours.genesis_hash.View());
  }
  if (theirs.node_key_id != crypto::Sha256(their_key.View())) {
    return "its hello names another node key than TLS proved";
  }
  return "";
}

}  // namespace jiandu::node
