#include "node/node.h"

#include <csignal>
#include <utility>

#include "base/limits.h"
#include "base/lineage_limits.h"
#include "ledger/store/file.h"
#include "node/disk_space.h"
#include "node/execution.h"
#include "node/node_state.h"
#include "node/snapshot_install.h"
#include "node/wall_clock.h"

namespace jiandu::node {
namespace {

constexpr std::int64_t kTickMs = 250;
constexpr EventLoop::TimerId kTickTimer = 1ULL << 62U;

Result<ledger::Genesis> ReadGenesis(const std::filesystem::path& file) {
  auto in = store::File::Open(file, store::File::Mode::kRead);
  if (!in)
    return Fail(Errc::kNotFound,
                file.string() + ": cannot be read; it is node.genesis of the config");
  JD_TRY(const std::uint64_t size, in->Size());
  if (size > limits::kGenesisBytesMax) return Fail(Errc::kTooLarge, file.string() + ": too large");
  JD_TRY(const Bytes document, in->Read(0, static_cast<std::size_t>(size)));
  auto genesis = ledger::DecodeGenesis(document);
  if (!genesis) return FailWith(genesis.error(), file.string());
  return genesis;
}

// "host:port", as the config has checked it.
std::pair<std::string, std::uint16_t> SplitAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return {host, static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1)))};
}

Result<consensus::Commit> CommitOf(const PostedView& posted, consensus::Height height) {
  if (height == posted.view->Height()) return posted.commit;
  JD_TRY(const Bytes bytes, posted.view->CommitAt(height));
  return consensus::Commit::Decode(bytes);
}

}  // namespace

Result<void> Node::State::OpenFiles() {
  JD_TRY(genesis_, ReadGenesis(config_.node.genesis));
  if (!config_.node.test_clock.empty()) {
    if (!genesis_.test_clock) {
      return jiandu::Fail(Errc::kInvalid,
                          "node.test_clock: this network's genesis has no test_clock, so its time "
                          "is real: remove the setting");
    }
    JD_CHECK(WallClock::Follow(config_.node.test_clock));
  }
  JD_TRY(log_, Log::Open(config_.log.file.string(), config_.log.level));
  logger_ = log_->Module("node");
  JD_TRY(lock_, LockDataDirectory(config_.node.data_dir));
  JD_TRY(keys_, ReadNodeKeys(config_.keys));
  seats_ = genesis_.validators;
  NameSeats(seats_, nullptr);
  if (keys_->consensus) me_ = consensus::AddressOf(keys_->consensus->PublicKey());
  return CheckRole();
}

// What the operator says this node is must be what its keys make it.
Result<void> Node::State::CheckRole() const {
  if (config_.node.role == "follower" && keys_->consensus) {
    return jiandu::Fail(Errc::kConflict,
                        "node.role is follower, but keys.consensus is set: a follower holds no key "
                        "that votes; remove keys.consensus, or set node.role to validator "
                        "(node.role 为 follower 时不得设置 keys.consensus)");
  }
  if (config_.node.role == "validator" && !keys_->consensus) {
    return jiandu::Fail(Errc::kConflict,
                        "node.role is validator, but keys.consensus is not set: name the key, or "
                        "set node.role to follower (node.role 为 validator 时须设置 "
                        "keys.consensus)");
  }
  return CheckIdentity();
}

// A node with another's key or name would push the real one off its links, or speak in its name.
// That the two keys belong together genesis cannot say: each is rotated alone (RecoverLedger).
Result<void> Node::State::CheckIdentity() const {
  const std::string& own = config_.node.department;
  const auto is_own = [&](const auto& department) { return department.code == own; };
  if (std::ranges::none_of(genesis_.departments, is_own)) {
    return jiandu::Fail(Errc::kConflict, "node.department " + own +
                                             " is no department of this network: take its code "
                                             "from the genesis document");
  }
  for (const auto& seat : genesis_.validators) {
    const bool has_node_key = seat.node_key == keys_->node.PublicKey();
    const bool has_seat = me_ && consensus::AddressOf(seat.consensus_key) == *me_;
    if ((has_node_key || has_seat) && seat.department != own) {
      return jiandu::Fail(Errc::kConflict, "the keys are those of " + seat.department +
                                               ", but node.department is " + own +
                                               ": check keys.node and node.department");
    }
  }
  // Who runs no node today may be admitted tomorrow.
  for (const auto& dial : config_.peers.dial) {
    const auto is_peer = [&](const auto& one) { return one.code == dial.department; };
    if (dial.department == own || std::ranges::none_of(genesis_.departments, is_peer)) {
      return jiandu::Fail(Errc::kConflict,
                          "peers.dial names " + dial.department +
                              ", which is this department or none of this network");
    }
  }
  return {};
}

