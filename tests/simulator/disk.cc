// Sectors, names, versions.
#include "tests/simulator/disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace jiandu::simulator {

const char* NameOf(DiskStep step) {
  switch (step) {
    case DiskStep::kCreate: return "create";
    case DiskStep::kWrite: return "write";
    case DiskStep::kTruncate: return "truncate";
    case DiskStep::kSync: return "sync";
    case DiskStep::kRename: return "rename";
    case DiskStep::kRemove: return "remove";
    case DiskStep::kSyncNames: return "sync names";
    case DiskStep::kDatabaseWrite: return "database write";
    case DiskStep::kDatabaseSync: return "database sync";
  }
  return "";
}

void Inode::Grow(Bytes& bytes, std::uint64_t size) {
  if (bytes.size() < size) bytes.resize(static_cast<std::size_t>(size));
}

void Inode::Read(std::uint64_t offset, std::span<std::uint8_t> out) const {
  std::size_t there = 0;
  if (offset < cache_.size()) {
    there = std::min<std::uint64_t>(out.size(), cache_.size() - offset);
    std::memcpy(out.data(), cache_.data() + offset, there);
  }
  if (there < out.size()) std::memset(out.data() + there, 0, out.size() - there);
}

void Inode::Write(std::uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return;
  Grow(cache_, offset + bytes.size());
  std::ranges::copy(bytes, cache_.begin() + static_cast<std::ptrdiff_t>(offset));
  size_ = std::max(size_, offset + bytes.size());
  for (std::uint64_t at = offset / kSector; at * kSector < offset + bytes.size(); ++at) {
    dirty_.insert(at);
  }
}

void Inode::Truncate(std::uint64_t size) {
  if (size < cache_.size()) {
    for (std::uint64_t at = size / kSector; at * kSector < cache_.size(); ++at) dirty_.insert(at);
    cache_.resize(static_cast<std::size_t>(size));
  }
  size_ = size;
}

void Inode::Sync() {
  Grow(platter_, cache_.size());
  for (const std::uint64_t sector : dirty_) {
    const std::size_t from = static_cast<std::size_t>(sector) * kSector;
    for (std::size_t i = from; i < std::min(from + kSector, platter_.size()); ++i) {
      platter_[i] = i < cache_.size() ? cache_[i] : std::uint8_t{0};
    }
  }
  dirty_.clear();
  platter_.resize(std::min(platter_.size(), cache_.size()));
  platter_size_ = size_;
}

InodePtr Inode::AfterCut(Random& random, std::uint64_t percent_kept) const {
  auto left = std::make_shared<Inode>();
  left->cache_ = platter_;
  left->size_ = platter_size_;
  if (!dirty_.empty() || size_ != platter_size_) {
    if (random.Percent(percent_kept)) left->size_ = size_;
    for (const std::uint64_t sector : dirty_) {
      if (!random.Percent(percent_kept)) continue;
      const std::size_t from = static_cast<std::size_t>(sector) * kSector;
      Grow(left->cache_, std::min<std::uint64_t>(from + kSector, cache_.size()));
      for (std::size_t i = from; i < std::min(from + kSector, cache_.size()); ++i) {
        left->cache_[i] = cache_[i];
      }
    }
    if (left->cache_.size() > left->size_) left->cache_.resize(left->size_);
  }
  left->platter_ = left->cache_;
  left->platter_size_ = left->size_;
  return left;
}

void Inode::FlipBit(std::uint64_t bit) {
  const auto at = static_cast<std::size_t>(bit / 8);
  const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
  if (at < cache_.size()) cache_[at] ^= mask;
  if (at < platter_.size()) platter_[at] ^= mask;
}

const Bytes* Database::ValueAt(const History& history, Version as_of) {
  const auto newer = std::ranges::find_if(history.rbegin(), history.rend(),
                                          [&](const auto& one) { return one.first <= as_of; });
  if (newer == history.rend() || !newer->second.has_value()) return nullptr;
  return &*newer->second;
}

const Bytes* Database::Find(ByteView key, Version as_of) const {
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : ValueAt(found->second, as_of);
}

void Database::Scan(ByteView prefix, ByteView from, Version as_of,
                    const std::function<bool(ByteView, ByteView)>& visit) const {
  const ByteView start = Less()(prefix, from) ? from : prefix;
  for (auto at = rows_.lower_bound(start); at != rows_.end(); ++at) {
    if (at->first.size() < prefix.size() ||
        !std::equal(prefix.begin(), prefix.end(), at->first.begin())) {
      return;
    }
    const Bytes* const value = ValueAt(at->second, as_of);
    if (value != nullptr && !visit(at->first, *value)) return;
  }
}

DatabasePtr Database::CopyUpTo(Version version) const {
  auto copy = std::make_shared<Database>();
  copy->version_ = copy->synced_ = version;
  copy->damaged = damaged;
  for (const auto& [key, history] : rows_) {
    if (const Bytes* const value = ValueAt(history, version)) {
      copy->rows_[key].emplace_back(version, *value);
    }
  }
  return copy;
}

void Disk::SyncNames(const std::string& directory) {
  if (lies) return;
  const auto inside = [&](const std::string& name) {
    return name.size() > directory.size() && name.starts_with(directory) &&
           name[directory.size()] == '/' &&
           name.find('/', directory.size() + 1) == std::string::npos;
  };
  std::erase_if(durable, [&](const auto& one) { return inside(one.first); });
  for (const auto& [name, inode] : names) {
    if (inside(name)) durable[name] = inode;
  }
}

std::shared_ptr<Disk> Disk::AfterCut(Random& random) const {
  // Now and then all or nothing of what was not synced is there.
  const std::uint64_t kept = random.Percent(30) ? 0 : random.Percent(30) ? 100 : 50;
  auto left = std::make_shared<Disk>();
  left->directories = directories;
  left->lies = lies;
  left->sync_us = sync_us;
  std::map<std::string, InodePtr> found = durable;
  for (const auto& [name, inode] : names) {
    const auto before = durable.find(name);
    if (before != durable.end() && before->second == inode) continue;
    if (random.Percent(kept)) found[name] = inode;
  }
  for (const auto& [name, inode] : durable) {
    if (!names.contains(name) && random.Percent(kept)) found.erase(name);
  }
  std::map<InodePtr, InodePtr> copies;
  for (const auto& [name, inode] : found) {
    InodePtr& copy = copies[inode];
    if (copy == nullptr) copy = inode->AfterCut(random, kept);
    left->names[name] = copy;
  }
  left->durable = left->names;
  for (const auto& [path, database] : databases) {
    const auto from = lies ? Database::Version{0} : database->Synced();
    left->databases[path] = database->CopyUpTo(random.Between(from, database->Newest()));
  }
  return left;
}

std::shared_ptr<Disk> Disk::AfterKill() const {
  auto left = std::make_shared<Disk>();
  left->directories = directories;
  left->lies = lies;
  left->room_bytes = room_bytes;
  left->sync_us = sync_us;
  std::map<InodePtr, InodePtr> copies;
  const auto copy_of = [&](const InodePtr& inode) {
    InodePtr& copy = copies[inode];
    if (copy == nullptr) copy = std::make_shared<Inode>(*inode);
    return copy;
  };
  for (const auto& [name, inode] : names) left->names[name] = copy_of(inode);
  for (const auto& [name, inode] : durable) left->durable[name] = copy_of(inode);
  for (const auto& [path, database] : databases) {
    left->databases[path] = std::make_shared<Database>(*database);
  }
  return left;
}

InodePtr Disk::Find(const std::string& name) const {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

}  // namespace jiandu::simulator
