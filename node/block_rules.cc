#include "node/block_rules.h"

#include <utility>

#include "base/limits.h"

namespace jiandu::node {

consensus::Block MakeBlock(const ChainTip& tip, const consensus::Address& proposer,
                           std::int64_t time_ms, std::vector<Bytes> transactions) {
  consensus::Block block;
  block.transactions = std::move(transactions);
  block.last_commit = tip.commit;
  consensus::Header& header = block.header;
  header.version_app = tip.ruleset;
  header.chain_id = tip.chain;
  header.height = tip.height + 1;
  header.time = consensus::Time::FromMs(time_ms);
  header.last_block_id = tip.block_id;
  header.last_commit_hash = block.last_commit.Hash();
  header.data_hash = consensus::DataHash(block.transactions);
  header.validators_hash = tip.set->Hash();
  header.next_validators_hash = tip.next_set->Hash();
  header.consensus_hash = consensus::ConsensusHash(limits::kBlockBytesMax);
  header.app_hash = tip.app_hash;
  header.last_results_hash = tip.results_hash;
  header.evidence_hash = consensus::EvidenceHash();
  header.proposer = proposer;
  return block;
}

namespace {

Result<void> CheckFields(const ChainTip& tip, const consensus::Header& header) {
  if (header.version_block != consensus::kBlockProtocol) {
    return Fail(Errc::kConflict, "header: block protocol " + std::to_string(header.version_block));
  }
  if (header.version_app != tip.ruleset) return Fail(Errc::kConflict, "header: another rule set");
  if (header.chain_id != tip.chain) return Fail(Errc::kConflict, "header: another chain");
  if (header.height != tip.height + 1) return Fail(Errc::kConflict, "header: not the next height");
  if (header.last_block_id != tip.block_id)
    return Fail(Errc::kConflict, "header: another last block");
  if (header.validators_hash != tip.set->Hash())
    return Fail(Errc::kConflict, "header: validators_hash");
  if (header.next_validators_hash != tip.next_set->Hash()) {
    return Fail(Errc::kConflict, "header: next_validators_hash");
  }
  if (header.consensus_hash != consensus::ConsensusHash(limits::kBlockBytesMax)) {
    return Fail(Errc::kConflict, "header: consensus_hash");
  }
  if (header.app_hash != tip.app_hash) {
    return Fail(Errc::kConflict,
                "header: app_hash after height " + std::to_string(tip.height) + " differs");
  }
  if (header.last_results_hash != tip.results_hash) {
    return Fail(Errc::kConflict, "header: last_results_hash");
  }
  if (tip.set->Find(header.proposer) == nullptr)
    return Fail(Errc::kConflict, "header: unknown proposer");
  const std::int64_t ms = header.time.Ms();
  if (header.time != consensus::Time::FromMs(ms)) {
    return Fail(Errc::kInvalid, "header: time is not a whole number of milliseconds");
  }
  if (ms <= tip.time_ms) return Fail(Errc::kConflict, "header: time does not increase");
  return {};
}

}  // namespace

Result<void> CheckHeader(const ChainTip& tip, const consensus::Block& block,
                         const consensus::ValidatorSet* last_set) {
  JD_CHECK(CheckFields(tip, block.header));
  if (tip.height == 0) {
    if (!block.last_commit.signatures.empty() || block.last_commit.height != 0) {
      return Fail(Errc::kInvalid, "block 1 carries a last commit");
    }
    return {};
  }
  if (last_set == nullptr)
    return Fail(Errc::kInternal, "validator set of the last height is not known");
  return consensus::VerifyCommit(tip.chain, block.last_commit, *last_set, tip.height, tip.block_id);
}

}  // namespace jiandu::node
