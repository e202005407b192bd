// The pipeline every request goes through: route, form, rate, state, reader, handler.
//
// Owned by Gateway; every method runs on the gateway thread. Knows no socket: tests and fuzzers
// call Handle directly.
#pragma once

#include "gateway/call.h"
#include "gateway/held_answers.h"
#include "gateway/lineage_port.h"
#include "gateway/log_reader.h"
#include "gateway/rate_limit.h"
#include "gateway/read_auth.h"

namespace jiandu::gateway {

class Api final : public RequestHandler {
 public:
  // The ports and the settings outlive the Api.
  Api(const GatewaySettings& settings, TxSubmitter& submitter, LedgerReader& reader,
      NodeStatus& status, Post post);

  // Where long answers are made; before the first request.
  void RunElsewhere(Elsewhere elsewhere) { services_.elsewhere = std::move(elsewhere); }
  // What /log is answered from; it outlives the Api. Before the first request.
  void ServeLog(const LogReader* log) { log_ = log; }
  // What lineage is answered from, when the node keeps an index; before the first request.
  void AnswerLineage(LineageReader* lineage) { lineage_ = lineage; }
  void Handle(Request request, std::weak_ptr<void> alive, Responder respond) override;
  void Finish(Response& response) override;

 private:
  [[nodiscard]] std::int64_t NowMs() const;
  // Finds the route and checks what can be told without the ledger.
  [[nodiscard]] std::optional<Problem> CheckForm(Call& call, std::string& allow) const;
  [[nodiscard]] std::optional<Problem> CheckAddressRate(const Call& call);
  void WithState(Call call);
  void WithSnapshot(Call call);
  [[nodiscard]] std::optional<Problem> Authenticate(Call& call);
  void Dispatch(Call call);
  [[nodiscard]] Answer AnswerNow(Call& call);
  [[nodiscard]] Answer AnswerLong(const Call& call) const;  // any thread
  void AnswerElsewhere(Call call);
  [[nodiscard]] Answer ShowStatus(Call& call);
  [[nodiscard]] Answer ShowReadiness() const;

  Services services_;
  const LogReader* log_ = nullptr;
  LineageReader* lineage_ = nullptr;
  ReadAuth auth_;
  RateLimit principal_rate_;
  RateLimit address_rate_;
  HeldAnswers held_;
};

}  // namespace jiandu::gateway
