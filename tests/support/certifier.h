// Headers of a made-up chain, certified by real signatures of its validators.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "consensus/canonical.h"
#include "consensus/commit.h"
#include "consensus/header.h"
#include "crypto/hash.h"
#include "ledger/model/head_proof.h"
#include "sdk/cpp/head_verifier.h"
#include "tests/ledger/model/genesis_support.h"

namespace jiandu::store {

class Certifier {
 public:
  explicit Certifier(const ledger::Genesis& genesis)
      : chain_(genesis.chain), set_(sdk::GenesisValidatorSet(genesis).value()) {
    for (const char* name : {"db c", "ga c", "jt c"}) Know(name);
  }

  [[nodiscard]] consensus::Header HeaderOf(ledger::Height height, ledger::TimeMs time,
                                           const Hash256& app_hash) const {
    const auto hash = [](std::string_view text) { return crypto::Sha256(AsBytes(text)); };
    consensus::Header header;
    header.chain_id = chain_;
    header.height = height;
    header.time = consensus::Time::FromMs(time);
    if (height > 1) {
      const Hash256 before = hash("header " + std::to_string(height - 1));
      header.last_block_id = {.hash = before, .parts = 1, .parts_hash = before};
    }
    header.last_commit_hash = hash("last commit");
    header.data_hash = hash("data");
    header.consensus_hash = hash("consensus");
    header.last_results_hash = hash("results");
    header.evidence_hash = consensus::EvidenceHash();
    header.validators_hash = set_.Hash();
    header.next_validators_hash = set_.Hash();
    header.app_hash = app_hash;
    header.proposer = set_.List().front().address;
    return header;
  }

  // By all validators of the set in force.
  [[nodiscard]] consensus::Commit CommitTo(const consensus::Header& header) const {
    const consensus::BlockId id{.hash = header.Hash(), .parts = 1, .parts_hash = header.Hash()};
    consensus::Certificate certificate{.kind = consensus::Certificate::Kind::kCommit,
                                       .height = header.height,
                                       .round = 0,
                                       .id = id,
                                       .votes = {}};
    for (const consensus::Validator& member : set_.List()) {
      consensus::Vote vote{.type = consensus::VoteType::kPrecommit,
                           .height = header.height,
                           .round = 0,
                           .id = id,
                           .time = header.time,
                           .from = member.address,
                           .signature = {}};
      vote.signature = keys_.at(member.address).Sign(consensus::VoteSignBytes(chain_, vote));
      certificate.votes.push_back(vote);
    }
    return consensus::MakeCommit(certificate, set_).value();
  }

  // After `header` others sign: `names` as in TestNodeKey.
  ledger::EpochStep Change(consensus::Header header, const std::vector<std::string>& names) {
    std::vector<consensus::Validator> members;
    for (const std::string& name : names) {
      Know(name);
      members.push_back({.address = {}, .key = ledger::TestNodeKey(name), .power = 1});
    }
    consensus::ValidatorSet next = consensus::ValidatorSet::From(std::move(members)).value();
    header.next_validators_hash = next.Hash();
    ledger::EpochStep step{
        .header = header.Encode(), .commit = CommitTo(header).Encode(), .next_set = next.Encode()};
    set_ = std::move(next);
    return step;
  }

 private:
  void Know(const std::string& name) {
    const Hash256 seed = crypto::Sha256({AsBytes("test node key "), AsBytes(name)});
    auto key = crypto::Ed25519PrivateKey::From(seed);
    const consensus::Address address = consensus::AddressOf(key.PublicKey());
    keys_.insert_or_assign(address, std::move(key));
  }

  std::string chain_;
  consensus::ValidatorSet set_;
  std::map<consensus::Address, crypto::Ed25519PrivateKey> keys_;
};

}  // namespace jiandu::store
