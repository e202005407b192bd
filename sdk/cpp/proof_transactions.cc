// Step 9 of docs/proof-format.md: transactions and their signatures.
#include <algorithm>
#include <set>

#include "ledger/model/key_record.h"
#include "ledger/model/state_view.h"
#include "ledger/model/transaction.h"
#include "sdk/cpp/proof_walk.h"

namespace jiandu::sdk {
namespace {

using KeyBytes = crypto::EcdsaPublicKeyBytes;

class Checking {
 public:
  explicit Checking(ProofWalk& walk) : walk_(walk) {
    for (const ledger::GenesisIdentity& identity : walk.genesis.identities) {
      genesis_keys_.emplace(crypto::MakeKeyId(identity.key), identity.key);
    }
  }

  bool All() {
    for (const ledger::ProofTransaction& one : walk_.bundle.transactions) {
      if (!Take(one)) return false;
    }
    for (const crypto::KeyId& key : unproven_) {
      const std::string hex = ShortHex(key.View());
      walk_.NotProven(
          "the signature of key " + hex +
              " was checked by the validators, not here: its record is not in the "
              "bundle",
          "密钥 " + hex + " 的签名由验证节点核对；证明包中没有该密钥的登记，此处未能独立核对");
    }
    const std::string count = Number(walk_.bundle.transactions.size());
    return walk_.steps.Holds(
        "transactions",
        count + " transactions are the recorded bytes, " + Number(signatures_) +
            " signatures verified",
        "交易原文相符 " + count + " 份，核对签名 " + Number(signatures_) + " 个");
  }

 private:
  bool Fails(std::string en, std::string zh) {
    return walk_.steps.Fails("transactions", std::move(en), std::move(zh));
  }

  bool Take(const ledger::ProofTransaction& one) {
    auto& events = walk_.verdict.events;
    const auto event = std::ranges::lower_bound(events, one.index, {}, &ProvenEvent::index);
    if (event == events.end() || event->index != one.index || !event->stub.has_value()) {
      return Fails("a transaction without its event", "交易缺少对应事件");
    }
    const auto transaction = ledger::DecodeStored(one.stored);
    if (!transaction) return Fails(transaction.error().detail, "交易无法读取");
    if (transaction->env != event->stub->env || transaction->txid != event->stub->txid ||
        transaction->payload.op != event->stub->op ||
        transaction->payload.chain != walk_.genesis.chain) {
      return Fails("the transaction of entry " + Number(one.index) + " is another one",
                   "交易内容与日志条目不符");
    }
    if (!Signed(*transaction)) return false;
    event->department = transaction->payload.department;
    if (auto edges = ledger::ReadDerivationEdges(transaction->payload)) {
      walk_.derivations.emplace(one.index, std::move(*edges));
    }
    return true;
  }

  // By the key's record, as the state or the genesis document has it.
  bool Signed(const ledger::Transaction& transaction) {
    for (const ledger::TxSignature& signature : transaction.signatures) {
      const auto bytes = KeyOf(signature.key);
      if (!bytes.has_value()) {
        return Fails("the record of key " + ShortHex(signature.key.View()) + " is not that key's",
                     "密钥 " + ShortHex(signature.key.View()) + " 的登记与其不符");
      }
      if (!bytes->has_value()) {
        unproven_.insert(signature.key);
        continue;
      }
      const auto key = crypto::EcdsaPublicKey::Parse((*bytes)->View());
      if (!key || !key->VerifyDigest(transaction.digest, signature.signature)) {
        return Fails("the signature of key " + ShortHex(signature.key.View()) + " does not verify",
                     "密钥 " + ShortHex(signature.key.View()) + " 的签名无效");
      }
      ++signatures_;
    }
    return true;
  }

  // Nothing inside: it is in neither. Nothing at all: its row is there and does not fit.
  [[nodiscard]] std::optional<std::optional<KeyBytes>> KeyOf(const crypto::KeyId& id) const {
    const auto row = walk_.rows.find(ledger::KeyRecordKey(id));
    if (row != walk_.rows.end() && row->second.has_value()) {
      const auto record = ledger::KeyRecord::Decode(*row->second);
      if (!record || record->algorithm != ledger::KeyAlgorithm::kSecp256k1Sha256 ||
          crypto::MakeKeyId(record->key) != id) {
        return std::nullopt;
      }
      return std::optional(record->key);
    }
    const auto known = genesis_keys_.find(id);
    if (known == genesis_keys_.end()) return std::optional<KeyBytes>();
    return std::optional(known->second);
  }

  ProofWalk& walk_;
  std::map<crypto::KeyId, KeyBytes> genesis_keys_;
  std::set<crypto::KeyId> unproven_;
  std::size_t signatures_ = 0;
};

}  // namespace

bool CheckTransactions(ProofWalk& walk) { return Checking(walk).All(); }

}  // namespace jiandu::sdk
