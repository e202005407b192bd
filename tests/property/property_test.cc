// Random load on all state machines, by seed: what must hold whatever departments do.
//
// JIANDU_PROPERTY_SEED=n repeats one walk; JIANDU_PROPERTY_BASE=n draws other walks than those from
// 1 on; JIANDU_PROPERTY_TRANSACTIONS=n scales the work; JIANDU_PROPERTY_COVERAGE=1 prints what
// every op was answered.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "tests/property/invariants.h"

namespace jiandu::contracts::property {
namespace {

constexpr std::size_t kPerWalk = 2500;
constexpr std::size_t kFailuresShown = 12;
constexpr int kFailedWalksMax = 25;  // then the rest would say the same
constexpr std::size_t kToldEvery = 50'000;

std::size_t FromEnvironment(const char* name, std::size_t otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 10) : otherwise;
}
bool IsSet(const char* name) { return std::getenv(name) != nullptr; }
std::size_t Total() {
  const std::size_t usual = IsSet("JIANDU_LONG")        ? 1'000'000
                            : IsSet("JIANDU_SANITIZED") ? 6'000
                                                        : 100'000;
  return FromEnvironment("JIANDU_PROPERTY_TRANSACTIONS", usual);
}

struct Coverage {
  QuotaSeen quotas;
  std::size_t looser = 0;                                   // derivations
  std::map<std::string, std::map<std::string, int>> codes;  // by op
  std::map<std::string, int> flags;
  std::map<std::string, int> unmakeable;

  void Add(const Walk::Step& step) {
    for (std::size_t i = 0; i < step.transactions.size(); ++i) {
      const auto* info = ledger::FindCode(step.outcome.codes[i]);
      ++codes[step.transactions[i]->payload.op][info != nullptr ? std::string(info->name) : "-"];
      for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
        if ((step.outcome.stubs[i].flags & ledger::FlagBit(ledger::Flag{flag.bit})) != 0) {
          ++flags[std::string(flag.name)];
        }
      }
    }
  }
  void Print() {
    for (const ledger::OpInfo& op : ledger::AllOps()) {
      std::cout << op.op << ":";
      for (const auto& [code, n] : codes[std::string(op.op)]) std::cout << " " << code << "=" << n;
      const int unmade = unmakeable[std::string(op.op)];
      if (unmade > 0) std::cout << " unmakeable=" << unmade;
      std::cout << "\n";
    }
    for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
      std::cout << flag.name << "=" << flags[std::string(flag.name)] << " ";
    }
    std::cout << "\n";
  }
};

// JIANDU_PROPERTY_SHOW="grant.open ROLE_DENIED" prints what was so answered.
void Show(const Walk::Step& step) {
  const char* wanted = std::getenv("JIANDU_PROPERTY_SHOW");
  if (wanted == nullptr) return;
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    const ledger::Payload& payload = step.transactions[i]->payload;
    const auto* info = ledger::FindCode(step.outcome.codes[i]);
    if (payload.op + " " + (info != nullptr ? std::string(info->name) : "-") != wanted) continue;
    std::cout << payload.department << " " << payload.signers.size() << " "
              << CanonicalJson(payload.body) << "\n";
  }
}

// Ops that a short run may never see accepted: they stand at the far end of their machines. A long
// run must see every one.
constexpr std::array kSeldom = {
    std::string_view("collect.acknowledge"),  std::string_view("collect.deliver"),
    std::string_view("demand.unified_apply"), std::string_view("demand.unified_result"),
    std::string_view("dispute.decide"),       std::string_view("emergency.object"),
    std::string_view("emergency.open_grant"), std::string_view("grant.amend"),
    std::string_view("grant.renew"),          std::string_view("grant.terminate"),
    std::string_view("grant.decline"),        std::string_view("resource.retire"),
    std::string_view("decision.substitute"),  std::string_view("identity.reconfirm"),
    std::string_view("third_party.ask"),      std::string_view("third_party.decide")};
constexpr std::size_t kShort = 50'000;   // below, nothing is asked of the coverage
constexpr std::size_t kWhole = 900'000;  // above, everything is

void ExpectEveryOpAccepted(const Coverage& coverage, std::size_t done) {
  if (done < kShort) return;
  for (const ledger::OpInfo& op : ledger::AllOps()) {
    const auto found = coverage.codes.find(std::string(op.op));
    const bool accepted = found != coverage.codes.end() && found->second.contains("-");
    const bool may_miss = done < kWhole && std::ranges::find(kSeldom, op.op) != kSeldom.end();
    EXPECT_TRUE(accepted || may_miss) << op.op << " was never accepted";
  }
}

