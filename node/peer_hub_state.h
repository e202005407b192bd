// Inside of the hub: its peers, its links, its dials. Only for peer_hub*.cc.
//
// Loop thread. Shared by the operations under way, so that what ends late finds it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "node/peer_book.h"
#include "node/peer_hub.h"
#include "node/peer_link.h"
#include "node/peer_tls.h"

namespace jiandu::node {

inline constexpr std::size_t kUnknownLinksMax = 64;  // connected, not yet up

using LinkPtr = std::shared_ptr<PeerLink>;  // a connection lives as long as its operations

class PeerHub::State : public std::enable_shared_from_this<PeerHub::State> {
 public:
  struct Peer {
    explicit Peer(PinnedPeer pinned) : record(std::move(pinned)) {}
    PeerRecord record;
    LinkPtr link;  // null, or up
    bool dialling = false;
    std::uint64_t dropped_before = 0;   // by links that are gone
    std::uint64_t instance = 0;         // of the link before
    std::uint64_t instance_before = 0;  // the last other one
    std::int64_t heard_ms = -1;         // on the link before; -1: never
    std::optional<consensus::Address> validator;
  };
  // A dial under way: name, connection, deadline.
  struct Dial {
    Dial(boost::asio::io_context& context, const PeerId& whom)
        : peer(whom), resolver(context), socket(context), deadline(context) {}
    PeerId peer;
    boost::asio::ip::tcp::resolver resolver;
    boost::asio::ip::tcp::socket socket;
    boost::asio::steady_timer deadline;
    bool over = false;
  };
  using DialPtr = std::shared_ptr<Dial>;  // as a link: lives with its operations

  State(EventLoop& loop, TlsContext tls_context, const PeerId& key, PeerHubOptions opts,
        PeerEvents callbacks, Logger logger);

  [[nodiscard]] Result<void> Listen();

  void Accept();
  void DialAll();
  void StartDial(Peer& peer);
  void Connect(const DialPtr& dial, std::vector<boost::asio::ip::tcp::endpoint> endpoints);
  void EndDial(const DialPtr& dial, const std::string& error);
  void StartLink(boost::asio::ip::tcp::socket socket, const PeerId& dialled);
  [[nodiscard]] bool MayAccept(const boost::asio::ip::address& address) const;

  [[nodiscard]] std::string OnKey(PeerLink& link);
  [[nodiscard]] std::string OnHello(PeerLink& link, ByteView payload);
  void OnUp(PeerLink& link);
  void OnFrames(PeerLink& link, std::vector<Incoming>& frames);
  void OnInstance(PeerLink& link);
  void OnClosed(PeerLink& link, const std::string& why, Fault fault);
  void OnDisplaced(Peer& peer);
  void Lose(Peer& peer, const std::string& why);
  // Whether the new link takes the place of the one that is up.
  [[nodiscard]] bool Replaces(const PeerLink& added, const PeerLink& present) const;

  void SetPeers(std::vector<PinnedPeer> pinned);
  void Punish(const PeerId& id, std::uint32_t points, const std::string& why);
  [[nodiscard]] SendResult Send(Peer& peer, const Outgoing& message);
  [[nodiscard]] PeerStatus StatusOf(const Peer& peer) const;
  [[nodiscard]] Peer* Find(const PeerId& id) {
    const auto found = peers.find(id);
    return found == peers.end() ? nullptr : &found->second;
  }
  void Stop();

  boost::asio::io_context& context;
  boost::asio::ssl::context tls;
  PeerId self;
  PeerHubOptions options;
  PeerEvents events;
  Logger log;
  std::minstd_rand random;  // jitter only
  std::shared_ptr<const PeerLink::Settings> settings;
  std::optional<boost::asio::ip::tcp::acceptor> acceptor;
  boost::asio::steady_timer dial_timer;
  std::map<PeerId, Peer> peers;
  // All that have not ended, up or not, and whom we dialled (zero: they dialled us).
  std::map<LinkPtr, PeerId> links;
  std::set<DialPtr> dials;
  bool stopped = false;
};

}  // namespace jiandu::node
