// A made-up closure of many entities in a ledger of any size: its stubs, derivations and leaves.
//
// For bench_proofs.cc. Groups of four: a resource, a request and a grant on it, and the derivation
// that makes the next group's resource of it; each grant is used eight times.
#pragma once

#include <map>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "ledger/model/proof_bundle.h"
#include "ledger/model/state_view.h"
#include "ledger/model/stub.h"
#include "sdk/cpp/client_tx.h"
#include "tests/ledger/model/genesis_support.h"

namespace jiandu::bench {

struct ClosureLedger {
  std::vector<ledger::ProofEvent> events;              // ascending
  std::vector<ledger::ProofTransaction> transactions;  // of the derivations
  std::map<ledger::EntityId, ledger::EntityLeaf> leaves;
  ledger::EntityId root;
};

class ClosureMaker {
 public:
  // `stride`: log entries from one event to the next.
  ClosureMaker(const std::string& chain, std::uint64_t stride) : chain_(chain), stride_(stride) {}

  ClosureLedger Make(std::size_t entities) {
    constexpr std::size_t kPerGroup = 4;
    constexpr int kAccesses = 8;
    ledger::EntityId resource = Bear(ledger::EntityKind::kResource, {});
    made_.root = resource;
    for (std::size_t group = 0; group < entities / kPerGroup; ++group) {
      const auto pair = ledger::PairEntity(resource, ledger::kJt);
      const auto request =
          Bear(ledger::EntityKind::kRequest, {{resource, touch::kSource}, {pair, touch::kAct}});
      const auto grant =
          Bear(ledger::EntityKind::kGrant,
               {{request, touch::kAct}, {resource, touch::kSource}, {pair, touch::kAct}});
      for (int i = 0; i < kAccesses; ++i) {
        Add(Hashed("access.record"), "access.record",
            {{grant, touch::kUse}, {resource, touch::kUse}, {pair, touch::kUse}});
      }
      const bool is_last = group + 1 == entities / kPerGroup;
      const auto next = is_last ? resource : Bear(ledger::EntityKind::kResource, {});
      Derive(next, resource, grant, request);
      resource = next;
    }
    Finish();
    return std::move(made_);
  }

 private:
  using Roles = std::map<ledger::EntityId, std::uint32_t>;
  struct touch {
    static constexpr std::uint32_t kNew = ledger::touch::kNew, kAct = ledger::touch::kAct,
                                   kSource = ledger::touch::kSource, kUse = ledger::touch::kUse;
  };

  struct Tx {
    ledger::TxId txid;
    ledger::EnvHash env;
  };
  Tx Hashed(const std::string& what) {
    const std::string name = what + std::to_string(index_);
    return {.txid = crypto::Sha256(AsBytes(name)), .env = crypto::Sha256(AsBytes(name + "!"))};
  }

  ledger::EntityId Bear(ledger::EntityKind kind, Roles roles) {
    const Tx tx = Hashed("birth");
    const auto id = ledger::BornId(kind, tx.txid, 0);
    roles[id] = touch::kNew;
    Add(tx, "request.submit", std::move(roles));
    return id;
  }

  void Derive(const ledger::EntityId& made, const ledger::EntityId& input,
              const ledger::EntityId& grant, const ledger::EntityId& request) {
    Json items = Json::MakeArray();
    Json map = Json::MakeArray();
    for (const char* item : {"name", "address", "household", "district"}) {
      items.Push(item);
      Json from = Json::MakeArray();
      from.Push(Json::MakeObject({{"input", std::int64_t{0}}, {"item", item}}));
      Json entry = Json::MakeObject({{"out_item", item}});
      entry.Set("from", std::move(from));
      map.Push(std::move(entry));
    }
    Json one = Json::MakeObject({{"resource", ledger::ToHex(input)},
                                 {"grant", ledger::ToHex(grant)},
                                 {"version", std::int64_t{1}}});
    one.Set("items", std::move(items));
    Json inputs = Json::MakeArray();
    inputs.Push(std::move(one));
    Json body = Json::MakeObject({{"resource", ledger::ToHex(made)},
                                  {"out_version", std::int64_t{1}},
                                  {"kind", "MERGE"},
                                  {"transform_digest", std::string(64, 'a')}});
    body.Set("inputs", std::move(inputs)).Set("item_map", std::move(map));
    const std::vector<sdk::SigningKey> keys = {{&maker_, ledger::SignerRole::kMaker}};
    const auto payload = sdk::MakePayload(chain_, "derivation.record", std::string(ledger::kGa),
                                          keys, kTime, 3'600'000, std::move(body));
    Bytes stored = sdk::SignTransaction(payload, keys).value();
    const auto transaction = ledger::DecodeStored(stored).value();
    const auto id = ledger::BornId(ledger::EntityKind::kDerivation, transaction.txid, 0);
    Roles roles = {{id, touch::kNew},
                   {input, touch::kSource | touch::kAct},
                   {grant, touch::kAct},
                   {request, touch::kAct}};
    roles[made] |= touch::kSource | touch::kAct;
    made_.transactions.push_back({.index = index_, .stored = std::move(stored)});
    Add({.txid = transaction.txid, .env = transaction.env}, "derivation.record", std::move(roles));
  }

  void Add(const Tx& tx, const char* op, Roles roles) {
    roles[month_] |= touch::kAct;
    ledger::Stub stub;
    stub.height = static_cast<ledger::Height>(index_ / 300 + 1);
    stub.time = kTime;
    stub.op = op;
    stub.txid = tx.txid;
    stub.env = tx.env;
    for (const auto& [id, bits] : roles) {
      std::vector<std::size_t>& history = histories_[id];
      stub.touched.push_back({.entity = id, .roles = bits, .seq = history.size()});
      history.push_back(made_.events.size());
    }
    made_.events.push_back({.index = index_, .entry = ledger::EncodeEntry(stub)});
    index_ += stride_;
  }

  void Finish() {
    for (const auto& [id, history] : histories_) {
      if (!ledger::IsCase(ledger::KindOf(id))) continue;
      std::vector<Hash256> hashes;
      for (const std::size_t at : history) {
        const ledger::ProofEvent& event = made_.events[at];
        hashes.push_back(ledger::HistoryLeafHash(event.index, event.LeafHash()));
      }
      made_.leaves[id] = {.birth = made_.events[history.front()].index,
                          .size = history.size(),
                          .history_root = crypto::MerkleRoot(hashes),
                          .last = made_.events[history.back()].index,
                          .body_hash = crypto::Sha256(id.View()),
                          .status = 2};
    }
  }

  static constexpr ledger::TimeMs kTime = 1'795'249'800'000;
  std::string chain_;
  std::uint64_t stride_;
  std::uint64_t index_ = 1;
  crypto::EcdsaPrivateKey maker_ = ledger::TestKey("ga-c1");
  ledger::EntityId month_ = ledger::DepartmentMonthEntity(ledger::kJt, kTime);
  std::map<ledger::EntityId, std::vector<std::size_t>> histories_;
  ClosureLedger made_;
};

}  // namespace jiandu::bench