Result<void> Node::State::RecoverLedger() {
  RecoverOptions options{.paths = {config_.node.data_dir},
                         .validator = {},
                         .new_safety_record_of = options_.new_safety_record_of,
                         .progress = options_.progress,
                         .check_all_rows = config_.node.check_at_start == "all",
                         .check_progress = options_.check_progress};
  if (me_) options.validator = keys_->consensus->PublicKey();
  JD_TRY(note_, FinishJoin(options.paths));
  JD_TRY(recovered_, Recover(genesis_, std::move(options)));
  if (!recovered_->note.empty()) note_ += (note_.empty() ? "" : "; ") + recovered_->note;
  store_ = std::move(recovered_->store);
  segments_ = std::move(recovered_->segments);
  logger_.Info(
      "recovered",
      {{"height", recovered_->tip.height}, {"replayed", recovered_->replayed}, {"note", note_}});
  for (const std::string& alarm : recovered_->alarms) OnAlarm(alarm);
  (void)ReadSeats(*recovered_->view);
  RecallLeaving(*recovered_->tip.set, *recovered_->view);
  const auto is_ours = [this](const auto& seat) {
    return me_ && consensus::AddressOf(seat.consensus_key) == *me_;
  };
  const auto seat = std::ranges::find_if(seats_, is_ours);
  if (seat != seats_.end() && seat->node_key != keys_->node.PublicKey()) {
    OnAlarm(
        "keys.node is not the node key that the ledger, as far as it is here, names for the seat "
        "of keys.consensus: others may refuse its links; is it the right key (node.rotate_key)? / "
        "链路密钥与本机账本登记的席位不符，其他节点可能拒绝连接");
  }
  if (me_ && !names_.contains(*me_)) {
    OnAlarm(
        "keys.consensus has no seat on this ledger: this node follows until its department's node "
        "is admitted (node.admit); is it the right key? / 投票密钥在账本上没有席位，接纳前仅跟随");
  }
  return {};
}

void Node::State::StartThreads() {
  board_ = std::make_unique<ViewBoard>(
      PostedView{.view = recovered_->view, .commit = recovered_->tip.commit});
  StartLineage();
  StartSnapshots();
  writer_ = std::make_unique<Writer>(store_.get(), recovered_->view->Height(), MakeWriterEvents(),
                                     config_.snapshots.every);
  executor_ = std::make_unique<Executor>(recovered_->tip, recovered_->last_set, recovered_->view,
                                         *writer_, *board_, MakeExecutorEvents());
  SignerOptions signer{.chain_id = genesis_.chain, .key = std::nullopt, .address = {}};
  if (me_) {
    signer.key = std::move(*keys_->consensus);
    signer.address = *me_;
  }
  signer_ =
      std::make_unique<Signer>(std::move(signer), segments_.get(), std::move(recovered_->safety),
                               recovered_->safety_state, MakeSignerEvents());
  VerifyPoolOptions pool;
  pool.threads = config_.node.verify_threads;
  pool_ = std::make_unique<VerifyPool>(pool, MakeVerifyContext(recovered_->tip, recovered_->view),
                                       [this] { OnLoop([this] { intake_->OnPoolResults(); }); });
  mempool_ = std::make_unique<Mempool>(
      MempoolBounds{.transactions_max = config_.mempool.transactions_max,
                    .bytes_max = config_.mempool.bytes_max,
                    .department_percent_max = config_.mempool.department_percent_max,
                    .reoffer_ms = config_.mempool.reoffer_ms});
}

