// See http_server.h.
#include "gateway/http_server.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <map>
#include <thread>

#include "gateway/head_guard.h"
#include "gateway/session.h"

namespace jiandu::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr int kBacklog = 1024;
constexpr auto kSweepEvery = std::chrono::milliseconds(100);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
constexpr auto kStopGrace = std::chrono::seconds(5);

// ALPN (RFC 7301): http/1.1 or nothing at all.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* selected = nullptr;
  const int found = SSL_select_next_proto(&selected, out_size, kHttp11.data(), kHttp11.size(),
                                          offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::shared_ptr<asio::ssl::context>> LoadTls(const TlsFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_alpn_select_cb(native, SelectProtocol, nullptr);
  error_code error;
  error = context->use_certificate_chain_file(files.certificate, error);
  if (error)
    return Fail(Errc::kInvalid, "certificate " + files.certificate + ": " + error.message());
  error = context->use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error) return Fail(Errc::kInvalid, "key " + files.key + ": " + error.message());
  if (SSL_CTX_check_private_key(native) != 1) {
    return Fail(Errc::kInvalid, "key " + files.key + " is not the certificate's");
  }
  const EVP_PKEY* key = SSL_CTX_get0_privatekey(native);
  std::array<char, 32> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1 ||
      OBJ_sn2nid(group.data()) != NID_X9_62_prime256v1) {
    return Fail(Errc::kInvalid, "key " + files.key + " is not ECDSA P-256");
  }
  return context;
}

