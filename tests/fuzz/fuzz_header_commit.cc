// Headers, commits, sets, votes, proposals, certificates, equivocations: the first byte says which.
// Whatever decodes is written back byte for byte, and no check of it fails on our side.
// Links: jiandu_consensus
#include "consensus/commit.h"
#include "consensus/equivocation.h"
#include "consensus/header.h"
#include "consensus/light_client.h"
#include "consensus/validator_set.h"
#include "consensus/vote_codec.h"
#include "crypto/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace jiandu::consensus;
using jiandu::ByteView;

constexpr std::string_view kChain = "formats-test";

const ValidatorSet& Set() {
  static const ValidatorSet kSet = [] {
    std::vector<Validator> members;
    for (const char* name : {"validator 1", "validator 2", "validator 3", "validator 4"}) {
      const auto seed = jiandu::crypto::Sha256(jiandu::AsBytes(name));
      const auto key = jiandu::crypto::Ed25519PrivateKey::From(seed);
      members.push_back({.address = {}, .key = key.PublicKey(), .power = 1});
    }
    return *ValidatorSet::From(std::move(members));
  }();
  return kSet;
}

void CheckCommit(const Commit& commit) {
  const bool holds = VerifyCommit(kChain, commit, Set(), commit.height, commit.id).has_value();
  const auto again = MakeCommit(ToCertificate(commit), Set());
  JD_ASSERT(!holds || again.has_value());
  (void)commit.Hash();
}

void CheckHeader(const Header& header) {
  const LightClient client(header.chain_id, Set());
  JD_ASSERT(!client.VerifyHead(header, {}).has_value());
}

void CheckCertificate(const Certificate& certificate) {
  const bool holds = VerifyCertificate(kChain, certificate, Set()).has_value();
  JD_ASSERT(!holds || certificate.kind != Certificate::Kind::kCommit ||
            MakeCommit(certificate, Set()).has_value());
}

void CheckProof(const EquivocationProof& proof) {
  const bool holds = proof.Verify(kChain, Set()).has_value();
  JD_ASSERT(!holds || Set().Find(proof.Offender()) != nullptr);
}

// What decodes is written back as it was, and goes through its check.
template <typename Value, typename Encode, typename Check>
void Try(ByteView input, const jiandu::Result<Value>& value, Encode encode, Check check) {
  if (!value.has_value()) return;
  JD_ASSERT(jiandu::Equal(encode(*value), input));
  check(*value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const auto encode = [](const auto& value) { return value.Encode(); };
  const auto no_check = [](const auto&) {};
  switch (data[0]) {
    case 0: Try(input, Header::Decode(input), encode, CheckHeader); break;
    case 1: Try(input, Commit::Decode(input), encode, CheckCommit); break;
    case 2: Try(input, ValidatorSet::Decode(input), encode, no_check); break;
    case 3: Try(input, DecodeVote(input), EncodeVote, no_check); break;
    case 4: Try(input, DecodeProposal(input), EncodeProposal, no_check); break;
    case 5: Try(input, DecodeCertificate(input), EncodeCertificate, CheckCertificate); break;
    case 6: Try(input, EquivocationProof::Decode(input), encode, CheckProof); break;
    default: break;
  }
  return 0;
}
