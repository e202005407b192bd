// Listens, speaks TLS, bounds connections, and serves each on the gateway's one thread (Boost).
//
// Calls follow: Start (port, Posting, ReloadTls)* Stop. All sessions live on the server's own
// thread; the other methods may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "gateway/call.h"
#include "gateway/settings.h"

namespace jiandu::gateway {

// What a listener is.
struct ListenerSettings {
  std::string address;
  std::uint16_t port = 0;
  std::optional<TlsFiles> tls;
};

class HttpServer {
 public:
  // `settings` outlives the server. Nothing is accepted before Serve.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> Open(const GatewaySettings& settings,
                                                                ListenerSettings listener);
  // Starts the thread. The handler outlives the server and is called on that thread only.
  void Serve(RequestHandler& handler);
  // Ends all sessions and the thread; answers under way get a moment to go out.
  void Stop();
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t Port() const;
  // Work for the server's thread; dropped once the server is gone.
  [[nodiscard]] Post Posting() const;
  // Reads certificate and key anew; connections that stand keep the old ones.
  [[nodiscard]] Result<void> ReloadTls();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace jiandu::gateway