// Whose connections are counted together: an IPv4 address, or the /64 an IPv6 host is given.
std::string CountedAs(const asio::ip::address& address) {
  if (!address.is_v6()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  if (address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6(bytes).to_string();
}

// Names by which this listener may be called (head_guard.h).
std::vector<std::string> AllowedHosts(const GatewaySettings& settings,
                                      const asio::ip::address& address) {
  std::vector<std::string> hosts;
  hosts.reserve(settings.hosts.size() + 4);
  for (const std::string& host : settings.hosts) hosts.push_back(LowerCase(host));
  if (address.is_loopback()) {
    hosts.insert(hosts.end(), {"localhost", "127.0.0.1", "[::1]"});
  }
  if (!address.is_unspecified()) {
    hosts.push_back(address.is_v6() ? "[" + address.to_string() + "]" : address.to_string());
  }
  return hosts;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const GatewaySettings& settings, ListenerSettings listener)
      : settings_(&settings),
        listener_(std::move(listener)),
        io_(std::make_shared<asio::io_context>(1)),
        acceptor_(*io_),
        sweep_(*io_),
        pause_(*io_) {}

  Result<void> Listen() {
    error_code error;
    const auto address = asio::ip::make_address(listener_.address, error);
    if (error) {
      return Fail(Errc::kInvalid,
                  "gateway: " + listener_.address +
                      " is no IP address; write 127.0.0.1 or one of this machine's");
    }
    hosts_ = AllowedHosts(*settings_, address);
    if (hosts_.empty()) {
      return Fail(Errc::kInvalid,
                  "gateway: whoever listens on any address must list its names in hosts");
    }
    if (listener_.tls) {
      JD_TRY(tls_, LoadTls(*listener_.tls));
    } else if (!address.is_loopback() && settings_->plain_http == PlainHttp::kLoopbackOnly) {
      return Fail(Errc::kInvalid,
                  "gateway: beyond this machine set tls_certificate and tls_key, or listen on "
                  "127.0.0.1");
    }
    const tcp::endpoint endpoint(address, listener_.port);
    error = acceptor_.open(endpoint.protocol(), error);
    if (!error) error = acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) error = acceptor_.bind(endpoint, error);
    if (!error) error = acceptor_.listen(kBacklog, error);
    if (error) {
      return Fail(Errc::kIo, "gateway: cannot listen on " + listener_.address + " port " +
                                 std::to_string(listener_.port) + ": " + error.message() +
                                 "; set another port, or end the program that has it");
    }
    port_ = acceptor_.local_endpoint(error).port();
    return {};
  }

  void Serve(RequestHandler& handler) {
    context_.settings = settings_;
    context_.hosts = hosts_;
    context_.handler = &handler;
    asio::co_spawn(*io_, AcceptLoop(), asio::detached);
    thread_ = std::thread([this] { RunAll(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(*io_, [this] { BeginStop(); });
    thread_.join();
    io_->stop();
  }

  [[nodiscard]] std::uint16_t Port() const { return port_; }

  [[nodiscard]] Post Posting() const {
    return [weak = std::weak_ptr(io_)](std::move_only_function<void()> work) {
      if (const auto io = weak.lock()) asio::post(*io, std::move(work));
    };
  }

  Result<void> ReloadTls() {
    if (!listener_.tls) return {};
    JD_TRY(auto fresh, LoadTls(*listener_.tls));
    asio::post(*io_, [this, fresh = std::move(fresh)] { tls_ = fresh; });
    return {};
  }

 private:
  struct Entry {
    SessionControlPtr control;
    std::string counted_as;
  };
  using Entries = std::list<Entry>;

  // An exception out of one piece of work (memory, say) ends that piece, not the service.
  void RunAll() {
    while (true) {
      try {
        io_->run();
        return;
      } catch (const std::exception&) {
        continue;
      }
    }
  }

  asio::awaitable<void> AcceptLoop() {
    while (!context_.stopping) {
      auto [error, socket] = co_await acceptor_.async_accept(kTuple);
      if (context_.stopping) break;
      if (error) {
        // Out of descriptors, or the client has gone again: neither ends the service.
        pause_.expires_after(kAcceptPause);
        error_code ignored;
        std::tie(ignored) = co_await pause_.async_wait(kTuple);
        continue;
      }
      Admit(std::move(socket));
    }
  }

  void Admit(tcp::socket socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return;
    const std::string counted_as = CountedAs(endpoint.address());
    std::size_t& of_address = by_address_[counted_as];
    if (entries_.size() >= settings_->connections_max ||
        of_address >= settings_->connections_per_address_max) {
      if (of_address == 0) by_address_.erase(counted_as);
      return;  // the socket closes: no memory is spent on who has enough already
    }
    ++of_address;
    error = socket.set_option(tcp::no_delay(true), error);
    auto control = std::make_shared<SessionControl>(std::move(socket));
    entries_.push_front(Entry{.control = control, .counted_as = counted_as});
    const auto place = entries_.begin();
    auto done = [this, place](const std::exception_ptr&) { Remove(place); };
    std::string peer = endpoint.address().to_string();
    if (tls_ != nullptr) {
      asio::co_spawn(*io_, ServeTls(control, context_, std::move(peer), tls_), std::move(done));
    } else {
      asio::co_spawn(*io_, ServePlain(control, context_, std::move(peer)), std::move(done));
    }
    if (!sweeping_) Sweep();
  }

  void Remove(Entries::iterator place) {
    place->control->Close();
    const auto count = by_address_.find(place->counted_as);
    if (--count->second == 0) by_address_.erase(count);
    entries_.erase(place);
    if (context_.stopping && entries_.empty()) sweep_.cancel();
  }

  // Ends sessions whose time has passed or whose client has gone. Runs while there are any.
  void Sweep() {
    sweeping_ = !entries_.empty();
    if (!sweeping_) return;
    sweep_.expires_after(kSweepEvery);
    sweep_.async_wait([this](const error_code& error) {
      if (error) return;
      const auto now = SessionControl::Clock::now();
      const bool out_of_grace = context_.stopping && now >= stop_by_;
      for (const Entry& entry : entries_) {
        SessionControl& control = *entry.control;
        if (control.closed) continue;
        if (now >= control.deadline || out_of_grace || (control.handling && control.HasHungUp())) {
          control.Close();
        }
      }
      Sweep();
    });
  }

  void BeginStop() {
    context_.stopping = true;
    stop_by_ = SessionControl::Clock::now() + kStopGrace;
    error_code ignored;
    ignored = acceptor_.close(ignored);
    pause_.cancel();
    for (const Entry& entry : entries_) {
      // Who waits for a request, or for something that may not come any more, is not waited for.
      if (entry.control->idle || entry.control->handling) entry.control->Close();
    }
  }

  const GatewaySettings* settings_;
  ListenerSettings listener_;
  // Shared with Posting(): callbacks of the node may outlive the gateway.
  std::shared_ptr<asio::io_context> io_;
  tcp::acceptor acceptor_;
  asio::steady_timer sweep_;
  asio::steady_timer pause_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::vector<std::string> hosts_;
  std::uint16_t port_ = 0;
  SessionContext context_;
  Entries entries_;
  std::map<std::string, std::size_t> by_address_;
  SessionControl::Clock::time_point stop_by_;
  bool sweeping_ = false;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() {
  try {
    Stop();
  } catch (const std::exception& error) {
    // A thread that can be neither told nor joined still uses what is about to go.
    AssertFailed(error.what(), __FILE__, __LINE__);
  }
}

Result<std::unique_ptr<HttpServer>> HttpServer::Open(const GatewaySettings& settings,
                                                     ListenerSettings listener) {
  try {
    auto impl = std::make_unique<Impl>(settings, std::move(listener));
    JD_CHECK(impl->Listen());
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
  } catch (const std::exception& error) {
    return Fail(Errc::kIo, std::string("gateway: ") + error.what());
  }
}

void HttpServer::Serve(RequestHandler& handler) { impl_->Serve(handler); }
void HttpServer::Stop() { impl_->Stop(); }
std::uint16_t HttpServer::Port() const { return impl_->Port(); }
Post HttpServer::Posting() const { return impl_->Posting(); }
Result<void> HttpServer::ReloadTls() { return impl_->ReloadTls(); }

}  // namespace jiandu::gateway
