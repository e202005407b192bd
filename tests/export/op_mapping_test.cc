// Every op of the ledger has its place in the exports.
#include "ledger/export/op_mapping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ledger/model/form.h"
#include "ledger/model/op.h"

namespace jiandu::ledger {
namespace {

TEST(OpMapping, EveryOpIsMappedAndNoOther) {
  EXPECT_EQ(AllOpMappings().size(), 133U);
  for (const OpInfo& op : AllOps()) EXPECT_NE(FindOpMapping(op.op), nullptr) << op.op;
  for (const OpMapping& row : AllOpMappings()) EXPECT_NE(FindOp(row.op), nullptr) << row.op;
  EXPECT_TRUE(std::ranges::is_sorted(AllOpMappings(), {}, &OpMapping::op));
  EXPECT_EQ(FindOpMapping("no.such_op"), nullptr);
  EXPECT_EQ(FindOpMapping(""), nullptr);
}

TEST(OpMapping, EveryRowHasWordsAndAnActivity) {
  for (const OpMapping& row : AllOpMappings()) {
    EXPECT_FALSE(row.activity.empty()) << row.op;
    EXPECT_FALSE(row.en.empty()) << row.op;
    EXPECT_FALSE(row.zh.empty()) << row.op;
    EXPECT_NE(KindName(row.subject), "") << row.op;
  }
}

TEST(OpMapping, WhatIsGeneratedHasATypeAndWhatIsBornHasNone) {
  for (const OpMapping& row : AllOpMappings()) {
    const bool leaves = row.effect == ProvEffect::kActs || row.effect == ProvEffect::kDelivers ||
                        row.effect == ProvEffect::kTraces || row.effect == ProvEffect::kDelegates ||
                        row.effect == ProvEffect::kCompletes;
    EXPECT_EQ(row.record.empty(), !leaves) << row.op;
  }
}

// What is ended or revised must have versions; in general an entity never ends.
TEST(OpMapping, WhatIsRevisedOrEndedHasVersions) {
  for (const OpMapping& row : AllOpMappings()) {
    if (row.effect == ProvEffect::kRevises || row.effect == ProvEffect::kEnds) {
      EXPECT_TRUE(HasVersions(row.subject)) << row.op;
    }
  }
  EXPECT_FALSE(HasVersions(EntityKind::kCorrection));
}

// The subject is one of those the form names, or is born: the row is of the right machine.
TEST(OpMapping, ARevisedSubjectIsNamedInTheForm) {
  for (const OpMapping& row : AllOpMappings()) {
    if (row.effect != ProvEffect::kRevises && row.effect != ProvEffect::kEnds) continue;
    const Form& form = *FindOp(row.op)->form;
    const bool named = std::ranges::any_of(form.fields, [&row](const Field& field) {
      return field.type == FieldType::kEntity && field.entity == row.subject;
    });
    EXPECT_TRUE(named) << row.op;
  }
}

TEST(OpMapping, EveryKindHasATypeOfItsOwn) {
  std::set<std::string_view> types;
  for (int byte = 1; byte < 256; ++byte) {
    const auto kind = KindFromByte(static_cast<std::uint8_t>(byte));
    if (!kind) continue;
    EXPECT_TRUE(types.insert(ProvTypeOf(*kind)).second) << byte;
    EXPECT_NE(ProvTypeOf(*kind), "Entity") << byte;
  }
}

}  // namespace
}  // namespace jiandu::ledger
