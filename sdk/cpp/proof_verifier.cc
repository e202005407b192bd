// The steps of docs/proof-format.md, in its order.
#include "sdk/cpp/proof_verifier.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/sparse_merkle.h"
#include "sdk/cpp/proof_walk.h"

namespace jiandu::sdk {
namespace {

class Walk {
 public:
  Walk(const ledger::ProofBundle& bundle, const ledger::Genesis& genesis)
      : bundle_(bundle), genesis_(genesis), walk_{.bundle = bundle, .genesis = genesis} {}

  ProofVerdict Run() {
    ProofVerdict& verdict = walk_.verdict;
    if (const auto header = VerifyHead(bundle_.head, genesis_, walk_.steps)) {
      verdict.as_of = header->height - 1;
      verdict.time = header->time.Ms();
      verdict.verified =
          Log() && Entries() && State() && CheckTransactions(walk_) && CheckAnswer(walk_);
    }
    if (verdict.verified) {
      SayTheRest();
    } else {
      verdict.proven.clear();
      verdict.not_proven = {{.en = "anything", .zh = "任何内容"}};
    }
    verdict.steps = std::move(walk_.steps.list);
    return std::move(verdict);
  }

 private:
  bool Holds(const char* step, std::string en, std::string zh) {
    return walk_.steps.Holds(step, std::move(en), std::move(zh));
  }
  bool Fails(const char* step, std::string en, std::string zh) {
    return walk_.steps.Fails(step, std::move(en), std::move(zh));
  }

  // All events, and the block entry that ends the log, are entries of the log.
  bool Log() {
    const std::uint64_t size = bundle_.head.log_size;
    if (size == 0) return Fails("log", "an empty log", "日志为空");
    // Those of a lineage are bound by its histories, in step 10.
    const bool is_lineage = std::holds_alternative<ledger::LineageQuery>(bundle_.query);
    std::vector<crypto::IndexedLeaf> leaves;
    for (const ledger::ProofEvent& event : bundle_.events) {
      if (event.index >= size) {
        return Fails("log", "entry " + Number(event.index) + " lies behind the end of the log",
                     "事件位置超出日志范围");
      }
      if (!is_lineage) leaves.push_back({.index = event.index, .hash = event.LeafHash()});
    }
    const Hash256 last = crypto::MerkleLeafHash(bundle_.block_entry);
    // The genesis entry may be both the last and an event.
    if (leaves.empty() || leaves.back().index != size - 1 || leaves.back().hash != last) {
      leaves.push_back({.index = size - 1, .hash = last});
    }
    const auto included =
        crypto::VerifyInclusions(leaves, size, bundle_.log_hashes, bundle_.head.log_root);
    if (!included) return Fails("log", included.error().detail, "日志包含路径不成立");
    const std::string count = Number(bundle_.events.size());
    if (is_lineage) {
      return Holds("log", "the newest entry is in the log; " + count + " events are of histories",
                   "日志末条确在日志中；所列 " + count + " 项事件由各实体历史证明");
    }
    return Holds("log", count + " events are entries of the log",
                 "日志中确有所列 " + count + " 项事件");
  }

  // What the entries say: the last is a block's, and opens to the same state root.
  bool Entries() {
    const auto last = ledger::DecodeEntry(bundle_.block_entry);
    const auto* block = last ? std::get_if<ledger::BlockEntry>(&*last) : nullptr;
    const auto* genesis = last ? std::get_if<ledger::GenesisEntry>(&*last) : nullptr;
    const bool is_genesis =
        genesis != nullptr && bundle_.head.log_size == 1 && IsOfGenesis(*genesis);
    if (block == nullptr && !is_genesis) {
      return Fails("entries", "the log does not end with a block's entry", "日志末条不是区块条目");
    }
    if (block != nullptr &&
        (block->state_root != bundle_.head.state_root || block->height > walk_.verdict.as_of)) {
      return Fails("entries", "the log's last block has another state root or height",
                   "日志末块的状态根或高度不符");
    }
    for (const ledger::ProofEvent& event : bundle_.events) {
      if (!TakeEvent(event)) return false;
    }
    return Holds(
        "entries",
        "the log ends with the block whose state root is opened; " +
            Number(walk_.verdict.withheld) + " events are withheld",
        "日志末块与所开启的状态根一致；未展示内容的事件 " + Number(walk_.verdict.withheld) + " 项");
  }

  [[nodiscard]] bool IsOfGenesis(const ledger::GenesisEntry& entry) const {
    return entry.chain == genesis_.chain && entry.genesis_hash == genesis_.hash;
  }

