// Every maximum in one place. Each is checked before the loop or the allocation it bounds.
//
// Sizes are bytes, times are milliseconds, unless the name says otherwise. Sources: docs/adr/0001,
// docs/consensus.md, docs/http-api.md, and the standards named beside a value.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiandu::limits {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// Transactions.
inline constexpr std::size_t kTxBytesMax = 64 * kKiB;
inline constexpr std::size_t kBatchTxBytesMax = kMiB;  // ops of access batches only
inline constexpr std::size_t kTxSignersMax = 4;
inline constexpr std::size_t kTouchedEntitiesMax = 64;
inline constexpr std::int64_t kExpAheadMsMax = 24LL * 3600 * 1000;
inline constexpr std::int64_t kExpAheadMultiMsMax = 7 * kExpAheadMsMax;  // two or more signers
inline constexpr std::uint32_t kRejectionsPerDepartmentDayMax = 1000;
inline constexpr std::size_t kBatchRecordsMax = 1000;

// JSON at the edge and in the signed payload (RFC 8785 without floats).
inline constexpr std::size_t kJsonDepthMax = 16;
inline constexpr std::int64_t kJsonIntegerMax = 9007199254740991;  // 2^53 - 1
inline constexpr std::size_t kJsonMembersMax = 65536;              // of one document
inline constexpr std::size_t kTextBytesMax = 256;
inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr std::size_t kChainIdBytesMax = 50;  // CometBFT: MaxChainIDLen
inline constexpr std::size_t kOpBytesMax = 32;
inline constexpr std::size_t kGenesisBytesMax = 4 * kMiB;

// Blocks and consensus.
inline constexpr std::size_t kBlockBytesMax = 8 * kMiB;
inline constexpr std::size_t kBlockTxMax = 5000;
inline constexpr std::size_t kPartBytes = 64 * kKiB;  // CometBFT: BlockPartSizeBytes
inline constexpr std::size_t kPartsMax = kBlockBytesMax / kPartBytes + 1;
inline constexpr std::size_t kValidatorsMax = 128;
inline constexpr std::uint64_t kTotalPowerMax = 1ULL << 60U;
inline constexpr std::size_t kProposalsPerRoundMax = 2;
inline constexpr std::size_t kProposalBytesMax = 64 * kMiB;  // all proposals kept of a height
inline constexpr std::int32_t kProposalRoundsAhead = 8;  // of our own round; later ones come again
inline constexpr std::int32_t kRoundMax = 1 << 20;

// Peers. A frame is one message with its header.
inline constexpr std::size_t kFrameBytesMax = 80 * kKiB;
inline constexpr std::size_t kBatchFrameBytesMax =
    kBatchTxBytesMax + 4 * kKiB;  // gossip of a batch
inline constexpr std::size_t kVoteMessageBytesMax = 16 * kKiB;
inline constexpr std::size_t kPeersMax = kValidatorsMax;
inline constexpr std::size_t kSyncWindowBytesMax = 64 * kMiB;

// Mempool.
inline constexpr std::size_t kMempoolTxMax = 50000;
inline constexpr std::size_t kMempoolBytesMax = 64 * kMiB;
inline constexpr std::size_t kMempoolDepartmentPercentMax = 25;

// Storage.
inline constexpr std::size_t kSegmentBytesMax = 64 * kMiB;
inline constexpr std::uint64_t kSegmentHeightsMax = 10000;
inline constexpr std::size_t kWriterBacklogBlocksMax = 8;
inline constexpr std::size_t kWriterBacklogBytesMax = 64 * kMiB;
inline constexpr std::uint64_t kSyncEveryBlocks = 64;
inline constexpr std::size_t kTreeCacheBytesMax = 48 * kMiB;  // nodes of the state tree, decoded
inline constexpr std::size_t kSafetySlotBytes = 32 * kKiB;
inline constexpr std::size_t kViewsKept = 128;

// Sealed key files. The cost bounds are above SealCost::kModerate: a hostile file asks for no more.
inline constexpr std::size_t kKeyFileBytesMax = 4 * kKiB;
inline constexpr std::int64_t kKeyFileOpsMax = 4;
inline constexpr std::int64_t kKeyFileMemKibMax = 256 * 1024;

// HTTP (docs/http-api.md (Limits)).
inline constexpr std::size_t kHttpHeaderBytesMax = 16 * kKiB;
inline constexpr std::size_t kHttpBodyBytesMax = 1536 * kKiB;
inline constexpr std::size_t kHttpTargetBytesMax = 8 * kKiB;
inline constexpr std::size_t kHttpQueryParametersMax = 32;
inline constexpr std::size_t kHttpConnectionsMax = 2000;
inline constexpr std::size_t kHttpConnectionsPerAddressMax = 64;
inline constexpr std::size_t kHttpWaitersMax = 4096;
inline constexpr std::size_t kPageRowsMax = 200;

}  // namespace jiandu::limits
