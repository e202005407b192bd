// See watcher.h.
#include "sdk/cpp/watcher.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"

namespace jiandu::sdk {
namespace {

using consensus::Height;
using consensus::LightBlock;

std::string Number(std::uint64_t number) { return std::to_string(number); }

bool IsSame(const LightBlock& a, const LightBlock& b) { return a.header.Hash() == b.header.Hash(); }

// What an answer that is none says of its node.
NodeView Trouble(const Error& error, Height height) {
  const bool silent = error.code == Errc::kUnavailable || error.code == Errc::kTimeout ||
                      error.code == Errc::kNotFound || error.code == Errc::kFull;
  return {.state = silent ? NodeState::kSilent : NodeState::kInvalid,
          .height = height,
          .detail = {.en = (silent ? "no answer: " : "not to be believed: ") + error.detail,
                     .zh = silent ? "没有应答" : "应答无法证实，不可信"}};
}

NodeView Agrees(Height height) {
  return {.state = NodeState::kAgrees,
          .height = height,
          .detail = {.en = "agrees at height " + Number(height),
                     .zh = "在第 " + Number(height) + " 块一致"}};
}

NodeView Behind(Height height, Height elsewhere) {
  return {
      .state = NodeState::kBehind,
      .height = height,
      .detail = {
          .en = "behind at height " + Number(height) + ", seen elsewhere: " + Number(elsewhere),
          .zh = "落后，位于第 " + Number(height) + " 块，他处已见第 " + Number(elsewhere) + " 块"}};
}

NodeView WentBack(Height height, Height told) {
  return {
      .state = NodeState::kBehind,
      .height = height,
      .detail = {.en = "went back to height " + Number(height) + ", having told " + Number(told),
                 .zh = "退回第 " + Number(height) + " 块，此前曾达第 " + Number(told) + " 块"}};
}

// Of a node that tells the same history; a few blocks may just be on their way to it.
NodeView SameAsFarAs(Height height, Height newest) {
  return newest - height > Watcher::kLagMax ? Behind(height, newest) : Agrees(height);
}

Result<LightBlock> Ask(LightSource& source, Height height) {
  JD_TRY(LightBlock block, source.At(height));
  if (block.header.height != height) {
    return Fail(Errc::kInvalid, "asked for height " + Number(height) + ", got another");
  }
  return block;
}

}  // namespace

Watcher::Watcher(ledger::Genesis genesis, Follower pinned)
    : genesis_(std::move(genesis)), pinned_(std::move(pinned)) {}

WatchRound Watcher::Look(std::span<LightSource* const> nodes) {
  told_.resize(nodes.size(), 0);
  Sighting look{.nodes = nodes, .round = {}, .ahead = {}, .behind = {}};
  look.round.nodes.resize(nodes.size());
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const auto latest = nodes[node]->Latest();
    if (latest.has_value()) {
      Judge(look, node, *latest);
    } else {
      look.round.nodes[node] = Trouble(latest.error(), 0);
    }
  }
  CompareAhead(look);
  for (const auto& [node, block] : look.behind) JudgeBehind(look, node, block);
  return std::move(look.round);
}

void Watcher::Judge(Sighting& look, std::size_t node, const LightBlock& block) {
  const Height height = block.header.height;
  if (height > pinned_.Height()) return JudgeAhead(look, node, block);
  if (height < pinned_.Height()) {
    look.behind.emplace_back(node, block);
    return;
  }
  if (!IsSame(block, *pinned_.Newest())) return AccuseAgainstPin(look, node, block);
  told_[node] = std::max(told_[node], height);
  const auto certified = pinned_.Verify(block);
  look.round.nodes[node] = certified ? Agrees(height) : Trouble(certified.error(), height);
}

// Certified, and after the pinned block in the node's own history.
void Watcher::JudgeAhead(Sighting& look, std::size_t node, const LightBlock& block) {
  LightSource& source = *look.nodes[node];
  NodeView& view = look.round.nodes[node];
  if (pinned_.Newest().has_value()) {
    const auto pinned = Ask(source, pinned_.Height());
    if (!pinned) {
      view = Trouble(pinned.error(), block.header.height);
      return;
    }
    if (!IsSame(*pinned, *pinned_.Newest())) return AccuseAgainstPin(look, node, *pinned);
  }
  Follower follower = pinned_;
  if (const auto followed = follower.Follow(source, block); !followed) {
    view = Trouble(followed.error(), block.header.height);
    return;
  }
  told_[node] = std::max(told_[node], block.header.height);
  look.ahead.push_back({.node = node, .block = block, .follower = std::move(follower)});
}

