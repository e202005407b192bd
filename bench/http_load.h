// Sends prepared HTTP requests over many kept-alive connections, closed loop, from one thread.
//
// Plain sockets and epoll, so that the generator costs little of the cores it shares with what it
// measures. A request answered with 429 or 503 is sent again after a pause: nothing is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace jiandu::bench {

struct LoadPlan {
  std::vector<int> ports;  // on 127.0.0.1; connections are spread over them
  int connections_per_port = 32;
  std::int64_t duration_ms = 60000;  // no new request afterwards; open ones are awaited
  std::int64_t answer_ms_max = 60000;
  std::int64_t pause_ms = 0;  // between an answer and the next request of a connection
  std::int64_t every_us = 0;  // a connection begins a request so often, if answers come in time
  // The next request to send, whole; empty: no more.
  std::function<std::string()> next;
};
struct LoadResult {
  std::uint64_t accepted = 0;            // 200 and 202
  std::uint64_t again = 0;               // 429 and 503: sent again later
  std::uint64_t failed = 0;              // everything else, and broken connections
  std::vector<std::int64_t> latency_us;  // from the first byte sent to the answer, of accepted ones
  std::string first_failure;             // what the first failed answer said
  double seconds = 0;
};
[[nodiscard]] LoadResult RunLoad(const LoadPlan& plan);

// A POST of /v1/transactions with these headers and body.
[[nodiscard]] std::string MakePost(const std::string& content_type, const std::string& body,
                                   int wait_s);

}  // namespace jiandu::bench
