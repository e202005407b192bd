// The steps of docs/proof-format.md, in its order.
#include "sdk/cpp/proof_verifier.h"

#include <algorithm>
#include <map>

#include "base/hex.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/codes.h"
#include "ledger/model/key_record.h"
#include "ledger/model/state_view.h"
#include "ledger/model/transaction.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityId;

std::string Number(std::uint64_t number) { return std::to_string(number); }

class Walk {
 public:
  Walk(const ledger::ProofBundle& bundle, const ledger::Genesis& genesis)
      : bundle_(bundle), genesis_(genesis) {}

  ProofVerdict Run() {
    if (const auto header = VerifyHead(bundle_.head, genesis_, steps_)) {
      verdict_.as_of = header->height - 1;
      verdict_.time = header->time.Ms();
      verdict_.verified = Log() && Entries() && State() && Transactions() && Answer();
    }
    if (!verdict_.verified) verdict_.proven.clear();
    verdict_.steps = std::move(steps_.list);
    return std::move(verdict_);
  }

 private:
  bool Holds(const char* name, std::string detail, std::string detail_zh) {
    return steps_.Holds(name, std::move(detail), std::move(detail_zh));
  }
  bool Fails(const char* name, std::string detail, std::string detail_zh) {
    return steps_.Fails(name, std::move(detail), std::move(detail_zh));
  }

  // All events, and the block entry that ends the log, are entries of the log.
  bool Log() {
    const std::uint64_t size = bundle_.head.log_size;
    if (size == 0) return Fails("log", "an empty log", "日志为空");
    std::vector<crypto::IndexedLeaf> leaves;
    for (const ledger::ProofEvent& event : bundle_.events) {
      if (event.index >= size) {
        return Fails("log", "entry " + Number(event.index) + " lies behind the end of the log",
                     "事件位置超出日志范围");
      }
      leaves.push_back({.index = event.index, .hash = event.LeafHash()});
    }
    const Hash256 last = crypto::MerkleLeafHash(bundle_.block_entry);
    // The genesis entry may be both the last and an event.
    if (leaves.empty() || leaves.back().index != size - 1 || leaves.back().hash != last) {
      leaves.push_back({.index = size - 1, .hash = last});
    }
    const auto included =
        crypto::VerifyInclusions(leaves, size, bundle_.log_hashes, bundle_.head.log_root);
    if (!included) return Fails("log", included.error().detail, "日志包含路径不成立");
    return Holds("log", Number(bundle_.events.size()) + " events are entries of the log",
                 "日志中确有所列 " + Number(bundle_.events.size()) + " 项事件");
  }

  // What the entries say: the last is a block's, and opens to the same state root.
  bool Entries() {
    const auto last = ledger::DecodeEntry(bundle_.block_entry);
    const auto* block = last ? std::get_if<ledger::BlockEntry>(&*last) : nullptr;
    const bool is_genesis = last && std::holds_alternative<ledger::GenesisEntry>(*last);
    if (block == nullptr && !(is_genesis && bundle_.head.log_size == 1)) {
      return Fails("entries", "the log does not end with a block's entry", "日志末条不是区块条目");
    }
    if (block != nullptr &&
        (block->state_root != bundle_.head.state_root || block->height > verdict_.as_of)) {
      return Fails("entries", "the log's last block has another state root or height",
                   "日志末块的状态根或高度不符");
    }
    for (const ledger::ProofEvent& event : bundle_.events) {
      if (!TakeEvent(event)) return false;
    }
    return Holds(
        "entries",
        "the log ends with the block whose state root is opened; " + Number(verdict_.withheld) +
            " events are withheld",
        "日志末块与所开启的状态根一致；未展示内容的事件 " + Number(verdict_.withheld) + " 项");
  }

  bool TakeEvent(const ledger::ProofEvent& event) {
    ProvenEvent proven{.index = event.index, .stub = std::nullopt, .department = {}};
    const auto* bytes = std::get_if<Bytes>(&event.entry);
    if (bytes == nullptr) {
      ++verdict_.withheld;
      verdict_.events.push_back(std::move(proven));
      return true;
    }
    auto entry = ledger::DecodeEntry(*bytes);
    if (!entry) return Fails("entries", entry.error().detail, "日志条目无法读取");
    if (const auto* genesis = std::get_if<ledger::GenesisEntry>(&*entry)) {
      if (event.index != 0 || genesis->genesis_hash != genesis_.hash) {
        return Fails("entries", "an entry of another genesis document", "创世条目不符");
      }
    } else if (auto* stub = std::get_if<ledger::Stub>(&*entry)) {
      proven.stub = std::move(*stub);
    } else {
      return Fails("entries", "entry " + Number(event.index) + " is a block's, not an event",
                   "所列条目不是事件");
    }
    verdict_.events.push_back(std::move(proven));
    return true;
  }

