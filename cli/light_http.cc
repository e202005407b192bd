// See light_http.h.
#include "cli/light_http.h"

#include <map>
#include <thread>

#include "consensus/light_block.h"

namespace jiandu::cli {
namespace {

constexpr std::int64_t kCallMs = 5'000;
constexpr int kSlowerTries = 2;
constexpr auto kLookMax = std::chrono::seconds(30);

sdk::ClientOptions OptionsOf(const std::string& ca_file) {
  return {.ca_file = ca_file,
          .timeout_ms = kCallMs,
          .body_bytes_max = consensus::LightBlock::kBytesMax};
}

}  // namespace

LightHttp::LightHttp(std::string url, const std::string& ca_file)
    : url_(std::move(url)), client_(url_, OptionsOf(ca_file)) {
  BeginLook();
}

void LightHttp::BeginLook() { deadline_ = std::chrono::steady_clock::now() + kLookMax; }

Result<consensus::LightBlock> LightHttp::At(consensus::Height height) {
  return Fetch(std::to_string(height));
}
Result<consensus::LightBlock> LightHttp::Latest() { return Fetch("latest"); }

Result<consensus::LightBlock> LightHttp::Fetch(const std::string& which) {
  if (std::chrono::steady_clock::now() >= deadline_) {
    return Fail(Errc::kTimeout, "it answers too slowly");
  }
  const std::string target = "/v1/light_blocks/" + which;
  const std::map<std::string, std::string> headers = {{"Accept", "application/octet-stream"}};
  JD_TRY(sdk::HttpReply reply, client_.Get(target, headers));
  // Searching for a change of the set asks quickly; a node may want it slower.
  for (int again = 0; reply.status == 429 && again < kSlowerTries; ++again) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    JD_TRY(reply, client_.Get(target, headers));
  }
  if (reply.status == 200) return consensus::LightBlock::Decode(AsBytes(reply.body));
  const std::string told = "HTTP status " + std::to_string(reply.status);
  if (reply.status == 404) return Fail(Errc::kNotFound, told + " for height " + which);
  if (reply.status == 429 || reply.status >= 500) return Fail(Errc::kUnavailable, told);
  return Fail(Errc::kInvalid, told);
}

}  // namespace jiandu::cli
