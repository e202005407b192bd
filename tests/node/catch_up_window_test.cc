// How much block sync holds in memory while the very next block does not come.
#include <gtest/gtest.h>

#include <deque>

#include "node/catch_up.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kBlockBytes = 50'000;
constexpr std::size_t kEnough = 20'000'000;  // the test ends here if nothing else does

PeerId Peer(std::uint8_t number) {
  PeerId id;
  id.bytes.fill(number);
  return id;
}

consensus::Commit CommitOf(consensus::Height height) {
  consensus::Commit commit;
  commit.height = height;
  commit.id.parts = 1;
  commit.signatures.resize(1);
  return commit;
}

// cometbft and constantinople#42: a window counted in blocks was memory without a bound.
TEST(CatchUpWindow, IsKeptInBytesWhileTheNextBlockDoesNotCome) {
  std::deque<std::pair<PeerId, consensus::BlockRequest>> asked;
  CatchUpActions actions{
      .send =
          [&asked](const PeerId& to, const consensus::PeerMessage& message) {
            const auto* request = std::get_if<consensus::BlockRequest>(&message);
            if (request != nullptr) asked.emplace_back(to, *request);
          },
      .broadcast = [](const consensus::PeerMessage&) {},
      .read_block = [](consensus::Height, CatchUpActions::OnRead) {},
      .deliver = [](consensus::Height, const StoredBlock&) { FAIL() << "block 1 never came"; },
      .queued_bytes = [](const PeerId&) { return std::size_t{0}; },
      .punish = [](const PeerId&, std::uint32_t, const std::string& why) { FAIL() << why; }};
  CatchUpOptions options;
  options.window_bytes = 2'000'000;
  CatchUp sync(std::move(actions), options, 0);
  for (std::uint8_t number = 1; number <= 2; ++number) {
    sync.OnPeerUp(Peer(number), 0);
    sync.OnStatus(Peer(number), {.base = 1, .height = 10'000, .block_hash = {}}, 0);
  }
  std::size_t held = 0;
  while (!asked.empty() && held < kEnough) {
    const auto [peer, request] = asked.front();
    asked.pop_front();
    if (request.from == 1) continue;  // whoever has the first block says nothing
    for (std::uint32_t i = 0; i < request.count; ++i) {
      const consensus::Height height = request.from + i;
      held += kBlockBytes;
      sync.OnBlockPiece(peer,
                        {.height = height,
                         .total = kBlockBytes,
                         .offset = 0,
                         .bytes = Bytes(kBlockBytes),
                         .commit = CommitOf(height)},
                        0);
    }
  }
  EXPECT_LE(held, options.window_bytes);
  EXPECT_GE(held, options.window_bytes / 2) << "the window is there to be used";
}

}  // namespace
}  // namespace jiandu::node
