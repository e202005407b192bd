// A scenario on a live network: its clock, its signers and readers, its steps.
#include <algorithm>
#include <chrono>

#include "base/limits.h"
#include "cli/files.h"
#include "cli/scenario.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {
namespace {

using std::chrono::milliseconds;

constexpr int kWaitS = 30;
constexpr auto kBlockTime = std::chrono::seconds(30);
constexpr std::int64_t kBlocksSpare = 10;
constexpr ledger::TimeMs kBlockAgeMs = 1000;  // what counts as a block of now
constexpr int kNotYet = 503;                  // a height is still to come
constexpr const char* kReader = "db-h1";      // unless a step says who looks

ledger::TimeMs MachineMs() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// "jt-c1" signs as MAKER, "jt-h1" and "jt-l1" as HEAD, a system as SYSTEM; "jt-c1:HEAD" as told.
ledger::SignerRole RoleOf(const std::string& name, ledger::IdentityKind kind) {
  if (kind == ledger::IdentityKind::kSystem) return ledger::SignerRole::kSystem;
  const std::size_t dash = name.find('-');
  const char post = dash + 1 < name.size() ? name[dash + 1] : 'c';
  return post == 'h' || post == 'l' ? ledger::SignerRole::kHead : ledger::SignerRole::kMaker;
}

std::string WhatCame(const Outcome& outcome) {
  if (!outcome.code.empty()) return outcome.code;
  if (!outcome.IsCommitted()) return outcome.status.empty() ? outcome.message : outcome.status;
  if (outcome.flags.empty()) return "ok";
  std::string text;
  for (const std::string& flag : outcome.flags) text += (text.empty() ? "" : "+") + flag;
  return text;
}

// What a step expects: a code, flags (all of them, in any order), else acceptance without a flag.
std::string WhatIsExpected(const Json& step, const Outcome& outcome) {
  if (const auto code = step.TextOr("code"); !code.empty()) return std::string(code);
  std::vector<std::string> flags;
  for (const Json& flag : step.ItemsOf("flags")) flags.push_back(flag.AsString());
  if (flags.empty()) return "ok";
  if (std::ranges::is_permutation(flags, outcome.flags)) flags = outcome.flags;
  std::string text;
  for (const std::string& flag : flags) text += (text.empty() ? "" : "+") + flag;
  return text;
}

// The node answers from a height that holds every act before.
std::string AtLeast(const std::string& target, std::int64_t height) {
  return target + (target.contains('?') ? "&" : "?") + "min_height=" + std::to_string(height);
}

}  // namespace

Scenario::Scenario(const Output& out, Devnet& devnet, ScenarioScript script)
    : out_(out), devnet_(devnet), script_(std::move(script)) {}

ledger::TimeMs Scenario::Now() const { return MachineMs() + ahead_; }

Result<void> Scenario::Prepare() {
  JD_TRY(const std::string document, ReadFile(devnet_.Genesis(), limits::kGenesisBytesMax));
  JD_TRY(const ledger::Genesis genesis, ledger::DecodeGenesis(AsBytes(document)));
  if (!genesis.test_clock) {
    return Fail(Errc::kInvalid, "a scenario needs a network whose genesis has a test_clock");
  }
  chain_ = genesis.chain;
  ahead_ = genesis.time - MachineMs();
  for (const auto& department : genesis.departments) {
    names_.departments[department.alias] = department.code;
  }
  for (std::size_t i = 0; i < genesis.identities.size(); ++i) {
    const ledger::GenesisIdentity& identity = genesis.identities[i];
    names_.identities[identity.name] = ledger::ToHex(ledger::GenesisIdentityId(genesis, i));
    kinds_[identity.name] = identity.kind;
  }
  for (const DevnetNode& node : devnet_.Nodes()) nodes_.emplace(node.alias, ApiClient(node.Url()));
  names_.height_at = [this](ledger::TimeMs time) { return Appoint(time); };
  return {};
}

// The department's own node, or the first one for those that run none.
ApiClient& Scenario::NodeOf(std::string_view alias) {
  const auto found = nodes_.find(alias);
  return found != nodes_.end() ? found->second : nodes_.find(devnet_.Nodes().front().alias)->second;
}

