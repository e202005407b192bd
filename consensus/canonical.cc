// Sign bytes of votes and proposals, and their check.
#include "consensus/canonical.h"

#include "base/wire.h"
#include "consensus/header.h"
#include "consensus/wire_fields.h"
#include "crypto/ed25519.h"

namespace jiandu::consensus {

namespace {

constexpr std::uint64_t kProposalType = 32;  // CometBFT: SIGNED_MSG_TYPE_PROPOSAL

// CanonicalBlockID has the bytes of BlockID, and is absent when it is zero.
void WriteCanonicalId(WireWriter& writer, std::uint32_t field, const BlockId& id) {
  if (id != BlockId{}) writer.Message(field, EncodeBlockId(id));
}

Bytes LengthFirst(const Bytes& message) {
  Bytes out;
  out.reserve(message.size() + 2);
  AppendVarint(out, message.size());
  Append(out, message);
  return out;
}

bool VerifyBy(const ValidatorSet& set, const Address& from, const Bytes& sign_bytes,
              const crypto::Ed25519Signature& signature) {
  const Validator* validator = set.Find(from);
  return validator != nullptr && crypto::VerifyEd25519(validator->key, sign_bytes, signature);
}

}  // namespace

Bytes VoteSignBytes(std::string_view chain_id, const Vote& vote) {
  WireWriter writer;
  writer.Varint(1, static_cast<std::uint64_t>(vote.type));
  writer.Sfixed64(2, static_cast<std::int64_t>(vote.height));
  writer.Sfixed64(3, vote.round);
  WriteCanonicalId(writer, 4, vote.id.value_or(BlockId{}));
  WriteTime(writer, 5, vote.time);
  writer.Text(6, chain_id);
  return LengthFirst(writer.Written());
}

Bytes ProposalSignBytes(std::string_view chain_id, const Proposal& proposal) {
  WireWriter writer;
  writer.Varint(1, kProposalType);
  writer.Sfixed64(2, static_cast<std::int64_t>(proposal.height));
  writer.Sfixed64(3, proposal.round);
  writer.Int64(4, proposal.pol_round);
  WriteCanonicalId(writer, 5, proposal.id);
  WriteTime(writer, 6, proposal.time);
  writer.Text(7, chain_id);
  return LengthFirst(writer.Written());
}

bool VerifyVote(std::string_view chain_id, const Vote& vote, const ValidatorSet& set) {
  return VerifyBy(set, vote.from, VoteSignBytes(chain_id, vote), vote.signature);
}

bool VerifyProposal(std::string_view chain_id, const Proposal& proposal, const ValidatorSet& set) {
  return VerifyBy(set, proposal.from, ProposalSignBytes(chain_id, proposal), proposal.signature);
}

}  // namespace jiandu::consensus
