// A blocking HTTP/1.1 client of a node's gateway: one connection, kept alive, every call bounded.
//
// For commands and tests; one thread. https:// verifies the server against `ca_file`, or the
// system's authorities when it is empty. A connection that was closed by the server is made anew
// once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace jiandu::sdk {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct ClientOptions {
  std::string ca_file;
  std::int64_t timeout_ms = 40000;  // of a whole call; longer than the longest wait a node grants
  std::size_t body_bytes_max = 64U << 20U;
};

// Why it is no "http://host:port" or "https://host:port", if so.
[[nodiscard]] Result<void> CheckUrl(std::string_view url);
// The Host header of every call to this address, in lower case: "host:port". By this name a node
// names itself in a challenge to sign in.
[[nodiscard]] Result<std::string> HostOf(std::string_view url);

class Client {
 public:
  // "http://host:port" or "https://host:port". A malformed URL shows at the first call.
  explicit Client(std::string url, ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Sent with every call from now on; "" removes it.
  void SetBearer(std::string token);
  [[nodiscard]] Result<HttpReply> Get(std::string_view target,
                                      const std::map<std::string, std::string>& headers = {});
  [[nodiscard]] Result<HttpReply> Post(std::string_view target, std::string_view content_type,
                                       std::string_view body,
                                       const std::map<std::string, std::string>& headers = {});

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::sdk
