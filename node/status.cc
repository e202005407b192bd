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
    Say(report, "the next round: all " + what + " are here and do not agree",
        "下一轮：" + what_zh + "已齐但不一致");
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

void AddClockAlarms(std::span<const PeerStatus> peers, Report& report) {
  std::size_t connected = 0;
  std::ptrdiff_t ahead = 0;
  for (const PeerStatus& peer : peers) {
    if (!peer.connected) continue;
    ++connected;
    if (peer.clock_ahead_ms > kClockOffMs) ++ahead;
    if (peer.clock_ahead_ms < -kClockOffMs) --ahead;
  }
  const bool is_ours = connected >= 2 && static_cast<std::size_t>(std::abs(ahead)) * 2 > connected;
  for (const PeerStatus& peer : peers) {
    if (!peer.connected || std::abs(peer.clock_ahead_ms) <= kClockOffMs) continue;
    const std::string off = std::to_string(std::abs(peer.clock_ahead_ms));
    const bool fast = peer.clock_ahead_ms > 0;
    std::string& alarm = report.alarms.emplace_back("the clock of ");
    alarm.append(peer.department).append(" is ").append(off);
    alarm.append(fast ? " ms ahead of ours; " : " ms behind ours; ");
    alarm.append(is_ours ? "most others say so too: set this node's clock (NTP)"
                         : "have its department set it (NTP)");
    alarm.append(" / ").append(peer.department).append(" 的时钟比本节点");
    alarm.append(fast ? "快 " : "慢 ").append(off).append(" 毫秒，请");
    alarm.append(is_ours ? "校准本节点时钟" : "对方校准时钟");
  }
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
