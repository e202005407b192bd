// Chains of certified headers, and nodes that tell them truly or not, for tests of light clients.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consensus/canonical.h"
#include "consensus/light_block.h"
#include "sdk/cpp/follower.h"
#include "sdk/cpp/head_verifier.h"
#include "tests/ledger/model/genesis_support.h"

namespace jiandu::sdk::testing {

using consensus::LightBlock;

// A chain of TestGenesis(), whose keys are all at hand. A copy that grows otherwise is a fork.
class LightChain {
 public:
  LightChain() : genesis_(ledger::TestGenesis()), next_(GenesisValidatorSet(genesis_).value()) {
    for (const char* name : {"db c", "ga c", "jt c"}) (void)MemberOf(name);
  }

  [[nodiscard]] const ledger::Genesis& Genesis() const { return genesis_; }
  [[nodiscard]] consensus::Height Height() const { return blocks_.size(); }
  [[nodiscard]] const LightBlock& At(consensus::Height height) const { return blocks_[height - 1]; }

  // `salt` makes histories differ; `absent` members do not sign.
  void Grow(int count, const std::string& salt = "", std::size_t absent = 0) {
    for (int i = 0; i < count; ++i) Append(salt, absent, consensus::ValidatorSet(next_));
  }
  // Announces the set of these names, as in TestNodeKey, in a block more.
  void ChangeSet(const std::vector<std::string>& names, const std::string& salt = "") {
    std::vector<consensus::Validator> members;
    for (const std::string& name : names) members.push_back(MemberOf(name));
    Append(salt, 0, consensus::ValidatorSet::From(std::move(members)).value());
  }
  // In which round the next blocks are decided.
  void SetRound(consensus::Round round) { round_ = round; }

 private:
  consensus::Validator MemberOf(const std::string& name) {
    const Hash256 seed = crypto::Sha256({AsBytes("test node key "), AsBytes(name)});
    const auto key = crypto::Ed25519PrivateKey::From(seed);
    const consensus::Validator member{
        .address = consensus::AddressOf(key.PublicKey()), .key = key.PublicKey(), .power = 1};
    seeds_.insert_or_assign(member.address, seed);
    return member;
  }

  void Append(const std::string& salt, std::size_t absent, const consensus::ValidatorSet& after) {
    const std::string height = std::to_string(Height() + 1);
    consensus::Header header;
    header.chain_id = genesis_.chain;
    header.height = Height() + 1;
    header.time = consensus::Time::FromMs(1'773'018'000'000 + static_cast<std::int64_t>(Height()));
    if (Height() > 0) header.last_block_id = blocks_.back().commit.id;
    const auto hash = [](const std::string& text) { return crypto::Sha256(AsBytes(text)); };
    header.last_commit_hash = hash("last commit");
    header.data_hash = hash("data");
    header.validators_hash = next_.Hash();
    header.next_validators_hash = after.Hash();
    header.consensus_hash = hash("consensus");
    header.app_hash = hash("app " + height + salt);
    header.last_results_hash = hash("results");
    header.evidence_hash = consensus::EvidenceHash();
    header.proposer = next_.List().front().address;
    consensus::Commit commit = CommitTo(header, absent);
    blocks_.push_back(LightBlock::From(header, std::move(commit), next_).value());
    next_ = after;
  }

  [[nodiscard]] consensus::Commit CommitTo(const consensus::Header& header,
                                           std::size_t absent) const {
    const consensus::BlockId id{.hash = header.Hash(), .parts = 1, .parts_hash = header.Hash()};
    // Not MakeCommit, which refuses what no quorum signed.
    consensus::Commit commit{.height = header.height, .round = round_, .id = id, .signatures = {}};
    for (const consensus::Validator& member : next_.List()) {
      if (commit.signatures.size() < absent) {
        commit.signatures.emplace_back();
        continue;
      }
      consensus::Vote vote{.type = consensus::VoteType::kPrecommit,
                           .height = header.height,
                           .round = round_,
                           .id = id,
                           .time = header.time,
                           .from = member.address,
                           .signature = {}};
      const auto key = crypto::Ed25519PrivateKey::From(seeds_.at(member.address));
      vote.signature = key.Sign(consensus::VoteSignBytes(genesis_.chain, vote));
      commit.signatures.push_back({.flag = consensus::CommitSig::Flag::kCommit,
                                   .address = member.address,
                                   .time = vote.time,
                                   .signature = vote.signature});
    }
    return commit;
  }

  ledger::Genesis genesis_;
  consensus::ValidatorSet next_;  // that signs the next block
  consensus::Round round_ = 0;
  std::map<consensus::Address, Hash256> seeds_;  // of the members' keys
  std::vector<LightBlock> blocks_;
};

// A node that tells a chain up to a height, and counts what it is asked.
class SimNode : public LightSource {
 public:
  explicit SimNode(const LightChain& chain) : chain_(&chain), height_(chain.Height()) {}

  void Tell(const LightChain& chain) { Tell(chain, chain.Height()); }
  void Tell(const LightChain& chain, consensus::Height height) {
    chain_ = &chain;
    height_ = height;
  }
  void Fail(std::optional<Error> error) { error_ = std::move(error); }
  // What it tells of a height instead.
  void Lie(std::function<Result<LightBlock>(LightBlock)> lie) { lie_ = std::move(lie); }
  [[nodiscard]] int Asked() const { return asked_; }

  Result<LightBlock> Latest() override { return At(height_); }
  Result<LightBlock> At(consensus::Height height) override {
    ++asked_;
    if (error_.has_value()) return std::unexpected(*error_);
    if (height == 0 || height > height_) return jiandu::Fail(Errc::kNotFound, "no such height");
    return lie_ ? lie_(chain_->At(height)) : Result<LightBlock>(chain_->At(height));
  }

 private:
  const LightChain* chain_;
  consensus::Height height_;
  std::optional<Error> error_;
  std::function<Result<LightBlock>(LightBlock)> lie_;
  int asked_ = 0;
};

}  // namespace jiandu::sdk::testing
