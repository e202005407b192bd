#include "node/status.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

namespace jiandu::node {
namespace {

using Report = gateway::NodeStatus::Report;

constexpr std::int64_t kLoopSilentMs = 3000;
constexpr std::int64_t kClockOffMs = 500;  // half of what a proposal's time may be off

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string NameOf(const std::map<consensus::Address, std::string>& names,
                   const consensus::Address& address) {
  const auto found = names.find(address);
  return found == names.end() ? "?" : found->second;
}

void Say(Report& report, std::string english, std::string chinese) {
  report.waiting_for = std::move(english);
  report.waiting_for_zh = std::move(chinese);
}

void ExplainVotes(const consensus::ValidatorSet& set, const std::vector<consensus::Address>& voted,
                  const std::map<consensus::Address, std::string>& names, const std::string& what,
                  const std::string& what_zh, Report& report) {
  const std::set<consensus::Address> here(voted.begin(), voted.end());
  for (const auto& validator : set.List()) {
    if (!here.contains(validator.address))
      report.missing.push_back(NameOf(names, validator.address));
  }
  if (report.missing.empty()) {
    // They agree on a block that is still on its way or under check, or they do not agree.
    Say(report, "the block, or the next round: all " + what + " are here",
        "区块或下一轮：" + what_zh + "已齐");
    return;
  }
  Say(report, what + " of " + Join(report.missing), Join(report.missing) + " 的" + what_zh);
}

void ExplainStep(const consensus::CoreView& core, const consensus::ValidatorSet& set,
                 const std::map<consensus::Address, std::string>& names, Report& report) {
  switch (core.step) {
    case consensus::Step::kUnstarted:
      report.step = "starting";
      Say(report, "the next round to begin", "下一轮开始");
      return;
    case consensus::Step::kPropose:
      report.step = "propose";
      if (core.has_proposal) {
        Say(report, "the check of the proposed block", "提案校验");
      } else {
        report.missing.push_back(NameOf(names, core.proposer));
        Say(report, "the proposal of " + report.missing.front(),
            report.missing.front() + " 的提案");
      }
      return;
    case consensus::Step::kPrevote:
      report.step = "prevote";
      ExplainVotes(set, core.prevoted, names, "prevotes", "预投票", report);
      return;
    case consensus::Step::kPrecommit:
      report.step = "precommit";
      ExplainVotes(set, core.precommitted, names, "precommits", "预提交", report);
      return;
    case consensus::Step::kCommit:
      report.step = "commit";
      Say(report, "the execution of the decided block", "已决区块的执行");
      return;
  }
}

}  // namespace

void Explain(const HostView& host, const consensus::ValidatorSet& set,
             const std::map<consensus::Address, std::string>& names, std::int64_t now_ms,
             Report& report) {
  report.round = host.core.round;
  report.proposer = NameOf(names, host.core.proposer);
  // In a later round the network waits for this height, not for the step that began just now.
  const std::int64_t since = host.core.round > 0 ? host.began_ms : host.moved_ms;
  report.waiting_since_ms = std::max<std::int64_t>(0, now_ms - since);
  if (host.core.waiting_for_work) {
    report.step = "waiting-for-work";
    report.waiting_since_ms = 0;
  } else {
    ExplainStep(host.core, set, names, report);
  }
  if (host.writer_late) Say(report, "the disk: executed blocks wait to be written", "磁盘写入");
  if (host.probing) {
    Say(report, "answers of the other nodes on what this node has signed before",
        "其他节点确认本节点此前的签名");
  }
  if (host.behind) {
    report.step = "catching-up";
    Say(report, "blocks of the other nodes", "其他节点的区块");
  }
}

namespace {

// How far a peer's clock is certainly off: what the answer's way took may be all on one side.
std::int64_t ClockOff(const PeerStatus& peer) {
  if (!peer.connected) return 0;
  const std::int64_t unsure = std::max<std::int64_t>(peer.round_trip_ms, 0) / 2;
  const std::int64_t ahead = peer.clock_ahead_ms;
  return ahead > 0 ? std::max<std::int64_t>(ahead - unsure, 0)
                   : std::min<std::int64_t>(ahead + unsure, 0);
}
int SignOf(std::int64_t off) { return off > kClockOffMs ? 1 : off < -kClockOffMs ? -1 : 0; }

}  // namespace

void AddClockAlarms(std::span<const PeerStatus> peers, Report& report) {
  std::ptrdiff_t connected = 0;
  std::ptrdiff_t ahead = 0;
  for (const PeerStatus& peer : peers) {
    connected += peer.connected ? 1 : 0;
    ahead += SignOf(ClockOff(peer));
  }
  const bool most_agree = connected >= 2 && 2 * std::abs(ahead) > connected;
  for (const PeerStatus& peer : peers) {
    const std::int64_t off = ClockOff(peer);
    if (SignOf(off) == 0) continue;
    const bool is_ours = most_agree && (off > 0) == (ahead > 0);
    const std::string by = std::to_string(std::abs(off));
    std::string& alarm = report.alarms.emplace_back("the clock of ");
    alarm.append(peer.department).append(" is ").append(by);
    alarm.append(off > 0 ? " ms ahead of ours; " : " ms behind ours; ");
    alarm.append(is_ours ? "most others say so too: set this node's clock (NTP)"
                         : "have its department set it (NTP)");
    alarm.append(" / ").append(peer.department).append(" 的时钟比本节点");
    alarm.append(off > 0 ? "快 " : "慢 ").append(by).append(" 毫秒，请");
    alarm.append(is_ours ? "校准本节点时钟" : "对方校准时钟");
  }
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

void StatusBoard::Post(Report report, std::int64_t now_ms) {
  const MutexLock lock(mutex_);
  report_ = std::move(report);
  posted_ms_ = now_ms;
}

Report StatusBoard::Read(std::int64_t now_ms) const {
  Report report;
  std::int64_t age_ms = 0;
  {
    const MutexLock lock(mutex_);
    report = report_;
    age_ms = now_ms - posted_ms_;
  }
  if (!report.waiting_for.empty()) report.waiting_since_ms += age_ms;
  for (auto& peer : report.peers) {
    if (peer.last_seen_ms_ago >= 0) peer.last_seen_ms_ago += age_ms;
  }
  if (age_ms > kLoopSilentMs) {
    report.alarms.push_back("the node's loop has not answered for " +
                            std::to_string(age_ms / 1000) + " s");
  }
  return report;
}

}  // namespace jiandu::node
