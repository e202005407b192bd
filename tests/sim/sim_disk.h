// One node's simulated disk: safety.rec in sectors, blocks at the segment tail, a lazy database.
//
// What was written but not synced survives a crash as a random subset of 512-byte sectors (for the
// record), or not at all, or in part (for blocks and database). Blocks are values shared by
// pointer.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "consensus/safety_record.h"
#include "consensus/types.h"
#include "tests/sim/sim_random.h"

namespace jiandu::sim {

// The stand-in for a block: a hash chain, with the commit of its parent.
struct Block {
  consensus::Height height = 0;
  Hash256 parent;  // hash of the block before, zero at height 1
  std::uint64_t nonce = 0;
  bool app_valid = true;
  bool empty = false;
  std::optional<consensus::Certificate> last_commit;
  consensus::BlockId id;
};
using BlockPtr = std::shared_ptr<const Block>;

enum class DiskKind : std::uint8_t {
  kHonest,
  kLying,  // forgets what it said was synced: the checker must notice what comes of it
};

class Disk {
 public:
  explicit Disk(DiskKind kind = DiskKind::kHonest) : kind_(kind) {}

  void WriteSlot(std::size_t slot, ByteView bytes);
  void SyncRecord();
  void AppendBlock(const BlockPtr& block) { unsynced_blocks_.push_back(block); }
  void SyncBlocks();
  // The database: newest height with its commit. Never synced by the node itself here.
  void WriteState(consensus::Height height, const consensus::Certificate& commit);

  // Power is gone: decides what of the unsynced survived.
  void Crash(Random& random);

  [[nodiscard]] std::array<ByteView, 2> Slots() const { return {slots_[0], slots_[1]}; }
  [[nodiscard]] const std::map<consensus::BlockId, BlockPtr>& Blocks() const { return blocks_; }
  [[nodiscard]] bool HasBlock(const consensus::BlockId& id) const { return blocks_.contains(id); }
  [[nodiscard]] const std::map<consensus::Height, consensus::Certificate>& States() const {
    return states_;
  }

 private:
  static constexpr std::size_t kSector = 512;

  DiskKind kind_;
  std::array<Bytes, 2> slots_{Bytes(limits::kSafetySlotBytes), Bytes(limits::kSafetySlotBytes)};
  struct Write {
    std::size_t slot;
    Bytes bytes;
  };
  std::optional<Write> unsynced_record_;
  std::map<consensus::BlockId, BlockPtr> blocks_;
  std::vector<BlockPtr> unsynced_blocks_;
  std::map<consensus::Height, consensus::Certificate> states_;
};

}  // namespace jiandu::sim
