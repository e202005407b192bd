#include "node/execution.h"

#include <utility>

#include "contracts/block_apply.h"
#include "contracts/ruleset.h"

namespace jiandu::node {
namespace {

std::vector<consensus::Validator> ToValidators(
    const std::vector<store::ExecutedBlock::ValidatorUpdate>& updates) {
  std::vector<consensus::Validator> validators;
  validators.reserve(updates.size());
  for (const auto& update : updates) {
    validators.push_back(
        {.address = consensus::AddressOf(update.key), .key = update.key, .power = update.power});
  }
  return validators;
}

store::ExecutedBlock FromOutcome(contracts::BlockOutcome outcome) {
  store::ExecutedBlock executed;
  executed.writes = std::move(outcome.writes);
  executed.stubs = std::move(outcome.stubs);
  const auto take = [](std::vector<contracts::BlockOutcome::Listing>& from,
                       std::vector<store::Listing>& to) {
    for (auto& one : from) {
      to.push_back({.id = one.id, .index = one.index, .departments = std::move(one.departments)});
    }
  };
  take(outcome.births, executed.births);
  take(outcome.joined, executed.joined);
  for (const auto& update : outcome.validator_updates) {
    executed.validator_updates.push_back({.key = update.key, .power = update.power});
  }
  return executed;
}

}  // namespace

Result<std::vector<contracts::TransactionPtr>> DecodeTransactions(const consensus::Block& block) {
  std::vector<contracts::TransactionPtr> transactions;
  transactions.reserve(block.transactions.size());
  for (const Bytes& stored : block.transactions) {
    JD_TRY(ledger::Transaction transaction, ledger::DecodeStored(stored));
    transactions.push_back(std::make_shared<const ledger::Transaction>(std::move(transaction)));
  }
  return transactions;
}

Result<BlockPtr> WithTransactions(BlockPtr block) {
  if (block->transactions.size() == block->block.transactions.size()) return block;
  auto complete = std::make_shared<BlockData>(*block);
  JD_TRY(complete->transactions, DecodeTransactions(block->block));
  return BlockPtr(std::move(complete));
}

Result<void> CheckRuleset(const ChainTip& tip) {
  if (contracts::KnowsRuleset(tip.ruleset)) return {};
  const std::string height = std::to_string(tip.height + 1);
  const std::string ruleset = std::to_string(tip.ruleset);
  return Fail(Errc::kConflict,
              "from height " + height + " the network judges by rule set " + ruleset +
                  ", which this program does not know: install a release that knows it and start "
                  "the node again; all heights before are kept "
                  "(自高度 " +
                  height + " 起适用规则集 " + ruleset +
                  "，本程序不支持：请安装支持该规则集的版本后重新启动，此前各高度的数据均已保存)");
}

Result<store::OverlayPtr> ExecuteBlock(const ChainTip& tip, const store::LedgerView& below,
                                       const BlockData& block, store::TreeCache* cache) {
  JD_CHECK(CheckRuleset(tip));
  // Not decoded yet is not empty: the state would stay as it was, on this node alone.
  if (block.transactions.size() != block.block.transactions.size()) {
    return Fail(Errc::kInternal, "a block is to be executed whose transactions are not decoded");
  }
  const consensus::Header& header = block.block.header;
  contracts::BlockContext context{.chain = tip.chain,
                                  .height = header.height,
                                  .time = header.time.Ms(),
                                  .log_size = below.LogSize(),
                                  .seen = {header.proposer}};
  for (const consensus::CommitSig& one : block.block.last_commit.signatures) {
    if (one.flag != consensus::CommitSig::Flag::kAbsent) context.seen.push_back(one.address);
  }
  contracts::BlockOutcome outcome;
  // A block without transactions leaves log and state as they are (docs/adr/0001 (Log, state and
  // proofs)).
  if (!block.transactions.empty()) {
    outcome = contracts::ApplyBlock(below, context, block.transactions);
    // A disk error looked like an absent key to the contracts: what they made of it counts for
    // nothing.
    JD_CHECK(below.Health());
  }
  store::BlockFacts facts{
      .height = header.height,
      .time = context.time,
      .header_hash = block.id.hash,
      .header = header.Encode(),
      .last_commit = header.height == 1 ? Bytes() : block.block.last_commit.Encode(),
      .results_hash = consensus::ResultsHash(outcome.codes),
      .validator_sets = {}};
  store::ExecutedBlock executed = FromOutcome(std::move(outcome));
  if (!executed.validator_updates.empty()) {
    JD_TRY(const auto next, tip.next_set->With(ToValidators(executed.validator_updates)));
    facts.validator_sets.emplace_back(header.height + 2, next.Encode());
  }
  return store::BuildOverlay(below, std::move(facts), std::move(executed), cache);
}

Result<ChainTip> NextTip(const ChainTip& tip, const BlockData& block,
                         const store::BlockOverlay& overlay, const store::LedgerView& after,
                         consensus::Commit commit) {
  ChainTip next = tip;
  next.height = block.block.header.height;
  next.block_id = block.id;
  next.time_ms = block.block.header.time.Ms();
  next.app_hash = overlay.AppHash();
  next.results_hash = overlay.row.results_hash;
  next.ruleset = contracts::RulesetAt(after, next.height + 1);
  next.set = tip.next_set;
  next.commit = std::move(commit);
  if (!overlay.validator_updates.empty()) {
    JD_TRY(auto set, tip.next_set->With(ToValidators(overlay.validator_updates)));
    next.next_set = std::make_shared<const consensus::ValidatorSet>(std::move(set));
  }
  return next;
}

Result<consensus::ValidatorSetPtr> GenesisValidators(const ledger::Genesis& genesis) {
  std::vector<consensus::Validator> validators;
  validators.reserve(genesis.validators.size());
  for (const ledger::GenesisValidator& seat : genesis.validators) {
    validators.push_back({.address = consensus::AddressOf(seat.consensus_key),
                          .key = seat.consensus_key,
                          .power = seat.power});
  }
  JD_TRY(auto set, consensus::ValidatorSet::From(std::move(validators)));
  return std::make_shared<const consensus::ValidatorSet>(std::move(set));
}

Result<store::OverlayPtr> ExecuteGenesis(const ledger::Genesis& genesis) {
  JD_TRY(const auto set, GenesisValidators(genesis));
  return store::BuildGenesisOverlay(genesis, {{1, set->Encode()}});
}

Result<consensus::ValidatorSetPtr> ValidatorsAt(const store::LedgerView& view,
                                                ledger::Height height) {
  JD_TRY(const auto found, view.ValidatorSetAt(height));
  JD_TRY(auto set, consensus::ValidatorSet::Decode(found.second));
  return std::make_shared<const consensus::ValidatorSet>(std::move(set));
}

Result<ChainTip> TipOf(const ledger::Genesis& genesis, const store::LedgerView& view,
                       consensus::Commit commit) {
  ChainTip tip;
  tip.chain = genesis.chain;
  tip.height = view.Height();
  tip.ruleset = contracts::RulesetAt(view, tip.height + 1);
  tip.app_hash = view.AppHash();
  tip.results_hash = view.Height() == 0 ? consensus::ResultsHash({}) : view.ResultsHash();
  JD_TRY(tip.set, ValidatorsAt(view, tip.height + 1));
  JD_TRY(tip.next_set, ValidatorsAt(view, tip.height + 2));
  tip.time_ms = view.Time();
  tip.block_id = commit.id;
  tip.commit = std::move(commit);
  return tip;
}

}  // namespace jiandu::node
