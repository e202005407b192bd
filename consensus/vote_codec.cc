// The wire form of votes, proposals and certificates.
#include "consensus/vote_codec.h"

#include <algorithm>

#include "base/limits.h"
#include "base/wire.h"
#include "consensus/wire_fields.h"

namespace jiandu::consensus {

namespace {

using Kind = Certificate::Kind;

constexpr std::uint64_t kProposalType = 32;  // CometBFT: SIGNED_MSG_TYPE_PROPOSAL

bool NamesBlock(Kind kind) { return kind == Kind::kPolka || kind == Kind::kCommit; }

// The type of every vote of the kind; a kSkip holds both.
VoteType TypeOf(Kind kind) {
  return kind == Kind::kPolka ? VoteType::kPrevote : VoteType::kPrecommit;
}

// Ids the votes refer to, numbered from 1 in the order of their first use; 0 is nil. In a
// certificate that names its block, that block is number 1.
using Ids = std::vector<BlockId>;

std::uint64_t NumberOf(const std::optional<BlockId>& id, Ids& ids) {
  if (!id.has_value()) return 0;
  const auto found = std::ranges::find(ids, *id);
  const auto number = static_cast<std::uint64_t>(found - ids.begin()) + 1;
  if (found == ids.end()) ids.push_back(*id);
  return number;
}

Bytes EncodeMember(const Vote& vote, Kind kind, std::uint64_t id_number) {
  WireWriter writer;
  if (kind == Kind::kSkip) writer.Varint(1, static_cast<std::uint64_t>(vote.type));
  writer.Varint(2, id_number);
  WriteTime(writer, 3, vote.time);
  writer.BytesField(4, vote.from.View());
  writer.BytesField(5, vote.signature.View());
  return writer.Take();
}

Result<VoteType> ReadType(WireReader& reader, std::uint32_t field) {
  JD_TRY(const std::uint64_t type, reader.Varint(field));
  if (type != 1 && type != 2) return Fail(Errc::kInvalid, "vote: unknown type");
  return static_cast<VoteType>(type);
}

// `used` is the highest id number met so far.
Result<Vote> DecodeMember(ByteView bytes, const Certificate& certificate, const Ids& ids,
                          std::uint64_t& used) {
  WireReader reader(bytes);
  Vote vote{.type = TypeOf(certificate.kind),
            .height = certificate.height,
            .round = certificate.round,
            .id = std::nullopt,
            .time = {},
            .from = {},
            .signature = {}};
  if (certificate.kind == Kind::kSkip) {
    JD_TRY(vote.type, ReadType(reader, 1));
  }
  JD_TRY(const std::uint64_t number, ReadUpTo(reader, 2, ids.size()));
  if (number > used + 1) return Fail(Errc::kInvalid, "certificate: ids out of order");
  used = std::max(used, number);
  if (number > 0) vote.id = ids[number - 1];
  JD_TRY(vote.time, ReadTime(reader, 3));
  JD_TRY(vote.from, reader.Fixed<Address::kSize>(4));
  JD_TRY(vote.signature, reader.Fixed<crypto::Ed25519Signature::kSize>(5));
  JD_CHECK(reader.Finish());
  return vote;
}

Result<Ids> ReadIds(WireReader& reader, Certificate& certificate) {
  Ids ids;
  while (reader.NextIs(4)) {
    if (ids.size() == limits::kValidatorsMax) {
      return Fail(Errc::kTooLarge, "certificate: too many ids");
    }
    JD_TRY(const BlockId id, ReadBlockId(reader, 4));
    if (std::ranges::find(ids, id) != ids.end()) {
      return Fail(Errc::kInvalid, "certificate: an id stands twice");
    }
    ids.push_back(id);
  }
  if (NamesBlock(certificate.kind)) {
    if (ids.size() != 1) return Fail(Errc::kInvalid, "certificate: not for one block");
    certificate.id = ids.front();
  }
  return ids;
}

Result<void> CheckVoters(const std::vector<Vote>& votes) {
  std::vector<Address> voters;
  voters.reserve(votes.size());
  for (const Vote& vote : votes) voters.push_back(vote.from);
  std::ranges::sort(voters);
  if (std::ranges::adjacent_find(voters) != voters.end()) {
    return Fail(Errc::kDuplicate, "certificate: a validator stands twice");
  }
  return {};
}

Result<void> CheckPolka(const Proposal& proposal) {
  const Certificate& polka = *proposal.polka;
  if (polka.kind != Kind::kPolka || polka.height != proposal.height ||
      polka.round != proposal.pol_round || polka.id != proposal.id) {
    return Fail(Errc::kInvalid, "proposal: the polka is for something else");
  }
  return {};
}

}  // namespace

Bytes EncodeVote(const Vote& vote) {
  WireWriter writer;
  writer.Varint(1, static_cast<std::uint64_t>(vote.type));
  WriteHeight(writer, 2, vote.height);
  writer.Int64(3, vote.round);
  WriteBlockId(writer, 4, vote.id);
  WriteTime(writer, 5, vote.time);
  writer.BytesField(6, vote.from.View());
  writer.BytesField(8, vote.signature.View());
  return writer.Take();
}

Result<Vote> DecodeVote(ByteView bytes) {
  WireReader reader(bytes);
  Vote vote;
  JD_TRY(vote.type, ReadType(reader, 1));
  JD_TRY(vote.height, ReadHeight(reader, 2));
  JD_TRY(vote.round, ReadRound(reader, 3));
  JD_TRY(vote.id, ReadBlockIdOrNil(reader, 4));
  JD_TRY(vote.time, ReadTime(reader, 5));
  JD_TRY(vote.from, reader.Fixed<Address::kSize>(6));
  JD_TRY(vote.signature, reader.Fixed<crypto::Ed25519Signature::kSize>(8));
  JD_CHECK(reader.Finish());
  return vote;
}

Bytes EncodeProposal(const Proposal& proposal) {
  WireWriter writer;
  writer.Varint(1, kProposalType);
  WriteHeight(writer, 2, proposal.height);
  writer.Int64(3, proposal.round);
  writer.Int64(4, proposal.pol_round);
  WriteBlockId(writer, 5, proposal.id);
  WriteTime(writer, 6, proposal.time);
  writer.BytesField(7, proposal.signature.View());
  writer.BytesField(8, proposal.from.View());
  if (proposal.polka.has_value()) writer.Message(9, EncodeCertificate(*proposal.polka));
  return writer.Take();
}

Result<Proposal> DecodeProposal(ByteView bytes) {
  WireReader reader(bytes);
  Proposal proposal;
  JD_TRY(const std::uint64_t type, reader.Varint(1));
  if (type != kProposalType) return Fail(Errc::kInvalid, "proposal: wrong type");
  JD_TRY(proposal.height, ReadHeight(reader, 2));
  JD_TRY(proposal.round, ReadRound(reader, 3));
  JD_TRY(const std::int64_t pol_round, reader.Int64(4));
  if (pol_round < -1 || pol_round >= proposal.round) {
    return Fail(Errc::kInvalid, "proposal: pol_round is not before its round");
  }
  proposal.pol_round = static_cast<Round>(pol_round);
  JD_TRY(proposal.id, ReadBlockId(reader, 5));
  JD_TRY(proposal.time, ReadTime(reader, 6));
  JD_TRY(proposal.signature, reader.Fixed<crypto::Ed25519Signature::kSize>(7));
  JD_TRY(proposal.from, reader.Fixed<Address::kSize>(8));
  if (reader.NextIs(9)) {
    JD_TRY(const ByteView polka, reader.Message(9));
    JD_TRY(proposal.polka, DecodeCertificate(polka));
    JD_CHECK(CheckPolka(proposal));
  }
  JD_CHECK(reader.Finish());
  return proposal;
}

Bytes EncodeCertificate(const Certificate& certificate) {
  JD_ASSERT(certificate.id.has_value() == NamesBlock(certificate.kind));
  Ids ids;
  if (certificate.id.has_value()) ids.push_back(*certificate.id);
  std::vector<Bytes> members;
  members.reserve(certificate.votes.size());
  for (const Vote& vote : certificate.votes) {
    const std::uint64_t number = NumberOf(vote.id, ids);
    members.push_back(EncodeMember(vote, certificate.kind, number));
  }
  WireWriter writer;
  writer.Varint(1, static_cast<std::uint64_t>(certificate.kind));
  WriteHeight(writer, 2, certificate.height);
  writer.Int64(3, certificate.round);
  for (const BlockId& id : ids) WriteBlockId(writer, 4, id);
  for (const Bytes& member : members) writer.Message(5, member);
  return writer.Take();
}

Result<Certificate> DecodeCertificate(ByteView bytes) {
  WireReader reader(bytes);
  Certificate certificate;
  JD_TRY(const std::uint64_t kind, reader.Varint(1));
  if (kind < 1 || kind > 4) return Fail(Errc::kInvalid, "certificate: unknown kind");
  certificate.kind = static_cast<Kind>(kind);
  JD_TRY(certificate.height, ReadHeight(reader, 2));
  JD_TRY(certificate.round, ReadRound(reader, 3));
  JD_TRY(const Ids ids, ReadIds(reader, certificate));
  std::uint64_t used = 0;
  while (reader.NextIs(5)) {
    if (certificate.votes.size() == limits::kValidatorsMax) {
      return Fail(Errc::kTooLarge, "certificate: too many votes");
    }
    JD_TRY(const ByteView member, reader.Message(5));
    JD_TRY(const Vote vote, DecodeMember(member, certificate, ids, used));
    certificate.votes.push_back(vote);
  }
  JD_CHECK(reader.Finish());
  if (certificate.votes.empty()) return Fail(Errc::kInvalid, "certificate: no votes");
  if (used != ids.size()) return Fail(Errc::kInvalid, "certificate: an id nobody voted for");
  JD_CHECK(CheckVoters(certificate.votes));
  return certificate;
}

}  // namespace jiandu::consensus
