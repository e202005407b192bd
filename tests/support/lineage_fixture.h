// Several resources and grants for tests of disposal, lineage and the propagation of corrections:
// R1 of ga, held by jt; D1 made of it by jt, held by sw.
//
// Dates are those of the worked scenario where they fit.
#pragma once

#include "contracts/derived_flags.h"
#include "contracts/propagation.h"
#include "tests/support/case_fixture.h"

namespace jiandu::contracts::testing {

class LineageCase : public TestCase {
 public:
  // A published resource of another provider, by the chain of all resources.
  [[nodiscard]] EntityId DraftOf(std::string_view alias, const Json& content);
  [[nodiscard]] Outcome SubmitOf(std::string_view alias, const EntityId& id, const Json& content);
  void PublishDraft(const EntityId& id);
  // A request of `alias` on a resource, approved by provider and manager.
  void Ask(const EntityId& id, std::string_view alias, std::string_view provider,
           const std::vector<std::string>& items);
  // Then the grant, opened and acknowledged.
  [[nodiscard]] EntityId GrantOn(const EntityId& id, std::string_view alias,
                                 std::string_view provider, const std::vector<std::string>& items,
                                 const Json& changes = Json::MakeObject());
  // jt's grant on R1, with derivations allowed.
  void ReachHolder(const Json& changes = Json::MakeObject());
  // D1: the plate as it is, a verdict made of status.
  [[nodiscard]] static Json DerivedContent(std::string_view code = "D1",
                                           std::string_view grade = "G3");
  [[nodiscard]] static Json Input(const EntityId& from, std::int64_t version, const EntityId& under,
                                  std::initializer_list<std::string_view> items);
  [[nodiscard]] static Json Made(std::string_view item, std::string_view from,
                                 bool unchanged = false, int input = 0);
  [[nodiscard]] static Json DerivationBody(const EntityId& made, Json input, Json map);
  [[nodiscard]] Json D1Body(bool plate_survives = false) const;
  [[nodiscard]] Outcome Derive(const Json& body, std::string_view alias = "jt");
  // R1, its grant, D1 of it published, and sw's grant on D1.
  void ReachDerived();

  [[nodiscard]] static std::string_view CodeOf(std::string_view alias);
  [[nodiscard]] std::vector<DerivedFlag> FlagsOf(const EntityId& id) const;
  // The first of the name, about `subject` when one is given; empty name: there is none.
  [[nodiscard]] DerivedFlag FlagOf(const EntityId& id, std::string_view name,
                                   const EntityId& subject = {}) const;
  [[nodiscard]] bool Shows(const EntityId& id, std::string_view name) const;

  EntityId d1;
  EntityId derivation;
  EntityId below;  // sw's grant on D1
};

}  // namespace jiandu::contracts::testing
