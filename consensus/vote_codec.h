// Votes, proposals and certificates on the wire: between peers and in the safety record.
//
// Vote and proposal have the field numbers of CometBFT's Vote and Proposal, with the sender's
// address instead of its index. A certificate is native: it says height, round and id once, so that
// 128 votes fit into limits::kVoteMessageBytesMax. Pure; any thread. Decoders check form only: no
// signature, and no power.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "consensus/types.h"

namespace jiandu::consensus {

[[nodiscard]] Bytes EncodeVote(const Vote& vote);
[[nodiscard]] Result<Vote> DecodeVote(ByteView bytes);

// With the polka, when there is one.
[[nodiscard]] Bytes EncodeProposal(const Proposal& proposal);
// A polka must be the one the proposal speaks of: its height, pol_round and id.
[[nodiscard]] Result<Proposal> DecodeProposal(ByteView bytes);

// Precondition: every vote is of the certificate's height and round and of a type and id its kind
// allows, and no more than limits::kValidatorsMax of them.
[[nodiscard]] Bytes EncodeCertificate(const Certificate& certificate);
// Refuses two votes of one validator.
[[nodiscard]] Result<Certificate> DecodeCertificate(ByteView bytes);

}  // namespace jiandu::consensus
