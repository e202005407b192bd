// The host of one validator among three, with real threads and disk behind it and scripted peers in
// front. For its tests alone.
#pragma once

#include <gtest/gtest.h>

#include "node/consensus_host.h"
#include "node/view_board.h"
#include "node/writer.h"
#include "tests/node/hub_fixture.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node::testing {

class HostFixture : public ::testing::Test {
 public:
  ~HostFixture() override {
    if (pool_) pool_->Stop();
    if (executor_) executor_->Stop();
    if (signer_) signer_->Stop();
    if (writer_) writer_->Stop();
  }

 protected:
  HostFixture() {
    ledger_.GrowTo(6);
    // The proposer of the first height: it has something to sign at once.
    const auto& set = *Genesis().Tip().set;
    me_ = consensus::SeatRotation().ProposerOf(1, 0, set);
    for (const char* alias : {"db", "ga", "jt"}) {
      const auto address = consensus::AddressOf(ConsensusKey(alias).PublicKey());
      const PeerId peer = TestKey(static_cast<std::uint8_t>(++peers_made_)).PublicKey();
      options_.peer_of[address] = peer;
      if (address == me_) {
        key_ = ConsensusKey(alias);
      } else {
        others_.emplace_back(address, peer);
      }
    }
    options_.me = me_;
    options_.needs_proof = consensus::Work::kPending;
    options_.read_block = [](consensus::Height) { return std::nullopt; };
    // Rounds without the others end soon: what is signed in them is what the tests wait for.
    options_.params.propose_ms = 20;
    options_.params.min_interval_ms = 1;
    options_.params.heartbeat_ms = 20;
  }

  // A ledger of genesis alone, of the same network.
  static const TestLedger& Genesis() {
    static const TestLedger kGenesis;
    return kGenesis;
  }

  // Executor, writer and signer over an empty disk.
  void StartThreads() {
    const std::array<store::OverlayPtr, 1> first{Genesis().GenesisOverlay()};
    ASSERT_TRUE(store_.Write(store::MakeStateBatch(first, {}), store::Durability::kSynced));
    segments_ = std::move(*store::Segments::Open(folder_.Path() / "segments"));
    auto safety =
        SafetyFile::Create(folder_.Path() / "safety.rec", Genesis().Tip().chain, key_->PublicKey());
    ASSERT_TRUE(safety.has_value()) << safety.error().detail;
    const auto view = *store::LedgerView::Open(store_.Snapshot());
    const ChainTip tip = Genesis().Tip();
    board_ = std::make_unique<ViewBoard>(PostedView{.view = view, .commit = {}});
    writer_ =
        std::make_unique<Writer>(&store_, 0,
                                 WriterEvents{.on_written = [](auto, const auto&) {},
                                              .on_failed = [this](const auto& e) { Failed(e); }});
    executor_ = std::make_unique<Executor>(
        tip, nullptr, view, *writer_, *board_,
        ExecutorEvents{
            .on_built = [this](auto b) { Post(&ConsensusHost::OnBuilt, std::move(b)); },
            .on_checked = [this](auto c) { Post(&ConsensusHost::OnChecked, std::move(c)); },
            .on_applied = [this](auto a) { Post(&ConsensusHost::OnApplied, std::move(a)); },
            .on_failed = [this](const auto& e) { Failed(e); }});
    SignerEvents events{
        .on_signed = [this](auto message) { Signed(std::move(message)); },
        .on_refused =
            [this](auto why) {
              loop_.Post([this, why = std::move(why)] { host_->OnSignRefused(why); });
            },
        .on_stored = [this](auto height) { writer_->Stored(height); },
        .before_seal = [this](auto height) { return writer_->Flush(height); },
        .on_failed = [this](const auto& e) { Failed(e); }};
    signer_ = std::make_unique<Signer>(
        SignerOptions{.chain_id = tip.chain, .key = ConsensusKeyOfMe(), .address = me_},
        segments_.get(), std::move(*safety), options_.restored, std::move(events));
  }

