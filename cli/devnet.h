// A network of several departments' nodes on this machine, for demonstrations and tests.
//
// The folder holds one home per department, made by the same ceremony real departments go through,
// and devnet.json with ports and process ids. Nodes are separate processes of this very program and
// end by their own id. One thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/ceremony.h"
#include "crypto/ecdsa.h"

namespace jiandu::cli {

struct DevnetNode {
  std::string alias;
  std::string department;
  int gateway_port = 0;
  int peer_port = 0;
  int metrics_port = 0;  // loopback only
  pid_t pid = 0;         // 0: not running

  [[nodiscard]] std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(gateway_port);
  }
};

// What a fresh network is made of: `network.json` and `departments.json` of network-configs/.
struct DevnetPlan {
  std::filesystem::path config;  // folder, say network-configs/four-departments
  int gateway_port = 8440;       // first of the gateways; 0: any free ports
  int connections_per_address_max = 0;
  std::string log_level = "info";
};

class Devnet {
 public:
  // Keys, genesis and configs of a new network; kDuplicate when the folder holds one already.
  [[nodiscard]] static Result<Devnet> Make(const std::filesystem::path& folder,
                                           const DevnetPlan& plan);
  [[nodiscard]] static Result<Devnet> Load(const std::filesystem::path& folder);

  [[nodiscard]] const std::vector<DevnetNode>& Nodes() const { return nodes_; }
  [[nodiscard]] const DevnetNode* Find(const std::string& alias) const;
  [[nodiscard]] std::filesystem::path Genesis() const { return folder_ / "genesis.json"; }
  [[nodiscard]] std::filesystem::path Folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path LogOf(const std::string& alias) const;

  // Nodes started from now on end with this process, however it ends.
  void TieToThisProcess() { tied_ = true; }
  // Starts nodes that do not run; returns when each answers, or with what its log says.
  [[nodiscard]] Result<void> Start(const std::string& alias = "");
  // SIGTERM and the end of the processes; SIGKILL for those that do not heed it.
  [[nodiscard]] Result<void> Stop();
  // As a power cut of one node: SIGKILL.
  [[nodiscard]] Result<void> Kill(const std::string& alias);
  // Of a network with a test clock: it is `time` now, on all nodes.
  [[nodiscard]] Result<void> SetTime(ledger::TimeMs time) const;
  [[nodiscard]] bool IsRunning(const DevnetNode& node) const;

  // The private key of an identity ("ga-c1"), opened once.
  [[nodiscard]] Result<const crypto::EcdsaPrivateKey*> Key(const std::string& identity);

 private:
  explicit Devnet(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] Result<void> Save() const;
  [[nodiscard]] Result<void> Spawn(DevnetNode& node);
  [[nodiscard]] Result<void> AwaitAnswer(const DevnetNode& node) const;

  std::filesystem::path folder_;
  bool tied_ = false;
  std::vector<DevnetNode> nodes_;
  std::map<std::string, crypto::EcdsaPrivateKey> keys_;
};

// While it is there, all that lies in the folder was made by a Make that has not ended; it is begun
// anew by the next one.
inline constexpr const char* kUnfinished = "devnet.unfinished";

// Stops the network in `folder` and removes it with its data; nothing to do when there is no
// folder. kConflict when the folder holds anything else: it may be somebody's home.
[[nodiscard]] Result<void> RemoveNetwork(const std::filesystem::path& folder);

// Folder of the examples beside the program: ../network-configs/NAME, or below the current folder.
[[nodiscard]] Result<std::filesystem::path> FindNetworkConfig(const std::string& name);

}  // namespace jiandu::cli