void Node::State::StartLineage() {
  lineage_ = std::make_unique<LineageKeeper>(LineageSettings{
      .directory = DataPaths{config_.node.data_dir}.Lineage(),
      .genesis_hash = genesis_.hash,
      .graph_bytes_max = limits::kLineageGraphBytesMax,
      .transaction = MakeStoredReader(),
      .on_alarm = [this](const std::string& what) { OnLoop([this, what] { OnAlarm(what); }); }});
  lineage_->Follow(store_->Snapshot());
}

Result<void> Node::State::StartPeers() {
  PeerHubOptions options;
  options.listen = config_.peers.listen;
  options.hello.chain_id = genesis_.chain;
  options.hello.genesis_hash = genesis_.hash;
  options.hello.validator = me_;
  options.peers = PinnedPeers();
  JD_TRY(hub_, PeerHub::Start(loop_, keys_->node, std::move(options), MakePeerEvents(),
                              log_->Module("peers")));
  intake_ =
      std::make_unique<TxIntake>(IntakeParts{.loop = &loop_,
                                             .pool = pool_.get(),
                                             .mempool = mempool_.get(),
                                             .hub = hub_.get(),
                                             .on_work = [this] { host_->OnWork(); },
                                             .is_behind = [this] { return host_->IsBehind(); },
                                             .view = [this] { return board_->Latest()->view; },
                                             .log = log_->Module("intake")});
  return {};
}

void Node::State::StartConsensus() {
  HostOptions options;
  options.me = me_;
  options.params = config_.consensus.Over(NetworkParams());
  options.peer_of = PeersOfSeats();
  options.restored = std::move(recovered_->safety_state);
  options.needs_proof = recovered_->needs_proof;
  options.candidates = std::move(recovered_->candidates);
  options.first_block = [this] { return segments_->BaseHeight(); };
  options.read_block = [this](consensus::Height height) -> std::optional<StoredBlock> {
    auto stored = segments_->Read(height);
    const auto posted = board_->Latest();
    if (!stored) {
      if (stored.error().code == Errc::kCorrupt) OnAlarm("segments/" + stored.error().detail);
      return std::nullopt;
    }
    auto commit = CommitOf(*posted, height);
    if (!commit) return std::nullopt;
    return StoredBlock{.block = std::make_shared<const Bytes>(std::move(stored->bytes)),
                       .commit = std::move(*commit)};
  };
  HostEvents events;
  events.on_alarm = [this](const std::string& what) { OnAlarm(what); };
  events.on_equivocation = [this](const consensus::Equivocation& seen,
                                  const consensus::ValidatorSet& set) {
    figures_.equivocations.Add();
    reporter_->OnEquivocation(seen.first, seen.second, set);
  };
  events.on_fatal = [this](const Error& error) { Fail(error); };
  events.on_applied = [this](const AppliedBlock& applied) { intake_->OnApplied(applied); };
  host_ = std::make_unique<ConsensusHost>(HostParts{.loop = &loop_,
                                                    .hub = hub_.get(),
                                                    .signer = signer_.get(),
                                                    .executor = executor_.get(),
                                                    .pool = pool_.get(),
                                                    .mempool = mempool_.get(),
                                                    .log = log_->Module("consensus")},
                                          std::move(options), recovered_->tip, recovered_->last_set,
                                          recovered_->view, std::move(events));
  recovered_.reset();
}

Result<void> Node::State::StartGateway() {
  auto sources = std::make_shared<SnapshotSources>();
  sources->segments = segments_.get();
  sources->departments = names_;
  submit_port_ = std::make_unique<SubmitPort>(*intake_);
  log_port_ = std::make_unique<LogPort>(*board_, checkpoint_board_);
  reader_port_ = std::make_unique<ReaderPort>(*board_, std::move(sources));
  lineage_port_ = std::make_unique<LineagePort>(*lineage_, *board_);
  const std::int64_t heartbeat = config_.consensus.Over(NetworkParams()).heartbeat_ms;
  status_port_ = std::make_unique<StatusPort>(status_board_, metrics_, ToText(genesis_.document),
                                              heartbeat + 30000);
  gateway::GatewaySettings settings;
  std::tie(settings.listen_address, settings.port) = SplitAddress(config_.gateway.listen);
  if (!config_.gateway.tls_certificate.empty()) {
    settings.tls = gateway::TlsFiles{config_.gateway.tls_certificate.string(),
                                     config_.gateway.tls_key.string()};
  }
  if (config_.gateway.plain_http == "anywhere") settings.plain_http = gateway::PlainHttp::kAnywhere;
  settings.hosts = config_.gateway.hosts;
  if (!config_.gateway.metrics_listen.empty()) {
    std::uint16_t port = 0;
    std::tie(settings.metrics_address, port) = SplitAddress(config_.gateway.metrics_listen);
    settings.metrics_port = port;
  }
  if (config_.gateway.connections_max != 0)
    settings.connections_max = config_.gateway.connections_max;
  if (config_.gateway.connections_per_address_max != 0) {
    settings.connections_per_address_max = config_.gateway.connections_per_address_max;
  }
  settings.rate_per_address = {config_.gateway.requests_per_second_max,
                               config_.gateway.requests_per_second_max};
  settings.rate_per_principal = settings.rate_per_address;
  JD_TRY(gateway_, gateway::Gateway::Start(std::move(settings), *submit_port_, *reader_port_,
                                           *status_port_, log_port_.get(), lineage_port_.get()));
  return {};
}