  bool TakeEvent(const ledger::ProofEvent& event) {
    ProvenEvent proven{.index = event.index, .stub = std::nullopt, .department = {}};
    const auto* bytes = std::get_if<Bytes>(&event.entry);
    if (bytes == nullptr) {
      ++walk_.verdict.withheld;
      walk_.verdict.events.push_back(std::move(proven));
      return true;
    }
    auto entry = ledger::DecodeEntry(*bytes);
    if (!entry) return Fails("entries", entry.error().detail, "日志条目无法读取");
    if (const auto* genesis = std::get_if<ledger::GenesisEntry>(&*entry)) {
      if (event.index != 0 || !IsOfGenesis(*genesis)) {
        return Fails("entries", "an entry of another genesis document", "创世条目不符");
      }
    } else if (auto* stub = std::get_if<ledger::Stub>(&*entry)) {
      proven.stub = std::move(*stub);
    } else {
      return Fails("entries", "entry " + Number(event.index) + " is a block's, not an event",
                   "所列条目不是事件");
    }
    walk_.verdict.events.push_back(std::move(proven));
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
    proof.claims.reserve(bundle_.leaves.size());
    for (const ledger::ProofLeaf& leaf : bundle_.leaves) {
      crypto::SparseClaim claim{.path = crypto::Sha256(leaf.key),
                                .value_hash = std::nullopt,
                                .depth = leaf.depth,
                                .other = leaf.other};
      if (leaf.value.has_value()) claim.value_hash = crypto::Sha256(*leaf.value);
      proof.claims.push_back(std::move(claim));
      walk_.rows[leaf.key] = leaf.value;
    }
    const auto holds = crypto::VerifySparseClaims(bundle_.head.state_root, proof);
    if (!holds) return Fails("state", holds.error().detail, "状态证明不成立");
    return Holds("state", Number(walk_.rows.size()) + " rows of the state proven under its root",
                 "已在状态根下证明 " + Number(walk_.rows.size()) + " 行");
  }

  // What no step shows, whatever the query.
  void SayTheRest() {
    ProofVerdict& verdict = walk_.verdict;
    std::size_t shown = 0;
    for (const ProvenEvent& event : verdict.events) shown += event.stub.has_value() ? 1 : 0;
    const std::string height = Number(static_cast<std::uint64_t>(verdict.as_of));
    walk_.NotProven("anything after height " + height, "第 " + height + " 块之后的一切");
    const std::string checked = Number(verdict.named_checked);
    walk_.NotProven(
        "that each event names all entities it touches: of " + checked +
            " it was checked that they list what their transactions name here; the rest the "
            "validators computed, and an auditor with all blocks can repeat (jiandu db check "
            "--full)",
        "每项事件所涉实体是否齐全：其中 " + checked +
            " 项已按交易原文核对所列实体；其余由验证节点计算，持有全部区块者可复算（jiandu db "
            "check --full）");
    SayWhatIsFull();
    const std::size_t untold = shown - bundle_.transactions.size();
    if (untold > 0) {
      walk_.NotProven(
          "the content of the " + Number(untold) + " events whose transaction is not in the bundle",
          "未附交易原文的 " + Number(untold) + " 项事件的内容");
    }
    if (!bundle_.transactions.empty()) {
      walk_.NotProven("whose a key was when it signed: key rows are those of the head",
                      "签名当时密钥属于谁：密钥登记以所证高度为准");
    }
    SayWhatIsWithheld();
  }

  void SayWhatIsFull() {
    const std::string full = Number(static_cast<std::uint64_t>(
        std::ranges::count_if(walk_.verdict.events, &ProvenEvent::IsFull)));
    if (full == "0") return;
    walk_.NotProven("that " + full +
                        " events list all that the entities they name hang on: they "
                        "list as many entities as an event may",
                    full + " 项事件已列满实体，其所涉实体的上级关联可能未全部列出");
  }

  void SayWhatIsWithheld() {
    const std::string withheld = Number(walk_.verdict.withheld);
    if (walk_.verdict.withheld > 0) {
      walk_.NotProven("the content of " + withheld +
                          " events: they exist, and are counted, but are withheld from this reader",
                      withheld + " 项事件的内容：其存在已证明，但未向本读者展示");
    }
    if (!std::holds_alternative<ledger::LineageQuery>(bundle_.query)) return;
    if (walk_.verdict.withheld > 0) {
      walk_.NotProven(
          "what follows from these: the histories are complete, the closure is open at " +
              withheld + " events",
          "由其引出的实体：各实体历史完整，但谱系在 " + withheld + " 项事件处未闭合");
    }
    if (walk_.verdict.inexact > 0) {
      const std::string inexact = Number(walk_.verdict.inexact);
      walk_.NotProven("that all entities belong to the lineage: of " + inexact +
                          " derivations it is not shown what was made from what, and all their "
                          "resources are counted to it",
                      "所列实体均属该谱系：有 " + inexact +
                          " 项衍生未附原文，无法辨别来源与结果，其全部资源均已计入");
    }
  }

  const ledger::ProofBundle& bundle_;
  const ledger::Genesis& genesis_;
  ProofWalk walk_;
};

}  // namespace

Sentence ProofVerdict::TrustStatement() const {
  if (!verified) {
    return {.en = "Not verified: trust nothing in this bundle.",
            .zh = "未通过验证：此证明包不可信。"};
  }
  const std::string height = Number(static_cast<std::uint64_t>(as_of));
  const std::string when = UtcText(time);
  return {.en = (complete ? "Complete as of height " : "This holds as of height ") + height +
                ", time " + when +
                ", assuming at most 1/3 faulty in every validator set since genesis.",
          .zh = "截至第 " + height + " 块（" + when + "）" + (complete ? "完整" : "成立") +
                "；前提是自创世以来每届验证节点中作恶者不超过三分之一。"};
}

ProofVerdict VerifyProof(const ledger::ProofBundle& bundle, const ledger::Genesis& genesis) {
  return Walk(bundle, genesis).Run();
}

}  // namespace jiandu::sdk
