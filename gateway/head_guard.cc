// The scan itself: request line, fields, framing, Host. See head_guard.h.
#include "gateway/head_guard.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace jiandu::gateway {
namespace {

constexpr std::size_t kFieldsMax = 100;
constexpr std::size_t kMethodBytesMax = 16;
constexpr std::size_t kLengthDigitsMax = 18;  // below 2^63

using Fault = std::unexpected<HeadFault>;

Fault Refuse(std::string_view detail, int status = 400) {
  return Fault(HeadFault{.status = status, .detail = detail});
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char LowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// RFC 9110 section 5.6.2.
bool IsTokenChar(char c) {
  return IsDigit(c) || IsAlpha(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}
// Visible ASCII that may stand in a URI (RFC 3986); the rest must be percent-encoded.
bool IsTargetChar(char c) {
  return c > 0x20 && c < 0x7F && !std::string_view("\"<>\\^`{|}#").contains(c);
}
// Printable ASCII and tab. Bytes above 0x7F are allowed by the RFC but understood by nobody alike.
bool IsValueChar(char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; }

// Fields whose repetition two parsers read differently, or that carry authority.
constexpr std::array<std::string_view, 18> kSingletons{
    "host",          "content-length",   "transfer-encoding",
    "authorization", "content-type",     "signature",
    "expect",        "signature-input",  "content-digest",
    "last-event-id", "content-encoding", "date",
    "if-none-match", "x-client-cert",    "x-client-dn",
    "x-jiandu-item", "x-jiandu-grant",   "x-request-id"};

std::expected<void, HeadFault> ScanRequestLine(std::string_view line, const HeadPolicy& policy,
                                               Head& head) {
  const std::size_t method_end = line.find(' ');
  if (method_end == std::string_view::npos || method_end == 0 || method_end > kMethodBytesMax) {
    return Refuse("the request line has no method");
  }
  const std::string_view method = line.substr(0, method_end);
  if (!std::ranges::all_of(method, IsTokenChar)) return Refuse("the method is not a token");
  line.remove_prefix(method_end + 1);
  const std::size_t target_end = line.find(' ');
  if (target_end == std::string_view::npos || target_end == 0) {
    return Refuse("the request line has no target or no version");
  }
  const std::string_view target = line.substr(0, target_end);
  if (target.size() > policy.target_bytes_max) return Refuse("the target is too long", 414);
  if (!std::ranges::all_of(target, IsTargetChar)) {
    return Refuse("the target holds a byte that must be percent-encoded");
  }
  const std::string_view version = line.substr(target_end + 1);
  if (version == "HTTP/1.1") {
    head.version = HttpVersion::k11;
  } else if (version == "HTTP/1.0") {
    head.version = HttpVersion::k10;
  } else {
    return Refuse("the version is neither HTTP/1.1 nor HTTP/1.0");
  }
  head.method = method;
  head.target = target;
  head.wire_target_size = target.size();
  return {};
}

std::expected<void, HeadFault> ScanField(std::string_view line, Head& head) {
  // RFC 9112 section 5.2: a line that begins with white space continues the one before (obs-fold).
  if (line.front() == ' ' || line.front() == '\t') return Refuse("a folded header line");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return Refuse("a header line without a name");
  const std::string_view name = line.substr(0, colon);
  if (!std::ranges::all_of(name, IsTokenChar)) return Refuse("a header name is not a token");
  const std::string_view value = line.substr(colon + 1);
  if (!std::ranges::all_of(value, IsValueChar)) {
    return Refuse("a header value holds a byte that is not printable ASCII");
  }
  if (head.fields.size() >= kFieldsMax) return Refuse("too many header fields", 431);
  head.fields.push_back(Field{.name = LowerCase(name), .value = std::string(TrimSpace(value))});
  return {};
}

std::expected<void, HeadFault> CheckSingletons(const Head& head) {
  for (const std::string_view name : kSingletons) {
    const auto count = std::ranges::count(head.fields, name, &Field::name);
    if (count > 1) return Refuse("a header field that must be single is repeated");
  }
  for (const Field& field : head.fields) {
    if (field.name == "trailer") return Refuse("trailers are not accepted");
    // An underscore is a hyphen to CGI-minded front ends: "content_length" could become a length.
    if (field.name.contains('_')) return Refuse("a header name holds an underscore");
  }
  return {};
}

std::expected<void, HeadFault> CheckFraming(Head& head) {
  const bool has_coding = head.Has("transfer-encoding");
  const bool has_length = head.Has("content-length");
  if (has_coding) {
    if (has_length) return Refuse("both Transfer-Encoding and Content-Length");
    if (head.version != HttpVersion::k11) return Refuse("Transfer-Encoding before HTTP/1.1");
    if (!EqualsIgnoringCase(head.Header("transfer-encoding"), "chunked")) {
      return Refuse("a Transfer-Encoding other than chunked");
    }
    head.chunked = true;
  }
  if (has_length) {
    const std::string_view text = head.Header("content-length");
    const bool digits = !text.empty() && text.size() <= kLengthDigitsMax &&
                        std::ranges::all_of(text, IsDigit) && (text.size() == 1 || text[0] != '0');
    if (!digits) return Refuse("Content-Length is not one decimal number");
    std::uint64_t length = 0;
    for (const char c : text) length = length * 10 + static_cast<std::uint64_t>(c - '0');
    head.content_length = length;
  }
  const bool bodiless = head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS" ||
                        head.method == "TRACE";
  if (bodiless && (head.chunked || head.content_length.value_or(0) > 0)) {
    return Refuse("this method takes no body");
  }
  if (head.method == "POST" && !head.chunked && !head.content_length) {
    return Refuse("a POST needs Content-Length or chunked coding", 411);
  }
  return {};
}

bool IsPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, IsDigit);
}

// "name", "name:port", "[v6]" or "[v6]:port"; lower-case in, allowed or not out.
bool IsAllowedHost(std::string_view host, std::span<const std::string> allowed) {
  std::string_view name = host;
  const std::size_t after_bracket = host.starts_with('[') ? host.find(']') : 0;
  if (after_bracket == std::string_view::npos) return false;
  const std::size_t colon = host.find(':', after_bracket);
  if (colon != std::string_view::npos) {
    if (!IsPort(host.substr(colon + 1))) return false;
    name = host.substr(0, colon);
  }
  return std::ranges::any_of(
      allowed, [&](const std::string& entry) { return entry == name || entry == host; });
}

std::expected<void, HeadFault> CheckHost(const HeadPolicy& policy, Head& head) {
  if (!head.Has("host")) {
    return Refuse("no Host");
  }
  const std::string host = LowerCase(head.Header("host"));
  if (!IsAllowedHost(host, policy.hosts)) return Refuse("this Host is not served here");
  if (head.target.starts_with('/')) return {};
  if (head.target == "*") {
    if (head.method == "OPTIONS") return {};
    return Refuse("the target is not a path");
  }
  // Absolute form (RFC 9112 section 3.2.2): the authority must be the very Host.
  const std::string lower = LowerCase(head.target);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!lower.starts_with(scheme)) continue;
    const std::size_t slash = std::min(lower.find_first_of("/?", scheme.size()), lower.size());
    if (lower.substr(scheme.size(), slash - scheme.size()) != host) {
      return Refuse("the target names another authority than Host");
    }
    std::string path = head.target.substr(slash);
    if (!path.starts_with('/')) path.insert(0, "/");
    head.target = std::move(path);
    return {};
  }
  return Refuse("the target is not a path");
}

