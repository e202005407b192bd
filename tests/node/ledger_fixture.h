// A little network's ledger with every key at hand: blocks decided and executed as a node does it,
// and the files of a data directory made of them.
//
// Blocks are empty unless a test gives them transactions: most look at which block is where, not at
// what it says.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "consensus/canonical.h"
#include "crypto/hash.h"
#include "ledger/model/transaction.h"
#include "ledger/store/leveldb_store.h"
#include "ledger/store/memory_store.h"
#include "ledger/store/segment_format.h"
#include "ledger/store/state_batch.h"
#include "node/block_rules.h"
#include "node/execution.h"
#include "node/recover.h"
#include "tests/ledger/model/genesis_support.h"

namespace jiandu::node::testing {

// The consensus key of a department of ledger::TestGenesis(): "db", "ga" or "jt".
inline crypto::Ed25519PrivateKey ConsensusKey(const std::string& alias) {
  const std::string name = alias + " c";
  return crypto::Ed25519PrivateKey::From(
      crypto::Sha256({AsBytes("test node key "), AsBytes(name)}));
}

inline consensus::Vote SignedVote(const crypto::Ed25519PrivateKey& key, const std::string& chain,
                                  consensus::VoteType type, consensus::Height height,
                                  consensus::Round round, std::optional<consensus::BlockId> id) {
  consensus::Vote vote{.type = type,
                       .height = height,
                       .round = round,
                       .id = id,
                       .time = consensus::Time::FromMs(1773018000000),
                       .from = consensus::AddressOf(key.PublicKey()),
                       .signature = {}};
  vote.signature = key.Sign(consensus::VoteSignBytes(chain, vote));
  return vote;
}

inline consensus::Proposal SignedProposal(const crypto::Ed25519PrivateKey& key,
                                          const std::string& chain, consensus::Height height,
                                          consensus::Round round) {
  consensus::Proposal proposal;
  proposal.height = height;
  proposal.round = round;
  proposal.id.parts = 1;
  proposal.time = consensus::Time::FromMs(1773018000000);
  proposal.from = consensus::AddressOf(key.PublicKey());
  proposal.signature = key.Sign(consensus::ProposalSignBytes(chain, proposal));
  return proposal;
}

// A stored transaction with one good signature, whatever it is good for; numbers tell them apart.
inline Bytes SignedTransaction(const ledger::Genesis& genesis, std::uint64_t number,
                               std::string_view signer = "ga-c1") {
  const crypto::EcdsaPrivateKey key = ledger::TestKey(signer);
  const ledger::KeyId id = crypto::MakeKeyId(key.PublicKey());
  const ledger::Payload payload{.chain = genesis.chain,
                                .op = "resource.discard",
                                .department = std::string(ledger::kGa),
                                .signers = {{.key = id}},
                                .nonce = std::to_string(1'000'000'000'000'000 + number),
                                .exp = genesis.time + 3'600'000,
                                .at = genesis.time,
                                .body = Json::MakeObject()};
  const std::string text = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(text)));
  return ledger::EncodeStored(AsBytes(text), {{.key = id, .signature = key.SignDigest(digest)}});
}

inline Bytes ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}
inline void WriteAll(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(out.good());
}

class TestLedger {
 public:
  struct Decided {
    BlockPtr block;
    consensus::Commit commit;
    store::OverlayPtr overlay;
  };

  TestLedger() {
    auto overlay = ExecuteGenesis(genesis_);
    EXPECT_TRUE(overlay.has_value());
    genesis_overlay_ = *overlay;
    view_ = store::LedgerView::FromGenesis(store::MemoryStore().Snapshot(), genesis_overlay_);
    auto tip = TipOf(genesis_, *view_, {});
    EXPECT_TRUE(tip.has_value());
    tip_ = *tip;
  }

  [[nodiscard]] const ledger::Genesis& Genesis() const { return genesis_; }
  [[nodiscard]] const ChainTip& Tip() const { return tip_; }
  [[nodiscard]] const store::LedgerViewPtr& View() const { return view_; }
  [[nodiscard]] const store::OverlayPtr& GenesisOverlay() const { return genesis_overlay_; }
  [[nodiscard]] const Decided& At(consensus::Height height) const { return blocks_[height - 1]; }

