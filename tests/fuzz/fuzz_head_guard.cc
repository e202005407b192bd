// Links: jiandu_gateway Boost::headers
//
// The raw header block of a request: whatever the guard accepts keeps its promises, and where Beast
// accepts the same bytes both have read the same request.
#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/head_guard.h"

namespace {

namespace gateway = jiandu::gateway;
namespace http = boost::beast::http;

const std::vector<std::string> kHosts{"127.0.0.1", "node.example"};

void Check(bool holds) {
  if (!holds) std::abort();
}

// Found in one look or in pieces, the end is the same.
std::size_t FindEnd(std::string_view input) {
  const gateway::HeadSearch whole = gateway::FindHeadEnd(input, 0);
  std::size_t scanned = 0;
  for (std::size_t size = 0;; size = std::min(size + 7, input.size())) {
    const gateway::HeadSearch part = gateway::FindHeadEnd(input.substr(0, size), scanned);
    scanned = size;
    if (part.edge != gateway::HeadEdge::kMore) {
      Check(part.edge == whole.edge && part.size == whole.size);
      break;
    }
    if (size == input.size()) {
      Check(whole.edge == gateway::HeadEdge::kMore);
      break;
    }
  }
  return whole.edge == gateway::HeadEdge::kEnd ? whole.size : 0;
}

void CheckPromises(const gateway::Head& head) {
  const auto count = [&](std::string_view name) {
    return std::ranges::count(head.fields, name, &gateway::Field::name);
  };
  Check(count("host") == 1 && count("trailer") == 0);
  Check(count("content-length") + count("transfer-encoding") <= 1);
  Check(head.chunked == (count("transfer-encoding") == 1));
  Check(head.content_length.has_value() == (count("content-length") == 1));
  Check(head.target.starts_with('/') || (head.target == "*" && head.method == "OPTIONS"));
  for (const gateway::Field& field : head.fields) {
    Check(!field.name.empty());
    Check(std::ranges::all_of(field.value,
                              [](char c) { return c == '\t' || (c >= ' ' && c < 127); }));
  }
}

void CompareWithBeast(std::string_view block, const gateway::Head& head) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(64 * 1024);
  parser.body_limit(boost::none);
  boost::system::error_code error;
  (void)parser.put(boost::asio::buffer(block.data(), block.size()), error);
  if (error || !parser.is_header_done()) return;
  const auto& read = parser.get();
  Check(std::string_view(read.method_string().data(), read.method_string().size()) == head.method);
  Check(read.target().size() == head.wire_target_size);
  Check(static_cast<std::size_t>(std::distance(read.begin(), read.end())) == head.fields.size());
  Check(parser.chunked() == head.chunked);
  const auto length = parser.content_length();
  Check(length.has_value() == head.content_length.has_value());
  if (length) Check(*length == *head.content_length);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = FindEnd(input);
  const std::string_view block = input.substr(0, end);
  const auto head = gateway::ScanHead(
      end == 0 ? input : block, gateway::HeadPolicy{.hosts = kHosts, .target_bytes_max = 8192});
  if (!head) {
    Check(head.error().status >= 400 && !head.error().detail.empty());
    return 0;
  }
  Check(end != 0);
  CheckPromises(*head);
  CompareWithBeast(block, *head);
  return 0;
}
