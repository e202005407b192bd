// A made-up ledger whose heads are certified by real signatures, for tests of proofs.
#pragma once

#include <functional>
#include <optional>

#include "ledger/store/proof_maker.h"
#include "sdk/cpp/client_tx.h"
#include "tests/ledger/store/chain_support.h"
#include "tests/support/certifier.h"

namespace jiandu::store {

class ProofChain {
 public:
  explicit ProofChain(std::uint32_t seed)
      : chain_(seed), genesis_(ledger::TestGenesis()), certifier_(genesis_) {}

  [[nodiscard]] const ledger::Genesis& Genesis() const { return genesis_; }
  [[nodiscard]] const LedgerView& View() const { return *chain_.View(); }
  [[nodiscard]] const std::vector<ledger::EntityId>& Entities() const { return chain_.Entities(); }

  // A block; the first of its transactions is a real one, signed by ga-c1 and ga-h1.
  void Grow(int count) {
    BlockFacts facts = chain_.Facts();
    ExecutedBlock block = chain_.Execute(facts, count);
    for (ledger::Stub& stub : block.stubs) {
      // What bears an entity gives it its id: left alone.
      const bool bears = std::ranges::any_of(stub.touched, [](const ledger::Touch& touched) {
        return (touched.roles & ledger::touch::kNew) != 0;
      });
      if (bears) continue;
      MakeReal(stub, Json::MakeObject({{"note", "made up"}}));
      break;
    }
    const auto overlay = BuildOverlay(View(), facts, std::move(block));
    ASSERT_TRUE(overlay.has_value()) << overlay.error().detail;
    chain_.SetView(View().With(*overlay));
  }

  // A block of one real transaction. Its entities may hang on its txid: `touched` is asked with it.
  using Touched =
      std::function<std::map<ledger::EntityId, std::uint32_t>(const ledger::TxId& txid)>;
  ledger::TxId Act(const std::string& op, Json body, const Touched& touched) {
    const BlockFacts facts = chain_.Facts();
    ledger::Stub stub;
    stub.op = op;
    stub.time = facts.time;
    MakeReal(stub, std::move(body));
    const ledger::TxId txid = stub.txid;
    ExecutedBlock block;
    chain_.AddTo(block, facts, std::move(stub), touched(txid));
    const auto overlay = BuildOverlay(View(), facts, std::move(block));
    EXPECT_TRUE(overlay.has_value()) << (overlay ? "" : overlay.error().detail);
    chain_.SetView(View().With(*overlay));
    return txid;
  }
  // A block of `count` events of the entity, made up.
  void Touch(const ledger::EntityId& id, int count) {
    const BlockFacts facts = chain_.Facts();
    ExecutedBlock block;
    for (int i = 0; i < count; ++i) {
      ledger::Stub stub;
      stub.op = "test.use";
      const std::string name = std::to_string(facts.height) + "/" + std::to_string(i);
      stub.txid = HashOf("touch " + name);
      stub.env = HashOf("touch env " + name);
      chain_.AddTo(block, facts, std::move(stub), {{id, ledger::touch::kUse}});
    }
    const auto overlay = BuildOverlay(View(), facts, std::move(block));
    ASSERT_TRUE(overlay.has_value()) << overlay.error().detail;
    chain_.SetView(View().With(*overlay));
  }
  // An entity that hangs on others.
  ledger::EntityId Bear(ledger::EntityKind kind, const std::vector<ledger::EntityId>& on) {
    ledger::EntityId born;
    Act("test.born", Json::MakeObject({}), [&](const ledger::TxId& txid) {
      born = ledger::BornId(kind, txid, 0);
      std::map<ledger::EntityId, std::uint32_t> touched = {{born, ledger::touch::kNew}};
      for (const auto& id : on) touched[id] = ledger::touch::kSource;
      return touched;
    });
    return born;
  }
  // `made` from `inputs`, as the contracts record it; gives the derivation.
  ledger::EntityId Derive(const ledger::EntityId& made,
                          const std::vector<ledger::EntityId>& inputs) {
    Json list = Json::MakeArray();
    for (const auto& id : inputs) list.Push(Json::MakeObject({{"resource", ledger::ToHex(id)}}));
    Json body = Json::MakeObject({{"resource", ledger::ToHex(made)}});
    body.Set("inputs", std::move(list));
    ledger::EntityId born;
    Act("derivation.record", std::move(body), [&](const ledger::TxId& txid) {
      born = ledger::BornId(ledger::EntityKind::kDerivation, txid, 0);
      std::map<ledger::EntityId, std::uint32_t> touched = {{born, ledger::touch::kNew}};
      for (const auto& id : inputs) touched[id] = ledger::touch::kAct;
      touched[made] |= ledger::touch::kAct | ledger::touch::kSource;
      return touched;
    });
    return born;
  }