  // The next block: all validators precommit it, it is executed.
  const Decided& Grow(std::vector<Bytes> transactions = {}) {
    auto made = std::make_shared<BlockData>();
    made->block =
        MakeBlock(tip_, tip_.set->BySeat(0).address, tip_.time_ms + 50, std::move(transactions));
    made->bytes = std::make_shared<const Bytes>(made->block.Encode());
    made->id = consensus::MakeBlockId(made->block.header.Hash(), *made->bytes);
    const auto complete = WithTransactions(made);
    EXPECT_TRUE(complete.has_value());
    BlockPtr data = *complete;
    consensus::Commit commit = CommitOf(data->block.header.height, data->id);
    auto overlay = ExecuteBlock(tip_, *view_, *data);
    EXPECT_TRUE(overlay.has_value());
    auto next = NextTip(tip_, *data, **overlay, *view_->With(*overlay), commit);
    EXPECT_TRUE(next.has_value());
    tip_ = *next;
    view_ = view_->With(*overlay);
    blocks_.push_back(
        {.block = std::move(data), .commit = std::move(commit), .overlay = std::move(*overlay)});
    return blocks_.back();
  }
  void GrowTo(consensus::Height height) {
    while (tip_.height < height) Grow();
  }

  // All blocks, as the signer writes them.
  void WriteSegments(const DataPaths& paths, const store::SegmentLimits& limits = {}) const {
    const auto segments = store::Segments::Open(paths.Segments(), limits);
    ASSERT_TRUE(segments.has_value());
    for (const Decided& one : blocks_) {
      const auto& block = *one.block;
      const auto height = block.block.header.height;
      ASSERT_TRUE((*segments)->Append(height, block.id.hash, *block.bytes).has_value());
      ASSERT_TRUE((*segments)->Decide(height, block.id.hash).has_value());
    }
  }
  // The database with what the batches of these heights hold; genesis always.
  void WriteDatabase(const DataPaths& paths, const std::vector<consensus::Height>& heights) const {
    const auto database = store::LevelDbStore::Open(paths.Database());
    ASSERT_TRUE(database.has_value());
    const auto write = [&](const store::OverlayPtr& overlay, const Bytes& commit) {
      const std::array<store::OverlayPtr, 1> one{overlay};
      ASSERT_TRUE((*database)
                      ->Write(store::MakeStateBatch(one, commit), store::Durability::kUnsynced)
                      .has_value());
    };
    write(genesis_overlay_, {});
    for (const auto height : heights) write(At(height).overlay, At(height).commit.Encode());
  }
  void WriteDatabase(const DataPaths& paths) const {
    std::vector<consensus::Height> heights;
    for (consensus::Height height = 1; height <= tip_.height; ++height) heights.push_back(height);
    WriteDatabase(paths, heights);
  }

  [[nodiscard]] Result<Recovered> Recover(const DataPaths& paths, bool as_validator = false,
                                          std::string new_record_of = "") const {
    RecoverOptions options{.paths = paths,
                           .validator = {},
                           .new_safety_record_of = std::move(new_record_of),
                           .progress = {}};
    if (as_validator) options.validator = ConsensusKey("ga").PublicKey();
    return node::Recover(genesis_, std::move(options));
  }

 private:
  [[nodiscard]] consensus::Commit CommitOf(consensus::Height height,
                                           const consensus::BlockId& id) const {
    consensus::Certificate certificate{.kind = consensus::Certificate::Kind::kCommit,
                                       .height = height,
                                       .round = 0,
                                       .id = id,
                                       .votes = {}};
    for (const char* alias : {"db", "ga", "jt"}) {
      certificate.votes.push_back(SignedVote(ConsensusKey(alias), genesis_.chain,
                                             consensus::VoteType::kPrecommit, height, 0, id));
    }
    auto commit = consensus::MakeCommit(certificate, *tip_.set);
    EXPECT_TRUE(commit.has_value()) << (commit ? "" : commit.error().detail);
    return std::move(*commit);
  }

  ledger::Genesis genesis_ = ledger::TestGenesis();
  store::OverlayPtr genesis_overlay_;
  ChainTip tip_;
  store::LedgerViewPtr view_;
  std::vector<Decided> blocks_;
};

}  // namespace jiandu::node::testing
