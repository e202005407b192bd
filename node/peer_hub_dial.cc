// The hub's doors: listening, accepting within bounds, dialling with pauses.
#include <chrono>
#include <utility>

#include "node/peer_hub_state.h"

namespace jiandu::node {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kUnknownLinksPerAddressMax = 8;
constexpr std::int64_t kDialEveryMs = 100;

Result<tcp::acceptor> OpenAcceptor(asio::io_context& context, const std::string& address) {
  JD_TRY(const HostPort parsed, ParseHostPort(address));
  error_code error;
  const asio::ip::address host = asio::ip::make_address(parsed.host, error);
  if (error) {
    return Fail(Errc::kInvalid, "peers.listen: " + parsed.host +
                                    " is no IP address; write one of this machine's, or 0.0.0.0");
  }
  const tcp::endpoint endpoint(host, parsed.port);
  tcp::acceptor acceptor(context);
  (void)acceptor.open(endpoint.protocol(), error);
  if (!error) (void)acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) (void)acceptor.bind(endpoint, error);
  if (!error) (void)acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Fail(Errc::kIo, "peers.listen: cannot listen on " + address + ": " + error.message() +
                               "; set another address or port, or end the program that has it");
  }
  return acceptor;
}

}  // namespace

Result<void> PeerHub::State::Listen() {
  if (options.listen.empty()) return {};
  JD_TRY(acceptor, OpenAcceptor(context, options.listen));
  Accept();
  return {};
}

void PeerHub::State::Accept() {
  acceptor->async_accept(
      [self_ptr = shared_from_this()](const error_code& error, tcp::socket socket) {
        if (self_ptr->stopped) return;
        error_code gone;
        if (!error) {
          const tcp::endpoint from = socket.remote_endpoint(gone);
          if (!gone && self_ptr->MayAccept(from.address())) {
            self_ptr->StartLink(std::move(socket), PeerId());
          }
          return self_ptr->Accept();
        }
        // Out of descriptors, say. Trying at once would spin.
        auto pause = std::make_shared<asio::steady_timer>(self_ptr->context);
        pause->expires_after(std::chrono::milliseconds(kDialEveryMs));
        pause->async_wait([self_ptr, pause](const error_code&) {
          if (!self_ptr->stopped) self_ptr->Accept();
        });
      });
}

bool PeerHub::State::MayAccept(const asio::ip::address& address) const {
  const std::string prefix = address.to_string() + ":";
  std::size_t unknown = 0;
  std::size_t from_address = 0;
  for (const auto& [link, dialled] : links) {
    if (link->IsUp() || link->WhoDialled() == Dialled::kByUs) continue;
    ++unknown;
    if (link->Address().starts_with(prefix)) ++from_address;
  }
  return unknown < kUnknownLinksMax && from_address < kUnknownLinksPerAddressMax;
}

void PeerHub::State::DialAll() {
  const std::int64_t now_ms = EventLoop::SteadyMs();
  for (auto& [id, peer] : peers) {
    if (peer.link == nullptr && !peer.dialling && peer.record.MayDial(now_ms)) StartDial(peer);
  }
  dial_timer.expires_after(std::chrono::milliseconds(kDialEveryMs));
  dial_timer.async_wait([self_ptr = shared_from_this()](const error_code& error) {
    if (!error && !self_ptr->stopped) self_ptr->DialAll();
  });
}

void PeerHub::State::StartDial(Peer& peer) {
  peer.dialling = true;
  const auto dial = std::make_shared<Dial>(context, peer.record.Pinned().key);
  dials.insert(dial);
  dial->deadline.expires_after(std::chrono::milliseconds(options.timings.handshake_ms));
  dial->deadline.async_wait([self_ptr = shared_from_this(), dial](const error_code& error) {
    if (!error) self_ptr->EndDial(dial, "no connection in time");
  });
  const auto parsed = ParseHostPort(peer.record.Pinned().address);
  if (!parsed.has_value()) return EndDial(dial, parsed.error().detail);
  error_code not_numeric;
  const asio::ip::address address = asio::ip::make_address(parsed->host, not_numeric);
  if (!not_numeric) return Connect(dial, {tcp::endpoint(address, parsed->port)});
  dial->resolver.async_resolve(
      parsed->host, std::to_string(parsed->port),
      [self_ptr = shared_from_this(), dial](const error_code& error,
                                            const tcp::resolver::results_type& found) {
        if (error) return self_ptr->EndDial(dial, "name: " + error.message());
        std::vector<tcp::endpoint> endpoints;
        for (const auto& entry : found) endpoints.push_back(entry.endpoint());
        self_ptr->Connect(dial, std::move(endpoints));
      });
}

void PeerHub::State::Connect(const DialPtr& dial, std::vector<tcp::endpoint> endpoints) {
  if (dial->over) return;
  if (endpoints.empty()) return EndDial(dial, "no address");
  const tcp::endpoint next = endpoints.front();
  endpoints.erase(endpoints.begin());
  error_code ignored;
  (void)dial->socket.close(ignored);
  dial->socket.async_connect(next, [self_ptr = shared_from_this(), dial,
                                    rest = std::move(endpoints)](const error_code& error) mutable {
    if (!error) return self_ptr->EndDial(dial, "");
    if (rest.empty()) return self_ptr->EndDial(dial, error.message());
    self_ptr->Connect(dial, std::move(rest));
  });
}

void PeerHub::State::EndDial(const DialPtr& dial, const std::string& error) {
  if (dial->over) return;
  dial->over = true;
  dial->deadline.cancel();
  dial->resolver.cancel();
  dials.erase(dial);
  Peer* const peer = Find(dial->peer);
  if (stopped || peer == nullptr) return;
  // Counts as a failure until the link is up, so that a peer that refuses us is not hammered.
  peer->record.DialFailed(options.timings, EventLoop::SteadyMs(),
                          static_cast<std::uint32_t>(random()));
  if (error.empty()) return StartLink(std::move(dial->socket), dial->peer);
  peer->dialling = false;
  peer->record.last_error = "dialling " + peer->record.Pinned().address + ": " + error;
  error_code ignored;
  (void)dial->socket.close(ignored);
}

}  // namespace jiandu::node
