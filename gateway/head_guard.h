// Reads the raw header block of a request before any parser does, and refuses what Beast lets
// through: the requests on which two HTTP implementations could disagree (docs/http-api.md
// (Limits)).
//
// Pure; any thread. What is accepted here is parsed by Beast as well and both must agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http_types.h"

namespace jiandu::gateway {

// Where the header block ends in what has been received so far.
enum class HeadEdge : std::uint8_t {
  kMore,  // not yet
  kEnd,   // with the empty line
  kBad,   // a NUL, a CR without LF or an LF without CR: no need to wait for the end
};
struct HeadSearch {
  HeadEdge edge = HeadEdge::kMore;
  std::size_t size = 0;  // of the block with its empty line, when kEnd
};
// `scanned` bytes have been looked at by an earlier call.
[[nodiscard]] HeadSearch FindHeadEnd(std::string_view received, std::size_t scanned);

struct HeadPolicy {
  std::span<const std::string> hosts;  // lower-case, "name" or "name:port"
  std::size_t target_bytes_max = 0;
};

enum class HttpVersion : std::uint8_t { k10, k11 };

struct Head {
  std::string method;
  std::string target;  // origin form, or "*"
  HttpVersion version = HttpVersion::k11;
  std::vector<Field> fields;  // names lower-case, values trimmed, in order
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
  std::size_t wire_target_size = 0;  // as it stood in the request line
  [[nodiscard]] bool Has(std::string_view lower_name) const;
  [[nodiscard]] std::string_view Header(std::string_view lower_name) const;  // "" when absent
};

// Why a header block was refused. The connection is closed after the answer.
struct HeadFault {
  int status = 400;         // 400, 411, 414 or 417
  std::string_view detail;  // English, safe to show
};

// `block` ends with the empty line FindHeadEnd found.
[[nodiscard]] std::expected<Head, HeadFault> ScanHead(std::string_view block,
                                                      const HeadPolicy& policy);

// Text without ASCII case, as HTTP compares names.
[[nodiscard]] std::string LowerCase(std::string_view text);
[[nodiscard]] bool EqualsIgnoringCase(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view TrimSpace(std::string_view text);

}  // namespace jiandu::gateway
