#include "cli/actor.h"

#include <chrono>

#include "base/hex.h"
#include "base/limits.h"
#include "cli/text.h"
#include "ledger/model/transaction_rules.h"
#include "sdk/cpp/client_tx.h"

namespace jiandu::cli {
namespace {

constexpr ledger::TimeMs kLifetimeMs = 10LL * 60 * 1000;

ledger::TimeMs NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The words of a code, wherever the answer carries them.
void ReadWords(const Json& json, Outcome& outcome) {
  outcome.message = json.TextOr("message");
  outcome.message_zh = json.TextOr("message_zh");
  outcome.clause = json.TextOr("clause");
  outcome.article = json.TextOr("article");
  outcome.hint = json.TextOr("hint");
  outcome.hint_zh = json.TextOr("hint_zh");
}

// Rather here, in words, than by a node that reads no further than it must.
Result<void> CheckSize(const std::string& op, std::size_t size) {
  const bool batch = op == ledger::kBatchOp;
  const std::size_t most = batch ? limits::kBatchTxBytesMax : limits::kTxBytesMax;
  if (size <= most) return {};
  return Fail(Errc::kTooLarge, "the body makes a transaction of " + std::to_string(size) +
                                   " bytes; one of " + op + " has " + SizeText(most) + " at most");
}

}  // namespace

Outcome ReadOutcome(const Reply& reply) {
  Outcome outcome;
  outcome.http = reply.status;
  outcome.reply = reply.body;
  outcome.status = reply.body.TextOr("status");
  outcome.txid = reply.body.TextOr("txid");
  outcome.height = reply.body.IntegerOr("height");
  if (reply.status >= 400) {
    outcome.status.clear();
    outcome.code = reply.body.TextOr("code", reply.body.TextOr("title"));
    ReadWords(reply.body, outcome);
    if (outcome.message.empty()) outcome.message = reply.body.TextOr("detail");
    return outcome;
  }
  if (const Json* code = reply.body.Find("code"); code != nullptr && code->IsObject()) {
    outcome.code = code->TextOr("name");
    ReadWords(*code, outcome);
  }
  if (outcome.IsCommitted()) outcome.code.clear();
  for (const Json& flag : reply.body.ItemsOf("flags"))
    outcome.flags.emplace_back(flag.TextOr("name"));
  for (const Json& born : reply.body.ItemsOf("born")) outcome.born.emplace_back(born.TextOr("id"));
  return outcome;
}

Result<Outcome> Act(ApiClient& client, const std::string& chain, const std::string& op,
                    const std::string& department, const std::vector<ActingKey>& keys, Json body,
                    int wait_s, ledger::TimeMs now) {
  std::vector<sdk::SigningKey> signing;
  signing.reserve(keys.size());
  for (const ActingKey& one : keys) signing.push_back({one.key, one.role});
  const auto payload = sdk::MakePayload(chain, op, department, signing, now != 0 ? now : NowMs(),
                                        kLifetimeMs, std::move(body));
  JD_TRY(const Bytes stored, sdk::SignTransaction(payload, signing));
  JD_CHECK(CheckSize(op, stored.size()));
  JD_TRY(const ledger::Transaction transaction, ledger::DecodeStored(stored));
  JD_TRY(const Reply reply, client.Submit(stored, wait_s));
  Outcome outcome = ReadOutcome(reply);
  outcome.digest = HexEncode(transaction.digest.View());
  return outcome;
}

}  // namespace jiandu::cli
