// Commits and certificates: how one is made of the other, their bytes, and their check.
#include "consensus/commit.h"

#include <algorithm>

#include "base/limits.h"
#include "base/wire.h"
#include "consensus/canonical.h"
#include "consensus/wire_fields.h"
#include "crypto/merkle.h"

namespace jiandu::consensus {

namespace {

using Flag = CommitSig::Flag;

Bytes EncodeSig(const CommitSig& sig) {
  const bool absent = sig.flag == Flag::kAbsent;
  WireWriter writer;
  writer.Varint(1, static_cast<std::uint64_t>(sig.flag));
  if (!absent) writer.BytesField(2, sig.address.View());
  WriteTime(writer, 3, absent ? kGoZeroTime : sig.time);
  if (!absent) writer.BytesField(4, sig.signature.View());
  return writer.Take();
}

Result<CommitSig> DecodeSig(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const std::uint64_t flag, reader.Varint(1));
  if (flag < 1 || flag > 3) return Fail(Errc::kInvalid, "commit: unknown flag");
  CommitSig sig;
  sig.flag = static_cast<Flag>(flag);
  const bool absent = sig.flag == Flag::kAbsent;
  if (!absent) {
    JD_TRY(sig.address, reader.Fixed<Address::kSize>(2));
  }
  JD_TRY(sig.time, ReadTime(reader, 3));
  if (absent && sig.time != kGoZeroTime) {
    return Fail(Errc::kInvalid, "commit: an absent vote has a time");
  }
  if (!absent) {
    JD_TRY(sig.signature, reader.Fixed<crypto::Ed25519Signature::kSize>(4));
  }
  JD_CHECK(reader.Finish());
  return sig;
}

// The precommit behind a signature that is present.
Vote VoteOf(const Commit& commit, const CommitSig& sig) {
  Vote vote{.type = VoteType::kPrecommit,
            .height = commit.height,
            .round = commit.round,
            .id = std::nullopt,
            .time = sig.time,
            .from = sig.address,
            .signature = sig.signature};
  if (sig.flag == Flag::kCommit) vote.id = commit.id;
  return vote;
}

// The power of the votes for the block; every signature must stand in its validator's place.
Result<Power> CountCommit(const Commit& commit, const ValidatorSet& set) {
  if (commit.signatures.size() != set.List().size()) {
    return Fail(Errc::kInvalid, "commit: not one signature per validator");
  }
  Power for_block = 0;
  for (std::size_t i = 0; i < commit.signatures.size(); ++i) {
    const CommitSig& sig = commit.signatures[i];
    if (sig.flag == Flag::kAbsent) continue;
    if (sig.address != set.List()[i].address) {
      return Fail(Errc::kInvalid, "commit: signature in another validator's place");
    }
    if (sig.flag == Flag::kCommit) for_block += set.List()[i].power;
  }
  return for_block;
}

}  // namespace

Hash256 Commit::Hash() const {
  std::vector<Bytes> leaves;
  leaves.reserve(signatures.size());
  for (const CommitSig& sig : signatures) leaves.push_back(EncodeSig(sig));
  return crypto::MerkleRootOfData(leaves);
}

Bytes Commit::Encode() const {
  WireWriter writer;
  WriteHeight(writer, 1, height);
  writer.Int64(2, round);
  WriteBlockId(writer, 3, id);
  for (const CommitSig& sig : signatures) writer.Message(4, EncodeSig(sig));
  return writer.Take();
}

Result<Commit> Commit::Decode(ByteView bytes) {
  WireReader reader(bytes);
  Commit commit;
  JD_TRY(commit.height, ReadHeightOrZero(reader, 1));
  JD_TRY(commit.round, ReadRound(reader, 2));
  JD_TRY(const std::optional<BlockId> id, ReadBlockIdOrNil(reader, 3));
  commit.id = id.value_or(BlockId{});
  while (reader.NextIs(4)) {
    if (commit.signatures.size() == limits::kValidatorsMax) {
      return Fail(Errc::kTooLarge, "commit: too many signatures");
    }
    JD_TRY(const ByteView sig_bytes, reader.Message(4));
    JD_TRY(const CommitSig sig, DecodeSig(sig_bytes));
    commit.signatures.push_back(sig);
  }
  JD_CHECK(reader.Finish());
  const bool empty = commit.height == 0;
  if (empty ? commit != Commit{} : !id.has_value() || commit.signatures.empty()) {
    return Fail(Errc::kInvalid, "commit: neither empty nor complete");
  }
  return commit;
}

Result<Commit> MakeCommit(const Certificate& certificate, const ValidatorSet& set) {
  if (certificate.kind != Certificate::Kind::kCommit || !certificate.id.has_value()) {
    return Fail(Errc::kInvalid, "commit: the certificate is not for a decided block");
  }
  Commit commit{.height = certificate.height,
                .round = certificate.round,
                .id = *certificate.id,
                .signatures = std::vector<CommitSig>(set.List().size())};
  for (const Vote& vote : certificate.votes) {
    const bool same_round = vote.type == VoteType::kPrecommit &&
                            vote.height == certificate.height && vote.round == certificate.round;
    const std::optional<std::size_t> index = set.IndexOf(vote.from);
    if (!same_round || !index.has_value()) {
      return Fail(Errc::kInvalid, "commit: a vote that does not belong here");
    }
    const bool for_block = vote.id == certificate.id;
    CommitSig& sig = commit.signatures[*index];
    // A vote for another block has no place in a commit, and of two votes the one for the block
    // counts.
    if ((vote.id.has_value() && !for_block) || sig.flag == Flag::kCommit) continue;
    sig = {.flag = for_block ? Flag::kCommit : Flag::kNil,
           .address = vote.from,
           .time = vote.time,
           .signature = vote.signature};
  }
  JD_TRY(const Power for_block, CountCommit(commit, set));
  if (!set.IsQuorum(for_block)) return Fail(Errc::kInvalid, "commit: no quorum for the block");
  return commit;
}

Certificate ToCertificate(const Commit& commit) {
  Certificate certificate{.kind = Certificate::Kind::kCommit,
                          .height = commit.height,
                          .round = commit.round,
                          .id = commit.id,
                          .votes = {}};
  for (const CommitSig& sig : commit.signatures) {
    if (sig.flag == Flag::kCommit) certificate.votes.push_back(VoteOf(commit, sig));
  }
  return certificate;
}

Result<void> VerifyCommit(std::string_view chain_id, const Commit& commit, const ValidatorSet& set,
                          Height height, const BlockId& id) {
  if (commit.height != height) return Fail(Errc::kConflict, "commit: of another height");
  if (commit.id != id) return Fail(Errc::kConflict, "commit: of another block");
  JD_TRY(const Power for_block, CountCommit(commit, set));
  if (!set.IsQuorum(for_block)) {
    return Fail(Errc::kUnauthenticated, "commit: no quorum for the block");
  }
  for (const CommitSig& sig : commit.signatures) {
    if (sig.flag == Flag::kAbsent) continue;
    if (!VerifyVote(chain_id, VoteOf(commit, sig), set)) {
      return Fail(Errc::kUnauthenticated, "commit: a signature does not verify");
    }
  }
  return {};
}

}  // namespace jiandu::consensus
