// Reports validators that signed two different messages at one place, as transactions of the
// ledger.
//
// What the core saw becomes a node.equivocation, signed by the system key of this node's department
// (keys.system), with both signed messages; the contract checks them and counts the place once
// (docs/consensus.md (Equivocation)). The validators report in turn, each a while after the one
// before, and only while the place is not on record: so one honest node's report is enough and one
// transaction is what it costs. Nothing is kept on disk: what this node forgets with a restart, the
// others saw as well. Sans-IO: time comes with every call. Lives on the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "consensus/equivocation.h"
#include "crypto/ecdsa.h"
#include "gateway/ports.h"
#include "ledger/model/state_view.h"
#include "node/log.h"

namespace jiandu::node {

struct ReporterOptions {
  std::string chain;
  std::string department;  // this node's
  std::optional<consensus::Address> me;
  std::optional<crypto::EcdsaPrivateKey> system;  // nothing: seen and told, not reported
  std::map<consensus::Address, std::string> departments;
};

struct ReporterEvents {
  // Takes the stored form of a transaction, as from a client; `done` comes on any thread.
  std::function<void(Bytes, gateway::TxSubmitter::OnSubmitted done)> submit;
  std::function<void(std::function<void()>)> post;  // to the loop, from any thread
  std::function<void(const std::string&)> on_alarm;
};

class EquivocationReporter {
 public:
  static constexpr std::int64_t kTurnMs = 5000;    // between the turns of two validators
  static constexpr std::int64_t kAgainMs = 30000;  // what is not on record by then is sent again
  static constexpr int kTriesMax = 20;
  static constexpr std::size_t kPlacesMax = 64;  // under way; more are told and not reported

  EquivocationReporter(ReporterOptions options, ReporterEvents events, Logger log);

  // `set`: of the height of the messages, whose signatures the host has verified.
  void OnEquivocation(const consensus::SignedMessage& first, const consensus::SignedMessage& second,
                      const consensus::ValidatorSet& set);
  // Also after each block. `view` is the newest state, `height` its height.
  void Tick(const ledger::StateView& view, ledger::Height height, std::int64_t now_ms,
            std::int64_t wall_ms);

  // The ledger has changed who has a seat.
  void SetDepartments(std::map<consensus::Address, std::string> departments) {
    options_.departments = std::move(departments);
  }
  [[nodiscard]] std::uint64_t Seen() const { return seen_; }  // places, since the start
  [[nodiscard]] std::size_t UnderWay() const { return places_.size(); }

  // The body of the report, which the contract reads (contracts/double_sign.h).
  [[nodiscard]] static Json BodyOf(const std::string& chain, const std::string& offender,
                                   const consensus::EquivocationProof& proof,
                                   const crypto::Ed25519PublicKey& key);

 private:
  // Validator, height, round, and which type of message.
  using Place = std::tuple<consensus::Address, consensus::Height, consensus::Round, std::string>;
  struct Report {
    Json body;
    std::int64_t turn_ms = 0;            // after the first of those who report
    std::optional<std::int64_t> due_ms;  // nothing until the height of the messages is decided
    int tries = 0;
  };

  [[nodiscard]] std::int64_t TurnOf(const consensus::ValidatorSet& set,
                                    const consensus::Address& offender,
                                    consensus::Height height) const;
  [[nodiscard]] Result<Bytes> MakeTransaction(const Json& body, std::int64_t wall_ms) const;
  void Send(const Place& place, Report& report, std::int64_t wall_ms);

  ReporterOptions options_;
  ReporterEvents events_;
  Logger log_;
  std::map<Place, Report> places_;
  std::uint64_t seen_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // answers that come later are dropped
};

}  // namespace jiandu::node