  void Start() {
    StartThreads();
    const auto view = board_->Latest()->view;
    const ChainTip tip = Genesis().Tip();
    auto context = std::make_shared<VerifyContext>();
    context->chain = tip.chain;
    context->view = view;
    VerifyPoolOptions pool;
    pool.threads = 1;
    pool_ = std::make_unique<VerifyPool>(pool, context, [] {});
    mempool_ = std::make_unique<Mempool>(MempoolBounds());
    PeerHubOptions hub;
    hub.listen = "127.0.0.1:0";
    hub.hello = TestHello();
    hub.peers.push_back(
        PinnedPeer{.department = "other", .key = TestKey(1).PublicKey(), .address = ""});
    auto started = PeerHub::Start(loop_, TestKey(99), std::move(hub), PeerEvents(), {});
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    hub_ = std::move(*started);
    HostEvents heard;
    heard.on_applied = [](const AppliedBlock&) {};
    heard.on_alarm = [this](const std::string& what) { alarms_.push_back(what); };
    heard.on_fatal = [this](const Error& error) { Failed(error); };
    host_ = std::make_unique<ConsensusHost>(HostParts{.loop = &loop_,
                                                      .hub = hub_.get(),
                                                      .signer = signer_.get(),
                                                      .executor = executor_.get(),
                                                      .pool = pool_.get(),
                                                      .mempool = mempool_.get(),
                                                      .log = {}},
                                            options_, tip, nullptr, view, std::move(heard));
    loop_.Post([this] {
      host_->Start();
      for (const auto& [address, peer] : others_) host_->OnPeerUp(peer);
    });
  }

  [[nodiscard]] crypto::Ed25519PrivateKey ConsensusKeyOfMe() const {
    for (const char* alias : {"db", "ga", "jt"}) {
      auto key = ConsensusKey(alias);
      if (consensus::AddressOf(key.PublicKey()) == me_) return key;
    }
    std::abort();
  }
  template <typename Parameter, typename T>
  void Post(void (ConsensusHost::*method)(Parameter), T value) {
    loop_.Post([this, method, value = std::move(value)]() mutable {
      if constexpr (std::is_same_v<T, BuiltBlock>) built_ |= value.block != nullptr;
      ((*host_).*method)(std::move(value));
    });
  }
  void Signed(OwnMessage message) {
    loop_.Post([this, message = std::move(message)]() mutable {
      signed_.insert(std::visit([](const auto& one) { return one.height; }, message));
      if (const auto* proposal = std::get_if<consensus::Proposal>(&message)) {
        proposed_.insert(proposal->height);
      }
      host_->OnSigned(std::move(message));
    });
  }
  void Failed(const Error& error) {
    loop_.Post([this, error] { failures_.push_back(error.detail); });
  }

  // What the peers say. Each call happens on the loop.
  void OthersAreAt(consensus::Height height) {
    for (const auto& [address, peer] : others_) {
      host_->OnMessage(peer, consensus::StatusMsg{.base = 1, .height = height, .block_hash = {}});
    }
  }
  void SendBlocks(consensus::Height from, consensus::Height to) {
    for (consensus::Height height = from; height <= to; ++height) {
      const auto& one = ledger_.At(height);
      for (auto& piece : consensus::CutBlock(height, *one.block->bytes, one.commit)) {
        for (const auto& [address, peer] : others_) host_->OnMessage(peer, piece);
      }
    }
  }
  void AnswerProbe(std::size_t who, const std::optional<consensus::SignedMessage>& highest) {
    host_->OnMessage(others_[who].second,
                     consensus::AmnesiaAnswer{.height = 1, .validator = me_, .highest = highest});
  }
  // Runs the loop until a claim holds, and says what failed meanwhile.
  ::testing::AssertionResult Comes(const std::function<bool()>& claim) {
    const bool held = RunUntil(loop_, [&] { return claim() || !failures_.empty(); });
    if (!failures_.empty()) return ::testing::AssertionFailure() << failures_.front();
    if (!held) return ::testing::AssertionFailure() << "not within the deadline";
    return ::testing::AssertionSuccess();
  }
  // The same, while the peers answer whatever they are asked for of these blocks.
  ::testing::AssertionResult ComesWith(consensus::Height from, consensus::Height to,
                                       const std::function<bool()>& claim) {
    return Comes([&] {
      SendBlocks(from, to);
      return claim();
    });
  }
  [[nodiscard]] bool IsAt(consensus::Height height) const { return host_->Tip().height == height; }

  support::TempFolder folder_;
  TestLedger ledger_;
  consensus::Address me_;
  std::optional<crypto::Ed25519PrivateKey> key_;
  std::vector<std::pair<consensus::Address, PeerId>> others_;
  int peers_made_ = 0;
  HostOptions options_;
  bool built_ = false;
  std::set<consensus::Height> signed_;
  std::set<consensus::Height> proposed_;
  std::vector<std::string> failures_;
  std::vector<std::string> alarms_;
  EventLoop loop_;
  store::MemoryStore store_;
  std::unique_ptr<store::Segments> segments_;
  std::unique_ptr<ViewBoard> board_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Signer> signer_;
  std::unique_ptr<VerifyPool> pool_;
  std::unique_ptr<Mempool> mempool_;
  std::unique_ptr<PeerHub> hub_;
  std::unique_ptr<ConsensusHost> host_;
};

}  // namespace jiandu::node::testing
