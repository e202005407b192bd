// Parts out, parts in, and questions after the late ones.
#include "node/part_gossip.h"

#include <algorithm>
#include <utility>

namespace jiandu::node {
namespace {

// Points for what no correct node sends.
constexpr std::uint32_t kForgedPart = 100;
constexpr std::uint32_t kGreedy = 5;
// A peer is sent a block of a height at most so often over: its questions must not cost us more.
constexpr std::int64_t kServeFactor = 4;

constexpr std::int64_t kMissCost = limits::kMiB;

constexpr consensus::Round kFetched = -1;

std::size_t BytesBound(const consensus::BlockId& id) { return id.parts * limits::kPartBytes; }

// Of a complete block the parts keep their proofs only; their bytes are cut from the block again.
ByteView CutPart(const Bytes& block, std::uint32_t index) {
  const ByteView rest = ByteView(block).subspan(index * limits::kPartBytes);
  return rest.first(std::min(rest.size(), limits::kPartBytes));
}

}  // namespace

PartGossip::PartGossip(PartGossipActions actions, PartGossipBounds bounds)
    : actions_(std::move(actions)), bounds_(bounds) {}

void PartGossip::StartHeight(consensus::Height height) {
  height_ = height;
  std::erase_if(blocks_, [height](const auto& entry) { return entry.second.height < height; });
  std::erase_if(stash_, [height](const auto& entry) { return entry.second.height < height; });
  served_bytes_.clear();
}

void PartGossip::StartRound(consensus::Round round, std::span<const consensus::BlockId> keep) {
  std::erase_if(blocks_, [&](const auto& entry) {
    const Assembly& assembly = entry.second;
    return assembly.height == height_ && !assembly.rounds.contains(kFetched) &&
           *assembly.rounds.rbegin() < round && std::ranges::find(keep, entry.first) == keep.end();
  });
}

PartGossip::Assembly& PartGossip::Open(consensus::Height height, const consensus::BlockId& id,
                                       std::int64_t now_ms) {
  const auto [where, is_new] = blocks_.try_emplace(id);
  Assembly& assembly = where->second;
  if (is_new) {
    assembly.height = height;
    assembly.parts.resize(id.parts);
    assembly.missing = id.parts;
    assembly.have = consensus::PartBitmap(id.parts);
    assembly.asked_ms = now_ms;
  }
  // A forger may name a block for a later height first: the nearer height has it.
  assembly.height = std::min(assembly.height, height);
  return assembly;
}

Result<void> PartGossip::Expect(consensus::Height height, consensus::Round round,
                                const consensus::BlockId& id, std::int64_t now_ms) {
  if (height < height_) return Fail(Errc::kInvalid, "a block of a height that is over");
  // Further ahead nothing is promised: each height has its own bound on memory.
  if (height > height_ + 1) return Fail(Errc::kUnavailable, "a block of a height far ahead");
  if (id.parts == 0 || id.parts > limits::kPartsMax) {
    return Fail(Errc::kTooLarge, "a block of " + std::to_string(id.parts) + " parts");
  }
  const auto of_round = std::ranges::count_if(blocks_, [&](const auto& entry) {
    return entry.second.height == height && entry.first != id &&
           entry.second.rounds.contains(round);
  });
  if (static_cast<std::size_t>(of_round) >= bounds_.proposals_per_round_max) {
    return Fail(Errc::kFull, "the round has its proposals");
  }
  const bool is_new = !blocks_.contains(id);
  if (is_new && !MakeRoom(height, round, BytesBound(id))) {
    return Fail(Errc::kFull, "the proposals of the height are too large together");
  }
  Assembly& assembly = Open(height, id, now_ms);
  assembly.rounds.insert(round);
  if (assembly.block != nullptr) {
    actions_.on_block(height, id, assembly.block);
  } else if (is_new) {
    TakeStashed(blocks_.find(id), now_ms);
  }
  return {};
}

bool PartGossip::MakeRoom(consensus::Height height, consensus::Round round, std::size_t bytes) {
  std::size_t held = 0;
  for (const auto& [id, assembly] : blocks_) {
    if (assembly.height == height) held += BytesBound(id);
  }
  while (held + bytes > bounds_.height_bytes_max) {
    auto farthest = blocks_.end();
    for (auto it = blocks_.begin(); it != blocks_.end(); ++it) {
      const Assembly& assembly = it->second;
      // Whatever this round or an earlier one names is as good as what asks for room.
      if (assembly.height != height || *assembly.rounds.begin() <= round) continue;
      if (farthest == blocks_.end() ||
          *assembly.rounds.begin() > *farthest->second.rounds.begin()) {
        farthest = it;
      }
    }
    if (farthest == blocks_.end()) return false;
    held -= BytesBound(farthest->first);
    blocks_.erase(farthest);
  }
  return true;
}

void PartGossip::Share(consensus::Height height, consensus::Round round,
                       const consensus::BlockId& id, BlockBytesPtr block) {
  consensus::PartSet split = consensus::SplitBlock(id.hash, *block);
  JD_ASSERT(split.id == id);
  Assembly& assembly = Open(height, id, 0);
  assembly.rounds.insert(round);
  assembly.block = std::move(block);
  assembly.missing = 0;
  for (consensus::Part& part : split.parts) {
    assembly.have.Add(part.index);
    part.bytes = Bytes();
    assembly.parts[part.index] = std::move(part);
  }
  Reshare(height, id);
}

void PartGossip::Reshare(consensus::Height height, const consensus::BlockId& id) {
  const auto found = blocks_.find(id);
  if (found == blocks_.end() || found->second.block == nullptr) return;
  for (std::uint32_t i = 0; i < id.parts; ++i) {
    actions_.broadcast(
        consensus::PartMsg{.height = height, .id = id, .part = PartOf(found->second, i)});
  }
}

void PartGossip::Fetch(consensus::Height height, const consensus::BlockId& id,
                       std::int64_t now_ms) {
  if (height < height_ || id.parts == 0 || id.parts > limits::kPartsMax) return;
  const bool is_new = !blocks_.contains(id);
  Assembly& assembly = Open(height, id, now_ms);
  assembly.rounds.insert(kFetched);
  if (assembly.block != nullptr) return actions_.on_block(height, id, assembly.block);
  if (is_new) TakeStashed(blocks_.find(id), now_ms);
  // A certificate says others have it: ask at the next tick.
  const auto found = blocks_.find(id);
  if (found != blocks_.end()) found->second.asked_ms = now_ms - bounds_.ask_after_ms;
}

void PartGossip::OnPart(const PeerId& from, consensus::PartMsg message, std::int64_t now_ms) {
  if (message.height < height_) return;
  const auto found = blocks_.find(message.id);
  if (found != blocks_.end()) {
    if (message.height == found->second.height) {
      Take(from, found, std::move(message.part), now_ms);
    }
    return;
  }
  // Its proposal may be under way on another link. A few are kept, no peer more than half.
  if (message.height > height_ + 1) return;
  const auto of_peer = static_cast<std::size_t>(
      std::ranges::count(stash_, from, &std::pair<PeerId, consensus::PartMsg>::first));
  if (of_peer >= bounds_.stash_parts_max / 2 || stash_.size() >= bounds_.stash_parts_max) return;
  stash_.emplace_back(from, std::move(message));
}

void PartGossip::TakeStashed(Blocks::iterator where, std::int64_t now_ms) {
  const consensus::BlockId id = where->first;
  std::vector<std::pair<PeerId, consensus::Part>> mine;
  std::erase_if(stash_, [&](auto& entry) {
    if (entry.second.id != id) return false;
    mine.emplace_back(entry.first, std::move(entry.second.part));
    return true;
  });
  for (auto& [from, part] : mine) {
    const auto found = blocks_.find(id);
    if (found == blocks_.end()) return;
    Take(from, found, std::move(part), now_ms);
  }
}

void PartGossip::Take(const PeerId& from, Blocks::iterator where, consensus::Part part,
                      std::int64_t now_ms) {
  Assembly& assembly = where->second;
  const std::uint32_t index = part.index;
  if (index >= assembly.parts.size() || assembly.have.Has(index)) return;
  const auto verified = consensus::VerifyPart(part, where->first);
  if (!verified.has_value()) {
    return actions_.punish(from, kForgedPart, "forged part: " + verified.error().detail);
  }
  assembly.parts[index] = std::move(part);
  assembly.have.Add(index);
  assembly.asked_ms = now_ms;
  --assembly.missing;
  for (auto& [peer, have] : assembly.wanted_by) {
    if (peer == from || have.Has(index)) continue;
    have.Add(index);
    SendPart(peer, where->first, assembly, index);
  }
  if (assembly.missing == 0) Complete(where);
}

void PartGossip::Complete(Blocks::iterator where) {
  Assembly& assembly = where->second;
  Bytes block;
  std::size_t size = 0;
  for (const auto& part : assembly.parts) size += part->bytes.size();
  block.reserve(size);
  for (auto& part : assembly.parts) {
    Append(block, part->bytes);
    part->bytes = Bytes();
  }
  assembly.block = std::make_shared<const Bytes>(std::move(block));
  assembly.wanted_by.clear();
  // The host may start another height in the callback: nothing of this entry is used afterwards.
  const consensus::BlockId id = where->first;
  const BlockBytesPtr bytes = assembly.block;
  actions_.on_block(assembly.height, id, bytes);
}

consensus::Part PartGossip::PartOf(const Assembly& assembly, std::uint32_t index) {
  consensus::Part part = *assembly.parts[index];
  if (assembly.block != nullptr) part.bytes = ToBytes(CutPart(*assembly.block, index));
  return part;
}

void PartGossip::SendPart(const PeerId& to, const consensus::BlockId& id, const Assembly& assembly,
                          std::uint32_t index) {
  consensus::Part part = PartOf(assembly, index);
  served_bytes_[to] += static_cast<std::int64_t>(part.bytes.size());
  actions_.send(to,
                consensus::PartMsg{.height = assembly.height, .id = id, .part = std::move(part)});
}

void PartGossip::OnPartRequest(const PeerId& from, const consensus::PartRequest& request) {
  SendMissing(from, request.height, request.id, request.have);
}

void PartGossip::OnFetchBlock(const PeerId& from, const consensus::FetchBlockMsg& request) {
  if (request.id.parts == 0 || request.id.parts > limits::kPartsMax) return;
  SendMissing(from, request.height, request.id, consensus::PartBitmap(request.id.parts));
}

void PartGossip::SendMissing(const PeerId& to, consensus::Height height,
                             const consensus::BlockId& id, const consensus::PartBitmap& have) {
  const auto budget = kServeFactor * static_cast<std::int64_t>(limits::kBlockBytesMax);
  if (served_bytes_[to] > budget) {
    return actions_.punish(to, kGreedy, "asks for the same parts again and again");
  }
  const auto found = blocks_.find(id);
  if (found != blocks_.end()) {
    Assembly& assembly = found->second;
    consensus::PartBitmap has = have;
    for (std::uint32_t i = 0; i < assembly.parts.size(); ++i) {
      if (has.Has(i) || !assembly.have.Has(i)) continue;
      has.Add(i);
      SendPart(to, id, assembly, i);
    }
    if (assembly.block == nullptr) assembly.wanted_by.insert_or_assign(to, std::move(has));
    return;
  }
  const BlockBytesPtr decided = actions_.find_decided(height, id);
  // Reading and hashing is the cost, however few of the parts are asked for; also of what turns out
  // to have another id.
  if (decided == nullptr) {
    served_bytes_[to] += kMissCost;
    return;
  }
  served_bytes_[to] += static_cast<std::int64_t>(decided->size());
  const consensus::PartSet split = consensus::SplitBlock(id.hash, *decided);
  if (split.id != id) return;
  for (const consensus::Part& part : split.parts) {
    if (have.Has(part.index)) continue;
    actions_.send(to, consensus::PartMsg{.height = height, .id = id, .part = part});
  }
}

void PartGossip::OnPeerDown(const PeerId& peer) {
  for (auto& [id, assembly] : blocks_) assembly.wanted_by.erase(peer);
  std::erase_if(stash_, [&peer](const auto& entry) { return entry.first == peer; });
  served_bytes_.erase(peer);
}

void PartGossip::Tick(std::int64_t now_ms) {
  const std::vector<PeerId> peers = actions_.peers();
  if (peers.empty()) return;
  for (auto& [id, assembly] : blocks_) {
    if (assembly.block != nullptr || now_ms - assembly.asked_ms < bounds_.ask_after_ms) continue;
    assembly.asked_ms = now_ms;
    const PeerId& asked = peers[assembly.next_peer++ % peers.size()];
    if (assembly.missing == assembly.parts.size() && assembly.rounds.contains(kFetched)) {
      actions_.send(asked, consensus::FetchBlockMsg{.height = assembly.height, .id = id});
    } else {
      actions_.send(asked, consensus::PartRequest{
                               .height = assembly.height, .id = id, .have = assembly.have});
    }
  }
}

bool PartGossip::Knows(const consensus::BlockId& id) const { return blocks_.contains(id); }

bool PartGossip::IsBusy() const {
  return std::ranges::any_of(blocks_,
                             [](const auto& entry) { return entry.second.block == nullptr; });
}

BlockBytesPtr PartGossip::Find(const consensus::BlockId& id) const {
  const auto found = blocks_.find(id);
  return found == blocks_.end() ? nullptr : found->second.block;
}

void PartGossip::AddFills(Fills& fills) const {
  fills.push_back(
      {.name = "block parts bytes", .now = HeldBytes(), .most = bounds_.height_bytes_max});
  fills.push_back(
      {.name = "early block parts", .now = stash_.size(), .most = bounds_.stash_parts_max});
}

std::size_t PartGossip::HeldBytes() const {
  std::size_t bytes = 0;
  for (const auto& [id, assembly] : blocks_) {
    if (assembly.block != nullptr) bytes += assembly.block->size();
    for (const auto& part : assembly.parts) bytes += part.has_value() ? part->bytes.size() : 0;
  }
  return bytes;
}

}  // namespace jiandu::node
