// Lineages: the closure is what follows, none more and none less, and what is open is said.
#include <gtest/gtest.h>

#include <set>

#include "ledger/model/lineage_step.h"
#include "ledger/store/log_tree.h"
#include "tests/support/proof_fixture.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityId;
using ledger::EntityKind;
using ledger::LineageDirection;
using ledger::LineageQuery;
using ledger::ProofBundle;
using enum ledger::LineageDirection;

class ProofLineage : public ProofFixture {
 protected:
  // raw -> request -> grant; raw, other -> made by `derivation`; made -> copy.
  ProofLineage() {
    raw_ = chain_.Bear(EntityKind::kResource, {});
    other_ = chain_.Bear(EntityKind::kResource, {});
    request_ = chain_.Bear(EntityKind::kRequest, {raw_});
    grant_ = chain_.Bear(EntityKind::kGrant, {raw_, request_});
    made_ = chain_.Bear(EntityKind::kResource, {});
    derivation_ = chain_.Derive(made_, {raw_, other_});
    copy_ = chain_.Bear(EntityKind::kResource, {});
    again_ = chain_.Derive(copy_, {made_});
  }

  [[nodiscard]] std::vector<EntityId> LineageOf(const EntityId& id, LineageDirection direction) {
    const ProofBundle bundle = Reread(chain_.Prove(LineageQuery{id, direction}).value());
    const ProofVerdict verdict = Verify(bundle);
    EXPECT_TRUE(verdict.verified) << verdict.steps.back().detail;
    EXPECT_EQ(verdict.inexact, 0U);
    return verdict.entities;
  }
  static std::vector<EntityId> Sorted(std::vector<EntityId> ids) {
    std::ranges::sort(ids);
    return ids;
  }
  // An honest proof of histories that claims to be of a lineage.
  [[nodiscard]] std::string StepThatFails(const std::vector<EntityId>& entities,
                                          const LineageQuery& query) {
    ProofBundle bundle = chain_.Prove(ledger::HistoriesQuery{Sorted(entities)}).value();
    bundle.query = query;
    const std::uint64_t size = bundle.head.log_size;
    bundle.log_hashes = store::LogInclusionsProof(chain_.View(), {{size - 1}}, size).value();
    return FailedStep(bundle);
  }

  EntityId raw_, other_, request_, grant_, made_, derivation_, copy_, again_;
};

TEST_F(ProofLineage, DownAndUpFollowDerivationsExactly) {
  EXPECT_EQ(LineageOf(raw_, kDown),
            Sorted({raw_, request_, grant_, derivation_, made_, again_, copy_}));
  EXPECT_EQ(LineageOf(other_, kDown), Sorted({other_, derivation_, made_, again_, copy_}));
  EXPECT_EQ(LineageOf(made_, kDown), Sorted({made_, again_, copy_}));
  EXPECT_EQ(LineageOf(copy_, kUp), Sorted({copy_, again_, made_, derivation_, raw_, other_}));
  EXPECT_EQ(LineageOf(derivation_, kUp), Sorted({derivation_, raw_, other_}));
  EXPECT_EQ(LineageOf(grant_, kUp), Sorted({grant_, request_, raw_}));
  EXPECT_EQ(LineageOf(raw_, kUp), std::vector{raw_});
  EXPECT_EQ(LineageOf(copy_, kDown), std::vector{copy_});
}

TEST_F(ProofLineage, LessOrMoreIsRefused) {
  const LineageQuery query{raw_, kDown};
  const std::vector<EntityId> whole = LineageOf(raw_, kDown);
  EXPECT_EQ(StepThatFails(whole, query), "");
  for (const EntityId& left_out : whole) {
    std::vector<EntityId> less = whole;
    std::erase(less, left_out);
    EXPECT_EQ(StepThatFails(less, query), "answer");
  }
  for (const EntityId& id : chain_.Entities()) {
    if (std::ranges::binary_search(whole, id)) continue;
    std::vector<EntityId> more = whole;
    more.push_back(id);
    EXPECT_EQ(StepThatFails(more, query), "answer");
  }
  EXPECT_EQ(StepThatFails(whole, LineageQuery{raw_, kUp}), "answer");
  EXPECT_EQ(StepThatFails(whole, LineageQuery{made_, kDown}), "answer");
}

TEST_F(ProofLineage, WithoutTheDerivationsTransactionItIsInexactAndSaysSo) {
  chain_.read_bytes = 2 * store::kProofReadBytesMax;  // one is read, then none
  const ProofBundle bundle = Reread(chain_.Prove(LineageQuery{other_, kDown}).value());
  const ProofVerdict verdict = Verify(bundle);
  ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
  EXPECT_EQ(verdict.inexact, 2U);
  EXPECT_TRUE(Says(verdict.not_proven, "of 2 derivations it is not shown"));
  EXPECT_TRUE(std::ranges::binary_search(verdict.entities, raw_));  // may be made from it
  EXPECT_TRUE(std::ranges::binary_search(verdict.entities, copy_));
  // Taking the transactions out of an exact one does not close it.
  chain_.read_bytes = 0;
  ProofBundle bare = chain_.Prove(LineageQuery{other_, kDown}).value();
  bare.transactions.clear();
  EXPECT_EQ(FailedStep(bare), "answer");
}

