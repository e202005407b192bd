// A made-up ledger whose heads are certified by real signatures, for tests of proofs.
#pragma once

#include <optional>

#include "consensus/canonical.h"
#include "consensus/commit.h"
#include "consensus/header.h"
#include "ledger/store/proof_maker.h"
#include "sdk/cpp/client_tx.h"
#include "sdk/cpp/head_verifier.h"
#include "tests/ledger/store/chain_support.h"

namespace jiandu::store {

class ProofChain {
 public:
  explicit ProofChain(std::uint32_t seed)
      : chain_(seed),
        genesis_(ledger::TestGenesis()),
        set_(sdk::GenesisValidatorSet(genesis_).value()) {
    for (const char* name : {"db c", "ga c", "jt c"}) Know(name);
  }

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
      MakeReal(stub);
      break;
    }
    const auto overlay = BuildOverlay(View(), facts, std::move(block));
    ASSERT_TRUE(overlay.has_value()) << overlay.error().detail;
    chain_.SetView(View().With(*overlay));
  }

  // From the next header on other validators sign: `names` as in TestNodeKey.
  void ChangeValidators(const std::vector<std::string>& names) {
    std::vector<consensus::Validator> members;
    for (const std::string& name : names) {
      Know(name);
      members.push_back({.address = {}, .key = ledger::TestNodeKey(name), .power = 1});
    }
    consensus::ValidatorSet next = consensus::ValidatorSet::From(std::move(members)).value();
    consensus::Header header = HeaderOf(View().Height() + 1);
    header.next_validators_hash = next.Hash();
    epochs_.push_back({.header = header.Encode(),
                       .commit = CommitTo(header).Encode(),
                       .next_set = next.Encode()});
    set_ = std::move(next);
    Grow(1);  // heights of epochs rise
  }

  // The header that follows the newest block, and its certificate.
  [[nodiscard]] ledger::HeadProof Head() const {
    const consensus::Header header = HeaderOf(View().Height() + 1);
    return {.chain = genesis_.chain,
            .genesis_hash = genesis_.hash,
            .epochs = epochs_,
            .header = header.Encode(),
            .commit = CommitTo(header).Encode(),
            .log_size = View().LogSize(),
            .log_root = View().LogRoot(),
            .state_root = View().StateRoot()};
  }

  [[nodiscard]] Result<ledger::ProofBundle> Prove(const ledger::ProofQuery& query,
                                                  bool shows_all = true) const {
    const ProofSources sources{
        .shows = [shows_all](const ledger::Stub& stub) { return shows_all || stub.code == 0; },
        .transaction = [this](ledger::LogIndex,
                              const ledger::Stub& stub) -> Result<std::optional<Bytes>> {
          const auto at = stored_.find(stub.txid);
          if (at == stored_.end()) return std::nullopt;
          return at->second;
        }};
    return MakeProof(View(), Head(), query, sources);
  }
  // Of a transaction whose bytes are real.
  [[nodiscard]] ledger::TxId AnyTransaction() const { return stored_.begin()->first; }

 private:
  void Know(const std::string& name) {
    const Hash256 seed = crypto::Sha256({AsBytes("test node key "), AsBytes(name)});
    auto key = crypto::Ed25519PrivateKey::From(seed);
    const consensus::Address address = consensus::AddressOf(key.PublicKey());
    keys_.insert_or_assign(address, std::move(key));
  }

  void MakeReal(ledger::Stub& stub) {
    const crypto::EcdsaPrivateKey maker = ledger::TestKey("ga-c1");
    const crypto::EcdsaPrivateKey head = ledger::TestKey("ga-h1");
    const std::vector<sdk::SigningKey> keys = {{&maker, ledger::SignerRole::kMaker},
                                               {&head, ledger::SignerRole::kHead}};
    const ledger::Payload payload =
        sdk::MakePayload(genesis_.chain, stub.op, std::string(ledger::kGa), keys, stub.time,
                         3'600'000, Json::MakeObject({{"note", "made up"}}));
    Bytes stored = sdk::SignTransaction(payload, keys).value();
    const ledger::Transaction transaction = ledger::DecodeStored(stored).value();
    stub.txid = transaction.txid;
    stub.env = transaction.env;
    stored_[stub.txid] = std::move(stored);
  }

  [[nodiscard]] consensus::Header HeaderOf(ledger::Height height) const {
    consensus::Header header;
    header.chain_id = genesis_.chain;
    header.height = height;
    header.time = consensus::Time::FromMs(View().Time() + 50);
    if (height > 1) {
      const Hash256 before = HashOf("header " + std::to_string(height - 1));
      header.last_block_id = {.hash = before, .parts = 1, .parts_hash = before};
    }
    header.last_commit_hash = HashOf("last commit");
    header.data_hash = HashOf("data");
    header.consensus_hash = HashOf("consensus");
    header.last_results_hash = HashOf("results");
    header.evidence_hash = consensus::EvidenceHash();
    header.validators_hash = set_.Hash();
    header.next_validators_hash = set_.Hash();
    header.app_hash = View().AppHash();
    header.proposer = set_.List().front().address;
    return header;
  }

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
      vote.signature =
          keys_.at(member.address).Sign(consensus::VoteSignBytes(genesis_.chain, vote));
      certificate.votes.push_back(vote);
    }
    return consensus::MakeCommit(certificate, set_).value();
  }

  TestChain chain_;
  ledger::Genesis genesis_;
  consensus::ValidatorSet set_;
  std::map<consensus::Address, crypto::Ed25519PrivateKey> keys_;
  std::vector<ledger::EpochStep> epochs_;
  std::map<ledger::TxId, Bytes> stored_;
};

}  // namespace jiandu::store