Result<ApiClient*> Scenario::Reader(const std::string& identity) {
  if (const auto found = readers_.find(identity); found != readers_.end()) return &found->second;
  if (!kinds_.contains(identity)) return Fail(Errc::kInvalid, identity + ": no such identity");
  const DevnetNode* node = devnet_.Find(identity.substr(0, identity.find('-')));
  ApiClient client((node != nullptr ? *node : devnet_.Nodes().front()).Url());
  JD_TRY(const crypto::EcdsaPrivateKey* key, devnet_.Key(identity));
  JD_CHECK(client.SignIn(*key, ""));
  return &readers_.emplace(identity, std::move(client)).first->second;
}

Result<std::vector<ActingKey>> Scenario::KeysOf(const Json& by) {
  std::vector<ActingKey> keys;
  for (const Json& one : by.IsArray() ? by.Items() : Json::Array()) {
    const std::string text = one.IsText() ? one.AsString() : "";
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    const auto kind = kinds_.find(name);
    if (kind == kinds_.end()) return Fail(Errc::kInvalid, name + ": no such identity");
    JD_TRY(const crypto::EcdsaPrivateKey* key, devnet_.Key(name));
    auto role = RoleOf(name, kind->second);
    if (colon != std::string::npos) {
      const auto named = ledger::RoleFromName(text.substr(colon + 1));
      if (!named) return Fail(Errc::kInvalid, text + ": no such role");
      role = *named;
    }
    keys.push_back({key, role});
  }
  if (keys.empty()) return Fail(Errc::kInvalid, "\"by\" names nobody who signs");
  return keys;
}

Result<void> Scenario::MoveTo(ledger::TimeMs time) {
  if (time <= Now()) return {};
  JD_CHECK(devnet_.SetTime(time));
  ahead_ = time - MachineMs();
  // Sessions end by the nodes' time.
  readers_.clear();
  return {};
}

Result<void> Scenario::AwaitBlock(ApiClient& reader) {
  const ledger::TimeMs now = Now();
  const auto deadline = std::chrono::steady_clock::now() + kBlockTime;
  while (std::chrono::steady_clock::now() < deadline) {
    JD_TRY(const Reply reply, reader.Get("/v1/status"));
    height_ = std::max(height_, reply.body.IntegerOr("height"));
    if (reply.body.IntegerOr("block_time") >= now - kBlockAgeMs) return {};
    JD_CHECK(AwaitHeight(reader, reply.body.IntegerOr("height") + 1));
  }
  return Fail(Errc::kTimeout, "no block within 30 s; is heartbeat_ms in network.json short?");
}

std::int64_t Scenario::Appoint(ledger::TimeMs time) {
  if (const auto found = appointed_.find(time); found != appointed_.end()) return found->second;
  const auto played = static_cast<std::int64_t>(std::max<std::size_t>(played_, 1));
  const auto until = std::ranges::lower_bound(script_.steps, time, {}, &ScenarioStep::at);
  const std::int64_t left = std::max<std::int64_t>(
      std::distance(script_.steps.begin(), until) - static_cast<std::int64_t>(played_), 0);
  // Twice as many blocks a step as so far, for a slow hour makes more of them: too many only take
  // time, too few would put into force what is not yet.
  const std::int64_t blocks = left * std::max(height_, played) / played;
  return appointed_[time] = height_ + 2 * blocks + kBlocksSpare;
}

Result<void> Scenario::AwaitAppointed() {
  while (!appointed_.empty() && appointed_.begin()->first <= Now()) {
    JD_TRY(ApiClient * reader, Reader(kReader));
    JD_CHECK(AwaitHeight(*reader, appointed_.begin()->second));
    appointed_.erase(appointed_.begin());
  }
  return {};
}

Result<void> Scenario::AwaitHeight(ApiClient& reader, std::int64_t height) {
  const std::int64_t missing = std::max<std::int64_t>(height - height_, 0);
  const auto deadline = std::chrono::steady_clock::now() + kBlockTime * (missing + 1);
  while (std::chrono::steady_clock::now() < deadline) {
    // The node answers as soon as it is there, or after some seconds that it is not.
    JD_TRY(const Reply reply, reader.Get(AtLeast("/v1/blocks/1", height)));
    if (reply.status == 200) return {};
    if (reply.status != kNotYet) return Fail(Errc::kUnavailable, reply.text);
  }
  return Fail(Errc::kTimeout, "the height " + std::to_string(height) + " has not been reached");
}

