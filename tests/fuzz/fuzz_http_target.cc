// Links: jiandu_gateway
//
// What stands in a request line and its fields: target, cursor, Accept, Prefer, If-None-Match.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"
#include "gateway/cursor.h"
#include "gateway/router.h"
#include "gateway/target.h"

namespace {

namespace gateway = jiandu::gateway;

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto target = gateway::ParseTarget(input)) {
    Check(target->query.size() <= jiandu::limits::kHttpQueryParametersMax);
    for (const gateway::Parameter& parameter : target->query) {
      Check(target->Find(parameter.name) == &parameter.value);
    }
    (void)gateway::FindRoute("GET", target->path);
  }
  const gateway::CursorScope scope = gateway::MakeScope("/v1/x", "", "");
  if (const auto cursor = gateway::DecodeCursor(input, scope)) {
    Check(gateway::EncodeCursor(*cursor, scope) == input);
  }
  if (const auto number = gateway::ParseNumber(input, UINT64_MAX)) {
    Check(std::to_string(*number) == input);
  }
  (void)gateway::Accepts(input, "application/json");
  (void)gateway::MediaType(input);
  (void)gateway::PreferredWait(input);
  Check(!gateway::MatchesTag(input, ""));
  (void)gateway::MatchesTag(input, "\"x\"");
  return 0;
}
