// What an event touches is bounded, and what the bound leaves out is never what it speaks of.
#include "contracts/touched.h"

#include "contracts/engine.h"
#include "ledger/model/op.h"
#include "tests/support/contract_world.h"

namespace jiandu::contracts::testing {
namespace {

using ledger::EntityId;
using ledger::EntityKind;

class Touched : public ::testing::Test {
 protected:
  EntityId Bear(EntityKind kind, const std::map<std::string, EntityId>& links) {
    Hash256 origin{};
    origin.bytes[0] = static_cast<std::uint8_t>(++born_);
    origin.bytes[1] = static_cast<std::uint8_t>(born_ >> 8U);
    const EntityId id = ledger::BornId(kind, origin, 0);
    ledger::EntityBody body;
    body.kind = kind;
    for (const auto& [name, link] : links) body.links[name] = link;
    state_.Create(id, std::move(body));
    return id;
  }
  // An inspection of twelve grants, each of a request of its own.
  EntityId Inspection() {
    std::map<std::string, EntityId> grants;
    for (int n = 0; n < 12; ++n) {
      const EntityId request = Bear(EntityKind::kRequest, {});
      grants["grant" + std::to_string(n)] = Bear(EntityKind::kGrant, {{"request", request}});
    }
    return Bear(EntityKind::kInspection, grants);
  }
  // What a hold on these touches.
  RolesByEntity HoldOn(const std::vector<EntityId>& evidence) {
    Json list = Json::MakeArray();
    for (const EntityId& id : evidence) list.Push(ledger::ToHex(id));
    ledger::Payload payload;
    payload.op = "audit.hold";
    payload.department = kSj;
    payload.body = Json::MakeObject({{"evidence", std::move(list)}});
    Case judged{.state = state_,
                .payload = payload,
                .txid = {},
                .op = *ledger::FindOp("audit.hold"),
                .row = *FindRow("audit.hold")};
    judged.born.push_back(Bear(EntityKind::kHold, {}));
    return TouchedBy(judged);
  }

  MemoryView view_;
  BlockContext context_{.chain = "t", .height = 9, .time = 1'795'000'000'000, .log_size = 9};
  BlockState state_{view_, context_};
  std::uint32_t born_ = 0;
};

TEST_F(Touched, ACaseTouchesAllItHangsOn) {
  const EntityId request = Bear(EntityKind::kRequest, {});
  const EntityId grant = Bear(EntityKind::kGrant, {{"request", request}});
  const EntityId disposal = Bear(EntityKind::kDisposal, {{"grant", grant}});
  const RolesByEntity roles = HoldOn({disposal});
  for (const EntityId& id : {disposal, grant, request}) {
    ASSERT_TRUE(roles.contains(id));
    EXPECT_EQ(roles.at(id), ledger::touch::kAct);
  }
  EXPECT_EQ(roles.size(), 5U) << "the hold and the month besides";
}

// An auditor could otherwise name last what is not to be found in its own history.
TEST_F(Touched, WhatIsNamedIsListedHoweverMuchHangsOnTheFirst) {
  std::vector<EntityId> evidence;
  for (int n = 0; n < 12; ++n) evidence.push_back(Inspection());
  const RolesByEntity roles = HoldOn(evidence);
  for (const EntityId& id : evidence) EXPECT_TRUE(roles.contains(id)) << ledger::ToHex(id);
  std::size_t grants = 0;
  std::size_t requests = 0;
  for (const auto& [id, role] : roles) {
    grants += ledger::KindOf(id) == EntityKind::kGrant ? 1 : 0;
    requests += ledger::KindOf(id) == EntityKind::kRequest ? 1 : 0;
  }
  EXPECT_EQ(grants, kTouchedAtOnceMax - 14) << "the nearest before the farthest";
  EXPECT_EQ(requests, 0U);
}

// A log entry with more entities than it may have cannot be read again by anybody.
TEST_F(Touched, ALateSignatureFindsRoomForItsOwnCaseAndMonth) {
  std::vector<EntityId> evidence;
  for (int n = 0; n < 12; ++n) evidence.push_back(Inspection());
  EXPECT_LE(HoldOn(evidence).size() + 2, limits::kTouchedEntitiesMax);
}

}  // namespace
}  // namespace jiandu::contracts::testing
