// A settings file of any bytes: settings or issues, never both, never neither, and never a fault.
// Links: jiandu_node
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "node/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jiandu::ByteView bytes(data, size);
  const jiandu::node::ConfigResult result =
      jiandu::node::ParseConfig(jiandu::AsText(bytes), "fuzz.toml", "/fuzz", {});
  JD_ASSERT(result.config.has_value() == result.issues.empty());
  for (const jiandu::node::ConfigIssue& issue : result.issues) {
    JD_ASSERT(!issue.Text().empty() && !issue.message_zh.empty());
  }
  if (result.config.has_value()) JD_ASSERT(!jiandu::node::ShowEffective(*result.config).empty());
  return 0;
}
