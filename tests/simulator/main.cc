// `./dev sim`: seeds in a row, or one again with its trace. Usage: docs/simulator.md.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/simulator/run.h"

namespace jiandu::simulator {
namespace {

struct Wanted {
  std::uint64_t seeds = 100;
  std::uint64_t from = 1;
  std::optional<std::uint64_t> replay;
  std::uint64_t until = 0;
  const Scenario* scenario = nullptr;
  bool json = false;
  bool list = false;
};

int Usage(std::string_view problem) {
  std::fprintf(stderr,
               "%.*s\nUsage: jiandu_sim [--seeds N] [--from S] [--scenario NAME] [--output json]\n"
               "       jiandu_sim --replay SEED [--until EVENT] [--scenario NAME]\n"
               "       jiandu_sim --list\n",
               static_cast<int>(problem.size()), problem.data());
  return 2;
}

bool ReadNumber(std::string_view text, std::uint64_t& number) {
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  return bad == std::errc() && end == text.data() + text.size();
}

// A problem, or "".
std::string ReadArguments(int count, char** words, Wanted& wanted) {
  for (int i = 1; i < count; ++i) {
    const std::string_view name = words[i];
    if (name == "--list") {
      wanted.list = true;
      continue;
    }
    if (++i == count) return std::string(name) + " needs a value";
    const std::string_view value = words[i];
    std::uint64_t number = 0;
    const bool is_number = ReadNumber(value, number);
    if (name == "--seeds" && is_number) {
      wanted.seeds = number;
    } else if (name == "--from" && is_number) {
      wanted.from = number;
    } else if (name == "--replay" && is_number) {
      wanted.replay = number;
    } else if (name == "--until" && is_number) {
      wanted.until = number;
    } else if (name == "--output" && value == "json") {
      wanted.json = true;
    } else if (name == "--scenario") {
      wanted.scenario = FindScenario(value);
      if (wanted.scenario == nullptr) return "no scenario " + std::string(value) + ": see --list";
    } else {
      return "what is " + std::string(name) + " " + std::string(value) + "?";
    }
  }
  return "";
}

int List() {
  for (const Scenario& one : AllScenarios()) {
    std::printf("%-24s %s / %s\n", std::string(one.name).c_str(), std::string(one.what).c_str(),
                std::string(one.what_zh).c_str());
  }
  return 0;
}

int Replay(const Wanted& wanted) {
  const RunResult result =
      RunSeed(*wanted.replay, wanted.scenario, {.traced = true, .until_event = wanted.until});
  std::printf("   event      seconds  who     what\n    事件         秒     谁      何事\n%s",
              Explain(result).c_str());
  return result.violations.empty() ? 0 : 1;
}

int RunAll(const Wanted& wanted) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t violations = 0;
  std::map<std::string, Micros> slowest;  // recovery, by scenario
  for (std::uint64_t i = 0; i < wanted.seeds; ++i) {
    const RunResult result = RunSeed(wanted.from + i, wanted.scenario);
    Micros& longest = slowest[result.scenario];
    longest = std::max(longest, result.recovered);
    if (result.violations.empty()) continue;
    ++violations;
    std::fprintf(stderr, "%s", Explain(result).c_str());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double per_hour = static_cast<double>(wanted.seeds) * 3600.0 / took.count();
  if (wanted.json) {
    std::string recoveries;
    for (const auto& [name, longest] : slowest) {
      recoveries +=
          (recoveries.empty() ? "\"" : ",\"") + name + "\":" + std::to_string(longest / kMs);
    }
    std::printf(
        "{\"seeds\":%llu,\"scenarios\":%zu,\"violations\":%llu,\"seeds_per_hour\":%.0f,"
        "\"slowest_recovery_ms\":{%s}}\n",
        static_cast<unsigned long long>(wanted.seeds), slowest.size(),
        static_cast<unsigned long long>(violations), per_hour, recoveries.c_str());
  } else {
    std::printf(
        "%llu seeds of %zu scenarios, %llu with violations; %.0f seeds an hour\n"
        "%llu 个种子，%zu 种场景，%llu 个违例；每小时 %.0f 个种子\n",
        static_cast<unsigned long long>(wanted.seeds), slowest.size(),
        static_cast<unsigned long long>(violations), per_hour,
        static_cast<unsigned long long>(wanted.seeds), slowest.size(),
        static_cast<unsigned long long>(violations), per_hour);
  }
  return violations == 0 ? 0 : 1;
}

}  // namespace
}  // namespace jiandu::simulator

int main(int count, char** words) {
  using namespace jiandu::simulator;
  Wanted wanted;
  if (const std::string problem = ReadArguments(count, words, wanted); !problem.empty()) {
    return Usage(problem);
  }
  MakeDeterministic();
  if (wanted.list) return List();
  return wanted.replay ? Replay(wanted) : RunAll(wanted);
}
