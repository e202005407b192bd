// Bodies and steps of a sharing case for tests of the contracts: resource, request, decisions,
// grant, accesses.
//
// Each builder gives a body that is accepted; a test spoils the member it is about.
#pragma once

#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

inline std::string Hash(char digit) { return std::string(64, digit); }

Json Texts(std::initializer_list<std::string_view> texts);

Json Item(std::string_view id, std::string_view grade, std::string_view pi = "NONE");

// R1 of the worked scenario: CONDITIONAL, G3, with personal information.
Json Content(std::string_view share_class = "CONDITIONAL", std::string_view grade = "G3");

Json Ref(std::string_view name, const EntityId& id);

class TestCase {
 public:
  explicit TestCase(std::string_view profile = "combined", Json settings = Json::MakeObject(),
                    Above above = Above::kGovernment);

  TestNet net;
  EntityId resource;
  EntityId request;
  EntityId grant;

  // The entry is of ga, or of the manager: "db".
  [[nodiscard]] Outcome Draft(Json content, const std::string& alias = "ga");
  [[nodiscard]] Outcome SubmitResource(Json content, const std::string& alias = "ga");
  [[nodiscard]] Outcome Review(std::string_view verdict = "OK");
  [[nodiscard]] Outcome Publish();
  void PublishResource(const Json& content = Content(), const std::string& alias = "ga");

  [[nodiscard]] Json RequestBody(std::string_view share_class = "CONDITIONAL");
  [[nodiscard]] Outcome SubmitRequest(Json body);
  [[nodiscard]] Json DecisionBody(std::string_view verdict = "APPROVE") const;
  [[nodiscard]] Outcome Decide(std::string_view alias, Json body);
  // All steps the profile asks of a CONDITIONAL request.
  void Approve();
  [[nodiscard]] Json OpenBody() const;
  [[nodiscard]] Outcome Open(Json body);
  [[nodiscard]] Outcome Acknowledge();
  void ReachRequest();
  void ReachGrant();

  // Items plate, status, owner are granted: bits 0 to 2.
  [[nodiscard]] Json Record(std::string_view acc_id) const;
  [[nodiscard]] Json LoneRecord(std::string_view acc_id) const;
  [[nodiscard]] Outcome Report(Json body, std::string_view alias = "ga");

 private:
  std::string profile_;
};

}  // namespace jiandu::contracts::testing