Result<void> Scenario::PlayAct(const ScenarioStep& step) {
  ScenarioRow& row = script_.rows[step.row];
  const Json& json = step.json;
  const Json* by = json.Find("by");
  JD_TRY(const auto keys, KeysOf(by != nullptr ? *by : Json()));
  const std::string first = by->Items().front().AsString();
  const std::string alias(json.TextOr("department", first.substr(0, first.find('-'))));
  const auto department = names_.departments.find(alias);
  if (department == names_.departments.end()) {
    return Fail(Errc::kInvalid, alias + ": no such department");
  }
  const Json* given = json.Find("body");
  JD_TRY(Json body,
         FillIn(given != nullptr ? *given : Json::MakeObject(), script_.templates, names_));
  JD_TRY(Outcome outcome, Act(NodeOf(alias), chain_, std::string(json.TextOr("op")),
                              department->second, keys, std::move(body), kWaitS, Now()));
  height_ = std::max(height_, outcome.height);
  const std::string got = WhatCame(outcome);
  const std::string expected = WhatIsExpected(json, outcome);
  row.got.push_back(std::string(json.TextOr("says", json.TextOr("op"))) + ": " + got);
  if (got != expected) {
    std::string detail = outcome.reply.IsObject() ? CanonicalJson(outcome.reply) : "";
    row.wrong.push_back(std::string(json.TextOr("op")) + ": expected " + expected + ", got " + got +
                        (outcome.code.empty() ? "" : " " + outcome.message) +
                        (detail.empty() ? "" : " " + detail.substr(0, 600)));
  }
  if (const auto name = json.TextOr("save"); !name.empty()) {
    names_.acts[std::string(name)] = std::move(outcome);
  }
  return {};
}

Result<void> Scenario::PlayLook(const ScenarioStep& step) {
  ScenarioRow& row = script_.rows[step.row];
  JD_TRY(const Json json, FillIn(step.json, script_.templates, names_));
  JD_TRY(ApiClient * reader, Reader(std::string(json.TextOr("as", kReader))));
  JD_CHECK(AwaitBlock(*reader));
  JD_TRY(const Reply reply, reader->Get(AtLeast(std::string(json.TextOr("see")), height_)));
  const std::int64_t status = json.IntegerOr("status", 200);
  if (reply.status != status) {
    row.wrong.push_back(std::string(json.TextOr("see")) + ": expected HTTP " +
                        std::to_string(status) + ", got " + std::to_string(reply.status) + " " +
                        reply.text.substr(0, 600));
    return {};
  }
  if (const Json* saved = json.Find("save"); saved != nullptr && saved->IsObject()) {
    for (const Json::Member& one : saved->Members()) {
      const auto found = AtPointer(reply.body, one.value.AsString());
      if (found.empty()) row.wrong.push_back(one.value.AsString() + " is not in the answer");
      if (!found.empty()) names_.seen[one.name] = *found.front();
    }
  }
  return Compare(json, reply.body, row);
}

Result<void> Scenario::Play(const ScenarioStep& step) {
  JD_CHECK(MoveTo(step.at));
  JD_CHECK(AwaitAppointed());
  return step.json.Find("op") != nullptr ? PlayAct(step) : PlayLook(step);
}

Result<void> Scenario::Run(const std::set<std::string>& only, ledger::TimeMs until) {
  std::vector<std::size_t> left(script_.rows.size());
  for (const ScenarioStep& step : script_.steps) ++left[step.row];
  for (const ScenarioStep& step : script_.steps) {
    if (until != 0 && step.at >= until) break;
    ScenarioRow& row = script_.rows[step.row];
    auto played = Play(step);
    // What rests on an act that failed cannot be played: that is its own row's fault, said there.
    const bool unplayable = !played && (played.error().code == Errc::kInvalid ||
                                        played.error().code == Errc::kTooLarge);
    if (unplayable) {
      row.wrong.push_back(played.error().detail);
    } else if (!played) {
      return std::unexpected(Error{played.error().code, row.name + ": " + played.error().detail});
    }
    ++row.steps;
    ++played_;
    const bool told = only.empty() || only.contains(row.name);
    if (--left[step.row] == 0 && told && !out_.IsJson()) out_.Note(ScenarioRowText(out_, row));
  }
  return {};
}

}  // namespace jiandu::cli
