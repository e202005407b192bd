// A response as the bytes of HTTP/1.1. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "gateway/http_types.h"

namespace jiandu::gateway {

struct ResponseFrame {
  std::string_view reason;      // phrase of the status
  std::string_view connection;  // "close", "keep-alive" or "" for none
  bool without_body = false;    // HEAD: the length stays, the body does not
};
// Adds Server, Date, Content-Type and Content-Length. 204 and 304 have neither type nor length.
[[nodiscard]] std::string SerialiseResponse(const Response& response, const ResponseFrame& frame);

}  // namespace jiandu::gateway
