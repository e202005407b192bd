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
  [[nodiscard]] ledger::EntityBody Grant(ledger::TimeMs valid_to) const {
    ledger::EntityBody grant;
    grant.kind = ledger::EntityKind::kGrant;
    grant.status = To(ledger::GrantStatus::kActive);
    grant.numbers["valid_to"] = valid_to;
    return grant;
  }
  // 65 grants, of which the first alone lives on; it has lost its name.
  [[nodiscard]] bool LivesByTheFirst(ledger::TimeMs valid_to) {
    const BlockContext context = Now();
    BlockState state(test.net.View(), context);
    const EntityId resource = Nth(ledger::EntityKind::kResource, 0);
    for (std::size_t n = 0; n < 65; ++n) {
      const EntityId id = Nth(ledger::EntityKind::kGrant, n);
      state.Create(id, Grant(test.net.Time() + kDayMs));
      if (n == 0) state.Edit(id).numbers["valid_to"] = valid_to;
      NoteGrant(state, resource, id);
    }
    EXPECT_TRUE(HasLiveGrant(state, resource));
    for (std::size_t n = 1; n < 65; ++n) {
      state.Edit(Nth(ledger::EntityKind::kGrant, n)).status =
          To(ledger::GrantStatus::kRelinquished);
    }
    return HasLiveGrant(state, resource);
  }
};

TEST_F(Bounds, AGrantWithoutItsNameCountsUntilItsEnd) {
  EXPECT_TRUE(LivesByTheFirst(test.net.Time() + 1));
  // An ended one makes room first, and a living one keeps its name.
  EXPECT_FALSE(LivesByTheFirst(test.net.Time()));
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