  // From the next header on other validators sign: `names` as in TestNodeKey.
  void ChangeValidators(const std::vector<std::string>& names) {
    epochs_.push_back(certifier_.Change(NextHeader(), names));
    Grow(1);  // heights of epochs rise
  }

  // The header that follows the newest block, and its certificate.
  [[nodiscard]] ledger::HeadProof Head() const {
    return HeadOver(View().LogRoot(), View().StateRoot());
  }
  // The same over roots that are not the ledger's: what validators sign who lie together.
  [[nodiscard]] ledger::HeadProof HeadOver(const Hash256& log_root,
                                           const Hash256& state_root) const {
    consensus::Header header = NextHeader();
    header.app_hash = ledger::AppHash(View().LogSize(), log_root, state_root);
    return {.chain = genesis_.chain,
            .genesis_hash = genesis_.hash,
            .epochs = epochs_,
            .header = header.Encode(),
            .commit = certifier_.CommitTo(header).Encode(),
            .log_size = View().LogSize(),
            .log_root = log_root,
            .state_root = state_root};
  }

  enum class Shown { kAll, kAccepted };
  [[nodiscard]] Result<ledger::ProofBundle> Prove(
      const ledger::ProofQuery& query, Shown shown = Shown::kAll,
      ledger::ProofTransactions which = ledger::ProofTransactions::kAll) const {
    ProofSources sources;
    sources.shows = [shown](const ledger::Stub& stub) {
      return shown == Shown::kAll || stub.code == 0;
    };
    sources.transaction = [this](ledger::LogIndex, const ledger::Stub& stub) {
      const auto at = stored_.find(stub.txid);
      ProofSource source;
      if (at != stored_.end()) source.stored = at->second;
      source.read_bytes = read_bytes;
      return Result<ProofSource>(std::move(source));
    };
    sources.which = which;
    return MakeProof(View(), Head(), query, sources);
  }
  std::uint64_t read_bytes = 0;  // that finding a transaction costs
  // Of a transaction whose bytes are real.
  [[nodiscard]] ledger::TxId AnyTransaction() const { return stored_.begin()->first; }

 private:
  [[nodiscard]] consensus::Header NextHeader() const {
    return certifier_.HeaderOf(View().Height() + 1, View().Time() + 50, View().AppHash());
  }

  void MakeReal(ledger::Stub& stub, Json body) {
    const crypto::EcdsaPrivateKey maker = ledger::TestKey("ga-c1");
    const crypto::EcdsaPrivateKey head = ledger::TestKey("ga-h1");
    const std::vector<sdk::SigningKey> keys = {{&maker, ledger::SignerRole::kMaker},
                                               {&head, ledger::SignerRole::kHead}};
    const ledger::Payload payload =
        sdk::MakePayload(genesis_.chain, stub.op, std::string(ledger::kGa), keys, stub.time,
                         3'600'000, std::move(body));
    Bytes stored = sdk::SignTransaction(payload, keys).value();
    const ledger::Transaction transaction = ledger::DecodeStored(stored).value();
    stub.txid = transaction.txid;
    stub.env = transaction.env;
    stored_[stub.txid] = std::move(stored);
  }

  TestChain chain_;
  ledger::Genesis genesis_;
  Certifier certifier_;
  std::vector<ledger::EpochStep> epochs_;
  std::map<ledger::TxId, Bytes> stored_;
};

}  // namespace jiandu::store
