#include "sdk/cpp/client.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cctype>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace jiandu::sdk {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;
using Request = http::request<http::string_body>;

constexpr int kPortMax = 65535;

struct Endpoint {
  bool secure = false;
  std::string host;
  std::string port;
};

Result<Endpoint> ParseUrl(std::string_view url) {
  Endpoint endpoint;
  if (url.starts_with("https://")) {
    endpoint.secure = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return Fail(Errc::kInvalid, "the URL must begin with http:// or https://");
  }
  if (const auto slash = url.find('/'); slash != std::string_view::npos) url = url.substr(0, slash);
  const auto colon = url.rfind(':');
  endpoint.host = std::string(url.substr(0, colon));
  endpoint.port = colon == std::string_view::npos ? (endpoint.secure ? "443" : "80")
                                                  : std::string(url.substr(colon + 1));
  if (endpoint.host.empty() || endpoint.port.empty())
    return Fail(Errc::kInvalid, "the URL names no host");
  // The resolver would take 99999 for another port.
  int port = 0;
  const char* end = endpoint.port.data() + endpoint.port.size();
  const auto [at, error] = std::from_chars(endpoint.port.data(), end, port);
  if (error != std::errc() || at != end || port < 1 || port > kPortMax) {
    return Fail(Errc::kInvalid, "the URL's port \"" + endpoint.port + "\" is none of 1 to 65535");
  }
  return endpoint;
}

std::unexpected<Error> NetworkError(const std::string& what, const beast::error_code& error) {
  const Errc code = error == beast::error::timeout     ? Errc::kTimeout
                    : error == http::error::body_limit ? Errc::kTooLarge
                                                       : Errc::kUnavailable;
  return Fail(code, what + ": " + error.message());
}

}  // namespace

Result<void> CheckUrl(std::string_view url) {
  JD_CHECK(ParseUrl(url));
  return {};
}

Result<std::string> HostOf(std::string_view url) {
  JD_TRY(const Endpoint endpoint, ParseUrl(url));
  std::string host = endpoint.host + ":" + endpoint.port;
  std::ranges::transform(host, host.begin(), [](unsigned char c) { return std::tolower(c); });
  return host;
}

class Client::State {
 public:
  State(std::string url, ClientOptions options)
      : url_(std::move(url)), options_(std::move(options)) {}

  void SetBearer(std::string token) { bearer_ = std::move(token); }

  Result<HttpReply> Call(Request request) {
    JD_TRY(const Endpoint endpoint, ParseUrl(url_));
    request.version(11);
    request.set(http::field::host, endpoint.host + ":" + endpoint.port);
    request.set(http::field::user_agent, "jiandu/0.1");
    if (!bearer_.empty()) request.set(http::field::authorization, "Bearer " + bearer_);
    request.prepare_payload();
    const bool was_open = IsOpen();
    auto reply = Once(endpoint, request);
    // The server may have closed an idle connection just now: the call is safe to repeat, because a
    // transaction is the same however often it is sent.
    if (!reply && was_open && reply.error().code == Errc::kUnavailable)
      reply = Once(endpoint, request);
    return reply;
  }

 private:
  [[nodiscard]] bool IsOpen() const { return plain_ != nullptr || secure_ != nullptr; }
  // What is left unread of one connection is no answer on the next.
  void Close() {
    plain_.reset();
    secure_.reset();
    buffer_.clear();
  }

  Result<HttpReply> Once(const Endpoint& endpoint, Request& request) {
    if (!IsOpen()) JD_CHECK(Connect(endpoint));
    auto reply = secure_ ? Exchange(*secure_, request) : Exchange(*plain_, request);
    if (!reply) Close();
    return reply;
  }

  // Runs the operation just started; its handler has set `error`.
  void RunToEnd() {
    io_.restart();
    io_.run();
  }

