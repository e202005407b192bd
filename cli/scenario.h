// `jiandu scenario run`: a table of rows played on a live network, each checked against what the
// law asks for.
//
// A scenario is a folder of network-configs/ with `network.json`, `departments.json` and
// `scenario/*.json`: rows with dated steps (docs/scenarios.md says how they are written).
// The steps of all rows run in the order of their dates, over HTTP and with the network's own test
// clock, so that the dates are those of the table. Nothing here knows a rule: what is expected
// stands in the rows, what came is the network's. One thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/actor.h"
#include "cli/devnet.h"
#include "ledger/model/work_calendar.h"

namespace jiandu::cli {

// One act or one look, at a time of the calendar.
struct ScenarioStep {
  ledger::TimeMs at = 0;
  std::size_t row = 0;
  Json json;
};

struct ScenarioRow {
  std::string name;                // "T6"
  std::string title, title_zh;     // what happens
  std::string expected;            // in the words of the table
  std::string clause;              // its source
  std::vector<std::string> got;    // what came, in the order of the steps
  std::vector<std::string> wrong;  // what differs, with what was expected
  std::size_t steps = 0;           // played
  [[nodiscard]] bool Holds() const { return wrong.empty() && steps > 0; }
};

struct ScenarioScript {
  std::vector<ScenarioRow> rows;
  std::vector<ScenarioStep> steps;  // by time; those of one time as they are written
  Json templates = Json::MakeObject();
};
// Every file of `folder`/scenario in the order of names. kInvalid says file, row and member.
[[nodiscard]] Result<ScenarioScript> ReadScenario(const std::filesystem::path& folder);
// "MM-DD HH:MM" of `year` in UTC+8.
[[nodiscard]] Result<ledger::TimeMs> ReadScenarioTime(std::string_view text, std::int32_t year);

// What steps have brought forth, by the names they were saved under.
struct ScenarioNames {
  std::int32_t year = 2026;
  std::map<std::string, Outcome, std::less<>> acts;
  std::map<std::string, Json, std::less<>> seen;                // picked out of answers
  std::map<std::string, std::string, std::less<>> departments;  // alias -> code
  std::map<std::string, std::string, std::less<>> identities;   // name -> 34-hex id
  // A height that the chain reaches at this time and not before.
  std::function<std::int64_t(ledger::TimeMs)> height_at;
};
// A body as it stands in a row with its names, templates and digests filled in:
//   "$REQ-1" the first entity born in the act saved so; "$REQ-1.txid", ".digest", ".grant" (born of
//   that kind), or what a look saved; "@jt" a department's code, "@jt-app-01" an identity's id;
//   "#label" a digest; "~03-10 10:00" a time in ms; "${...}" any of these within a text;
//   {"$use": "template", ...} its members with these over them, null taking one away;
//   {"$repeat": n, "item": ...} an array, "$i" and "${i}" standing for 0 ... n-1, or from "from"
//   on;
//   {"$tree": "root"|"leaf"|"path", "label", "size", "index"} of a tree of labelled leaves;
//   {"$commit": [salt, value]} a salted commitment; texts of 64 hex digits are bytes;
//   {"$height": "05-15"} a height that the chain reaches at this time and not before.
[[nodiscard]] Result<Json> FillIn(const Json& json, const Json& templates,
                                  const ScenarioNames& names);

class Scenario {
 public:
  Scenario(const Output& out, Devnet& devnet, ScenarioScript script);
  // kInvalid when genesis does not hold the names that steps use.
  [[nodiscard]] Result<void> Prepare();
  // Plays the steps before `until` (0: all) and tells the rows of `only` (empty: all) as they end.
  // An error is one of the network itself: no row could go on after it.
  [[nodiscard]] Result<void> Run(const std::set<std::string>& only, ledger::TimeMs until = 0);
  [[nodiscard]] const std::vector<ScenarioRow>& Rows() const { return script_.rows; }
  [[nodiscard]] std::int64_t Height() const { return height_; }

 private:
  [[nodiscard]] Result<void> Play(const ScenarioStep& step);
  [[nodiscard]] Result<void> PlayAct(const ScenarioStep& step);
  [[nodiscard]] Result<void> PlayLook(const ScenarioStep& step);
  [[nodiscard]] Result<void> MoveTo(ledger::TimeMs time);
  // Until a block of the present time is there: what has lapsed by itself shows as of a block.
  [[nodiscard]] Result<void> AwaitBlock(ApiClient& reader);
  // A height to come at `time`, estimated from the steps until then; the steps of that time and
  // later ones wait for it.
  [[nodiscard]] std::int64_t Appoint(ledger::TimeMs time);
  [[nodiscard]] Result<void> AwaitAppointed();
  [[nodiscard]] Result<void> AwaitHeight(ApiClient& reader, std::int64_t height);
  [[nodiscard]] Result<ApiClient*> Reader(const std::string& identity);
  [[nodiscard]] ApiClient& NodeOf(std::string_view alias);
  [[nodiscard]] Result<std::vector<ActingKey>> KeysOf(const Json& by);
  [[nodiscard]] ledger::TimeMs Now() const;

  const Output& out_;
  Devnet& devnet_;
  ScenarioScript script_;
  ScenarioNames names_;
  std::string chain_;
  std::map<std::string, ledger::IdentityKind, std::less<>> kinds_;  // of identities of genesis
  std::map<std::string, ApiClient, std::less<>> nodes_;             // by alias
  std::map<std::string, ApiClient, std::less<>> readers_;           // signed in, by identity
  ledger::TimeMs ahead_ = 0;                                        // of the machine's clock
  std::int64_t height_ = 0;
  std::size_t played_ = 0;                            // steps
  std::map<ledger::TimeMs, std::int64_t> appointed_;  // heights to come
};

// Holds an answer against the expectations of a look ("is", "has", "count", "due", "late",
// "derived"); what came in `row.got`, what differs in `row.wrong`.
[[nodiscard]] Result<void> Compare(const Json& step, const Json& answer, ScenarioRow& row);
// The value at a JSON Pointer, "*" standing for any element of an array: all that there are.
[[nodiscard]] std::vector<const Json*> AtPointer(const Json& json, std::string_view pointer);

// A part of `name` on a network of its own in `folder`: every step before `until`, the rows of
// `only` told. Whether they hold.
[[nodiscard]] Result<bool> PlayPart(const Output& out, const std::string& name,
                                    const std::filesystem::path& folder,
                                    const std::set<std::string>& only, ledger::TimeMs until);

// The rows for people, 80 columns; and as JSON, the last line {"rows","ok"}.
[[nodiscard]] std::string ScenarioRowText(const Output& out, const ScenarioRow& row);
[[nodiscard]] Json ScenarioRowJson(const ScenarioRow& row);

}  // namespace jiandu::cli
