// What proofs weigh and cost: receipts, closures, the state tree, and the disk behind them.
//
// No network; one thread; times are its CPU time, for the machine may be shared. A log of 10^7
// entries, a state tree of 10^7 keys in LevelDB (or the numbers given), a closure of 10,000
// entities among them. The log is made up: only its hashes are there, so that a receipt's path is
// as long as it will be. Usage: bench_proofs [--keys N] [--entries N] [--entities N] [--with FILE]
// [--output json|text]. FILE holds a JSON object of figures from elsewhere (bench_lineage), which
// join the last line.
#include <unistd.h>

#include <bit>
#include <fstream>

#include "bench/closure_ledger.h"
#include "bench/disk_bench.h"
#include "bench/figures.h"
#include "bench/state_tree_bench.h"
#include "crypto/merkle.h"
#include "ledger/model/receipt.h"
#include "sdk/cpp/proof_verifier.h"
#include "sdk/cpp/receipt_verifier.h"
#include "tests/support/certifier.h"

namespace jiandu::bench {
namespace {

// Keys that accesses come back to, as in the network's benchmark; all others lie in the tree.
constexpr std::size_t kInUse = 5000;
constexpr ledger::TimeMs kTime = 1'795'249'800'000;

struct Options {
  std::size_t keys = 10'000'000;
  std::size_t entries = 10'000'000;
  std::size_t entities = 10'000;
  std::string with;
  bool json = false;
};

// A log of which only the hashes are there.
class MadeUpLog {
 public:
  static Hash256 LeafAt(std::uint64_t index) {
    Bytes bytes;
    AppendU64Be(bytes, index);
    return crypto::MerkleLeafHash(bytes);
  }
  void PutLeaf(std::uint64_t index, const Hash256& hash) { known_ = {index, hash}; }

  // Root of `size` leaves from `first` on (RFC 6962 section 2.1).
  [[nodiscard]] Hash256 Root(std::uint64_t first, std::uint64_t size) const {
    if (size == 1) return first == known_.first ? known_.second : LeafAt(first);
    const std::uint64_t left = std::bit_floor(size - 1);
    return crypto::MerkleNodeHash(Root(first, left), Root(first + left, size - left));
  }
  // Path of one leaf, from the leaf up.
  [[nodiscard]] std::vector<Hash256> Path(std::uint64_t index, std::uint64_t first,
                                          std::uint64_t size) const {
    if (size == 1) return {};
    const std::uint64_t left = std::bit_floor(size - 1);
    const bool is_left = index < first + left;
    auto path = is_left ? Path(index, first, left) : Path(index, first + left, size - left);
    path.push_back(is_left ? Root(first + left, size - left) : Root(first, left));
    return path;
  }

 private:
  std::pair<std::uint64_t, Hash256> known_ = {~0ULL, {}};
};

class Proofs {
 public:
  explicit Proofs(const Options& options)
      : options_(options), genesis_(ledger::TestGenesis()), certifier_(genesis_) {}

  void Receipt(Figures& figures) {
    const ledger::EntityId grant = ledger::BornId(ledger::EntityKind::kGrant, Hash256(), 0);
    const crypto::EcdsaPrivateKey key = ledger::TestKey("ga-c1");
    const std::vector<sdk::SigningKey> keys = {{&key, ledger::SignerRole::kMaker}};
    ledger::Receipt receipt;
    receipt.transaction = Must(sdk::SignTransaction(
        sdk::MakePayload(genesis_.chain, "access.record", std::string(ledger::kGa), keys, kTime,
                         3'600'000, Json::MakeObject({{"grant", ledger::ToHex(grant)}})),
        keys));
    receipt.index = options_.entries / 3;
    receipt.entry = Entry(receipt.transaction);
    MadeUpLog log;
    log.PutLeaf(receipt.index, crypto::MerkleLeafHash(receipt.entry));
    receipt.path = log.Path(receipt.index, 0, options_.entries);
    Certify(receipt, log.Root(0, options_.entries), crypto::Sha256(AsBytes("a state")));
    std::vector<double> times;
    for (int round = 0; round < 301; ++round) {
      const std::int64_t began = CpuNs();
      const sdk::Verdict verdict = sdk::VerifyReceipt(receipt, genesis_);
      times.push_back(Ms(CpuNs() - began));
      if (!verdict.verified) Die("receipt: " + verdict.steps.back().detail);
    }
    std::ranges::sort(times);
    const std::size_t bytes = receipt.Encode().size() - receipt.transaction.size();
    std::printf("receipt at %zu entries: %zu bytes without the envelope, verified in %.3f ms\n",
                options_.entries, bytes, times[times.size() / 2]);
    figures.Put("receipt_bytes", std::uint64_t{bytes});
    figures.Put("receipt_verify_ms", times[times.size() / 2]);
  }

