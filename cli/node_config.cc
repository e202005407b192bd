#include "cli/node_config.h"

namespace jiandu::cli {
namespace {

// TOML basic string: names and paths given by an operator.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string MakeNodeConfig(const NodeConfigPlan& plan) {
  std::string toml =
      "# Settings of this department's node. Every key and its default: `jiandu config "
      "reference`.\n"
      "# Relative paths start from this file's folder. 本节点配置；全部设置见 jiandu config "
      "reference。\n\n"
      "[node]\n"
      "data_dir = \"data\"\n"
      "department = " +
      Quoted(plan.department) +
      "\n"
      "genesis = \"genesis.json\"\n";
  if (!plan.test_clock.empty()) toml += "test_clock = " + Quoted(plan.test_clock) + "\n";
  toml +=
      "\n[peers]\n"
      "# Where other nodes reach us, and whom we dial; who is not listed dials us.\n"
      "listen = " +
      Quoted(plan.peers_listen) + "\n";
  for (const auto& [department, address] : plan.peers) {
    toml += "[[peers.dial]]\ndepartment = " + Quoted(department) +
            "\naddress = " + Quoted(address) + "\n";
  }
  toml += "\n[gateway]\nlisten = " + Quoted(plan.gateway_listen) + "\n";
  if (!plan.metrics_listen.empty())
    toml += "metrics_listen = " + Quoted(plan.metrics_listen) + "\n";
  if (plan.connections_per_address_max > 0) {
    toml +=
        "connections_per_address_max = " + std::to_string(plan.connections_per_address_max) + "\n";
  }
  toml +=
      "\n[keys]\nnode = \"keys/_node.key\"\n"
      "consensus = \"keys/_consensus.key\"\ncosign = \"keys/_cosign.key\"\n";
  if (plan.has_log_key) toml += "log = \"keys/_log.key\"\n";
  if (!plan.system_key.empty()) {
    toml += "# Reports validators that sign twice. 用于报告双签。\nsystem = " +
            Quoted(plan.system_key) + "\n";
  }
  toml += "passphrase_file = " + Quoted(plan.passphrase_file.string()) +
          "\n\n[log]\nlevel = " + Quoted(plan.log_level) + "\n";
  if (!plan.log_file.empty()) toml += "file = " + Quoted(plan.log_file) + "\n";
  return toml;
}

}  // namespace jiandu::cli
