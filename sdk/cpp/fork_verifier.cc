// The steps of docs/proof-format.md, "Fork proof", in its order.
#include "sdk/cpp/fork_verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/hex.h"

namespace jiandu::sdk {
namespace {

using consensus::Commit;
using consensus::Header;

struct Certified {
  Header header;
  Commit commit;
};

class Walk {
 public:
  Walk(const ledger::ForkProof& proof, const ledger::Genesis& genesis)
      : proof_(proof), genesis_(genesis) {}

  ForkVerdict Run() {
    verdict_.verified = Genesis() && Epochs() && Certificates() && Conflict();
    verdict_.steps = std::move(steps_.list);
    return std::move(verdict_);
  }

 private:
  bool Genesis() {
    if (proof_.chain != genesis_.chain || proof_.genesis_hash != genesis_.hash) {
      return steps_.Fails("genesis", "the proof and the genesis document are of two networks",
                          "证据与创世文件不属于同一网络");
    }
    auto set = GenesisValidatorSet(genesis_);
    if (!set) return steps_.Fails("genesis", set.error().detail, "创世文件中的验证节点无效");
    client_.emplace(genesis_.chain, std::move(*set));
    return steps_.Holds("genesis", "network " + genesis_.chain, "网络 " + genesis_.chain);
  }

  static Result<Certified> Decode(ByteView header_bytes, ByteView commit_bytes) {
    JD_TRY(Header header, Header::Decode(header_bytes));
    JD_TRY(Commit commit, Commit::Decode(commit_bytes));
    return Certified{.header = std::move(header), .commit = std::move(commit)};
  }

  Result<void> Follow(const ledger::EpochStep& step) {
    JD_TRY(const Certified one, Decode(step.header, step.commit));
    JD_TRY(consensus::ValidatorSet next, consensus::ValidatorSet::Decode(step.next_set));
    return client_->Advance(one.header, one.commit, std::move(next));
  }

  bool Epochs() {
    for (const ledger::EpochStep& step : proof_.epochs) {
      const auto followed = Follow(step);
      if (!followed) {
        return steps_.Fails(
            "epochs",
            "after height " + std::to_string(client_->AtHeight()) + ": " + followed.error().detail,
            "验证节点变更无法证实");
      }
    }
    const std::string count = std::to_string(proof_.epochs.size());
    return steps_.Holds("epochs", count + " changes of the validator set followed",
                        "已核对验证节点变更 " + count + " 次");
  }

  Result<Certified> Check(const ledger::CertifiedHeader& bytes) const {
    JD_TRY(Certified one, Decode(bytes.header, bytes.commit));
    JD_CHECK(client_->VerifyHead(one.header, one.commit));
    return one;
  }

  bool Certificates() {
    for (std::size_t i = 0; i < proof_.certified.size(); ++i) {
      auto one = Check(proof_.certified[i]);
      if (!one) {
        return steps_.Fails("certificates",
                            "header " + std::to_string(i + 1) + ": " + one.error().detail,
                            "区块头的多数签名不成立");
      }
      both_[i] = std::move(*one);
    }
    return steps_.Holds("certificates", "each is signed by more than two thirds of one set",
                        "两个区块头均由同一届超过三分之二的验证节点签名");
  }

  bool Conflict() {
    const Header& a = both_[0].header;
    const Header& b = both_[1].header;
    if (a.height != b.height) {
      return steps_.Fails("conflict", "the headers are of two heights", "两个区块头高度不同");
    }
    if (!(proof_.certified[0].header < proof_.certified[1].header)) {
      return steps_.Fails("conflict", "the headers are the same, or out of order",
                          "两个区块头相同或次序不符");
    }
    verdict_.height = a.height;
    verdict_.same_round = both_[0].commit.round == both_[1].commit.round;
    verdict_.differs = Differences(a, b);
    const std::vector<Signer> first = SignersOf(both_[0].commit, genesis_);
    const std::vector<Signer> second = SignersOf(both_[1].commit, genesis_);
    for (const Signer& one : first) {
      if (std::ranges::find(second, one) != second.end()) verdict_.signed_both.push_back(one);
    }
    std::string fields;
    for (const std::string& field : verdict_.differs) fields += " " + field;
    return steps_.Holds("conflict",
                        "two headers of height " + std::to_string(a.height) + " differ in" + fields,
                        "第 " + std::to_string(a.height) + " 块有两个不同的区块头");
  }