  // The rows of the state, all under the one opened root.
  bool State() {
    if (bundle_.leaves.empty()) {
      if (!bundle_.siblings.empty())
        return Fails("state", "siblings without a row", "状态路径多余");
      return true;
    }
    crypto::SparseMultiproof proof{.claims = {}, .siblings = bundle_.siblings};
    for (const ledger::ProofLeaf& leaf : bundle_.leaves) {
      crypto::SparseClaim claim{.path = crypto::Sha256(leaf.key),
                                .value_hash = std::nullopt,
                                .depth = leaf.depth,
                                .other = leaf.other};
      if (leaf.value.has_value()) claim.value_hash = crypto::Sha256(*leaf.value);
      proof.claims.push_back(std::move(claim));
      rows_[leaf.key] = leaf.value;
    }
    const auto holds = crypto::VerifySparseClaims(bundle_.head.state_root, proof);
    if (!holds) return Fails("state", holds.error().detail, "状态证明不成立");
    return Holds("state", Number(rows_.size()) + " rows of the state proven under its root",
                 "已在状态根下证明 " + Number(rows_.size()) + " 行");
  }

  bool Transactions() {
    std::size_t signatures = 0;
    for (const ledger::ProofTransaction& one : bundle_.transactions) {
      const auto event = std::ranges::find(verdict_.events, one.index, &ProvenEvent::index);
      if (event == verdict_.events.end() || !event->stub.has_value()) {
        return Fails("transactions", "a transaction without its event", "交易缺少对应事件");
      }
      auto transaction = ledger::DecodeStored(one.stored);
      if (!transaction) {
        return Fails("transactions", transaction.error().detail, "交易无法读取");
      }
      if (transaction->env != event->stub->env || transaction->txid != event->stub->txid ||
          transaction->payload.op != event->stub->op ||
          transaction->payload.chain != genesis_.chain) {
        return Fails("transactions",
                     "the transaction of entry " + Number(one.index) + " is another one",
                     "交易内容与日志条目不符");
      }
      if (!Signed(*transaction, signatures)) return false;
      event->department = transaction->payload.department;
    }
    return Holds("transactions",
                 Number(bundle_.transactions.size()) + " transactions are the recorded bytes, " +
                     Number(signatures) + " signatures verified",
                 "交易原文相符 " + Number(bundle_.transactions.size()) + " 份，核对签名 " +
                     Number(signatures) + " 个");
  }

  // By the key's record, as the state or the genesis document has it.
  bool Signed(const ledger::Transaction& transaction, std::size_t& signatures) {
    for (const ledger::TxSignature& signature : transaction.signatures) {
      const auto bytes = KeyOf(signature.key);
      if (!bytes.has_value()) {
        NotProven("the signature of key " + ShortHex(signature.key.View()) +
                      " was checked by the validators, not here: its record is not in the bundle",
                  "密钥 " + ShortHex(signature.key.View()) +
                      " 的签名由验证节点核对；证明包中没有该密钥的登记，此处未能独立核对");
        continue;
      }
      const auto key = crypto::EcdsaPublicKey::Parse(bytes->View());
      if (!key || !key->VerifyDigest(transaction.digest, signature.signature)) {
        return Fails("transactions",
                     "the signature of key " + ShortHex(signature.key.View()) + " does not verify",
                     "密钥 " + ShortHex(signature.key.View()) + " 的签名无效");
      }
      ++signatures;
    }
    return true;
  }

  [[nodiscard]] std::optional<crypto::EcdsaPublicKeyBytes> KeyOf(const crypto::KeyId& id) const {
    if (const auto row = rows_.find(ledger::KeyRecordKey(id)); row != rows_.end()) {
      const auto record = row->second.has_value()
                              ? ledger::KeyRecord::Decode(*row->second)
                              : Result<ledger::KeyRecord>(Fail(Errc::kNotFound, "no such key"));
      if (record && crypto::MakeKeyId(record->key) == id) return record->key;
    }
    for (const ledger::GenesisIdentity& identity : genesis_.identities) {
      if (crypto::MakeKeyId(identity.key) == id) return identity.key;
    }
    return std::nullopt;
  }

