// See light_block.h. Source of the JSON: CometBFT v0.38, libs/json and the MarshalJSON of types/
// (64-bit numbers are strings, hashes and addresses upper-case hex, other bytes base64).
#include "consensus/light_block.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "base/wire.h"
#include "consensus/wire_fields.h"

namespace jiandu::consensus {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

const Validator& ProposerOf(const Header& header, const ValidatorSet& set) {
  const Validator* proposer = set.Find(header.proposer);
  return proposer != nullptr ? *proposer : set.List().front();
}

// tendermint.types.ValidatorSet{1 validators, 2 proposer}; the total is left out, as Go does.
Bytes EncodeSetWithProposer(const LightBlock& block) {
  WireWriter writer;
  for (const Validator& one : block.set.List()) writer.Message(1, EncodeValidator(one));
  writer.Message(2, EncodeValidator(ProposerOf(block.header, block.set)));
  return writer.Take();
}

Result<ValidatorSet> DecodeSetWithProposer(ByteView bytes, const Header& header) {
  WireReader reader(bytes);
  WireWriter members;
  for (std::size_t count = 0; reader.NextIs(1); ++count) {
    if (count == limits::kValidatorsMax) return Fail(Errc::kTooLarge, "light block: validators");
    JD_TRY(const ByteView member, reader.Message(1));
    members.Message(1, member);
  }
  JD_TRY(const ByteView proposer, reader.Message(2));
  JD_CHECK(reader.Finish());
  JD_TRY(ValidatorSet set, ValidatorSet::Decode(members.Written()));
  const Bytes expected = EncodeValidator(ProposerOf(header, set));
  if (!Equal(proposer, expected)) {
    return Fail(Errc::kInvalid, "light block: the proposer is not the header's");
  }
  return set;
}

std::string UpperHex(ByteView bytes) {
  std::string text = HexEncode(bytes);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string Digits(std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

// RFC 3339 as Go's time.RFC3339Nano: a fraction without its trailing zeros, none when it is zero.
std::string TimeJson(const Time& time) {
  std::int64_t days = time.seconds / kSecondsPerDay;
  std::int64_t seconds = time.seconds % kSecondsPerDay;
  if (seconds < 0) {
    --days;
    seconds += kSecondsPerDay;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  std::string text = Digits(int{date.year()}, 4) + "-" +
                     Digits(static_cast<std::int64_t>(unsigned{date.month()}), 2) + "-" +
                     Digits(static_cast<std::int64_t>(unsigned{date.day()}), 2) + "T" +
                     Digits(seconds / 3600, 2) + ":" + Digits(seconds / 60 % 60, 2) + ":" +
                     Digits(seconds % 60, 2);
  if (time.nanos != 0) {
    text += "." + Digits(time.nanos, 9);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

Json BlockIdJson(const BlockId& id) {
  const bool zero = id == BlockId{};
  return Json::MakeObject(
      {{"hash", zero ? "" : UpperHex(id.hash.View())},
       {"parts", Json::MakeObject({{"hash", zero ? "" : UpperHex(id.parts_hash.View())},
                                   {"total", std::uint64_t{id.parts}}})}});
}

Json HeaderJson(const Header& header) {
  return Json::MakeObject(
      {{"app_hash", UpperHex(header.app_hash.View())},
       {"chain_id", header.chain_id},
       {"consensus_hash", UpperHex(header.consensus_hash.View())},
       {"data_hash", UpperHex(header.data_hash.View())},
       {"evidence_hash", UpperHex(header.evidence_hash.View())},
       {"height", std::to_string(header.height)},
       {"last_block_id", BlockIdJson(header.last_block_id)},
       {"last_commit_hash", UpperHex(header.last_commit_hash.View())},
       {"last_results_hash", UpperHex(header.last_results_hash.View())},
       {"next_validators_hash", UpperHex(header.next_validators_hash.View())},
       {"proposer_address", UpperHex(header.proposer.View())},
       {"time", TimeJson(header.time)},
       {"validators_hash", UpperHex(header.validators_hash.View())},
       {"version", Json::MakeObject({{"app", std::to_string(header.version_app)},
                                     {"block", std::to_string(header.version_block)}})}});
}

Json SignatureJson(const CommitSig& sig) {
  const bool absent = sig.flag == CommitSig::Flag::kAbsent;
  return Json::MakeObject(
      {{"block_id_flag", static_cast<int>(sig.flag)},
       {"signature", absent ? Json() : Json(Base64Encode(sig.signature.View()))},
       {"timestamp", TimeJson(absent ? kGoZeroTime : sig.time)},
       {"validator_address", absent ? "" : UpperHex(sig.address.View())}});
}

Json CommitJson(const Commit& commit) {
  Json signatures = Json::MakeArray();
  for (const CommitSig& sig : commit.signatures) signatures.Push(SignatureJson(sig));
  return Json::MakeObject({{"block_id", BlockIdJson(commit.id)},
                           {"height", std::to_string(commit.height)},
                           {"round", int{commit.round}},
                           {"signatures", std::move(signatures)}});
}

Json ValidatorJson(const Validator& validator) {
  return Json::MakeObject(
      {{"address", UpperHex(validator.address.View())},
       {"proposer_priority", "0"},
       {"pub_key", Json::MakeObject({{"type", "tendermint/PubKeyEd25519"},
                                     {"value", Base64Encode(validator.key.View())}})},
       {"voting_power", std::to_string(validator.power)}});
}

}  // namespace

Result<LightBlock> LightBlock::From(Header header, Commit commit, ValidatorSet set) {
  if (commit.height != header.height || commit.id.hash != header.Hash()) {
    return Fail(Errc::kInvalid, "light block: the commit is of another header");
  }
  if (set.Hash() != header.validators_hash) {
    return Fail(Errc::kInvalid, "light block: the header names another validator set");
  }
  return LightBlock{
      .header = std::move(header), .commit = std::move(commit), .set = std::move(set)};
}

Bytes LightBlock::Encode() const {
  WireWriter writer;
  writer.Nested(1, [this](WireWriter& signed_header) {
    signed_header.Message(1, header.Encode());
    signed_header.Message(2, commit.Encode());
  });
  writer.Message(2, EncodeSetWithProposer(*this));
  return writer.Take();
}

Result<LightBlock> LightBlock::Decode(ByteView bytes) {
  if (bytes.size() > kBytesMax) return Fail(Errc::kTooLarge, "light block: over 64 KiB");
  WireReader reader(bytes);
  JD_TRY(const ByteView signed_header, reader.Message(1));
  JD_TRY(const ByteView set_bytes, reader.Message(2));
  JD_CHECK(reader.Finish());
  WireReader parts(signed_header);
  JD_TRY(const ByteView header_bytes, parts.Message(1));
  JD_TRY(const ByteView commit_bytes, parts.Message(2));
  JD_CHECK(parts.Finish());
  JD_TRY(Header header, Header::Decode(header_bytes));
  JD_TRY(Commit commit, Commit::Decode(commit_bytes));
  JD_TRY(ValidatorSet set, DecodeSetWithProposer(set_bytes, header));
  return From(std::move(header), std::move(commit), std::move(set));
}

Json LightBlock::ToJson() const {
  Json validators = Json::MakeArray();
  for (const Validator& one : set.List()) validators.Push(ValidatorJson(one));
  return Json::MakeObject(
      {{"signed_header",
        Json::MakeObject({{"commit", CommitJson(commit)}, {"header", HeaderJson(header)}})},
       {"validator_set", Json::MakeObject({{"proposer", ValidatorJson(ProposerOf(header, set))},
                                           {"validators", std::move(validators)}})}});
}

}  // namespace jiandu::consensus
