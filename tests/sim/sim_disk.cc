// What survives a crash.
#include "tests/sim/sim_disk.h"

#include <algorithm>

namespace jiandu::sim {

void Disk::WriteSlot(std::size_t slot, ByteView bytes) {
  unsynced_record_ = Write{.slot = slot, .bytes = ToBytes(bytes)};
}

void Disk::SyncRecord() {
  if (!unsynced_record_ || kind_ == DiskKind::kLying) return;
  std::ranges::copy(unsynced_record_->bytes, slots_.at(unsynced_record_->slot).begin());
  unsynced_record_.reset();
}

void Disk::SyncBlocks() {
  for (const BlockPtr& block : unsynced_blocks_) blocks_[block->id] = block;
  unsynced_blocks_.clear();
}

void Disk::WriteState(consensus::Height height, const consensus::Certificate& commit) {
  states_[height] = commit;
  // Only the newest few could still be lost.
  while (states_.size() > 4) states_.erase(states_.begin());
}

void Disk::Crash(Random& random) {
  if (unsynced_record_ && kind_ == DiskKind::kHonest) {
    const Bytes& bytes = unsynced_record_->bytes;
    Bytes& slot = slots_.at(unsynced_record_->slot);
    for (std::size_t at = 0; at < bytes.size(); at += kSector) {
      if (random.Percent(50)) continue;
      const std::size_t size = std::min(kSector, bytes.size() - at);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size,
                  slot.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  unsynced_record_.reset();
  // A torn append is cut off by its checksum: all before it is there.
  const std::size_t kept = random.Between(0, unsynced_blocks_.size());
  for (std::size_t i = 0; i < kept; ++i) blocks_[unsynced_blocks_[i]->id] = unsynced_blocks_[i];
  unsynced_blocks_.clear();
  for (std::uint64_t lost = random.Between(0, 3); lost > 0 && !states_.empty(); --lost) {
    states_.erase(std::prev(states_.end()));
  }
}

}  // namespace jiandu::sim
