// The inside of each peer message, without the field that says which it is.
//
// Pure; any thread. Only for message.cc.
#pragma once

#include "consensus/message.h"

namespace jiandu::consensus {

[[nodiscard]] Bytes EncodeBody(const Hello& message);
[[nodiscard]] Bytes EncodeBody(const VoteMsg& message);
[[nodiscard]] Bytes EncodeBody(const CertificateMsg& message);
[[nodiscard]] Bytes EncodeBody(const ProposalMsg& message);
[[nodiscard]] Bytes EncodeBody(const PartMsg& message);
[[nodiscard]] Bytes EncodeBody(const PartRequest& message);
[[nodiscard]] Bytes EncodeBody(const FetchBlockMsg& message);
[[nodiscard]] Bytes EncodeBody(const BlockRequest& message);
[[nodiscard]] Bytes EncodeBody(const BlockPiece& message);
[[nodiscard]] Bytes EncodeBody(const StatusMsg& message);
[[nodiscard]] Bytes EncodeBody(const TxBatch& message);
[[nodiscard]] Bytes EncodeBody(const AmnesiaProbe& message);
[[nodiscard]] Bytes EncodeBody(const AmnesiaAnswer& message);
[[nodiscard]] Bytes EncodeBody(const CheckpointMsg& message);
[[nodiscard]] Bytes EncodeBody(const SnapshotsMsg& message);
[[nodiscard]] Bytes EncodeBody(const SnapshotRequest& message);
[[nodiscard]] Bytes EncodeBody(const SnapshotPiece& message);

[[nodiscard]] Result<PeerMessage> DecodeHello(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeVoteMsg(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeCertificateMsg(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeProposalMsg(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodePartMsg(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodePartRequest(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeFetchBlock(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeBlockRequest(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeBlockPiece(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeStatus(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeTxBatch(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeAmnesiaProbe(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeAmnesiaAnswer(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeCheckpoint(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeSnapshots(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeSnapshotRequest(ByteView bytes);
[[nodiscard]] Result<PeerMessage> DecodeSnapshotPiece(ByteView bytes);

}  // namespace jiandu::consensus
