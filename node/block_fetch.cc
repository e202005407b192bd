// A hub and a part gossip around one question.
#include "node/block_fetch.h"

#include <optional>
#include <utility>

#include "node/event_loop.h"
#include "node/key_store.h"
#include "node/part_gossip.h"
#include "node/peer_hub.h"

namespace jiandu::node {
namespace {

constexpr std::int64_t kTickMs = 50;
constexpr EventLoop::TimerId kTick = 1;
constexpr EventLoop::TimerId kTimeUp = 2;

}  // namespace

class BlockFetch::State {
 public:
  State(const ledger::Genesis& genesis, const Config& config, NodeKeys keys, Logger log)
      : genesis_(genesis), config_(config), keys_(std::move(keys)), log_(std::move(log)) {}
  ~State() {
    if (hub_) hub_->Stop();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<void> Start() {
    MakeGossip();
    PeerHubOptions options;
    options.listen = config_.peers.listen;
    options.hello.chain_id = genesis_.chain;
    options.hello.genesis_hash = genesis_.hash;
    for (const auto& seat : genesis_.validators) {
      if (seat.node_key == keys_.node.PublicKey()) continue;
      PinnedPeer peer{.department = seat.department, .key = seat.node_key, .address = {}};
      for (const auto& dial : config_.peers.dial) {
        if (dial.department == seat.department) peer.address = dial.address;
      }
      options.peers.push_back(std::move(peer));
    }
    PeerEvents events;
    events.on_up = [this](const PeerId&) { AskAgain(); };
    events.on_down = [this](const PeerId& peer) { gossip_->OnPeerDown(peer); };
    events.on_alarm = [this](const std::string& what) { log_.Warn(what); };
    events.on_messages = [this](const PeerId& peer, std::vector<consensus::PeerMessage>& messages) {
      for (consensus::PeerMessage& message : messages) {
        auto* part = std::get_if<consensus::PartMsg>(&message);
        if (part != nullptr) gossip_->OnPart(peer, std::move(*part), EventLoop::SteadyMs());
      }
    };
    JD_TRY(hub_, PeerHub::Start(loop_, keys_.node, std::move(options), std::move(events), log_));
    return {};
  }

  Result<Bytes> Fetch(consensus::Height height, const consensus::BlockId& id,
                      std::int64_t wait_ms) {
    wanted_ = {height, id};
    block_ = nullptr;
    // Repairs go downwards: what was fetched before is forgotten.
    MakeGossip();
    loop_.SetTimer(kTimeUp, wait_ms, [this] { loop_.Stop(); });
    loop_.Post([this] { AskAgain(); });
    Tick();
    loop_.Run();
    loop_.CancelTimer(kTimeUp);
    loop_.CancelTimer(kTick);
    if (block_ != nullptr) return *block_;
    const std::size_t peers = hub_->Connected().size();
    return Fail(Errc::kUnavailable,
                peers == 0 ? "no other node could be reached: check peers.dial, and that they run"
                           : "none of the " + std::to_string(peers) +
                                 " nodes that could be reached sent it: try again, or when "
                                 "others run");
  }

 private:
  void MakeGossip() {
    PartGossipActions actions;
    actions.send = [this](const PeerId& peer, const consensus::PeerMessage& message) {
      (void)hub_->Send(peer, message);
    };
    actions.broadcast = [this](const consensus::PeerMessage& message) {
      (void)hub_->Broadcast(message);
    };
    actions.peers = [this] { return hub_->Connected(); };
    actions.on_block = [this](consensus::Height, const consensus::BlockId& id,
                              const BlockBytesPtr& bytes) {
      if (id != wanted_.second) return;
      block_ = bytes;
      loop_.Stop();
    };
    actions.find_decided = [](consensus::Height, const consensus::BlockId&) -> BlockBytesPtr {
      return nullptr;
    };
    actions.punish = [this](const PeerId& peer, std::uint32_t points, const std::string& why) {
      hub_->Punish(peer, points, why);
    };
    gossip_ = std::make_unique<PartGossip>(std::move(actions));
  }

  void AskAgain() {
    if (wanted_.first != 0) gossip_->Fetch(wanted_.first, wanted_.second, EventLoop::SteadyMs());
  }

  void Tick() {
    loop_.SetTimer(kTick, kTickMs, [this] {
      gossip_->Tick(EventLoop::SteadyMs());
      Tick();
    });
  }

  const ledger::Genesis& genesis_;
  const Config& config_;
  NodeKeys keys_;
  Logger log_;
  EventLoop loop_;
  std::unique_ptr<PeerHub> hub_;
  std::unique_ptr<PartGossip> gossip_;
  std::pair<consensus::Height, consensus::BlockId> wanted_;
  BlockBytesPtr block_;
};

Result<std::unique_ptr<BlockFetch>> BlockFetch::Start(const ledger::Genesis& genesis,
                                                      const Config& config, Logger log) {
  // Nothing is signed here: the consensus key stays sealed.
  KeysConfig keys = config.keys;
  keys.consensus.clear();
  keys.cosign.clear();
  keys.log.clear();
  keys.system.clear();
  JD_TRY(NodeKeys read, ReadNodeKeys(keys));
  auto state = std::make_unique<State>(genesis, config, std::move(read), std::move(log));
  JD_CHECK(state->Start());
  return std::unique_ptr<BlockFetch>(new BlockFetch(std::move(state)));
}

BlockFetch::BlockFetch(std::unique_ptr<State> state) : state_(std::move(state)) {}
BlockFetch::~BlockFetch() = default;

Result<Bytes> BlockFetch::Fetch(consensus::Height height, const consensus::BlockId& id,
                                std::int64_t wait_ms) {
  return state_->Fetch(height, id, wait_ms);
}

}  // namespace jiandu::node
