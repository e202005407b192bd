#include "sdk/cpp/receipt_verifier.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "crypto/merkle.h"
#include "ledger/model/codes.h"
#include "ledger/model/transaction.h"

namespace jiandu::sdk {
namespace {

// Walks the steps; every method returns false after recording why.
class Walk {
 public:
  Walk(const ledger::Receipt& receipt, const ledger::Genesis& genesis)
      : receipt_(receipt), genesis_(genesis) {}

  Verdict Run() {
    const auto header = VerifyHead(receipt_, genesis_, steps_);
    if (header.has_value()) {
      proven_at_ = header->height;
      verdict_.proven_at = header->height;
      verdict_.verified = Inclusion() && Stub() && Transaction() && Signatures();
    }
    verdict_.steps = std::move(steps_.list);
    return std::move(verdict_);
  }

 private:
  bool Inclusion() {
    const Hash256 leaf = crypto::MerkleLeafHash(receipt_.entry);
    const auto included = crypto::VerifyInclusion(leaf, receipt_.index, receipt_.log_size,
                                                  receipt_.path, receipt_.log_root);
    if (!included) return steps_.Fails("inclusion", included.error().detail, "日志包含路径不成立");
    return steps_.Holds("inclusion", "entry " + std::to_string(receipt_.index) + " of the log",
                        "日志第 " + std::to_string(receipt_.index) + " 条");
  }

  bool Stub() {
    auto entry = ledger::DecodeEntry(receipt_.entry);
    if (!entry) return steps_.Fails("stub", entry.error().detail, "日志条目无法读取");
    const auto* stub = std::get_if<ledger::Stub>(&*entry);
    if (stub == nullptr)
      return steps_.Fails("stub", "the entry is not of a transaction", "该日志条目不是交易");
    if (stub->height >= proven_at_) {
      return steps_.Fails("stub",
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
    return steps_.Holds("stub",
                        stub->op + " at height " + std::to_string(stub->height) + ", " + result,
                        stub->op + "，高度 " + std::to_string(stub->height) +
                            (stub->code == 0 ? "，已接受" : "，已驳回"));
  }

  bool Transaction() {
    auto transaction = ledger::DecodeStored(receipt_.transaction);
    if (!transaction)
      return steps_.Fails("transaction", transaction.error().detail, "交易无法读取");
    if (transaction->env != stub_.env) {
      return steps_.Fails("transaction",
                          "the transaction's bytes are not those the log entry names",
                          "交易内容与日志条目不符");
    }
    if (transaction->txid != stub_.txid || transaction->payload.op != stub_.op ||
        transaction->payload.chain != genesis_.chain) {
      return steps_.Fails("transaction", "txid, op or chain differ from the log entry",
                          "交易编号、类型或链标识不符");
    }
    verdict_.department = transaction->payload.department;
    transaction_ = std::move(*transaction);
    return steps_.Holds("transaction", "of department " + verdict_.department,
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
        return steps_.Fails("signatures", "the signature of " + identity->name + " does not verify",
                            identity->name + " 的签名无效");
      }
      ++proven;
    }
    return steps_.Holds("signatures",
                        std::to_string(proven) + " of " +
                            std::to_string(transaction_.signatures.size()) +
                            " verified with keys of the genesis document",
                        "以创世文件中的密钥核对签名 " + std::to_string(proven) + "/" +
                            std::to_string(transaction_.signatures.size()));
  }

  const ledger::Receipt& receipt_;
  const ledger::Genesis& genesis_;
  Verdict verdict_;
  VerifySteps steps_;
  ledger::Height proven_at_ = 0;
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

Verdict VerifyReceipt(const ledger::Receipt& receipt, const ledger::Genesis& genesis) {
  return Walk(receipt, genesis).Run();
}

}  // namespace jiandu::sdk
