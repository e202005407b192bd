// The bounds of what a resource and the catalogue remember by name.
#include "contracts/catalogue_index.h"

#include "contracts/case_table.h"
#include "contracts/resource_state.h"
#include "tests/support/catalogue_fixture.h"

namespace jiandu::contracts::testing {
namespace {

EntityId Nth(ledger::EntityKind kind, std::size_t n) {
  return ledger::BornId(kind, ledger::TxId(), static_cast<std::uint16_t>(n));
}

class Bounds : public CatalogueCase {
 protected:
  void NoteGrants(std::size_t count) {
    test.net.WriteState([&](BlockState& state) {
      for (std::size_t n = 0; n < count; ++n) {
        ledger::EntityBody grant;
        grant.kind = ledger::EntityKind::kGrant;
        grant.status = To(ledger::GrantStatus::kActive);
        grant.numbers["valid_to"] = test.net.Time() + (n == 0 ? kDayMs : 0);  // one lives
        state.Create(Nth(ledger::EntityKind::kGrant, n), std::move(grant));
        NoteGrant(state, resource_, Nth(ledger::EntityKind::kGrant, n));
      }
    });
  }
  [[nodiscard]] bool HasLive() const {
    const BlockContext context = Now();
    BlockState state(test.net.View(), context);
    return HasLiveGrant(state, resource_);
  }
  const EntityId resource_ = Nth(ledger::EntityKind::kResource, 0);
};

TEST_F(Bounds, OneLivingGrantAmongManyIsFound) {
  EXPECT_FALSE(HasLive());
  NoteGrants(200);
  EXPECT_TRUE(HasLive());
  test.net.WriteState([&](BlockState& state) {
    ForgetGrant(state, resource_, Nth(ledger::EntityKind::kGrant, 0));
  });
  EXPECT_FALSE(HasLive());
}

TEST_F(Bounds, OfMoreGrantsThanAreLookedAtSomeAreTakenToLive) {
  NoteGrants(kGrantsMax);
  test.net.Advance(2 * kDayMs);
  EXPECT_TRUE(HasLive());
}

TEST_F(Bounds, OfAnElementTheLatestResourcesAreRemembered) {
  const BlockContext context = Now();
  BlockState state(test.net.View(), context);
  ledger::EntityBody resource;
  resource.status = To(ledger::ResourceStatus::kPublished);
  resource.form = ToBytes(CanonicalJson(Content()));
  const std::size_t count = kOffersMax + 1;
  for (std::size_t n = 0; n < count; ++n) {
    const EntityId id = Nth(ledger::EntityKind::kResource, n);
    state.Create(id, resource);
    EnterCatalogue(state, id, resource);
  }
  Json wanted = Json::MakeArray();
  wanted.Push(Json::MakeObject({{"element_code", "DE-plate"}, {"subject_kind", "VEHICLE"}}));
  for (std::size_t n = 1; n < count; ++n) {
    const EntityId id = Nth(ledger::EntityKind::kResource, n);
    EXPECT_EQ(FindOffer(state, wanted.Items(), kJt, {}), id);
    LeaveCatalogue(state, id, resource, Json::MakeObject());
  }
  EXPECT_EQ(FindOffer(state, wanted.Items(), kJt, {}), std::nullopt);
}

}  // namespace
}  // namespace jiandu::contracts::testing