// The highest is compared with all others; when it does not answer for its own history, the next
// one takes its place.
void Watcher::CompareAhead(Sighting& look) {
  std::ranges::stable_sort(look.ahead, std::ranges::greater{},
                           [](const Candidate& one) { return one.block.header.height; });
  for (std::size_t first = 0; first < look.ahead.size(); ++first) {
    const Candidate& best = look.ahead[first];
    bool answers = true;
    for (std::size_t i = first + 1; i < look.ahead.size() && answers; ++i) {
      const Candidate& other = look.ahead[i];
      const Height height = other.block.header.height;
      const auto block = height == best.block.header.height ? Result<LightBlock>(best.block)
                                                            : Ask(*look.nodes[best.node], height);
      if (!block) {
        look.round.nodes[best.node] = Trouble(block.error(), best.block.header.height);
        answers = false;
      } else if (IsSame(*block, other.block)) {
        look.round.nodes[other.node] = SameAsFarAs(height, best.block.header.height);
      } else if (const auto own = Certified(*look.nodes[best.node], *block); !own) {
        look.round.nodes[best.node] = Trouble(own.error(), best.block.header.height);
        answers = false;  // what it says of its own past nobody signed
      } else {
        Accuse(look, other.follower, other.node, other.block, best.node, *block);
      }
    }
    if (!answers) continue;
    if (look.round.nodes[best.node].state != NodeState::kForked) {
      look.round.nodes[best.node] = Agrees(best.block.header.height);
    }
    const bool in_doubt =
        look.round.fork.has_value() || std::ranges::any_of(look.ahead, [&](const Candidate& one) {
          return look.round.nodes[one.node].state == NodeState::kForked;
        });
    if (in_doubt) return;
    pinned_ = best.follower;
    look.round.advanced = true;
    return;
  }
}

// Compared with a node that tells what is pinned. Both must show that a quorum signed what they
// say: who cannot is named, and nobody else.
void Watcher::JudgeBehind(Sighting& look, std::size_t node, const LightBlock& block) {
  const Height height = block.header.height;
  NodeView& view = look.round.nodes[node];
  for (std::size_t index = 0; index < look.nodes.size(); ++index) {
    NodeView& witness = look.round.nodes[index];
    if (witness.state != NodeState::kAgrees || witness.height <= height) continue;
    const auto shown = Ask(*look.nodes[index], height);
    if (shown.has_value() && IsSame(*shown, block)) {
      if (height < told_[node]) break;
      told_[node] = height;
      view = SameAsFarAs(height, pinned_.Height());
      return;
    }
    const auto theirs = shown ? Certified(*look.nodes[index], *shown)
                              : Result<void>(std::unexpected(shown.error()));
    if (!theirs) {
      witness = Trouble(theirs.error(), witness.height);
      continue;  // the next one may know
    }
    if (const auto own = Certified(*look.nodes[node], block); !own) {
      view = Trouble(own.error(), height);
      return;
    }
    const auto earlier = pinned_.Below(height);
    if (earlier.has_value()) return Accuse(look, *earlier, node, block, index, *shown);
  }
  view = height < told_[node] ? WentBack(height, told_[node]) : Behind(height, pinned_.Height());
}

// The node's block of the pinned height is another one than was pinned.
void Watcher::AccuseAgainstPin(Sighting& look, std::size_t node, const LightBlock& block) {
  if (const auto signed_too = pinned_.Verify(block); signed_too.has_value()) {
    return Forked(look, Evidence(pinned_, *pinned_.Newest(), block), node, std::nullopt);
  }
  // Another set signed it, so the histories part earlier: whoever tells the pinned one shows where.
  const bool other_set = block.header.validators_hash != pinned_.Newest()->header.validators_hash;
  if (other_set && Certified(*look.nodes[node], block).has_value()) {
    for (std::size_t other = 0; other < look.nodes.size(); ++other) {
      if (other == node) continue;
      const auto shown = Ask(*look.nodes[other], pinned_.Height());
      if (!shown || !IsSame(*shown, *pinned_.Newest())) continue;
      return SearchFork(look, node, other, pinned_.Height());
    }
  }
  look.round.nodes[node] = {
      .state = NodeState::kInvalid,
      .height = block.header.height,
      .detail = {.en = "contradicts the pinned block " + Number(pinned_.Height()) +
                       " without a certificate",
                 .zh = "与已固定的第 " + Number(pinned_.Height()) + " 块矛盾，且无多数签名"}};
}