  Result<void> Connect(const Endpoint& endpoint) {
    beast::error_code error;
    Tcp::resolver resolver(io_);
    const auto found = resolver.resolve(endpoint.host, endpoint.port, error);
    if (error) return NetworkError(endpoint.host, error);
    if (endpoint.secure) JD_CHECK(PrepareTls());
    if (endpoint.secure) {
      secure_ = std::make_unique<Secure>(io_, *tls_);
      SSL_set_tlsext_host_name(secure_->native_handle(), endpoint.host.c_str());
    } else {
      plain_ = std::make_unique<Plain>(io_);
    }
    Plain& lowest = secure_ ? beast::get_lowest_layer(*secure_) : *plain_;
    lowest.expires_after(std::chrono::milliseconds(options_.timeout_ms));
    lowest.async_connect(found,
                         [&](beast::error_code code, const Tcp::endpoint&) { error = code; });
    RunToEnd();
    if (!error) (void)lowest.socket().set_option(Tcp::no_delay(true), error);
    if (!error && secure_) {
      secure_->set_verify_callback(asio::ssl::host_name_verification(endpoint.host));
      secure_->async_handshake(asio::ssl::stream_base::client,
                               [&](beast::error_code code) { error = code; });
      RunToEnd();
    }
    if (!error) return {};
    Close();
    return NetworkError(endpoint.host + ":" + endpoint.port, error);
  }

  Result<void> PrepareTls() {
    if (tls_) return {};
    tls_.emplace(asio::ssl::context::tls_client);
    beast::error_code error;
    tls_->set_verify_mode(asio::ssl::verify_peer);
    if (options_.ca_file.empty()) {
      (void)tls_->set_default_verify_paths(error);
    } else {
      (void)tls_->load_verify_file(options_.ca_file, error);
    }
    if (error) return Fail(Errc::kInvalid, options_.ca_file + ": " + error.message());
    return {};
  }

  template <typename Stream>
  Result<HttpReply> Exchange(Stream& stream, Request& request) {
    beast::error_code error;
    auto& lowest = beast::get_lowest_layer(stream);
    lowest.expires_after(std::chrono::milliseconds(options_.timeout_ms));
    http::async_write(stream, request, [&](beast::error_code code, std::size_t) { error = code; });
    RunToEnd();
    if (error) return NetworkError("send", error);
    http::response_parser<http::string_body> parser;
    parser.body_limit(options_.body_bytes_max);
    lowest.expires_after(std::chrono::milliseconds(options_.timeout_ms));
    http::async_read(stream, buffer_, parser,
                     [&](beast::error_code code, std::size_t) { error = code; });
    RunToEnd();
    if (error) return NetworkError("receive", error);
    HttpReply reply;
    reply.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) {
      std::string name(field.name_string());
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      reply.headers[name] = std::string(field.value());
    }
    if (!parser.keep_alive()) Close();
    reply.body = std::move(parser.get().body());
    return reply;
  }

  std::string url_;
  ClientOptions options_;
  std::string bearer_;
  asio::io_context io_;
  std::optional<asio::ssl::context> tls_;
  std::unique_ptr<Plain> plain_;
  std::unique_ptr<Secure> secure_;
  beast::flat_buffer buffer_;
};

Client::Client(std::string url, ClientOptions options)
    : state_(std::make_unique<State>(std::move(url), std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

void Client::SetBearer(std::string token) { state_->SetBearer(std::move(token)); }

Result<HttpReply> Client::Get(std::string_view target,
                              const std::map<std::string, std::string>& headers) {
  Request request(http::verb::get, target, 11);
  for (const auto& [name, value] : headers) request.set(name, value);
  return state_->Call(std::move(request));
}

Result<HttpReply> Client::Post(std::string_view target, std::string_view content_type,
                               std::string_view body,
                               const std::map<std::string, std::string>& headers) {
  Request request(http::verb::post, target, 11, std::string(body));
  request.set(http::field::content_type, content_type);
  for (const auto& [name, value] : headers) request.set(name, value);
  return state_->Call(std::move(request));
}

}  // namespace jiandu::sdk
