#include "sdk/cpp/receipt_verifier.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "consensus/commit.h"
#include "consensus/header.h"
#include "crypto/merkle.h"
#include "ledger/model/codes.h"
#include "ledger/model/transaction.h"

namespace jiandu::sdk {
namespace {

std::string ShortHex(ByteView bytes) {
  return HexEncode(bytes.first(std::min<std::size_t>(8, bytes.size())));
}

// Walks the steps; every method returns false after recording why.
class Walk {
 public:
  Walk(const ledger::Receipt& receipt, const ledger::Genesis& genesis)
      : receipt_(receipt), genesis_(genesis) {}

  Verdict Run() {
    verdict_.verified = Genesis() && Epochs() && Header() && Certificate() && Opening() &&
                        Inclusion() && Stub() && Transaction() && Signatures();
    return std::move(verdict_);
  }

 private:
  bool Holds(std::string name, std::string detail, std::string detail_zh) {
    verdict_.steps.push_back({std::move(name), true, std::move(detail), std::move(detail_zh)});
    return true;
  }
  bool Fails(std::string name, std::string detail, std::string detail_zh) {
    verdict_.steps.push_back({std::move(name), false, std::move(detail), std::move(detail_zh)});
    return false;
  }

  bool Genesis() {
    if (receipt_.chain != genesis_.chain || receipt_.genesis_hash != genesis_.hash) {
      return Fails("genesis",
                   "the receipt is of network " + receipt_.chain + " " +
                       ShortHex(receipt_.genesis_hash.View()) + ", the genesis document of " +
                       genesis_.chain + " " + ShortHex(genesis_.hash.View()),
                   "回执与创世文件不属于同一网络");
    }
    auto set = GenesisValidatorSet(genesis_);
    if (!set) return Fails("genesis", set.error().detail, "创世文件中的验证节点无效");
    set_ = std::move(*set);
    return Holds(
        "genesis",
        "network " + genesis_.chain + ", " + std::to_string(set_->List().size()) + " validators",
        "网络 " + genesis_.chain + "，验证节点 " + std::to_string(set_->List().size()) + " 个");
  }

  // The header and its commit, under the set that is current now.
  Result<consensus::Header> CheckCertified(ByteView header_bytes, ByteView commit_bytes) {
    JD_TRY(consensus::Header header, consensus::Header::Decode(header_bytes));
    if (header.chain_id != genesis_.chain) return Fail(Errc::kConflict, "header of another chain");
    if (header.validators_hash != set_->Hash()) {
      return Fail(Errc::kConflict, "header names another validator set");
    }
    JD_TRY(const consensus::Commit commit, consensus::Commit::Decode(commit_bytes));
    if (commit.id.hash != header.Hash()) return Fail(Errc::kConflict, "commit of another header");
    JD_CHECK(consensus::VerifyCommit(genesis_.chain, commit, *set_, header.height, commit.id));
    return header;
  }

  bool Epochs() {
    consensus::Height last = 0;
    for (const ledger::EpochStep& step : receipt_.epochs) {
      const std::string where = "after height " + std::to_string(last) + ": ";
      auto header = CheckCertified(step.header, step.commit);
      if (!header) return Fails("epochs", where + header.error().detail, "验证节点变更无法证实");
      auto next = consensus::ValidatorSet::Decode(step.next_set);
      if (!next) return Fails("epochs", where + next.error().detail, "新的验证节点集合无法读取");
      if (header->height <= last || next->Hash() != header->next_validators_hash ||
          header->next_validators_hash == header->validators_hash) {
        return Fails("epochs", where + "the step is out of order or names another set",
                     "验证节点变更顺序或集合不符");
      }
      last = header->height;
      set_ = std::move(*next);
    }
    last_epoch_ = last;
    return Holds("epochs",
                 std::to_string(receipt_.epochs.size()) + " changes of the validator set followed",
                 "已核对验证节点变更 " + std::to_string(receipt_.epochs.size()) + " 次");
  }

  bool Header() {
    auto header = consensus::Header::Decode(receipt_.header);
    if (!header) return Fails("header", header.error().detail, "区块头无法读取");
    if (header->chain_id != genesis_.chain) {
      return Fails("header", "header of chain " + header->chain_id, "区块头属于另一条链");
    }
    if (header->height <= last_epoch_ || header->validators_hash != set_->Hash()) {
      return Fails("header", "header names another validator set", "区块头所列验证节点集合不符");
    }
    header_ = std::move(*header);
    verdict_.proven_at = header_.height;
    return Holds("header", "height " + std::to_string(header_.height),
                 "高度 " + std::to_string(header_.height));
  }

  bool Certificate() {
    const auto certified = CheckCertified(receipt_.header, receipt_.commit);
    if (!certified) return Fails("certificate", certified.error().detail, "多数签名不成立");
    return Holds("certificate", "signed by more than two thirds of the validators",
                 "超过三分之二的验证节点已签名");
  }

  bool Opening() {
    if (ledger::AppHash(receipt_.log_size, receipt_.log_root, receipt_.state_root) !=
        header_.app_hash) {
      return Fails("opening",
                   "log size, log root and state root do not hash to the header's app_hash",
                   "日志与状态根与区块头不符");
    }
    return Holds("opening",
                 "the header binds a log of " + std::to_string(receipt_.log_size) + " entries",
                 "区块头绑定的日志共 " + std::to_string(receipt_.log_size) + " 条");
  }

