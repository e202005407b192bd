// A node's HTTP API as commands use it: JSON in, JSON out, one connection.
//
// Wraps sdk/cpp/client.h with what a command needs: a bearer session and problems as exit codes.
// One thread.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "base/json.h"
#include "cli/output.h"
#include "crypto/ecdsa.h"
#include "sdk/cpp/client.h"

namespace jiandu::cli {

struct Reply {
  int status = 0;
  std::string text;  // body as it came
  Json body;         // parsed, null when it is no JSON
};

class ApiClient {
 public:
  explicit ApiClient(const std::string& url) : url_(url), client_(url) {}

  [[nodiscard]] Result<Reply> Get(const std::string& target);
  // A GET that the node may answer later, when a transaction is decided.
  [[nodiscard]] Result<Reply> GetWaiting(const std::string& target, int wait_s);
  // Stored form; waits up to `wait_s` seconds for the result.
  [[nodiscard]] Result<Reply> Submit(ByteView stored, int wait_s);
  // A DSSE envelope as JSON, as any client may have signed it.
  [[nodiscard]] Result<Reply> SubmitEnvelope(const std::string& json, int wait_s);
  // Reads need a caller: proves possession of the key and keeps the token. `chain`: of the network
  // that is meant, "" when it is not known. kForbidden: what was offered to sign is of another
  // address, chain or key, and nothing was signed (cli/sign_in.h).
  [[nodiscard]] Result<void> SignIn(const crypto::EcdsaPrivateKey& key, std::string_view chain);
  // What the node knows of who signed in last: department, kind, duties, roles.
  [[nodiscard]] const Json& Session() const { return session_; }

 private:
  [[nodiscard]] Result<Reply> Post(std::string_view type, std::string_view body, int wait_s);

  std::string url_;
  sdk::Client client_;
  Json session_;
};

// The --url is one; told before the first call.
[[nodiscard]] std::expected<void, Exit> CheckUrl(const Output& out, const std::string& url);
// An error answer (RFC 9457) as a sentence and an exit code.
[[nodiscard]] Exit FailFromReply(const Output& out, const Reply& reply);

}  // namespace jiandu::cli
