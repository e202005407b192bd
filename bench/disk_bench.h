// Bytes on disk per transaction, by part: what a block of accesses leaves behind.
//
// For bench_proofs.cc. Accesses touch a grant, a resource, a pair and a month, 500 distinct of them
// in each 1,000 transactions; log, histories, tree and indexes are those of the store, counted as
// keys and values of the rows there are in the end (LevelDB compresses them, and keeps old ones for
// a while). What the contracts write beside, counters and marks, is in bench_cases.
#pragma once

#include <cstdio>
#include <map>

#include "bench/figures.h"
#include "sdk/cpp/client_tx.h"
#include "tests/ledger/store/chain_support.h"

namespace jiandu::bench {

// The part of the ledger that a row belongs to (docs/ledger-format.md, Database).
inline const char* PartOf(ByteView key) {
  if (HasPrefix(key, AsBytes("ent/")) || HasPrefix(key, AsBytes("key/"))) return "state";
  switch (key[0]) {
    case 'E':
    case 'T': return "log";
    case 'H':
    case 'Q': return "history";
    case 'M': return "state tree";
    case 't':
    case 'L':
    case 'D':
    case 'F':
    case 'W': return "index";
    case 'X': return "unique txids";  // until their hour has passed
    case 'h':
    case 'C':
    case 'V': return "heights";
    default: return "state";
  }
}

// Stored bytes of an access over its payload: the signature, and the lengths around it.
inline std::size_t EnvelopeBytes() {
  const crypto::EcdsaPrivateKey key = ledger::TestKey("ga-c1");
  const std::vector<sdk::SigningKey> keys = {{&key, ledger::SignerRole::kMaker}};
  const auto payload = sdk::MakePayload("test-1", "access.record", std::string(ledger::kGa), keys,
                                        1'795'249'800'000, 3'600'000, Json::MakeObject({}));
  return sdk::SignTransaction(payload, keys)->size() - ledger::EncodePayload(payload).size();
}

inline void MeasureDisk(Figures& figures) {
  constexpr std::size_t kBlocks = 60;
  constexpr std::size_t kPerBlock = 1000;
  constexpr std::size_t kQuadruples = 125;  // of four: 500 distinct entities a block
  store::TestChain chain(5202);
  std::vector<std::map<ledger::EntityId, std::uint32_t>> touched(kQuadruples * kBlocks);
  for (std::size_t i = 0; i < touched.size(); ++i) {
    const Hash256 seed = crypto::Sha256(AsBytes("quadruple " + std::to_string(i)));
    for (const auto kind : {ledger::EntityKind::kGrant, ledger::EntityKind::kResource,
                            ledger::EntityKind::kPair, ledger::EntityKind::kDepartmentMonth}) {
      touched[i][ledger::BornId(kind, seed, 0)] = ledger::touch::kUse;
    }
  }
  const auto sizes = [&chain] {
    std::map<std::string, std::size_t> parts;
    for (const auto& [key, value] : store::AllRows(*chain.View())) {
      parts[PartOf(key)] += key.size() + value.size();
    }
    return parts;
  };
  std::map<std::string, std::size_t> before;
  for (std::size_t block = 0; block < 2 * kBlocks; ++block) {
    if (block == kBlocks) before = sizes();  // all entities are there by now
    const store::BlockFacts facts = chain.Facts();
    store::ExecutedBlock executed;
    for (std::size_t i = 0; i < kPerBlock; ++i) {
      const std::size_t one = (block * kQuadruples + i % kQuadruples) % touched.size();
      const std::string name = std::to_string(block) + "/" + std::to_string(i);
      ledger::Stub stub;
      stub.op = "access.record";
      stub.txid = store::HashOf("tx " + name);
      stub.env = store::HashOf("env " + name);
      chain.AddTo(executed, facts, std::move(stub), touched[one]);
    }
    const auto overlay = store::BuildOverlay(*chain.View(), facts, std::move(executed));
    chain.SetView(chain.View()->With(*overlay));
  }
  constexpr double kTransactions = kBlocks * kPerBlock;
  double total = static_cast<double>(EnvelopeBytes());
  std::printf("disk, bytes per transaction over the payload: block %.0f", total);
  Figures parts;
  parts.Put("block", std::uint64_t{EnvelopeBytes()});
  for (const auto& [part, bytes] : sizes()) {
    const double each = static_cast<double>(bytes - before[part]) / kTransactions;
    std::printf(", %s %.0f", part.c_str(), each);
    parts.Put(part, each);
    total += each;
  }
  std::printf("; in all %.0f\n", total);
  figures.Put("disk_bytes_by_part", parts);
  figures.Put("disk_bytes_per_tx", total);
}

}  // namespace jiandu::bench
