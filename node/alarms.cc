// The thresholds and the words of alarms.
#include "node/alarms.h"

#include <algorithm>
#include <cstdlib>

#include "base/limits.h"

namespace jiandu::node {
namespace {

using Report = gateway::NodeStatus::Report;

constexpr std::uint64_t kDiskFreeBytesMin = 1024 * limits::kMiB;
constexpr std::uint64_t kDiskFreePartMin = 20;  // one in so many
constexpr ledger::Height kBehindMin = 5;

// How far a peer's clock is from ours for certain, given the median: what the answer's way took may
// be all on one side.
std::int64_t Certain(std::int64_t off, std::int64_t round_trip_ms) {
  const std::int64_t unsure = std::max<std::int64_t>(round_trip_ms, 0) / 2;
  return off > 0 ? std::max<std::int64_t>(off - unsure, 0)
                 : std::min<std::int64_t>(off + unsure, 0);
}

// Of at least two peers. Two alone do not outvote us: our own clock is the third voice.
std::int64_t MedianAhead(std::span<const PeerStatus> peers) {
  std::vector<std::int64_t> ahead;
  for (const PeerStatus& peer : peers) {
    if (peer.connected) ahead.push_back(Certain(peer.clock_ahead_ms, peer.round_trip_ms));
  }
  if (ahead.size() == 2) ahead.push_back(0);
  std::ranges::sort(ahead);
  const std::size_t half = ahead.size() / 2;
  return ahead.size() % 2 == 1 ? ahead[half] : (ahead[half - 1] + ahead[half]) / 2;
}

std::string Apart(std::int64_t ms) {
  return std::to_string(std::abs(ms)) + (ms > 0 ? " ms ahead" : " ms behind");
}
std::string ApartZh(std::int64_t ms) {
  return (ms > 0 ? "快 " : "慢 ") + std::to_string(std::abs(ms)) + " 毫秒";
}

}  // namespace

std::vector<ClockOff> FindClocksOff(std::span<const PeerStatus> peers) {
  const auto connected = std::ranges::count_if(peers, &PeerStatus::connected);
  const std::int64_t median = connected >= 2 ? MedianAhead(peers) : 0;
  std::vector<ClockOff> found;
  if (std::abs(median) > kClockOffMs) found.push_back({.department = {}, .ms = -median});
  for (const PeerStatus& peer : peers) {
    if (!peer.connected) continue;
    const std::int64_t off = Certain(peer.clock_ahead_ms - median, peer.round_trip_ms);
    if (std::abs(off) > kClockOffMs) found.push_back({.department = peer.department, .ms = off});
  }
  return found;
}

void AddClockAlarms(std::span<const PeerStatus> peers, Report& report) {
  const bool is_lone = std::ranges::count_if(peers, &PeerStatus::connected) < 2;
  for (const ClockOff& one : FindClocksOff(peers)) {
    const bool is_own = one.department.empty();
    const std::string whose = is_own ? "this node's clock" : "the clock of " + one.department;
    const std::string whose_zh = is_own ? "本节点的时钟" : one.department + " 的时钟";
    const std::string of = is_lone ? " of ours" : " of the other nodes' (median)";
    const std::string what = is_own    ? "set it (NTP)"
                             : is_lone ? "one of the two is wrong (NTP)"
                                       : "have its department set it (NTP)";
    const std::string what_zh = is_own    ? "请校准本节点时钟"
                                : is_lone ? "两者之一有误，请校准"
                                          : "请对方校准时钟";
    report.alarms.push_back(whose + " is " + Apart(one.ms) + of + ": " + what + " / " + whose_zh +
                            "比" + (is_lone ? "本节点" : "其他节点的中位数") + ApartZh(one.ms) +
                            "，" + what_zh);
    if (report.round > 0 && !report.waiting_for.empty()) {
      report.waiting_for += "; " + whose + " is " + Apart(one.ms);
      report.waiting_for_zh += "；" + whose_zh + ApartZh(one.ms);
    }
  }
}

void AddDiskAlarm(const DiskSpace& space, Report& report) {
  if (space.total_bytes == 0) return;
  const bool is_low = space.free_bytes < kDiskFreeBytesMin ||
                      space.free_bytes < space.total_bytes / kDiskFreePartMin;
  if (!is_low) return;
  const std::string left = std::to_string(space.free_bytes / limits::kMiB) + " MiB";
  report.alarms.push_back("the disk of the data directory is nearly full: " + left +
                          " left; when it is full the node stops (exit code 75): make room / "
                          "数据目录所在磁盘将满：剩余 " +
                          left + "，写满后节点将停止（退出码 75），请清理空间");
}

void AddQuarantineAlarm(const std::string& why, bool ends_by_itself, Report& report) {
  if (why.empty()) return;
  const std::string next =
      ends_by_itself
          ? "it signs again by itself above the latest that it does not know of; see that no other "
            "machine runs with this consensus key"
          : "stop this node, see that no other machine runs with this consensus key and that "
            "safety.rec is the one of this machine, and start it again";
  const std::string next_zh =
      ends_by_itself
          ? "超过最近一次此类签名的高度后自动恢复签名；请确认没有其他机器使用同一共识密钥"
          : "请停止本节点，确认没有其他机器使用同一共识密钥、safety.rec "
            "为本机原有文件，再重新启动";
  report.alarms.push_back("signing stopped: " + why + "; " + next + " / 本节点已停止签名：" +
                          next_zh);
}

// By the median of those that are connected: one that lies is not believed.
void AddBehindAlarm(Report& report) {
  std::vector<ledger::Height> heights;
  for (const auto& peer : report.peers) {
    if (peer.connected && peer.height > 0) heights.push_back(peer.height);
  }
  if (heights.empty()) return;
  std::ranges::sort(heights);
  const ledger::Height others = heights[(heights.size() - 1) / 2];
  if (others < report.height + kBehindMin) return;
  const std::string behind = std::to_string(others - report.height);
  report.alarms.push_back("this node is " + behind + " blocks behind the others (height " +
                          std::to_string(report.height) + " of " + std::to_string(others) +
                          ") and catches up / 本节点落后 " + behind + " 个区块，正在追赶");
}

std::string RulesetWarning(const gateway::NodeStatus::PlannedRuleset& planned,
                           ledger::Height height) {
  if (planned.known) return "";
  const std::string ruleset = std::to_string(planned.ruleset);
  const std::string from = std::to_string(planned.from);
  const std::string left = std::to_string(planned.HeightsLeft(height));
  return "rule set " + ruleset + " judges from height " + from +
         " on, and this program does not know it: the node stops in " + left +
         " heights (exit code 78); install a release that knows it before / 规则集 " + ruleset +
         " 自高度 " + from + " 起适用，本程序不支持：再过 " + left +
         " 个高度节点将停止（退出码 78），请在此之前安装支持该规则集的版本";
}

}  // namespace jiandu::node
