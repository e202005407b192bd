// The figures of a node that /metrics shows, and how full its queues are.
#include "node/node_state.h"

namespace jiandu::node {

void Node::State::MakeFigures() {
  figures_ = {
      .height = metrics_.MakeGauge("jiandu_height", "Newest decided block"),
      .persisted =
          metrics_.MakeGauge("jiandu_persisted_height", "Newest block written to the database"),
      .mempool =
          metrics_.MakeGauge("jiandu_mempool_transactions", "Transactions waiting for a block"),
      .mempool_bytes = metrics_.MakeGauge("jiandu_mempool_bytes", "What they count for"),
      .peers = metrics_.MakeGauge("jiandu_peers_connected", "Links to other nodes"),
      .disk_free = metrics_.MakeGauge("jiandu_disk_free_bytes", "Room left for the data directory"),
      .behind = metrics_.MakeGauge("jiandu_catching_up", "1 while blocks of others are fetched"),
      .checkpoint = metrics_.MakeGauge("jiandu_checkpoint_size",
                                       "Log entries under the newest published checkpoint"),
      .lineage = metrics_.MakeGauge("jiandu_lineage_height",
                                    "Newest block in the lineage index; 0 while there is none"),
      .database_cache = metrics_.MakeGauge("jiandu_database_cache_bytes",
                                           "Bytes of the state database kept in memory by LevelDB"),
      .reports = metrics_.MakeGauge("jiandu_equivocation_reports_waiting",
                                    "Equivocations seen here that are not on the ledger yet"),
      .alarms = metrics_.MakeGauge("jiandu_alarms", "Alarms that /v1/status shows now"),
      .blocks = metrics_.MakeCounter("jiandu_blocks_total", "Blocks decided since the start"),
      .transactions =
          metrics_.MakeCounter("jiandu_transactions_total", "Transactions in decided blocks"),
      .equivocations = metrics_.MakeCounter("jiandu_equivocations_total",
                                            "Pairs of messages that a validator signed twice"),
      .block_interval =
          metrics_.MakeHistogram("jiandu_block_interval_seconds", "Time between blocks")};
}

Fills Node::State::HowFull() const {
  const VerifyPoolOptions pool;
  const VerifyPool::Counts counts = pool_->Count();
  Fills fills{
      {.name = "mempool", .now = mempool_->Count(), .most = config_.mempool.transactions_max},
      {.name = "mempool bytes", .now = mempool_->Bytes(), .most = config_.mempool.bytes_max},
      {.name = "verify pool", .now = counts.outstanding, .most = pool.outstanding_max},
      {.name = "verified envelopes", .now = counts.cached, .most = pool.cache_count_max},
      {.name = "equivocation reports",
       .now = reporter_->UnderWay(),
       .most = EquivocationReporter::kPlacesMax},
      signer_->HowFull(),
      executor_->HowFull()};
  writer_->AddFills(fills);
  intake_->AddFills(fills);
  hub_->AddFills(fills);
  host_->AddFills(fills);
  return fills;
}

}  // namespace jiandu::node
