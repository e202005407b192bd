// Links: jiandu_gateway
//
// The body of a submission, without sockets: it becomes stored bytes every node decodes, or a valid
// problem document. The first byte picks the media type.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "gateway/submit_handler.h"
#include "ledger/model/transaction.h"

namespace {

namespace gateway = jiandu::gateway;

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool json = data[0] % 8 != 0;
  const auto stored =
      gateway::StoredFromBody(json ? "application/json" : "application/octet-stream", body);
  if (stored) {
    const auto transaction = jiandu::ledger::DecodeStored(*stored);
    if (!json) return 0;
    Check(transaction.has_value());
    // What we show again is what was taken.
    const auto again = jiandu::ledger::StoredFromDsse(jiandu::ledger::DsseFromStored(*transaction));
    Check(again.has_value() && *again == *stored);
    return 0;
  }
  const gateway::Response response = gateway::MakeProblem(stored.error(), "0");
  Check(response.status >= 400 && response.status < 500);
  Check(jiandu::ParseJson(response.body, 1 << 20).has_value());
  return 0;
}
