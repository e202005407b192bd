#include "node/status.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace jiandu::node {
namespace {

using Report = gateway::NodeStatus::Report;

constexpr std::int64_t kLoopSilentMs = 3000;
constexpr std::int64_t kSilentMs = 8000;  // pings go each 5 s, and are answered

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

std::string Seconds(std::int64_t ms) { return std::to_string(ms / 1000) + " s"; }

bool IsReachable(const PeerFacts& peer) {
  return peer.connected && peer.heard_ms_ago >= 0 && peer.heard_ms_ago <= kSilentMs;
}

// No address in it: anybody may read the status.
void SayWhyNoLink(const PeerFacts& peer, gateway::NodeStatus::Missing& missing) {
  const bool never = peer.heard_ms_ago < 0;
  missing.why =
      never ? "no link since this node began" : "no link for " + Seconds(peer.heard_ms_ago);
  missing.why_zh =
      never ? "本节点启动以来未连通" : "已断开 " + std::to_string(peer.heard_ms_ago / 1000) + " 秒";
  missing.since_ms = peer.heard_ms_ago;
  if (peer.is_shut_out) {
    missing.why += ": this node has shut it out for misbehaviour";
    missing.why_zh += "：因行为异常被本节点暂时拒绝";
  } else if (peer.last_error.contains("refused")) {
    missing.why += ": its machine answers, its node does not: is it down?";
    missing.why_zh += "：其主机可达，但节点未运行？";
  } else {
    missing.why += ": is it down, or the network cut?";
    missing.why_zh += "：节点停机，还是网络中断？";
  }
}

gateway::NodeStatus::Missing WhyMissing(const HostView& host, const std::string& name,
                                        const PeerFacts* peer, std::int64_t waited_ms) {
  gateway::NodeStatus::Missing missing{
      .department = name, .why = {}, .why_zh = {}, .since_ms = waited_ms};
  if (peer == nullptr) {
    missing.why = "this node itself: ";
    missing.why += host.quarantine.empty() ? "it has not signed yet" : host.quarantine;
    missing.why_zh = host.quarantine.empty() ? "本节点尚未签名" : "本节点已停止签名";
  } else if (!peer->connected) {
    SayWhyNoLink(*peer, missing);
  } else if (!IsReachable(*peer)) {
    missing.since_ms = peer->heard_ms_ago;
    missing.why = "its link is open, but nothing was heard for " +
                  Seconds(std::max<std::int64_t>(peer->heard_ms_ago, 0)) +
                  ": is its process stopped?";
    missing.why_zh =
        "连接未断，但 " + std::to_string(peer->heard_ms_ago / 1000) + " 秒无消息：进程是否被挂起？";
  } else if (peer->height < host.decided_height) {
    missing.why = "it is at height " + std::to_string(peer->height) + " of " +
                  std::to_string(host.decided_height) + " and catches up";
    missing.why_zh = "其高度为 " + std::to_string(peer->height) + "，正在追赶";
  } else {
    missing.why = "it is connected, its word has not come";
    missing.why_zh = "已连接，消息未到";
  }
  return missing;
}

// Since when less than a quorum can be reached: the absence that made it so. Nothing: it can.
struct NoQuorum {
  consensus::Power reachable = 0;
  std::int64_t since_ms = -1;
};
std::optional<NoQuorum> FindNoQuorum(const consensus::ValidatorSet& set,
                                     const PeerFactsMap& facts) {
  NoQuorum found;
  std::vector<std::pair<std::int64_t, consensus::Power>> gone;  // how long, power
  for (const consensus::Validator& one : set.List()) {
    const auto peer = facts.find(one.address);
    if (peer == facts.end() || IsReachable(peer->second)) {
      found.reachable += one.power;
    } else {
      const std::int64_t heard = peer->second.heard_ms_ago;
      gone.emplace_back(heard < 0 ? std::numeric_limits<std::int64_t>::max() : heard, one.power);
    }
  }
  if (set.IsQuorum(found.reachable)) return std::nullopt;
  std::ranges::sort(gone, std::greater<>());
  consensus::Power left = set.Total();
  for (const auto& [ms, power] : gone) {
    left -= power;
    if (set.IsQuorum(left)) continue;
    if (ms != std::numeric_limits<std::int64_t>::max()) found.since_ms = ms;
    break;
  }
  return found;
}

void SayNoQuorum(const NoQuorum& found, const consensus::ValidatorSet& set, Report& report) {
  const std::string here = std::to_string(found.reachable);
  const std::string all = std::to_string(set.Total());
  std::string gone;
  for (const auto& one : report.missing_why) {
    if (!gone.empty()) gone += ", ";
    gone += one.department;
  }
  Say(report,
      "a quorum: " + here + " of " + all +
          " votes can be reached, more than two thirds are needed; missing: " + gone,
      "法定多数：" + all + " 票中可达 " + here + " 票，须超过三分之二；缺 " + gone);
}

void ExplainMissing(const HostView& host, const consensus::ValidatorSet& set,
                    const std::map<consensus::Address, std::string>& names,
                    const PeerFactsMap& facts, Report& report) {
  if (facts.empty()) return;
  for (const consensus::Validator& one : set.List()) {
    const auto peer = facts.find(one.address);
    const std::string name = NameOf(names, one.address);
    const bool is_gone = peer != facts.end() && !IsReachable(peer->second);
    const bool is_missing = std::ranges::find(report.missing, name) != report.missing.end();
    if (!is_gone && !is_missing) continue;
    report.missing_why.push_back(WhyMissing(
        host, name, peer == facts.end() ? nullptr : &peer->second, report.waiting_since_ms));
  }
  const auto none = FindNoQuorum(set, facts);
  if (!none) return;
  SayNoQuorum(*none, set, report);
  report.waiting_since_ms = std::max(report.waiting_since_ms, none->since_ms);
}

}  // namespace

void Explain(const HostView& host, const consensus::ValidatorSet& set,
             const std::map<consensus::Address, std::string>& names, const PeerFactsMap& facts,
             std::int64_t now_ms, Report& report) {
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
  // Before all else: without a quorum nothing above can come to its end.
  ExplainMissing(host, set, names, facts, report);
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
