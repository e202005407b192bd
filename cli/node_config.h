// The node.toml of a home made by the genesis ceremony.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace jiandu::cli {

struct NodeConfigPlan {
  std::string department;
  std::string peers_listen = "0.0.0.0:8450";
  std::string gateway_listen = "127.0.0.1:8440";
  std::filesystem::path passphrase_file;
  std::vector<std::pair<std::string, std::string>> peers;  // department, host:port
  std::string log_level = "info";
  std::string log_file;                 // "": stderr
  std::string metrics_listen;           // "": no metrics
  std::string test_clock;               // "": the machine's time
  int connections_per_address_max = 0;  // 0: the default
  std::string system_key;               // of the department, below the home; "": none
  bool has_log_key = false;             // the manager's: keys/_log.key
};

// TOML with comments, paths relative to the home.
[[nodiscard]] std::string MakeNodeConfig(const NodeConfigPlan& plan);

}  // namespace jiandu::cli