std::expected<void, HeadFault> ReadConnection(Head& head) {
  head.keep_alive = head.version == HttpVersion::k11;
  for (const Field& field : head.fields) {
    if (field.name != "connection") continue;
    const std::string value = LowerCase(field.value);
    if (value.contains("close")) head.keep_alive = false;
    if (head.version == HttpVersion::k10 && value.contains("keep-alive")) head.keep_alive = true;
  }
  const std::string_view expect = head.Header("expect");
  if (expect.empty()) return {};
  if (!EqualsIgnoringCase(expect, "100-continue")) {
    return Refuse("an expectation other than 100-continue", 417);
  }
  head.expects_continue = head.version == HttpVersion::k11;
  return {};
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), LowerOf);
  return lower;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, LowerOf, LowerOf);
}

std::string_view TrimSpace(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool Head::Has(std::string_view lower_name) const {
  return std::ranges::any_of(fields, [&](const Field& field) { return field.name == lower_name; });
}

std::string_view Head::Header(std::string_view lower_name) const {
  for (const Field& field : fields) {
    if (field.name == lower_name) return field.value;
  }
  return {};
}

HeadSearch FindHeadEnd(std::string_view received, std::size_t scanned) {
  // The last three bytes looked at may be the beginning of the end.
  for (std::size_t i = scanned < 3 ? 0 : scanned - 3; i < received.size(); ++i) {
    const char c = received[i];
    if (c == '\0') return {.edge = HeadEdge::kBad};
    if (c == '\r' && i + 1 < received.size() && received[i + 1] != '\n') {
      return {.edge = HeadEdge::kBad};
    }
    if (c != '\n') continue;
    if (i == 0 || received[i - 1] != '\r') return {.edge = HeadEdge::kBad};
    if (i >= 3 && received[i - 2] == '\n') return {.edge = HeadEdge::kEnd, .size = i + 1};
    if (i == 1) return {.edge = HeadEdge::kBad};  // an empty line before the request line
  }
  return {};
}

std::expected<Head, HeadFault> ScanHead(std::string_view block, const HeadPolicy& policy) {
  if (FindHeadEnd(block, 0).size != block.size() || block.empty()) {
    return Refuse("the header block is not well-formed");
  }
  Head head;
  head.fields.reserve(12);
  block.remove_suffix(2);  // the empty line; every other line ends in CR LF
  const std::size_t first_end = block.find("\r\n");
  JD_CHECK(ScanRequestLine(block.substr(0, first_end), policy, head));
  block.remove_prefix(first_end + 2);
  while (!block.empty()) {
    const std::size_t end = block.find("\r\n");
    JD_CHECK(ScanField(block.substr(0, end), head));
    block.remove_prefix(end + 2);
  }
  JD_CHECK(CheckSingletons(head));
  JD_CHECK(CheckFraming(head));
  JD_CHECK(CheckHost(policy, head));
  JD_CHECK(ReadConnection(head));
  return head;
}

}  // namespace jiandu::gateway
