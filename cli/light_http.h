// Light blocks from a node's gateway, under bounds that hold whatever answers there.
//
// One thread. A whole look of a watcher at one node has a budget of time: a node that answers
// slowly delays the others no longer than that.
#pragma once

#include <chrono>
#include <string>

#include "sdk/cpp/client.h"
#include "sdk/cpp/follower.h"

namespace jiandu::cli {

class LightHttp final : public sdk::LightSource {
 public:
  // `ca_file` as in sdk::ClientOptions.
  LightHttp(std::string url, const std::string& ca_file);

  // Before each look.
  void BeginLook();
  [[nodiscard]] const std::string& Url() const { return url_; }
  [[nodiscard]] Result<consensus::LightBlock> At(consensus::Height height) override;
  [[nodiscard]] Result<consensus::LightBlock> Latest() override;

 private:
  [[nodiscard]] Result<consensus::LightBlock> Fetch(const std::string& which);

  std::string url_;
  sdk::Client client_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace jiandu::cli
