// The form, the check and the wire form of an equivocation.
#include "consensus/equivocation.h"

#include <utility>

#include "base/wire.h"
#include "consensus/vote_codec.h"

namespace jiandu::consensus {

namespace {

// Fields of the wire form: 1 and 2 two votes, 3 and 4 two proposals.
constexpr std::uint32_t kVoteField = 1;
constexpr std::uint32_t kProposalField = 3;

bool SamePlace(const Vote& a, const Vote& b) {
  return a.height == b.height && a.round == b.round && a.type == b.type && a.from == b.from;
}

bool SamePlace(const Proposal& a, const Proposal& b) {
  return a.height == b.height && a.round == b.round && a.from == b.from;
}

template <typename Message>
Result<void> CheckPair(const Message& a, const SignedMessage& other) {
  const Message* b = std::get_if<Message>(&other);
  if (b == nullptr || !SamePlace(a, *b)) {
    return Fail(Errc::kInvalid, "equivocation: not two messages of one place");
  }
  if (a.id == b->id) return Fail(Errc::kInvalid, "equivocation: the messages agree");
  return {};
}

bool HasSmallerId(const SignedMessage& a, const SignedMessage& b) {
  if (const Vote* vote = std::get_if<Vote>(&a)) return vote->id < std::get<Vote>(b).id;
  return std::get<Proposal>(a).id < std::get<Proposal>(b).id;
}

Result<SignedMessage> ReadVote(WireReader& reader, std::uint32_t field) {
  JD_TRY(const ByteView bytes, reader.Message(field));
  JD_TRY(const Vote vote, DecodeVote(bytes));
  return SignedMessage(vote);
}

Result<SignedMessage> ReadProposal(WireReader& reader, std::uint32_t field) {
  JD_TRY(const ByteView bytes, reader.Message(field));
  JD_TRY(const Proposal proposal, DecodeProposal(bytes));
  if (proposal.polka.has_value()) {
    return Fail(Errc::kInvalid, "equivocation: a proposal carries a polka");
  }
  return SignedMessage(proposal);
}

}  // namespace

Result<EquivocationProof> EquivocationProof::From(SignedMessage a, SignedMessage b) {
  if (const Vote* vote = std::get_if<Vote>(&a)) {
    JD_CHECK(CheckPair(*vote, b));
  } else {
    JD_CHECK(CheckPair(std::get<Proposal>(a), b));
  }
  DropPolka(a);
  DropPolka(b);
  if (!HasSmallerId(a, b)) std::swap(a, b);
  EquivocationProof proof;
  proof.first_ = std::move(a);
  proof.second_ = std::move(b);
  return proof;
}

Result<void> EquivocationProof::Verify(std::string_view chain_id, const ValidatorSet& set) const {
  if (!VerifySigned(chain_id, first_, set) || !VerifySigned(chain_id, second_, set)) {
    return Fail(Errc::kUnauthenticated, "equivocation: a signature does not verify");
  }
  return {};
}

const Address& EquivocationProof::Offender() const { return SignerOf(first_); }
Height EquivocationProof::AtHeight() const { return PlaceOf(first_).height; }

Bytes EquivocationProof::Encode() const {
  WireWriter writer;
  if (const Vote* vote = std::get_if<Vote>(&first_)) {
    writer.Message(kVoteField, EncodeVote(*vote));
    writer.Message(kVoteField + 1, EncodeVote(std::get<Vote>(second_)));
  } else {
    writer.Message(kProposalField, EncodeProposal(std::get<Proposal>(first_)));
    writer.Message(kProposalField + 1, EncodeProposal(std::get<Proposal>(second_)));
  }
  return writer.Take();
}

Result<EquivocationProof> EquivocationProof::Decode(ByteView bytes) {
  WireReader reader(bytes);
  const bool votes = reader.NextIs(kVoteField);
  const std::uint32_t field = votes ? kVoteField : kProposalField;
  const auto read = votes ? ReadVote : ReadProposal;
  JD_TRY(SignedMessage first, read(reader, field));
  JD_TRY(SignedMessage second, read(reader, field + 1));
  JD_CHECK(reader.Finish());
  const SignedMessage as_read = first;
  JD_TRY(EquivocationProof proof, From(std::move(first), std::move(second)));
  if (proof.first_ != as_read) return Fail(Errc::kInvalid, "equivocation: in the wrong order");
  return proof;
}

}  // namespace jiandu::consensus