  static std::vector<std::string> Differences(const Header& a, const Header& b) {
    std::vector<std::string> names;
    const auto compare = [&names](bool same, const char* name) {
      if (!same) names.emplace_back(name);
    };
    compare(a.version_app == b.version_app, "version");
    compare(a.time == b.time, "time");
    compare(a.last_block_id == b.last_block_id, "last_block_id");
    compare(a.last_commit_hash == b.last_commit_hash, "last_commit_hash");
    compare(a.data_hash == b.data_hash, "data_hash");
    compare(a.next_validators_hash == b.next_validators_hash, "next_validators_hash");
    compare(a.consensus_hash == b.consensus_hash, "consensus_hash");
    compare(a.app_hash == b.app_hash, "app_hash");
    compare(a.last_results_hash == b.last_results_hash, "last_results_hash");
    compare(a.evidence_hash == b.evidence_hash, "evidence_hash");
    compare(a.proposer == b.proposer, "proposer");
    return names;
  }

  const ledger::ForkProof& proof_;
  const ledger::Genesis& genesis_;
  ForkVerdict verdict_;
  VerifySteps steps_;
  std::optional<consensus::LightClient> client_;
  std::array<Certified, 2> both_;
};

}  // namespace

std::vector<Signer> SignersOf(const Commit& commit, const ledger::Genesis& genesis) {
  std::vector<Signer> signers;
  for (const consensus::CommitSig& sig : commit.signatures) {
    if (sig.flag != consensus::CommitSig::Flag::kCommit) continue;
    Signer signer{.address = sig.address, .department = {}, .name = {}};
    for (const ledger::GenesisValidator& seat : genesis.validators) {
      if (consensus::AddressOf(seat.consensus_key) == sig.address) {
        signer.department = seat.department;
      }
    }
    for (const ledger::GenesisDepartment& one : genesis.departments) {
      if (one.code == signer.department) signer.name = one.name;
    }
    signers.push_back(std::move(signer));
  }
  return signers;
}

std::string NamesOf(const std::vector<Signer>& signers) {
  std::string names;
  for (const Signer& one : signers) {
    if (!names.empty()) names += ", ";
    names += one.department.empty() ? HexEncode(one.address.View())
                                    : one.name + " (" + one.department + ")";
  }
  return names;
}

Sentence ForkVerdict::Statement() const {
  if (!verified) {
    return {.en = "Not verified: this proves no fork.", .zh = "未通过验证：不能证明分叉。"};
  }
  const std::string at = std::to_string(height);
  const std::string names = NamesOf(signed_both);
  if (same_round) {
    return {
        .en = "FORK at height " + at +
              ": each of these signed two blocks in one round, which no honest validator does: " +
              names + ".",
        .zh = "第 " + at + " 块分叉：下列验证节点在同一轮签署了两个区块，诚实节点绝不如此：" +
              names + "。"};
  }
  return {.en = "FORK at height " + at +
                ": more than a third of the power is faulty. These signed both blocks, in two "
                "rounds; which of them broke their lock their vote records tell: " +
                names + ".",
          .zh = "第 " + at +
                " 块分叉：作恶权重超过三分之一。下列验证节点在不同轮次签署了两个区块，"
                "何者违反锁定须查其投票记录：" +
                names + "。"};
}

ForkVerdict VerifyFork(const ledger::ForkProof& proof, const ledger::Genesis& genesis) {
  return Walk(proof, genesis).Run();
}

}  // namespace jiandu::sdk
