// The genesis ceremony: each department makes its keys at home, and only public parts travel.
//
// `init` writes what the network is; `join`, run by each department, makes its keys and a join file
// with their public parts and proofs of possession; `seal` puts the join files together into the
// genesis document, whose hash the departments compare before they start. Used by `jiandu network`
// and by `jiandu devnet`. Reads and writes files; one thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/key_file.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {

// What all departments agree on beforehand.
struct NetworkDraft {
  std::string chain;
  ledger::TimeMs time = 0;
  std::string profile = "combined";
  Json consensus = Json::MakeObject();
  Json settings = Json::MakeObject();
  std::vector<ledger::CalendarYear> calendars = ledger::PublishedCalendars();
  bool test_clock = false;
};
[[nodiscard]] std::string EncodeDraft(const NetworkDraft& draft);
[[nodiscard]] Result<NetworkDraft> DecodeDraft(std::string_view text);

// What the department runs: nothing, or a node that votes.
enum class Seat { kNone, kValidator };

// One identity to be made: its name, kind, duties and, for systems, attributes.
struct NewIdentity {
  std::string name;
  ledger::IdentityKind kind = ledger::IdentityKind::kOfficer;
  std::uint32_t duties = 0;
  Json attributes = Json::MakeObject();
};
struct JoinPlan {
  ledger::GenesisDepartment department;
  std::vector<NewIdentity> identities;
  Seat seat = Seat::kValidator;
  std::filesystem::path home;  // keys go to home/keys, the join file to home/join.json
  std::string passphrase;
  crypto::SealCost cost = crypto::SealCost::kModerate;
};
// What sealing would refuse of one department is refused before its keys are made. kInvalid.
[[nodiscard]] Result<void> CheckJoin(const NetworkDraft& draft, const JoinPlan& plan);
// Makes the keys (files of mode 0600) and returns the join file's text. Never overwrites a key.
[[nodiscard]] Result<std::string> JoinNetwork(const NetworkDraft& draft, const JoinPlan& plan);

struct JoinFile {
  std::string name;  // as errors name it
  std::string text;
};
// The genesis document from the draft and the join files. An error begins with the name of the join
// file that it is of.
[[nodiscard]] Result<std::string> SealNetwork(const NetworkDraft& draft,
                                              const std::vector<JoinFile>& join_files);

// Where a home keeps its things.
[[nodiscard]] std::filesystem::path IdentityKeyFile(const std::filesystem::path& home,
                                                    const std::string& name);
[[nodiscard]] std::filesystem::path NodeKeyFile(const std::filesystem::path& home,
                                                const std::string& purpose);

}  // namespace jiandu::cli