  bool Answer() {
    if (!OnlyWhatIsAsked()) return false;
    if (const auto* recorded = std::get_if<ledger::TransactionQuery>(&bundle_.query)) {
      return Recorded(*recorded);
    }
    if (const auto* complete = std::get_if<ledger::HistoryQuery>(&bundle_.query)) {
      return Complete(complete->entity);
    }
    return Absent(std::get<ledger::AbsenceQuery>(bundle_.query));
  }

  // Rows beside the question are keys' records; a bundle proves nothing in passing.
  bool OnlyWhatIsAsked() {
    Bytes asked;
    if (const auto* history = std::get_if<ledger::HistoryQuery>(&bundle_.query)) {
      asked = ledger::LeafKey(history->entity);
    } else if (const auto* absence = std::get_if<ledger::AbsenceQuery>(&bundle_.query)) {
      asked = absence->Key();
    }
    for (const auto& [key, value] : rows_) {
      if (key == asked || HasPrefix(key, AsBytes("key/"))) continue;
      return Fails("answer", "a row of the state that nobody asked for", "状态中含未询问的行");
    }
    if (!asked.empty() && !rows_.contains(asked)) {
      return Fails("answer", "the row of the state that was asked for is missing",
                   "缺少所询问的状态行");
    }
    return true;
  }

  bool Recorded(const ledger::TransactionQuery& query) {
    if (verdict_.events.size() != 1 || !verdict_.events[0].stub.has_value() ||
        verdict_.events[0].stub->txid != query.txid) {
      return Fails("answer", "the event of this transaction is not in the bundle",
                   "证明包中没有该交易的事件");
    }
    const ledger::Stub& stub = *verdict_.events[0].stub;
    if (stub.height > verdict_.as_of) {
      return Fails("answer", "the event claims a height after what is proven", "事件高度超出范围");
    }
    const auto* code = ledger::FindCode(stub.code);
    const std::string result =
        stub.code == 0 ? "accepted"
                       : "rejected with " + (code != nullptr ? std::string(code->name)
                                                             : "code " + Number(stub.code));
    if (bundle_.transactions.empty()) {
      NotProven("what the transaction says: its bytes are not in the bundle",
                "交易内容：证明包中没有交易原文");
    }
    return Answered(stub.op + " " + ShortHex(stub.txid.View()) + "... is recorded in block " +
                        Number(static_cast<std::uint64_t>(stub.height)) + ", " + result,
                    stub.op + " " + ShortHex(stub.txid.View()) + "… 记录于第 " +
                        Number(static_cast<std::uint64_t>(stub.height)) + " 块，" +
                        (stub.code == 0 ? "已接受" : "已驳回"));
  }

  // All events of the entity, in their places, hash to the root in its leaf.
  bool Complete(const EntityId& id) {
    const auto& value = rows_.at(ledger::LeafKey(id));
    if (!value.has_value()) {
      return Fails("answer", "there is no such entity; ask for its absence", "该实体不存在");
    }
    const auto leaf = ledger::EntityLeaf::Decode(*value);
    if (!leaf) return Fails("answer", leaf.error().detail, "实体状态无法读取");
    if (leaf->size != verdict_.events.size()) {
      return Fails("answer",
                   "the history has " + Number(leaf->size) + " events, the bundle " +
                       Number(verdict_.events.size()),
                   "历史共 " + Number(leaf->size) + " 项，证明包仅含 " +
                       Number(verdict_.events.size()) + " 项");
    }
    std::vector<Hash256> hashes;
    for (std::size_t seq = 0; seq < verdict_.events.size(); ++seq) {
      const ProvenEvent& event = verdict_.events[seq];
      if (!Touches(event, id, seq)) {
        return Fails(
            "answer",
            "entry " + Number(event.index) + " is not event " + Number(seq) + " of the entity",
            "所列事件不是该实体的第 " + Number(seq) + " 项");
      }
      hashes.push_back(ledger::HistoryLeafHash(event.index, bundle_.events[seq].LeafHash()));
    }
    if (crypto::MerkleRoot(hashes) != leaf->history_root ||
        verdict_.events.front().index != leaf->birth ||
        verdict_.events.back().index != leaf->last) {
      return Fails("answer", "the events do not hash to the history's root", "事件与历史根不符");
    }
    if (!BornAsSaid(id)) return false;
    NotProven(
        "that each event names all entities it touches: the validators computed it; an auditor "
        "with all blocks can repeat it (jiandu db check --full)",
        "每项事件所涉实体是否齐全：由验证节点计算；持有全部区块者可复算（jiandu db check --full）");
    if (verdict_.withheld > 0) {
      NotProven("the content of " + Number(verdict_.withheld) +
                    " events: they exist, and are counted, but are withheld from this reader",
                Number(verdict_.withheld) + " 项事件的内容：其存在已证明，但未向本读者展示");
    }
    return Answered("these " + Number(leaf->size) + " events are all of entity " +
                        ledger::ToHex(id) + " as of height " + Height(),
                    "截至第 " + Height() + " 块，实体 " + ledger::ToHex(id) + " 的全部事件即此 " +
                        Number(leaf->size) + " 项");
  }

