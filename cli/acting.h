// What every command that goes through a node shares: options, sign-in, answers in words.
//
// A command acts with one or more key files (--key FILE, or FILE:ROLE) at one node (--url). The
// chain is the node's, the department that of the first key, the role that of the officer's duties
// unless it is named. One thread.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/actor.h"
#include "cli/api_client.h"
#include "cli/command.h"
#include "ledger/model/op.h"

namespace jiandu::cli {

struct ActingOptions {
  std::string url = "http://127.0.0.1:8440";
  std::vector<std::string> keys;                        // FILE or FILE:ROLE
  std::vector<std::filesystem::path> passphrase_files;  // for the keys in order; the last for more
  std::string department;                               // "": of the first key
  std::vector<std::string> await;                       // DEPARTMENT:HEAD or DEPARTMENT:PEER
  int wait_s = 20;
  std::filesystem::path body;     // JSON file, "-" for standard input
  std::vector<std::string> sets;  // NAME=VALUE
  bool unchecked = false;         // send a body that the form finds wanting
};
using ActingOptionsPtr = std::shared_ptr<ActingOptions>;

// --url, --key, --passphrase-file.
void AddReadOptions(CLI::App& command, ActingOptions& options);
// These, and --department, --await, --wait, --body, --set, --unchecked.
void AddActOptions(CLI::App& command, ActingOptions& options);

// A node that knows who asks. Errors are told where they arise: the exit code is what is left.
class Acting {
 public:
  // Opens the keys and signs in with the first; at least one key.
  [[nodiscard]] static std::expected<Acting, Exit> Open(const Output& out,
                                                        const ActingOptions& options);

  [[nodiscard]] ApiClient& Client() { return client_; }
  [[nodiscard]] const std::string& Department() const { return department_; }
  // GET that must answer 200; tells anything else.
  [[nodiscard]] std::expected<Json, Exit> Read(const Output& out, const std::string& target);
  // Rows of a list, page after page, `limit` at most (0: all). Sets `more` when there are more.
  struct Rows {
    Json items = Json::MakeArray();
    std::int64_t height = 0;
    bool more = false;
  };
  [[nodiscard]] std::expected<Rows, Exit> ReadRows(const Output& out, std::string target,
                                                   std::size_t limit);
  // Signs with all keys and submits; what came of it is the caller's to tell.
  [[nodiscard]] std::expected<Outcome, Exit> Send(const Output& out, const std::string& op,
                                                  Json body, int wait_s);
  // Completes, checks, signs and submits; tells the outcome.
  [[nodiscard]] Exit Submit(const Output& out, const ActingOptions& options,
                            const ledger::OpInfo& op, const Json& given);

 private:
  struct Key {
    crypto::EcdsaPrivateKey key;
    ledger::SignerRole role = ledger::SignerRole::kMaker;
  };

  explicit Acting(const std::string& url) : client_(url) {}
  [[nodiscard]] std::expected<void, Exit> OpenKeys(const Output& out, const ActingOptions& options);
  [[nodiscard]] std::expected<void, Exit> SignIn(const Output& out,
                                                 const crypto::EcdsaPrivateKey& key,
                                                 const std::string& file);
  [[nodiscard]] std::expected<void, Exit> OpenKey(const Output& out, const ActingOptions& options,
                                                  std::size_t n);

  ApiClient client_;
  std::string chain_;
  std::string department_;
  std::vector<Key> keys_;
};

// A submission's result in words, and as the exit code.
[[nodiscard]] Exit TellOutcome(const Output& out, std::string_view op, const Outcome& outcome);
// No connection, time-out.
[[nodiscard]] Exit TellNoAnswer(const Output& out, const Error& error);
// What answers at the address is something else.
[[nodiscard]] Exit TellNoNode(const Output& out, const std::string& url);

}  // namespace jiandu::cli
