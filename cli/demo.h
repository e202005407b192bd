// `jiandu demo`: one sharing case on four departments' nodes, told as a story.
//
// Everything in it goes over HTTP to real nodes of a devnet; nothing here is a feature only the
// demo can reach. Each step says what is tried, what came, and whether that is what the rules ask
// for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/actor.h"
#include "cli/command.h"
#include "cli/devnet.h"

namespace jiandu::cli {

class Demo {
 public:
  Demo(const Output& out, Devnet& devnet, std::string chain);

  // Every chapter; false as soon as a step did not hold.
  [[nodiscard]] bool Run();
  [[nodiscard]] Json Summary(double seconds) const;
  // The chapters up to an active conditional grant: where the benchmark begins.
  [[nodiscard]] bool PrepareGrant() { return Catalogue() && Conditional(); }
  [[nodiscard]] const std::string& GrantId() const { return grant_; }
  // The 34-hex id of an identity of genesis; "" when there is none.
  [[nodiscard]] std::string SystemId(const std::string& name);

 private:
  enum class Expect { kAccepted, kRejected };

  // demo.cc
  bool Catalogue();
  bool Unconditional();
  bool Conditional();
  bool NotShared();
  // demo_access.cc
  bool Accesses();
  bool Correction();
  bool Failover();
  bool Receipt();

  void Chapter(std::string_view title, std::string_view title_zh);
  // One transaction by identities ("ga-c1:MAKER"), told in one line; true when it went as expected.
  bool Tell(const std::string& what, const std::string& department, const std::string& op,
            const std::vector<std::string>& signers, Json body,
            const std::string& expected_code = "");
  bool Said(const std::string& what, bool holds, const std::string& detail);
  [[nodiscard]] ApiClient& ClientOf(const std::string& alias);
  [[nodiscard]] std::string CodeOf(const std::string& alias) const;
  [[nodiscard]] Result<Outcome> Send(const std::string& alias, const std::string& op,
                                     const std::vector<std::string>& signers, Json body,
                                     const std::string& through = "");
  [[nodiscard]] std::int64_t HeightOf(const std::string& alias);
  bool AwaitHeight(const std::string& alias, std::int64_t height);

  const Output& out_;
  Devnet& devnet_;
  std::string chain_;
  std::map<std::string, ApiClient> clients_;
  Outcome last_;                         // of the last transaction told
  std::string vehicle_, licence_, tax_;  // resources
  std::string request_, grant_;          // of the conditional case
  std::string grant_txid_;
  std::int64_t committed_ = 0, rejected_ = 0, flagged_ = 0, failover_ms_ = 0, height_ = 0;
  bool verified_ = false;
};

}  // namespace jiandu::cli
