// Somebody who acts on a network: signs with keys it holds and submits over HTTP.
//
// Used by the demonstration, by `jiandu tx` and its sisters. One thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/api_client.h"
#include "crypto/ecdsa.h"
#include "ledger/model/transaction.h"

namespace jiandu::cli {

// A key with the role in which it signs.
struct ActingKey {
  const crypto::EcdsaPrivateKey* key = nullptr;
  ledger::SignerRole role = ledger::SignerRole::kMaker;
};

// What came of a submission: the node's answer, taken apart.
struct Outcome {
  int http = 0;        // status of the answer
  std::string status;  // committed, rejected, pending; "" when it was refused at the door
  std::string txid;
  std::string digest;  // of the signed payload: what a cosigner names
  std::int64_t height = 0;
  std::string code;  // of a rejection or refusal, "" when accepted
  std::string message, message_zh, clause, article, hint, hint_zh;
  std::vector<std::string> flags;
  std::vector<std::string> born;  // 34-hex ids, in order
  Json reply;

  [[nodiscard]] bool IsCommitted() const { return status == "committed"; }
  [[nodiscard]] bool IsRejected() const { return status == "rejected"; }
};
[[nodiscard]] Outcome ReadOutcome(const Reply& reply);

// Signs and submits; waits for the decision. `now` is the signers' time, 0 for the machine's: a
// network with a test clock has its own.
[[nodiscard]] Result<Outcome> Act(ApiClient& client, const std::string& chain,
                                  const std::string& op, const std::string& department,
                                  const std::vector<ActingKey>& keys, Json body, int wait_s = 20,
                                  ledger::TimeMs now = 0);

}  // namespace jiandu::cli