  bool Inclusion() {
    const Hash256 leaf = crypto::MerkleLeafHash(receipt_.entry);
    const auto included = crypto::VerifyInclusion(leaf, receipt_.index, receipt_.log_size,
                                                  receipt_.path, receipt_.log_root);
    if (!included) return Fails("inclusion", included.error().detail, "日志包含路径不成立");
    return Holds("inclusion", "entry " + std::to_string(receipt_.index) + " of the log",
                 "日志第 " + std::to_string(receipt_.index) + " 条");
  }

  bool Stub() {
    auto entry = ledger::DecodeEntry(receipt_.entry);
    if (!entry) return Fails("stub", entry.error().detail, "日志条目无法读取");
    const auto* stub = std::get_if<ledger::Stub>(&*entry);
    if (stub == nullptr)
      return Fails("stub", "the entry is not of a transaction", "该日志条目不是交易");
    if (stub->height >= header_.height) {
      return Fails("stub",
                   "the entry claims height " + std::to_string(stub->height) +
                       ", after what the header proves",
                   "日志条目的高度晚于区块头所能证明的高度");
    }
    stub_ = *stub;
    verdict_.height = stub->height;
    verdict_.time = stub->time;
    verdict_.op = stub->op;
    verdict_.txid = stub->txid;
    verdict_.code = stub->code;
    verdict_.flags = stub->flags;
    const auto* code = ledger::FindCode(stub->code);
    const std::string result = stub->code == 0   ? "accepted"
                               : code != nullptr ? "rejected: " + std::string(code->name)
                                                 : "rejected: code " + std::to_string(stub->code);
    return Holds("stub", stub->op + " at height " + std::to_string(stub->height) + ", " + result,
                 stub->op + "，高度 " + std::to_string(stub->height) +
                     (stub->code == 0 ? "，已接受" : "，已驳回"));
  }

  bool Transaction() {
    auto transaction = ledger::DecodeStored(receipt_.transaction);
    if (!transaction) return Fails("transaction", transaction.error().detail, "交易无法读取");
    if (transaction->env != stub_.env) {
      return Fails("transaction", "the transaction's bytes are not those the log entry names",
                   "交易内容与日志条目不符");
    }
    if (transaction->txid != stub_.txid || transaction->payload.op != stub_.op ||
        transaction->payload.chain != genesis_.chain) {
      return Fails("transaction", "txid, op or chain differ from the log entry",
                   "交易编号、类型或链标识不符");
    }
    verdict_.department = transaction->payload.department;
    transaction_ = std::move(*transaction);
    return Holds("transaction", "of department " + verdict_.department,
                 "部门 " + verdict_.department);
  }

  // Keys of genesis are proven by the document. A key registered later is named in not_proven: its
  // record lies in the state, whose proof this receipt does not carry.
  bool Signatures() {
    std::size_t proven = 0;
    for (const ledger::TxSignature& signature : transaction_.signatures) {
      const auto identity =
          std::ranges::find_if(genesis_.identities, [&](const ledger::GenesisIdentity& candidate) {
            return crypto::MakeKeyId(candidate.key) == signature.key;
          });
      if (identity == genesis_.identities.end()) {
        verdict_.not_proven.push_back(
            "key " + ShortHex(signature.key.View()) +
            " was registered after genesis: its signature was checked by the "
            "validators, not here");
        verdict_.not_proven_zh.push_back("密钥 " + ShortHex(signature.key.View()) +
                                         " 在创世之后登记：其签名由验证节点核对，此处未能独立核对");
        continue;
      }
      const auto key = crypto::EcdsaPublicKey::Parse(identity->key.View());
      if (!key || !key->VerifyDigest(transaction_.digest, signature.signature)) {
        return Fails("signatures", "the signature of " + identity->name + " does not verify",
                     identity->name + " 的签名无效");
      }
      ++proven;
    }
    return Holds("signatures",
                 std::to_string(proven) + " of " + std::to_string(transaction_.signatures.size()) +
                     " verified with keys of the genesis document",
                 "以创世文件中的密钥核对签名 " + std::to_string(proven) + "/" +
                     std::to_string(transaction_.signatures.size()));
  }

  const ledger::Receipt& receipt_;
  const ledger::Genesis& genesis_;
  Verdict verdict_;
  std::optional<consensus::ValidatorSet> set_;
  consensus::Height last_epoch_ = 0;
  consensus::Header header_;
  ledger::Stub stub_;
  ledger::Transaction transaction_;
};

}  // namespace

std::string Verdict::TrustStatement() const {
  if (!verified) return "Not verified: trust nothing in this receipt.";
  return "Recorded in block " + std::to_string(height) + ", proven under header " +
         std::to_string(proven_at) +
         ", assuming at most 1/3 faulty in every validator set since genesis.";
}

std::string Verdict::TrustStatementZh() const {
  if (!verified) return "未通过验证：此回执不可信。";
  return "已记入第 " + std::to_string(height) + " 块，由第 " + std::to_string(proven_at) +
         " 块区块头证明；前提是自创世以来每届验证节点中作恶者不超过三分之一。";
}

Result<consensus::ValidatorSet> GenesisValidatorSet(const ledger::Genesis& genesis) {
  std::vector<consensus::Validator> validators;
  validators.reserve(genesis.validators.size());
  for (const ledger::GenesisValidator& seat : genesis.validators) {
    validators.push_back({.address = {}, .key = seat.consensus_key, .power = seat.power});
  }
  return consensus::ValidatorSet::From(std::move(validators));
}

Verdict VerifyReceipt(const ledger::Receipt& receipt, const ledger::Genesis& genesis) {
  return Walk(receipt, genesis).Run();
}

}  // namespace jiandu::sdk