Result<void> Node::State::Start() {
  JD_CHECK(OpenFiles());
  JD_CHECK(RecoverLedger());
  MakeFigures();
  const ChainTip tip = recovered_->tip;
  const store::LedgerViewPtr view = recovered_->view;
  StartThreads();
  MakeCheckpoints();
  JD_CHECK(StartPeers());
  MakeReporter();
  StartConsensus();
  StartSnapshotServer();
  StartSnapshotFetch();
  PostStatus();
  JD_CHECK(StartGateway());
  loop_.OnSignals({SIGTERM, SIGINT, SIGHUP}, [this](int signal) {
    if (signal == SIGHUP) {
      if (auto reopened = log_->Reopen(); !reopened) OnAlarm(reopened.error().detail);
      if (auto reloaded = gateway_->ReloadTls(); !reloaded) OnAlarm(reloaded.error().detail);
      return;
    }
    logger_.Info("stopping", {{"signal", signal}});
    loop_.Stop();
  });
  loop_.Post([this, tip, view] {
    if (!MayJudgeNext(tip, *view)) return;
    host_->Start();
    NoteCertified(*view);
    ArmTick();
  });
  logger_.Info("started", {{"chain", genesis_.chain},
                           {"department", config_.node.department},
                           {"gateway_port", std::uint32_t{gateway_->Port()}},
                           {"peer_port", std::uint32_t{hub_->ListenPort()}}});
  return {};
}

void Node::State::ArmTick() {
  loop_.SetTimer(kTickTimer, kTickMs, [this] {
    intake_->Tick();
    board_->Expire(EventLoop::SteadyMs());
    TickCheckpoints();
    TickSnapshots();
    TickReporter();
    PostStatus();
    ArmTick();
  });
}

int Node::State::Run() {
  loop_.Run();
  Stop();
  return exit_code_;
}

// From the outside in: nobody may post to a part that has gone.
void Node::State::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (gateway_) gateway_->Stop();
  if (hub_) hub_->Stop();
  if (pool_) pool_->Stop();
  if (executor_) executor_->Stop();
  if (signer_) signer_->Stop();
  if (writer_) writer_->Stop();
  if (lineage_) lineage_->Stop();
  if (snapshots_) snapshots_->Stop();
  if (intake_of_snapshot_) intake_of_snapshot_->Stop();
  if (log_) {
    logger_.Info("stopped");
    log_->Flush();
  }
}

Node::State::~State() { Stop(); }

Result<std::unique_ptr<Node>> Node::Start(NodeOptions options) {
  auto state = std::make_unique<State>(std::move(options));
  JD_CHECK(state->Start());
  return std::unique_ptr<Node>(new Node(std::move(state)));
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() = default;
int Node::Run() { return state_->Run(); }
const std::string& Node::StopReason() const { return state_->StopReason(); }
void Node::Stop() { state_->RequestStop(); }
std::uint16_t Node::GatewayPort() const { return state_->GatewayPort(); }
std::uint16_t Node::PeerPort() const { return state_->PeerPort(); }
const std::string& Node::StartNote() const { return state_->StartNote(); }
Fills Node::HowFull() const { return state_->HowFull(); }

}  // namespace jiandu::node
