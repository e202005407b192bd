// `jiandu_bench`: four validators on this machine, measured from outside, beside the machine's
// limit.
//
// A separate process that signs transactions beforehand and sends them over HTTP. Every figure is
// printed with how it was got; the ratio to the machine's own limit counts, not the bare number
// (docs/performance.md). Usage: jiandu_bench [--seconds N] [--output json].
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/limits.h"
#include "bench/measure.h"
#include "bench/network_bench.h"
#include "cli/files.h"
#include "ledger/model/genesis.h"

namespace jiandu::bench {
namespace {

int Main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // progress, also into a file
  int seconds = 60;
  bool json = false;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--seconds" && i + 1 < argc && std::atoi(argv[i + 1]) > 0) {
      seconds = std::atoi(argv[i + 1]);
    } else if (option == "--output" && (value == "json" || value == "text")) {
      json = value == "json";
    } else {
      std::fprintf(stderr, "usage: jiandu_bench [--seconds N] [--output json|text]\n");
      return 2;
    }
  }
  const double limit = VerifyLimit();
  const auto folder =
      std::filesystem::temp_directory_path() / ("jiandu-bench-" + std::to_string(::getpid()));
  const auto config = cli::FindNetworkConfig("four-departments");
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().detail.c_str());
    return 1;
  }
  auto devnet =
      cli::Devnet::Make(folder, {.config = *config, .gateway_port = 0, .log_level = "warn"});
  auto started = devnet ? devnet->Start() : Result<void>(std::unexpected(devnet.error()));
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error().detail.c_str());
    return 1;
  }
  const auto document = cli::ReadFile(devnet->Genesis(), limits::kGenesisBytesMax);
  const auto genesis = ledger::DecodeGenesis(AsBytes(*document));
  auto figures = NetworkBench(*devnet, genesis->chain, limit).Run(seconds);
  (void)devnet->Stop();
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (!figures) {
    std::fprintf(stderr, "%s\n", figures.error().detail.c_str());
    return 1;
  }
  if (json) std::printf("%s\n", CanonicalJson(*figures).c_str());
  return 0;
}

}  // namespace
}  // namespace jiandu::bench

int main(int argc, char** argv) { return jiandu::bench::Main(argc, argv); }
