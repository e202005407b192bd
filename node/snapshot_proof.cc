// Making and following the proof of a snapshot.
#include "node/snapshot_proof.h"

#include <algorithm>
#include <utility>

#include "base/snapshot_limits.h"
#include "base/wire.h"
#include "consensus/light_client.h"
#include "ledger/model/stub.h"
#include "node/execution.h"

namespace jiandu::node {
namespace {

// More than a network of departments changes its validators in a century.
constexpr std::size_t kChangesMax = 10000;

std::unexpected<Error> Differs(const char* what) {
  return Fail(Errc::kConflict, std::string("snapshot: ") + what);
}

Result<consensus::Header> HeaderAt(const store::LedgerView& view, ledger::Height height) {
  JD_TRY(const auto row, view.RowAt(height));
  return consensus::Header::Decode(row.header);
}

Result<consensus::Commit> CommitAt(const store::LedgerView& view, const consensus::Commit& seen,
                                   ledger::Height height) {
  if (height == view.Height()) return seen;
  JD_TRY(const Bytes bytes, view.CommitAt(height));
  return consensus::Commit::Decode(bytes);
}

Result<SnapshotProof::Change> DecodeChange(ByteView bytes) {
  WireReader reader(bytes);
  JD_TRY(const ByteView header_bytes, reader.Message(1));
  JD_TRY(const ByteView commit_bytes, reader.Message(2));
  JD_TRY(const ByteView set_bytes, reader.Message(3));
  JD_CHECK(reader.Finish());
  JD_TRY(consensus::Header header, consensus::Header::Decode(header_bytes));
  JD_TRY(consensus::Commit commit, consensus::Commit::Decode(commit_bytes));
  JD_TRY(consensus::ValidatorSet set, consensus::ValidatorSet::Decode(set_bytes));
  return SnapshotProof::Change{
      .header = std::move(header), .commit = std::move(commit), .next_set = std::move(set)};
}

}  // namespace

Bytes SnapshotProof::Encode() const {
  WireWriter writer;
  for (const Change& change : changes) {
    writer.Nested(1, [&change](WireWriter& inner) {
      inner.Message(1, change.header.Encode());
      inner.Message(2, change.commit.Encode());
      inner.Message(3, change.next_set.Encode());
    });
  }
  writer.Message(2, header.Encode());
  writer.Message(3, commit.Encode());
  writer.Message(4, state_commit.Encode());
  return writer.Take();
}

Result<SnapshotProof> SnapshotProof::Decode(ByteView bytes) {
  if (bytes.size() > limits::kSnapshotProofBytesMax) {
    return Fail(Errc::kTooLarge, "snapshot: proof too long");
  }
  WireReader reader(bytes);
  SnapshotProof proof;
  while (reader.NextIs(1)) {
    if (proof.changes.size() == kChangesMax) {
      return Fail(Errc::kTooLarge, "snapshot: proof with too many changes of the validator set");
    }
    JD_TRY(const ByteView inside, reader.Message(1));
    JD_TRY(Change change, DecodeChange(inside));
    proof.changes.push_back(std::move(change));
  }
  JD_TRY(const ByteView header_bytes, reader.Message(2));
  JD_TRY(const ByteView commit_bytes, reader.Message(3));
  JD_TRY(const ByteView state_bytes, reader.Message(4));
  JD_CHECK(reader.Finish());
  JD_TRY(proof.header, consensus::Header::Decode(header_bytes));
  JD_TRY(proof.commit, consensus::Commit::Decode(commit_bytes));
  JD_TRY(proof.state_commit, consensus::Commit::Decode(state_bytes));
  return proof;
}

Result<SnapshotProof> MakeSnapshotProof(const store::LedgerView& view,
                                        const consensus::Commit& seen, ledger::Height height) {
  if (height == 0 || height >= view.Height()) {
    return Fail(Errc::kNotFound,
                "the state at height " + std::to_string(height) + " is not certified yet");
  }
  SnapshotProof proof;
  JD_TRY(proof.header, HeaderAt(view, height + 1));
  JD_TRY(proof.commit, CommitAt(view, seen, height + 1));
  JD_TRY(proof.state_commit, CommitAt(view, seen, height));
  JD_TRY(auto in_force, view.ValidatorSetAt(height + 1));
  while (in_force.first > 1) {
    const ledger::Height changed_at = in_force.first - 1;
    JD_TRY(consensus::Header header, HeaderAt(view, changed_at));
    JD_TRY(consensus::Commit commit, CommitAt(view, seen, changed_at));
    JD_TRY(consensus::ValidatorSet set, consensus::ValidatorSet::Decode(in_force.second));
    proof.changes.push_back(
        {.header = std::move(header), .commit = std::move(commit), .next_set = std::move(set)});
    JD_TRY(in_force, view.ValidatorSetAt(changed_at));
  }
  std::ranges::reverse(proof.changes);
  return proof;
}

Result<CertifiedState> VerifySnapshotProof(const ledger::Genesis& genesis, ledger::Height height,
                                           const SnapshotProof& proof) {
  JD_TRY(const auto first, GenesisValidators(genesis));
  consensus::LightClient client(genesis.chain, *first);
  for (const SnapshotProof::Change& change : proof.changes) {
    JD_CHECK(client.Advance(change.header, change.commit, change.next_set));
  }
  if (proof.header.height != height + 1) return Differs("the proof is of another height");
  JD_CHECK(client.VerifyHead(proof.header, proof.commit));
  // The header was signed, and names block s and its commit by their hashes.
  const consensus::Commit& commit = proof.state_commit;
  if (commit.height != height || commit.id != proof.header.last_block_id ||
      commit.Hash() != proof.header.last_commit_hash) {
    return Differs("the commit is not the one that the next header carries");
  }
  return CertifiedState{.header = proof.header,
                        .set = std::make_shared<const consensus::ValidatorSet>(client.Set()),
                        .commit = commit};
}

Result<void> CheckManifest(const ledger::Genesis& genesis, const CertifiedState& certified,
                           const store::SnapshotManifest& manifest) {
  const store::MetaRow& meta = manifest.meta;
  const consensus::Header& next = certified.header;
  if (meta.chain != genesis.chain || meta.genesis_hash != genesis.hash) {
    return Differs("it is of another network");
  }
  if (meta.height != certified.Height()) return Differs("it is of another height");
  if (meta.row.app_hash != next.app_hash) return Differs("its app hash is not the certified one");
  if (ledger::AppHash(meta.row.log_size, meta.row.log_root, meta.row.state_root) != next.app_hash) {
    return Differs("log and state do not give its app hash");
  }
  if (meta.row.results_hash != next.last_results_hash) {
    return Differs("its results are not the certified ones");
  }
  JD_TRY(const auto header, consensus::Header::Decode(meta.row.header));
  if (header.height != meta.height || header.Hash() != meta.row.header_hash ||
      meta.row.header_hash != next.last_block_id.hash || header.time.Ms() != meta.row.time) {
    return Differs("its header is not the certified one");
  }
  JD_TRY(const auto frontier, crypto::MerkleFrontier::From(meta.row.log_size, meta.peaks));
  if (frontier.Root() != meta.row.log_root) return Differs("the log's peaks do not give its root");
  return {};
}

}  // namespace jiandu::node
