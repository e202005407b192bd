// One link a peer: logins, losses, sending, misbehaviour.
#include "node/peer_hub.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "node/peer_hub_state.h"

namespace jiandu::node {
namespace {

constexpr std::uint32_t kBanAtOnce = 100;
// Said to a link that a later login replaces: who hears it did not log in again hears of a twin.
constexpr const char* kReplaced = "another link took its place";
constexpr std::uint32_t kDisplacedMax = 3;  // once is a tie, or a link that we lost sight of
constexpr const char* kTwinAlarm =
    "another machine uses the node key of this node: the others cut our links for its logins. Find "
    "and stop it; if none is yours, the key is in other hands: replace it (node.rotate_key) / "
    "另一台机器正在使用本节点的节点密钥，其他节点因其登录而断开本节点的连接："
    "请找出并停止该机器；若非本部门所为，则密钥已泄露，请更换（node.rotate_key）";

std::uint64_t RandomU64() {
  FixedBytes<8> random;
  crypto::FillRandom(random.bytes);
  return ReadU64Be(random.View()) | 1U;  // never 0, which means unknown
}

}  // namespace

PeerHub::State::State(EventLoop& loop, TlsContext tls_context, const PeerId& key,
                      PeerHubOptions opts, PeerEvents callbacks, Logger logger)
    : context(loop.Context()),
      tls(tls_context.release()),
      self(key),
      options(std::move(opts)),
      events(std::move(callbacks)),
      log(std::move(logger)),
      random(static_cast<std::minstd_rand::result_type>(RandomU64())),
      dial_timer(context) {
  options.hello.node_key_id = crypto::Sha256(self.View());
  const consensus::PeerMessage hello = options.hello;
  settings = std::make_shared<const PeerLink::Settings>(
      PeerLink::Settings{.hello = consensus::EncodePeerMessage(hello),
                         .rules = PeerFrameRules(),
                         .timings = options.timings,
                         .bounds = options.bounds,
                         .instance = RandomU64()});
}

void PeerHub::State::StartLink(boost::asio::ip::tcp::socket socket, const PeerId& dialled) {
  // The callbacks hold the hub's state: it outlives its links, and drops them in Stop.
  const auto state = shared_from_this();
  PeerLink::Events link_events{
      .on_key = [state](PeerLink& link) { return state->OnKey(link); },
      .on_hello = [state](PeerLink& link, ByteView hello) { return state->OnHello(link, hello); },
      .on_up = [state](PeerLink& link) { state->OnUp(link); },
      .on_frames = [state](PeerLink& link,
                           std::vector<Incoming>& frames) { state->OnFrames(link, frames); },
      .on_instance = [state](PeerLink& link) { state->OnInstance(link); },
      .on_closed = [state](PeerLink& link, const std::string& why,
                           Fault fault) { state->OnClosed(link, why, fault); }};
  const Dialled who = dialled.IsZero() ? Dialled::kByThem : Dialled::kByUs;
  const auto link =
      std::make_shared<PeerLink>(std::move(socket), tls, who, settings, std::move(link_events));
  links.emplace(link, dialled);
  link->Start();
}

std::string PeerHub::State::OnKey(PeerLink& link) {
  const Peer* const peer = Find(link.Key());
  if (peer == nullptr) {
    log.Warn("link refused: its node key is not pinned",
             {{"peer", ShortName(link.Key())}, {"address", link.Address()}});
    return "node key is not pinned";
  }
  const PeerId& dialled = links.at(link.shared_from_this());
  if (!dialled.IsZero() && dialled != link.Key()) return "another node key than the one dialled";
  if (peer->record.BannedMs(EventLoop::SteadyMs()) > 0) return "shut out for misbehaviour";
  return "";
}

std::string PeerHub::State::OnHello(PeerLink& link, ByteView payload) {
  Peer& peer = *Find(link.Key());
  const std::string& department = peer.record.Pinned().department;
  const auto message = consensus::DecodePeerMessage(payload);
  const auto* const hello =
      message.has_value() ? std::get_if<consensus::Hello>(&*message) : nullptr;
  std::string refusal =
      hello == nullptr ? "its hello does not decode" : Mismatch(options.hello, *hello, link.Key());
  if (!refusal.empty()) {
    log.Error("link refused", {{"peer", department}, {"why", refusal}});
    return refusal;
  }
  if (peer.link != nullptr && !Replaces(link, *peer.link)) {
    return "dialled at the same time: the other link stays";
  }
  peer.validator = hello->validator;
  return "";
}

bool PeerHub::State::Replaces(const PeerLink& added, const PeerLink& present) const {
  // Both dialled at once: both sides keep the one dialled by the lower key. Otherwise the peer has
  // lost the link that we still see, or it would not have logged in again.
  const bool at_once = EventLoop::SteadyMs() - present.UpSinceMs() < options.timings.tie_ms &&
                       added.WhoDialled() != present.WhoDialled();
  if (!at_once) return true;
  return (added.WhoDialled() == Dialled::kByUs) == (self < added.Key());
}

void PeerHub::State::OnUp(PeerLink& link) {
  Peer& peer = *Find(link.Key());
  if (peer.link != nullptr) {
    const LinkPtr replaced = peer.link;
    Lose(peer, kReplaced);
    replaced->Close(kReplaced);
    if (stopped) return;
  }
  peer.link = link.shared_from_this();
  peer.dialling = false;
  peer.record.CameUp();
  peer.record.last_error.clear();
  log.Info("link up", {{"peer", peer.record.Pinned().department},
                       {"key", ShortName(link.Key())},
                       {"address", link.Address()},
                       {"dialled_by_us", link.WhoDialled() == Dialled::kByUs}});
  if (events.on_up) events.on_up(link.Key());
}

// A machine that starts again is a new instance, and the old one never comes back: not even after a
// power cut, when the link to the old one still seems up. One that does come back was running
// elsewhere all the while.
void PeerHub::State::OnInstance(PeerLink& link) {
  Peer* const peer = Find(link.Key());
  if (peer == nullptr || peer->link.get() != &link) return;
  if (peer->instance_before == 0 || link.TheirInstance() != peer->instance_before) return;
  const std::string& department = peer->record.Pinned().department;
  log.Error("a second machine uses the node key of a department", {{"peer", department}});
  if (events.on_alarm) events.on_alarm("two machines use the node key of " + department);
}

void PeerHub::State::OnFrames(PeerLink& link, std::vector<Incoming>& frames) {
  Peer* const peer = Find(link.Key());
  if (peer == nullptr || peer->link.get() != &link) return;
  std::vector<consensus::PeerMessage> messages;
  messages.reserve(frames.size());
  for (const Incoming& frame : frames) {
    auto message = Unpack(frame);
    if (!message.has_value()) return link.Close(message.error().detail, Fault::kTheirs);
    messages.push_back(std::move(*message));
  }
  if (events.on_messages) events.on_messages(link.Key(), messages);
}

void PeerHub::State::OnClosed(PeerLink& link, const std::string& why, Fault fault) {
  const auto here = links.find(link.shared_from_this());
  if (here == links.end()) return;
  const PeerId dialled = here->second;
  links.erase(here);
  if (Peer* const target = Find(dialled); target != nullptr) {
    target->dialling = false;
    if (target->link == nullptr) target->record.last_error = why;
  }
  Peer* const peer = Find(link.Key());
  if (peer == nullptr) return;
  if (peer->link == nullptr) peer->record.last_error = why;
  if (peer->link.get() == &link) {
    if (why.ends_with(kReplaced)) OnDisplaced(*peer);
    Lose(*peer, why);
  }
  if (fault == Fault::kTheirs) Punish(link.Key(), kBanAtOnce, why);
}

// Two nodes with one key throw each other out at every peer, for as long as both dial.
void PeerHub::State::OnDisplaced(Peer& peer) {
  const std::uint32_t times = peer.record.Displaced(options.timings, EventLoop::SteadyMs(),
                                                    static_cast<std::uint32_t>(random()));
  if (times < kDisplacedMax) return;
  log.Error("another machine uses our node key", {{"peer", peer.record.Pinned().department}});
  if (times == kDisplacedMax && events.on_alarm) events.on_alarm(kTwinAlarm);
}

void PeerHub::State::Lose(Peer& peer, const std::string& why) {
  const LinkPtr link = std::move(peer.link);
  peer.link = nullptr;
  peer.record.last_error = why;
  peer.dropped_before += link->Queue().Dropped();
  peer.heard_ms = link->LastHeardMs();
  const std::uint64_t instance = link->TheirInstance();
  if (instance != 0 && instance != peer.instance) {
    peer.instance_before = std::exchange(peer.instance, instance);
  }
  log.Info("link down", {{"peer", peer.record.Pinned().department}, {"why", why}});
  if (events.on_down) events.on_down(link->Key());
}

void PeerHub::State::SetPeers(std::vector<PinnedPeer> pinned) {
  std::set<PeerId> kept;
  for (PinnedPeer& entry : pinned) {
    if (entry.key == self) continue;
    kept.insert(entry.key);
    const auto found = peers.find(entry.key);
    if (found == peers.end()) {
      peers.emplace(entry.key, Peer(entry));
    } else {
      found->second.record.Repin(std::move(entry));
    }
  }
  for (const auto& [link, dialled] : links) {
    if (!link->Key().IsZero() && !kept.contains(link->Key())) link->Close("no longer pinned");
  }
  for (auto entry = peers.begin(); entry != peers.end();) {
    const bool stays = kept.contains(entry->first);
    if (!stays && entry->second.link != nullptr) Lose(entry->second, "no longer pinned");
    entry = stays ? std::next(entry) : peers.erase(entry);
  }
}

void PeerHub::State::Punish(const PeerId& id, std::uint32_t points, const std::string& why) {
  Peer* const peer = Find(id);
  if (peer == nullptr) return;
  log.Warn("peer misbehaves",
           {{"peer", peer->record.Pinned().department}, {"points", points}, {"why", why}});
  if (!peer->record.Punish(options.timings, points, EventLoop::SteadyMs())) return;
  log.Error("peer shut out", {{"peer", peer->record.Pinned().department}, {"why", why}});
  if (peer->link != nullptr) peer->link->Close("shut out: " + why);
}

SendResult PeerHub::State::Send(Peer& peer, const Outgoing& message) {
  if (peer.link == nullptr || !peer.link->IsUp()) return SendResult::kNotConnected;
  switch (peer.link->Send(message)) {
    case SendQueue::Put::kQueued: return SendResult::kQueued;
    case SendQueue::Put::kRefused: return SendResult::kFull;
    case SendQueue::Put::kMustClose: break;
  }
  peer.link->Close("its queue of votes is full");
  return SendResult::kNotConnected;
}

PeerStatus PeerHub::State::StatusOf(const Peer& peer) const {
  const std::int64_t now_ms = EventLoop::SteadyMs();
  PeerStatus status{.department = peer.record.Pinned().department,
                    .key = peer.record.Pinned().key,
                    .address = peer.record.Pinned().address,
                    .dropped_frames = peer.dropped_before,
                    .validator = peer.validator,
                    .last_error = peer.record.last_error,
                    .banned_ms = peer.record.BannedMs(now_ms)};
  if (peer.heard_ms >= 0) status.last_heard_ms_ago = now_ms - peer.heard_ms;
  if (peer.link == nullptr) return status;
  const PeerLink& link = *peer.link;
  status.address = link.Address();
  status.connected = true;
  status.dialled_by_us = link.WhoDialled() == Dialled::kByUs;
  status.last_heard_ms_ago = now_ms - link.LastHeardMs();
  status.up_ms = now_ms - link.UpSinceMs();
  status.clock_ahead_ms = link.ClockAheadMs();
  status.round_trip_ms = link.RoundTripMs();
  status.sent_bytes = link.SentBytes();
  status.received_bytes = link.ReceivedBytes();
  status.dropped_frames += link.Queue().Dropped();
  for (const Lane lane : {Lane::kVotes, Lane::kBlocks, Lane::kBulk}) {
    status.queued_bytes += link.Queue().LaneBytes(lane);
  }
  return status;
}

void PeerHub::State::Stop() {
  if (stopped) return;
  stopped = true;
  events = PeerEvents();
  boost::system::error_code ignored;
  if (acceptor.has_value()) (void)acceptor->close(ignored);
  dial_timer.cancel();
  for (const DialPtr& dial : dials) {
    dial->over = true;
    dial->deadline.cancel();
    dial->resolver.cancel();
    (void)dial->socket.close(ignored);
  }
  dials.clear();
  for (const auto& [link, dialled] : links) link->Close("the node stops");
  // Links and hub hold each other; the loop may never run again to end them one by one.
  links.clear();
  peers.clear();
}

Result<std::unique_ptr<PeerHub>> PeerHub::Start(EventLoop& loop,
                                                const crypto::Ed25519PrivateKey& node_key,
                                                PeerHubOptions options, PeerEvents events,
                                                Logger log) {
  JD_TRY(TlsContext tls, MakePeerTlsContext(node_key));
  std::vector<PinnedPeer> pinned = options.peers;
  const auto state = std::make_shared<State>(loop, std::move(tls), node_key.PublicKey(),
                                             std::move(options), std::move(events), std::move(log));
  state->SetPeers(std::move(pinned));
  JD_CHECK(state->Listen());
  state->DialAll();
  return std::unique_ptr<PeerHub>(new PeerHub(state));
}

PeerHub::PeerHub(std::shared_ptr<State> state) : state_(std::move(state)) {}
// NOLINTNEXTLINE(bugprone-exception-escape): out of memory alone, which ends the process anyway
PeerHub::~PeerHub() { Stop(); }
void PeerHub::Stop() { state_->Stop(); }

void PeerHub::SetPeers(std::vector<PinnedPeer> peers) { state_->SetPeers(std::move(peers)); }

SendResult PeerHub::Send(const PeerId& peer, const consensus::PeerMessage& message) {
  return IsUp(peer) ? Send(peer, Prepare(message)) : SendResult::kNotConnected;
}

SendResult PeerHub::Send(const PeerId& peer, const Outgoing& prepared) {
  State::Peer* const found = state_->Find(peer);
  return found == nullptr ? SendResult::kNotConnected : state_->Send(*found, prepared);
}

std::size_t PeerHub::Broadcast(const consensus::PeerMessage& message) {
  return Broadcast(Prepare(message));
}

std::size_t PeerHub::Broadcast(const Outgoing& prepared) {
  std::size_t taken = 0;
  for (auto& [id, peer] : state_->peers) {
    if (state_->Send(peer, prepared) == SendResult::kQueued) ++taken;
  }
  return taken;
}

std::size_t PeerHub::QueuedBytes(const PeerId& peer, Lane lane) const {
  const State::Peer* const found = state_->Find(peer);
  if (found == nullptr || found->link == nullptr) return 0;
  return found->link->Queue().LaneBytes(lane);
}

void PeerHub::Punish(const PeerId& peer, std::uint32_t points, const std::string& why) {
  state_->Punish(peer, points, why);
}

bool PeerHub::IsUp(const PeerId& peer) const {
  const State::Peer* const found = state_->Find(peer);
  return found != nullptr && found->link != nullptr && found->link->IsUp();
}

std::vector<PeerId> PeerHub::Connected() const {
  std::vector<PeerId> connected;
  for (const auto& [id, peer] : state_->peers) {
    if (peer.link != nullptr && peer.link->IsUp()) connected.push_back(id);
  }
  return connected;
}

std::vector<PeerStatus> PeerHub::Status() const {
  std::vector<PeerStatus> all;
  for (const auto& [id, peer] : state_->peers) all.push_back(state_->StatusOf(peer));
  return all;
}

void PeerHub::AddFills(Fills& fills) const {
  constexpr std::array kNames{"votes lane bytes", "blocks lane bytes", "bulk lane bytes"};
  const auto& most = state_->options.bounds.bytes_max;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    std::size_t fullest = 0;
    for (const auto& [link, dialled] : state_->links) {
      fullest = std::max(fullest, link->Queue().LaneBytes(static_cast<Lane>(lane)));
    }
    fills.push_back({.name = kNames.at(lane), .now = fullest, .most = most.at(lane)});
  }
  const auto strangers = std::ranges::count_if(state_->links, [](const auto& entry) {
    return !entry.first->IsUp() && entry.first->WhoDialled() == Dialled::kByThem;
  });
  fills.push_back({.name = "links of strangers",
                   .now = static_cast<std::size_t>(strangers),
                   .most = kUnknownLinksMax});
}

const PinnedPeer* PeerHub::FindPinned(const PeerId& peer) const {
  const State::Peer* const found = state_->Find(peer);
  return found == nullptr ? nullptr : &found->record.Pinned();
}

PeerId PeerHub::Self() const { return state_->self; }

std::uint16_t PeerHub::ListenPort() const {
  if (!state_->acceptor.has_value()) return 0;
  boost::system::error_code error;
  const auto endpoint = state_->acceptor->local_endpoint(error);
  return error ? std::uint16_t{0} : endpoint.port();
}

}  // namespace jiandu::node
