// A ledger that grows by made-up blocks: stubs that touch entities, leaves, bodies and counters.
//
// The same seed gives the same blocks. Contracts are not needed: only the shape matters here.
#pragma once

#include <random>

#include "crypto/hash.h"
#include "ledger/model/body.h"
#include "ledger/store/ledger_view.h"
#include "ledger/store/memory_store.h"
#include "ledger/store/state_batch.h"
#include "tests/ledger/model/genesis_support.h"
#include "tests/ledger/store/store_support.h"

namespace jiandu::store {

class TestChain {
 public:
  explicit TestChain(std::uint32_t seed) : random_(seed) {
    auto overlay = BuildGenesisOverlay(ledger::TestGenesis(), {{1, ToBytes("set 1")}});
    EXPECT_TRUE(overlay.has_value());
    genesis_ = *overlay;
    MemoryStore empty;
    view_ = LedgerView::FromGenesis(empty.Snapshot(), genesis_);
  }

  [[nodiscard]] const OverlayPtr& Genesis() const { return genesis_; }
  [[nodiscard]] const LedgerViewPtr& View() const { return view_; }
  void SetView(LedgerViewPtr view) { view_ = std::move(view); }

  [[nodiscard]] BlockFacts Facts() const {
    const ledger::Height height = view_->Height() + 1;
    BlockFacts facts;
    facts.height = height;
    facts.time = view_->Time() + 50;
    facts.header_hash = HashOf("header " + std::to_string(height));
    facts.header = ToBytes("header bytes " + std::to_string(height));
    if (height > 1) facts.last_commit = ToBytes("commit " + std::to_string(height - 1));
    facts.results_hash = HashOf("results " + std::to_string(height));
    return facts;
  }

  // `count` transactions; each bears an entity or touches some born before.
  [[nodiscard]] ExecutedBlock Execute(const BlockFacts& facts, int count) {
    ExecutedBlock block;
    const ledger::WriteView view(*view_, block.writes);
    for (int i = 0; i < count; ++i) {
      ledger::Stub stub;
      stub.height = facts.height;
      stub.time = facts.time;
      stub.op = "test.op";
      stub.txid = HashOf("tx " + std::to_string(facts.height) + "/" + std::to_string(i));
      stub.env = HashOf("env " + std::to_string(facts.height) + "/" + std::to_string(i));
      stub.code = Below(5) == 0 ? 7 : 0;
      const ledger::LogIndex index = view_->LogSize() + static_cast<std::uint64_t>(i);
      std::map<ledger::EntityId, std::uint32_t> touched;
      if (entities_.empty() || Below(3) == 0) {
        const auto id = ledger::BornId(ledger::EntityKind::kResource, stub.txid, 0);
        touched[id] = ledger::touch::kNew;
        entities_.push_back(id);
        block.births.push_back(
            {.id = id, .index = index, .departments = {std::string(ledger::kGa)}});
      }
      for (std::uint32_t n = Below(4); n > 0; --n) touched.try_emplace(Any(), ledger::touch::kUse);
      for (const auto& [id, roles] : touched) {
        stub.touched.push_back(
            {.entity = id, .roles = roles, .seq = Advance(block, view, id, index)});
      }
      block.writes.Put(ledger::ExpiryKey(facts.time + 1000, stub.txid), {});
      block.stubs.push_back(std::move(stub));
    }
    // Counters that come and go.
    const Bytes counter = ledger::PartKey(ledger::NetworkEntity(), AsBytes("counter"));
    if (count > 0 && view_->Get(counter).has_value()) {
      block.writes.Delete(counter);
    } else if (count > 0) {
      block.writes.Put(counter, ToBytes(std::to_string(facts.height)));
    }
    return block;
  }

  // Adds a transaction that touches what the caller says, in the roles it says; txid and env are
  // the caller's.
  void AddTo(ExecutedBlock& block, const BlockFacts& facts, ledger::Stub stub,
             const std::map<ledger::EntityId, std::uint32_t>& touched) {
    const ledger::WriteView view(*view_, block.writes);
    const ledger::LogIndex index = view_->LogSize() + block.stubs.size();
    stub.height = facts.height;
    stub.time = facts.time;
    for (const auto& [id, roles] : touched) {
      if ((roles & ledger::touch::kNew) != 0) {
        entities_.push_back(id);
        block.births.push_back(
            {.id = id, .index = index, .departments = {std::string(ledger::kGa)}});
      }
      stub.touched.push_back(
          {.entity = id, .roles = roles, .seq = Advance(block, view, id, index)});
    }
    block.writes.Put(ledger::ExpiryKey(facts.time + 1000, stub.txid), {});
    block.stubs.push_back(std::move(stub));
  }

  OverlayPtr Grow(int count) {
    const BlockFacts facts = Facts();
    ExecutedBlock block = Execute(facts, count);
    auto overlay = BuildOverlay(*view_, facts, std::move(block));
    EXPECT_TRUE(overlay.has_value()) << (overlay.has_value() ? "" : overlay.error().detail);
    view_ = view_->With(*overlay);
    return *overlay;
  }

  std::uint32_t Below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_()) % bound; }
  const ledger::EntityId& Any() {
    return entities_[Below(static_cast<std::uint32_t>(entities_.size()))];
  }
  [[nodiscard]] const std::vector<ledger::EntityId>& Entities() const { return entities_; }

 private:
  // One more event of an entity: its leaf and body are written; returns the event's place.
  static std::uint64_t Advance(ExecutedBlock& block, const ledger::WriteView& view,
                               const ledger::EntityId& id, ledger::LogIndex index) {
    ledger::EntityLeaf leaf;
    if (const auto bytes = view.Get(ledger::LeafKey(id))) {
      leaf = *ledger::EntityLeaf::Decode(*bytes);
    } else {
      leaf.birth = index;
    }
    ledger::EntityBody body;
    body.status = 2;
    body.numbers["events"] = static_cast<std::int64_t>(leaf.size);
    const Bytes encoded = body.Encode();
    leaf.last = index;
    leaf.status = 2;
    leaf.body_hash = crypto::Sha256(encoded);
    block.writes.Put(ledger::BodyKey(id), encoded);
    const std::uint64_t seq = leaf.size++;
    block.writes.Put(ledger::LeafKey(id), leaf.Encode());
    return seq;
  }

  std::mt19937 random_;
  OverlayPtr genesis_;
  LedgerViewPtr view_;
  std::vector<ledger::EntityId> entities_;
};

// Everything a view holds, by scanning the empty prefix.
inline std::vector<std::pair<Bytes, Bytes>> AllRows(const LedgerView& view) {
  std::vector<std::pair<Bytes, Bytes>> rows;
  view.Scan({}, {}, [&](ByteView key, ByteView value) {
    if (!Equal(key, MetaKey())) rows.emplace_back(ToBytes(key), ToBytes(value));
    return true;
  });
  return rows;
}

}  // namespace jiandu::store