  void StateTree(Figures& figures, const std::filesystem::path& folder) {
    const std::uint64_t stride =
        std::max<std::uint64_t>(1, options_.entries / (options_.entities * 3 + 10));
    const ClosureLedger closure = ClosureMaker(genesis_.chain, stride).Make(options_.entities);
    std::vector<store::TreeWrite> writes;
    for (const auto& [id, leaf] : closure.leaves) {
      writes.push_back({.path = crypto::Sha256(ledger::LeafKey(id)),
                        .value_hash = crypto::Sha256(leaf.Encode())});
    }
    TreeBench tree(folder);
    tree.Fill(options_.keys, std::move(writes));
    Closure(figures, closure, tree.View());
    const TreeCost random = tree.Measure(5000, 21, options_.keys);
    const TreeCost cold = tree.Measure(500, 101, options_.keys);
    const TreeCost mixed = tree.Measure(500, 101, kInUse);
    std::printf("state tree of %zu keys, CPU of one thread, per block of 1,000 transactions:\n",
                options_.keys);
    for (const auto& [name, cost] :
         {std::pair("5,000 random keys", random), std::pair("500 random keys", cold),
          std::pair("500 of 5,000 in use", mixed)}) {
      std::printf("  %s: change %.1f ms, write %.1f ms, %zu nodes\n", name, cost.change_ms,
                  cost.write_ms, cost.nodes);
    }
    figures.Put("tree_commit_ms", random.change_ms + random.write_ms);
    figures.Put("tree_us_per_tx", mixed.change_ms + mixed.write_ms);  // ms per 1,000
    figures.Put("tree_us_per_tx_cold", cold.change_ms + cold.write_ms);
  }