TEST_F(ProofLineage, WithheldEventsLeaveItOpen) {
  std::size_t open = 0;
  for (const EntityId& id : chain_.Entities()) {
    const ProofVerdict verdict =
        Verify(Reread(chain_.Prove(LineageQuery{id, kDown}, Shown::kAccepted).value()));
    ASSERT_TRUE(verdict.verified) << verdict.steps.back().detail;
    if (verdict.withheld == 0) continue;
    ++open;
    EXPECT_TRUE(Says(verdict.not_proven,
                     "the closure is open at " + std::to_string(verdict.withheld) + " events"));
    EXPECT_TRUE(verdict.proven[0].en.contains("what can be seen of"));
  }
  EXPECT_GT(open, 5U);
}

// The closure by the definition, from all stubs of the log.
TEST_F(ProofLineage, IsWhatFollowsByDefinition) {
  std::vector<ledger::Stub> stubs;
  for (ledger::LogIndex index = 0; index < chain_.View().LogSize(); ++index) {
    const auto entry = ledger::DecodeEntry(chain_.View().Entry(index).value()).value();
    if (const auto* stub = std::get_if<ledger::Stub>(&entry)) stubs.push_back(*stub);
  }
  const auto is_derivation = [](const ledger::Stub& stub) {
    return ledger::BornDerivation(stub) != nullptr;
  };
  std::size_t steps = 0;
  for (const EntityId& start : chain_.Entities()) {
    if (ledger::KindOf(start) == EntityKind::kDerivation) continue;
    std::set<EntityId> known = {start};
    for (std::size_t before = 0; before != known.size();) {
      before = known.size();
      for (const ledger::Stub& stub : stubs) {
        if (stub.code != 0 || is_derivation(stub)) continue;
        const bool touches = std::ranges::any_of(
            stub.touched, [&known](const auto& touched) { return known.contains(touched.entity); });
        if (!touches) continue;
        for (const ledger::Touch& touched : stub.touched) {
          if ((touched.roles & ledger::touch::kNew) != 0 &&
              ledger::IsCase(ledger::KindOf(touched.entity))) {
            known.insert(touched.entity);
          }
        }
      }
    }
    if (known.contains(raw_) || known.contains(other_) || known.contains(made_)) continue;
    steps += known.size();
    EXPECT_EQ(LineageOf(start, kDown), std::vector(known.begin(), known.end()));
  }
  EXPECT_GT(steps, 60U);
}

// Validators that lie: an event names what its list leaves out. Its history does not know of it.
TEST_F(ProofLineage, AnEventThatHidesWhatItNamesIsRefused) {
  const auto named = [this](const EntityId& id, const std::vector<EntityId>& listed,
                            const std::string& op) {
    chain_.Act(op, Json::MakeObject({{"grant", ledger::ToHex(id)}}), [&](const ledger::TxId&) {
      std::map<EntityId, std::uint32_t> touched;
      for (const EntityId& one : listed) touched[one] = ledger::touch::kUse;
      return touched;
    });
  };
  const auto failed = [this](std::vector<EntityId> entities) {
    return FailedStep(chain_.Prove(ledger::HistoriesQuery{Sorted(std::move(entities))}).value());
  };
  named(grant_, {grant_, raw_}, "access.record");
  const ledger::HistoriesQuery both{Sorted({grant_, raw_})};
  const ProofVerdict honest = Verify(chain_.Prove(both).value());
  ASSERT_TRUE(honest.verified);
  EXPECT_GT(honest.named_checked, 2U);
  EXPECT_TRUE(Says(honest.not_proven, "of " + std::to_string(honest.named_checked) + " it was"));
  named(grant_, {grant_}, "access.record");  // hidden from the resource it is on
  EXPECT_EQ(failed({grant_, raw_}), "answer");
  EXPECT_EQ(failed({raw_}), "");  // which alone cannot know
  named(request_, {raw_}, "test.op");
  EXPECT_EQ(failed({request_, raw_}), "answer");
  named(again_, {made_, derivation_}, "cosign");  // other rules
  EXPECT_EQ(failed({again_, made_, derivation_}), "");
}

TEST_F(ProofLineage, OnlyCasesHaveOne) {
  const EntityId department = ledger::DepartmentEntity(std::string(ledger::kGa));
  EXPECT_EQ(chain_.Prove(LineageQuery{department, kDown}).error().code, Errc::kInvalid);
  EXPECT_EQ(StepThatFails({department}, LineageQuery{department, kDown}), "answer");
}

}  // namespace
}  // namespace jiandu::sdk