  static bool Touches(const ProvenEvent& event, const EntityId& id, std::size_t seq) {
    if (!event.stub.has_value()) return true;  // withheld, or genesis: the root tells
    return std::ranges::any_of(event.stub->touched, [&](const ledger::Touch& touched) {
      return touched.entity == id && touched.seq == seq;
    });
  }

  // An id that is not natural is made of the transaction of event 0, its only birth, or of the
  // genesis document.
  bool BornAsSaid(const EntityId& id) {
    if (ledger::KindOf(id) < ledger::EntityKind::kIdentity) return true;
    const ProvenEvent& first = verdict_.events.front();
    Hash256 origin = genesis_.hash;
    std::size_t births = genesis_.identities.size();
    if (first.stub.has_value()) {
      const auto touched = std::ranges::find(first.stub->touched, id, &ledger::Touch::entity);
      births = (touched->roles & ledger::touch::kNew) != 0 ? limits::kTouchedEntitiesMax : 0;
      origin = first.stub->txid;
    } else if (first.index != 0) {
      return true;  // withheld, and said so
    }
    for (std::size_t n = 0; n < births; ++n) {
      if (ledger::BornId(ledger::KindOf(id), origin, static_cast<std::uint16_t>(n)) == id) {
        return true;
      }
    }
    return Fails("answer", "the entity was not born in its first event", "实体编号与首项事件不符");
  }

  bool Absent(const ledger::AbsenceQuery& query) {
    if (rows_.at(query.Key()).has_value()) {
      return Fails("answer", "it exists: the bundle shows its row", "该项存在");
    }
    if (!verdict_.events.empty()) return Fails("answer", "events of what is absent", "事件多余");
    const std::string name = AbsentName(query);
    return Answered("there is no " + name + " as of height " + Height(),
                    "截至第 " + Height() + " 块，不存在 " + name);
  }
  static std::string AbsentName(const ledger::AbsenceQuery& query) {
    if (const auto* name = std::get_if<std::string>(&query.what)) return "name " + *name;
    return "entity " + ledger::ToHex(std::get<EntityId>(query.what));
  }

  bool Answered(std::string en, std::string zh) {
    Holds("answer", en, zh);
    verdict_.proven.push_back({.en = std::move(en), .zh = std::move(zh)});
    return true;
  }
  void NotProven(std::string en, std::string zh) {
    verdict_.not_proven.push_back({.en = std::move(en), .zh = std::move(zh)});
  }
  [[nodiscard]] std::string Height() const {
    return Number(static_cast<std::uint64_t>(verdict_.as_of));
  }

  const ledger::ProofBundle& bundle_;
  const ledger::Genesis& genesis_;
  ProofVerdict verdict_;
  VerifySteps steps_;
  std::map<Bytes, std::optional<Bytes>> rows_;
};

}  // namespace

Sentence ProofVerdict::TrustStatement() const {
  if (!verified) {
    return {.en = "Not verified: trust nothing in this bundle.",
            .zh = "未通过验证：此证明包不可信。"};
  }
  const std::string height = std::to_string(as_of);
  return {
      .en = "Complete as of height " + height +
            ", assuming at most 1/3 faulty in every validator set since genesis.",
      .zh = "截至第 " + height + " 块成立；前提是自创世以来每届验证节点中作恶者不超过三分之一。"};
}

ProofVerdict VerifyProof(const ledger::ProofBundle& bundle, const ledger::Genesis& genesis) {
  return Walk(bundle, genesis).Run();
}

}  // namespace jiandu::sdk