 private:
  [[nodiscard]] Bytes Entry(ByteView stored) const {
    const auto transaction = Must(ledger::DecodeStored(stored));
    ledger::Stub stub{.height = static_cast<ledger::Height>(options_.entries / 300),
                      .time = kTime,
                      .op = transaction.payload.op,
                      .txid = transaction.txid,
                      .env = transaction.env,
                      .touched = {}};
    for (const auto kind : {ledger::EntityKind::kPair, ledger::EntityKind::kResource,
                            ledger::EntityKind::kGrant, ledger::EntityKind::kDepartmentMonth}) {
      stub.touched.push_back({.entity = ledger::BornId(kind, stub.txid, 0),
                              .roles = ledger::touch::kUse,
                              .seq = 40'000});
    }
    std::ranges::sort(stub.touched);
    return ledger::EncodeEntry(stub);
  }

  void Certify(ledger::HeadProof& head, const Hash256& log_root, const Hash256& state_root) {
    head.chain = genesis_.chain;
    head.genesis_hash = genesis_.hash;
    head.log_size = options_.entries;
    head.log_root = log_root;
    head.state_root = state_root;
    const ledger::Height height = static_cast<ledger::Height>(options_.entries / 300 + 2);
    const auto header =
        certifier_.HeaderOf(height, kTime, ledger::AppHash(head.log_size, log_root, state_root));
    head.header = header.Encode();
    head.commit = certifier_.CommitTo(header).Encode();
  }

  void Closure(Figures& figures, const ClosureLedger& closure, const StoreView& view) {
    ledger::ProofBundle bundle;
    bundle.query = ledger::LineageQuery{.entity = closure.root};
    bundle.events = closure.events;
    bundle.transactions = closure.transactions;
    std::vector<std::pair<crypto::SparseClaim, crypto::SparseProof>> proofs;
    for (const auto& [id, leaf] : closure.leaves) {
      ledger::ProofLeaf row;
      row.key = ledger::LeafKey(id);
      row.value = leaf.Encode();
      crypto::SparseProof proof = Must(store::ProveInStateTree(view, row.key));
      row.depth = proof.siblings.size();
      crypto::SparseClaim claim;
      claim.path = crypto::Sha256(row.key);
      proofs.emplace_back(claim, std::move(proof));
      bundle.leaves.push_back(std::move(row));
    }
    std::ranges::sort(bundle.leaves, {}, [](const auto& row) { return crypto::Sha256(row.key); });
    bundle.siblings = crypto::MergeSparseProofs(std::move(proofs)).siblings;
    const Hash256 state_root = Must(store::StateTreeRoot(view));
    bundle.block_entry = ledger::EncodeEntry(
        ledger::BlockEntry{.height = static_cast<ledger::Height>(options_.entries / 300 + 1),
                           .time = kTime,
                           .header_hash = crypto::Sha256(AsBytes("header")),
                           .first = options_.entries - 2,
                           .state_root = state_root});
    MadeUpLog log;
    log.PutLeaf(options_.entries - 1, crypto::MerkleLeafHash(bundle.block_entry));
    bundle.log_hashes = log.Path(options_.entries - 1, 0, options_.entries);
    std::ranges::reverse(bundle.log_hashes);  // left to right
    Certify(bundle.head, log.Root(0, options_.entries), state_root);
    Judge(figures, bundle);
  }

  void Judge(Figures& figures, const ledger::ProofBundle& bundle) {
    const std::string text = bundle.ToText();
    const std::int64_t began = CpuNs();
    const auto read = Must(ledger::ProofBundle::FromText(text));
    const std::int64_t parsed = CpuNs();
    const sdk::ProofVerdict verdict = sdk::VerifyProof(read, genesis_);
    const std::int64_t done = CpuNs();
    if (!verdict.verified) Die("closure: " + verdict.steps.back().detail);
    std::printf(
        "closure of %zu entities, %zu events, %zu derivations: %.1f MB, read in %.0f ms, "
        "verified in %.0f ms\n",
        verdict.entities.size(), verdict.events.size(), bundle.transactions.size(),
        static_cast<double>(text.size()) / 1e6, Ms(parsed - began), Ms(done - parsed));
    figures.Put("bundle_bytes", std::uint64_t{text.size()});
    figures.Put("bundle_verify_s", Ms(done - began) / 1000);
  }

  const Options& options_;
  ledger::Genesis genesis_;
  store::Certifier certifier_;
};

bool Read(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return false;
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    const auto number = static_cast<std::size_t>(std::strtoull(argv[i + 1], nullptr, 10));
    if (name == "--output" && (value == "json" || value == "text")) {
      options.json = value == "json";
    } else if (name == "--with") {
      options.with = value;
    } else if (name == "--keys" && number > 0) {
      options.keys = number;
    } else if (name == "--entries" && number > 1000) {
      options.entries = number;
    } else if (name == "--entities" && number >= 4) {
      options.entities = number;
    } else {
      return false;
    }
  }
  return options.entries > options.entities * 4;
}

int Main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Options options;
  if (!Read(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: bench_proofs [--keys N] [--entries N] [--entities N] [--with FILE] "
                 "[--output json|text]\n");
    return 2;
  }
  Figures figures;
  if (!options.with.empty()) {
    std::ifstream file(options.with);
    std::string line;
    std::string last;
    while (std::getline(file, line)) last = line;
    figures.Join(last);
  }
  const auto folder = std::filesystem::temp_directory_path() /
                      ("jiandu-bench-proofs-" + std::to_string(::getpid()));
  Proofs proofs(options);
  proofs.Receipt(figures);
  proofs.StateTree(figures, folder / "tree");
  MeasureDisk(figures);
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (options.json) std::printf("%s\n", figures.Line().c_str());
  return 0;
}

}  // namespace
}  // namespace jiandu::bench

int main(int argc, char** argv) { return jiandu::bench::Main(argc, argv); }
