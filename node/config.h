// The node's settings: one TOML file, environment overrides, and where each value came from.
//
// Every key is declared in config_schema.cc with its type, range, default and meaning in two
// languages. An unknown key is an error that names the nearest one; all errors are reported at
// once, each as `file:line:column: ...`. Environment variables JIANDU_<SECTION>_<KEY> go before the
// file. Secrets are named by file path only. Relative paths are relative to the config file's
// folder. Plain value; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "consensus/params.h"
#include "node/log.h"

namespace jiandu::node {

struct NodeConfig {
  std::filesystem::path data_dir;
  std::string department;  // code of the department this node belongs to
  std::filesystem::path genesis;
  std::uint32_t verify_threads = 0;    // 0: one per core
  std::string role = "auto";           // or "validator", "follower"
  std::string check_at_start = "all";  // or "newest": how much of the database is read
  std::filesystem::path test_clock;    // of a test network; "": the machine's time
};

// Overrides of the network's timeouts (genesis) by this node; nothing: as genesis says.
struct ConsensusConfig {
  std::optional<std::uint32_t> propose_ms, propose_delta_ms, prevote_ms, prevote_delta_ms,
      precommit_ms, precommit_delta_ms, cap_ms, rebroadcast_ms, min_interval_ms, heartbeat_ms;
  // The network's values with ours in place of them.
  [[nodiscard]] consensus::Params Over(consensus::Params params) const;
};

struct PeerAddress {
  std::string department;
  std::string address;  // host:port
};
struct PeersConfig {
  std::string listen;             // host:port; "" accepts no connection
  std::vector<PeerAddress> dial;  // [[peers.dial]]; whoever is not here dials us
  // Nodes that do not vote and may connect: "department=node key in hex" (docs/adr/0024).
  std::vector<std::string> followers;
};

struct GatewayConfig {
  std::string listen = "127.0.0.1:8080";
  std::filesystem::path tls_certificate;  // both or none
  std::filesystem::path tls_key;
  std::vector<std::string> hosts;       // accepted in Host; empty: the listen address and localhost
  std::string metrics_listen;           // address of its own for /metrics; "": not served
  std::string plain_http = "loopback";  // or "anywhere": HTTP without TLS beyond this machine
  std::uint32_t connections_max = 0;    // 0: limits::kHttpConnectionsMax
  std::uint32_t connections_per_address_max = 0;  // 0: limits::kHttpConnectionsPerAddressMax
  std::uint32_t requests_per_second_max = 0;      // of one address; 0: no limit
};

struct KeysConfig {
  std::filesystem::path node;
  std::filesystem::path consensus;  // "": this node does not vote
  std::filesystem::path cosign;     // "": this node does not cosign checkpoints
  std::filesystem::path log;        // "": not the node that signs them for the log
  std::filesystem::path system;     // "": equivocations are told, not reported to the ledger
  std::filesystem::path passphrase_file;
};

struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  std::filesystem::path file;  // "": stderr
};

// Snapshots of the state (docs/snapshots.md).
struct SnapshotsConfig {
  std::uint32_t every = 10000;        // heights; 0: this node makes none
  std::uint32_t keep = 2;             // of those it made
  std::uint32_t join_behind = 50000;  // heights behind from which on a snapshot is fetched
};

struct MempoolConfig {
  std::uint32_t transactions_max = 50000;
  std::uint64_t bytes_max = 64ULL << 20U;
  std::uint32_t department_percent_max = 25;
  std::uint32_t reoffer_ms = 5000;
};

// One setting as it is in force, for `jiandu config show --effective`.
struct EffectiveSetting {
  std::string name;    // "mempool.bytes_max"
  std::string value;   // as TOML
  std::string origin;  // "default", "node.toml:12", "environment JIANDU_MEMPOOL_BYTES_MAX"
};

struct Config {
  NodeConfig node;
  ConsensusConfig consensus;
  PeersConfig peers;
  GatewayConfig gateway;
  KeysConfig keys;
  LogConfig log;
  MempoolConfig mempool;
  SnapshotsConfig snapshots;
  std::vector<EffectiveSetting> effective;  // every setting, in the order of the schema
};

struct ConfigIssue {
  std::string file;          // file name, or "environment"
  std::uint32_t line = 0;    // from 1; 0 when it is about the whole file or the environment
  std::uint32_t column = 0;  // from 1
  std::string key;           // "mempool.bytes_max"
  std::string message;
  std::string message_zh;

  // "node.toml:12:5: mempool.bytes_max: ..."
  [[nodiscard]] std::string Text() const;
  [[nodiscard]] std::string TextZh() const;
};
struct ConfigResult {
  std::optional<Config> config;     // present exactly when there is no issue
  std::vector<ConfigIssue> issues;  // in the order of the file
};

// Environment variables by name. Of the process: those that begin with JIANDU_.
using Environment = std::map<std::string, std::string>;
[[nodiscard]] Environment ProcessEnvironment();

[[nodiscard]] ConfigResult ReadConfig(const std::filesystem::path& file,
                                      const Environment& environment);
// `folder` is what relative paths start from.
[[nodiscard]] ConfigResult ParseConfig(std::string_view toml, const std::string& file_name,
                                       const std::filesystem::path& folder,
                                       const Environment& environment);

// A table of every setting in force and where it came from.
[[nodiscard]] std::string ShowEffective(const Config& config);
// A commented file with every key at its default, for `jiandu network init` and the documents.
[[nodiscard]] std::string ConfigReference();

}  // namespace jiandu::node
