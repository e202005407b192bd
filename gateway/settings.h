// What a gateway is told by the node's configuration. Times are milliseconds; plain value.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "gateway/http_types.h"

namespace jiandu::gateway {

// Certificate chain and key in PEM, ECDSA P-256 (browsers refuse Ed25519 certificates).
struct TlsFiles {
  std::string certificate;
  std::string key;
};

// Whether HTTP without TLS may be spoken beyond this machine.
enum class PlainHttp : std::uint8_t { kLoopbackOnly, kAnywhere };

// A token bucket: so many requests a second on average, so many at once. rate 0: no limit.
struct RateSettings {
  std::uint32_t per_second = 0;
  std::uint32_t burst = 0;
};

struct GatewaySettings {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one, see Gateway::Port()
  std::optional<TlsFiles> tls;
  PlainHttp plain_http = PlainHttp::kLoopbackOnly;
  // Names by which clients may call us (Host), "name" or "name:port". Loopback names are added when
  // the listen address is loopback, and the address itself unless it is "any".
  std::vector<std::string> hosts;

  // Metrics on a listener of their own, always plain, loopback only. Nothing: no listener.
  std::optional<std::uint16_t> metrics_port;
  std::string metrics_address = "127.0.0.1";

  std::size_t connections_max = limits::kHttpConnectionsMax;
  std::size_t connections_per_address_max = limits::kHttpConnectionsPerAddressMax;
  std::size_t header_bytes_max = limits::kHttpHeaderBytesMax;
  std::size_t target_bytes_max = limits::kHttpTargetBytesMax;
  std::size_t body_bytes_max = limits::kHttpBodyBytesMax;

  std::int64_t header_ms = 10'000;  // the whole header, from its first byte or from connecting
  std::int64_t body_ms = 10'000;    // the whole body, plus body_ms_per_64k for each 64 KiB of it
  std::int64_t body_ms_per_64k = 1'000;
  std::int64_t idle_ms = 60'000;   // between two requests
  std::int64_t write_ms = 10'000;  // the whole answer, plus body_ms_per_64k for each 64 KiB of it
  std::int64_t wait_ms_max = 30'000;       // Prefer: wait
  std::int64_t min_height_ms_max = 5'000;  // ?min_height
  std::int64_t challenge_ms = 120'000;
  std::int64_t session_ms = 15LL * 60 * 1000;

  RateSettings rate_per_principal;
  RateSettings rate_per_address;

  // Milliseconds since 1970. Empty: the system's clock.
  std::function<std::int64_t()> now_ms;
  // Called after each answer, on the gateway's threads; must not block.
  std::function<void(const AccessLine&)> on_access;
};

}  // namespace jiandu::gateway