// What was checked of quotas, told in every run: little of it would prove little.
void ExpectQuotasChecked(const Coverage& coverage, std::size_t done) {
  const QuotaSeen& seen = coverage.quotas;
  std::cout << "quotas of (grant, day): " << seen.days << " checked, " << seen.over
            << " above their cap; of these " << seen.acknowledged << " of acknowledged grants, "
            << seen.late << " with late reports, " << seen.disputed
            << " where digests differed; derivations below their sources: " << coverage.looser
            << "\n";
  if (done < kShort) return;
  EXPECT_GT(seen.over, done / 200);
  EXPECT_GT(seen.acknowledged, done / 250);
  EXPECT_GT(seen.late, done / 500);
  EXPECT_GT(seen.disputed, done / 1000);
  EXPECT_GT(coverage.looser, done / 5000);
}

// The last transactions of a walk, for whoever looks for the reason.
std::string Tail(const World& world) {
  std::string text;
  const std::vector<Done>& log = world.Log();
  for (std::size_t i = log.size() - std::min<std::size_t>(log.size(), 20); i < log.size(); ++i) {
    const auto* info = ledger::FindCode(static_cast<std::uint32_t>(log[i].code));
    const ledger::Payload& payload = log[i].transaction->payload;
    text += "  " + std::to_string(log[i].height) + " " + payload.op + " " + payload.department +
            " " + (info != nullptr ? std::string(info->name) : "accepted") + " " +
            CanonicalJson(payload.body).substr(0, 400) + "\n";
  }
  return text;
}

void Expect(const Invariants::Failures& failures, std::uint64_t seed, const World& world) {
  if (failures.empty()) return;
  std::string text;
  for (std::size_t i = 0; i < std::min(failures.size(), kFailuresShown); ++i) {
    text += "  " + failures[i] + "\n";
  }
  ADD_FAILURE() << failures.size() << " failures in walk " << seed << " at height "
                << world.Height() << " (JIANDU_PROPERTY_SEED=" << seed << " repeats it):\n"
                << text << "last transactions:\n"
                << Tail(world);
}

// One walk of about kPerWalk transactions; how many there were.
std::size_t RunWalk(std::uint64_t seed, Coverage& coverage) {
  Walk walk(seed);
  Invariants invariants;
  Invariants::Failures failures;
  std::size_t done = 0;
  while (done < kPerWalk && failures.empty()) {
    const bool thorough = walk.Net().Height() % 8 == 0;
    const testing::MemoryView before = thorough ? walk.Net().View() : testing::MemoryView();
    const Walk::Step step = walk.Next();
    done += step.transactions.size();
    coverage.Add(step);
    Show(step);
    invariants.AfterBlock(walk.Net(), step, failures);
    if (thorough) {
      CheckRefusalsLeaveNothing(before, walk.Net().Blocks().back().context, step, failures);
    }
  }
  if (failures.empty()) invariants.AtEnd(walk.Net(), failures);
  Expect(failures, seed, walk.Net());
  coverage.quotas += invariants.Quotas();
  coverage.looser += invariants.Looser();
  for (const auto& [op, n] : walk.Unmakeable()) coverage.unmakeable[op] += n;
  return done;
}

TEST(Property, HoldsUnderRandomLoadOfAllOps) {
  Coverage coverage;
  if (const std::size_t seed = FromEnvironment("JIANDU_PROPERTY_SEED", 0); seed != 0) {
    (void)RunWalk(seed, coverage);
    return;
  }
  const std::size_t total = Total();
  std::size_t done = 0;
  int failed = 0;
  for (std::uint64_t seed = FromEnvironment("JIANDU_PROPERTY_BASE", 1);
       done < total && failed < kFailedWalksMax; ++seed) {
    const std::size_t of_walk = RunWalk(seed, coverage);
    if (of_walk < kPerWalk) ++failed;
    if (done / kToldEvery != (done + of_walk) / kToldEvery) {
      std::cerr << done + of_walk << " of " << total << " transactions, walk " << seed << "\n";
    }
    done += of_walk;
  }
  if (failed == 0) {
    ExpectEveryOpAccepted(coverage, done);
    ExpectQuotasChecked(coverage, done);
  }
  if (IsSet("JIANDU_PROPERTY_COVERAGE")) coverage.Print();
}

}  // namespace
}  // namespace jiandu::contracts::property
