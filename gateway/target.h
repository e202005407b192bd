// The target of a request taken apart: path, query parameters, media types.
//
// Pure; any thread. Strict: a doubled parameter or a bad escape is an error, not a guess.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace jiandu::gateway {

struct Parameter {
  std::string name;
  std::string value;
};

struct Target {
  std::string path;
  std::vector<Parameter> query;  // in order; names distinct

  [[nodiscard]] const std::string* Find(std::string_view name) const;
};

// At most limits::kHttpQueryParametersMax parameters. The detail of an error is safe to show.
[[nodiscard]] Result<Target> ParseTarget(std::string_view target);

// Decimal digits only, no leading zero, at most `high`.
[[nodiscard]] std::optional<std::uint64_t> ParseNumber(std::string_view text, std::uint64_t high);

// Whether an Accept field ("" = anything) lets `type` ("application/json") through.
[[nodiscard]] bool Accepts(std::string_view accept, std::string_view type);
// The media type of a Content-Type field without its parameters, lower-case.
[[nodiscard]] std::string MediaType(std::string_view content_type);
// Seconds of `Prefer: wait=N` (RFC 7240), nothing when it is not asked for.
[[nodiscard]] std::optional<std::uint64_t> PreferredWait(std::string_view prefer);
// Whether an If-None-Match field names the entity tag, weakly compared (RFC 9110 section 13.1.2).
[[nodiscard]] bool MatchesTag(std::string_view if_none_match, std::string_view tag);

}  // namespace jiandu::gateway
