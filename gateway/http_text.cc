// See http_text.h.
#include "gateway/http_text.h"

#include <array>
#include <ctime>

namespace jiandu::gateway {
namespace {

// IMF-fixdate (RFC 9110 section 5.6.7), made once a second.
const std::string& DateNow() {
  static thread_local std::time_t made_at = 0;
  static thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == made_at && !text.empty()) return text;
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> buffer{};
  const std::size_t size =
      std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  text.assign(buffer.data(), size);
  made_at = now;
  return text;
}

}  // namespace

std::string SerialiseResponse(const Response& response, const ResponseFrame& frame) {
  constexpr std::size_t kHeadEstimate = 512;
  const bool bodiless = response.status == 204 || response.status == 304;
  std::string out;
  out.reserve(kHeadEstimate + response.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(frame.reason);
  out.append("\r\nServer: jiandu\r\nDate: ").append(DateNow());
  if (!bodiless) {
    out.append("\r\nContent-Type: ").append(response.content_type);
    out.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
  }
  for (const Field& field : response.fields) {
    out.append("\r\n").append(field.name).append(": ").append(field.value);
  }
  if (!frame.connection.empty()) out.append("\r\nConnection: ").append(frame.connection);
  out.append("\r\n\r\n");
  if (!bodiless && !frame.without_body) out.append(response.body);
  return out;
}

}  // namespace jiandu::gateway