// By the source's own account, from what is believed or else from genesis: a quorum signed what it
// says of this height.
Result<void> Watcher::Certified(LightSource& source, const LightBlock& block) const {
  if (auto near = pinned_.Below(block.header.height)) {
    if (near->Follow(source, block)) return {};
  }
  JD_TRY(Follower follower, Follower::FromGenesis(genesis_));
  return follower.Follow(source, block);
}

// Two nodes tell different blocks of one height, and each has shown its own to be certified; in
// most cases by the set that `follower` believes.
void Watcher::Accuse(Sighting& look, const Follower& follower, std::size_t a,
                     const LightBlock& block_a, std::size_t b, const LightBlock& block_b) {
  if (follower.Verify(block_a) && follower.Verify(block_b)) {
    return Forked(look, Evidence(follower, block_a, block_b), a, b);
  }
  SearchFork(look, a, b, block_a.header.height);
}

void Watcher::SearchFork(Sighting& look, std::size_t a, std::size_t b, Height differs) {
  LightSource* broke = nullptr;
  auto found = FindFork(*look.nodes[a], *look.nodes[b], differs, broke);
  if (found.has_value()) return Forked(look, std::move(*found), a, b);
  const std::size_t node = broke == look.nodes[b] ? b : a;
  NodeView view = Trouble(found.error(), differs);
  view.detail.en = "differs from another node at height " + Number(differs) +
                   ", and does not show why: " + view.detail.en;
  view.detail.zh =
      "在第 " + Number(differs) + " 块与其他节点不一致，且不能出示依据：" + view.detail.zh;
  look.round.nodes[node] = std::move(view);
}

// The lowest height at which the two differ: there both are signed by one set, that of the block
// before, on which they agree. `broke`: which of them did not stand by its own account.
Result<ledger::ForkProof> Watcher::FindFork(LightSource& a, LightSource& b, Height differs,
                                            LightSource*& broke) const {
  const auto ask = [&broke](LightSource& source, Height height) {
    broke = &source;
    return Ask(source, height);
  };
  Height low = 0;
  Height high = differs;
  std::optional<LightBlock> common;
  while (high - low > 1) {
    const Height middle = low + (high - low) / 2;
    JD_TRY(LightBlock of_a, ask(a, middle));
    JD_TRY(const LightBlock of_b, ask(b, middle));
    if (IsSame(of_a, of_b)) {
      low = middle;
      common = std::move(of_a);
    } else {
      high = middle;
    }
  }
  JD_TRY(Follower follower, Follower::FromGenesis(genesis_));
  JD_TRY(const LightBlock of_b, ask(b, high));
  JD_TRY(const LightBlock of_a, ask(a, high));
  if (common.has_value()) JD_CHECK(follower.Follow(a, *common));
  JD_CHECK(follower.Follow(a, of_a));
  broke = &b;
  JD_CHECK(follower.Verify(of_b));
  return Evidence(follower, of_a, of_b);
}

ledger::ForkProof Watcher::Evidence(const Follower& follower, const LightBlock& a,
                                    const LightBlock& b) const {
  ledger::ForkProof proof{.chain = genesis_.chain,
                          .genesis_hash = genesis_.hash,
                          .epochs = follower.Epochs(),
                          .certified = {}};
  proof.certified[0] = {.header = a.header.Encode(), .commit = a.commit.Encode()};
  proof.certified[1] = {.header = b.header.Encode(), .commit = b.commit.Encode()};
  if (proof.certified[1].header < proof.certified[0].header) {
    std::swap(proof.certified[0], proof.certified[1]);
  }
  return proof;
}

// Which of the two lies nobody can tell from here: both are named.
void Watcher::Forked(Sighting& look, ledger::ForkProof proof, std::size_t a,
                     std::optional<std::size_t> b) {
  const Sentence detail{
      .en = b.has_value() ? "shows a certified history that differs from another node's"
                          : "shows a certified history that differs from what was seen before",
      .zh = b.has_value() ? "出示的已签名历史与其他节点不同" : "出示的已签名历史与此前所见不同"};
  look.round.nodes[a].state = NodeState::kForked;
  look.round.nodes[a].detail = detail;
  if (b.has_value()) {
    look.round.nodes[*b].state = NodeState::kForked;
    look.round.nodes[*b].detail = detail;
  }
  if (!look.round.fork.has_value()) look.round.fork = std::move(proof);
}

}  // namespace jiandu::sdk
