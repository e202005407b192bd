// Forms and ops: tables hold together, and values are checked at their edges.
#include "ledger/model/forms.h"

#include <gtest/gtest.h>

#include <set>

#include "ledger/model/net_address.h"
#include "ledger/model/op.h"

namespace jiandu::ledger {
namespace {

Json Object(std::string_view name, Json value) {
  return Json::MakeObject({{name, std::move(value)}});
}
bool Fits(const Field& field, Json value) { return IsFieldValue(field, value); }
Field Of(FieldType type) { return {"x", type, Need::kRequired, "x", "x"}; }

void CheckForm(const Form& form, int depth) {
  ASSERT_LT(depth, 5);
  std::set<std::string_view> names;
  for (const Field& field : form.fields) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.label.empty());
    EXPECT_FALSE(field.label_zh.empty());
    EXPECT_EQ(field.form != nullptr, field.type == FieldType::kObject) << field.name;
    EXPECT_TRUE(field.codes.empty() || field.type == FieldType::kCode) << field.name;
    EXPECT_LE(field.low, field.high);
    if (field.form != nullptr) CheckForm(*field.form, depth + 1);
  }
}

TEST(Ops, AscendAndEachHasASoundForm) {
  std::string_view before;
  for (const OpInfo& op : AllOps()) {
    EXPECT_LT(before, op.op);
    before = op.op;
    EXPECT_EQ(FindOp(op.op), &op);
    EXPECT_LE(op.op.size(), limits::kOpBytesMax);
    CheckForm(*op.form, 0);
  }
  EXPECT_EQ(FindOp("nothing"), nullptr);
  EXPECT_EQ(FindOp(""), nullptr);
}

TEST(Ops, OnlyFactsHaveStructuralMembers) {
  for (const OpInfo& op : AllOps()) {
    if (op.kind == OpKind::kFact) continue;
    for (const Field& field : op.form->fields) EXPECT_NE(field.need, Need::kStructural) << op.op;
  }
}

TEST(Ops, MembersOfAccessRecordsAscend) {
  for (const Form* form : {&forms::kAccessRecord, &forms::kAccessFields, &forms::kAccessBatch}) {
    std::string_view before;
    for (const Field& field : form->fields) {
      EXPECT_LT(before, field.name);
      before = field.name;
    }
  }
}

TEST(Forms, PermissionsMayAwaitFactsMayNot) {
  const Json await = Object("await", Json::MakeArray());
  EXPECT_FALSE(CheckOpBody(*FindOp("request.submit"), await).malformed.has_value());
  EXPECT_TRUE(CheckOpBody(*FindOp("correction.file"), await).malformed.has_value());
  EXPECT_TRUE(CheckOpBody(*FindOp("cosign"), await).malformed.has_value());
}

TEST(Forms, ShapeIsMalformedValueIsInvalidAbsenceIsMissing) {
  const OpInfo& op = *FindOp("resource.review");
  EXPECT_TRUE(CheckOpBody(op, Object("resource", 5)).malformed.has_value());
  EXPECT_TRUE(CheckOpBody(op, Object("nothing", 5)).malformed.has_value());
  EXPECT_TRUE(CheckOpBody(op, Json::MakeArray()).malformed.has_value());
  const FormReport invalid = CheckOpBody(op, Object("verdict", "MAYBE"));
  EXPECT_FALSE(invalid.malformed.has_value());
  ASSERT_TRUE(invalid.invalid.has_value());
  EXPECT_EQ(invalid.invalid->pointer, "/verdict");
  ASSERT_TRUE(invalid.missing.has_value());
  EXPECT_EQ(invalid.missing->pointer, "/resource");
}

TEST(Forms, ListsAreBoundedAndTheirItemsNamed) {
  const OpInfo& op = *FindOp("request.return");
  Json body = Object("request", "12" + std::string(32, '0'));
  Json list = Json::MakeArray();
  for (int i = 0; i < 32; ++i) list.Push("p");
  body.Set("missing", list);
  EXPECT_FALSE(CheckOpBody(op, body).malformed.has_value());
  list.Push("p");
  body.Set("missing", list);
  EXPECT_TRUE(CheckOpBody(op, body).malformed.has_value());
  list = Json::MakeArray();
  list.Push("p");
  list.Push("not an id");
  body.Set("missing", list);
  EXPECT_EQ(CheckOpBody(op, body).invalid->pointer, "/missing/1");
  body.Set("missing", Json::MakeArray());
  EXPECT_EQ(CheckOpBody(op, body).missing->pointer, "/missing");
}

TEST(Forms, EntitiesAreNamedOnce) {
  const std::string id = "12" + std::string(32, '0');
  Json body = Object("request", id);
  EXPECT_EQ(NamedEntities(forms::kRequestReturn, body).size(), 1U);
  Json systems = Json::MakeArray();
  for (int i = 0; i < 2; ++i) systems.Push(Object("system", "10" + std::string(32, '0')));
  Json request = Object("systems", systems);
  request.Set("resource", "11" + std::string(32, '0'));
  EXPECT_EQ(NamedEntities(forms::kRequestSubmit, request).size(), 2U);
}

TEST(FieldValues, AreCheckedAtTheirEdges) {
  const Field number = Of(FieldType::kInteger).Between(1, 9);
  EXPECT_TRUE(Fits(number, 1) && Fits(number, 9));
  EXPECT_FALSE(Fits(number, 0) || Fits(number, 10) || Fits(number, "1"));
  EXPECT_TRUE(Fits(Of(FieldType::kDate), 20240229));
  EXPECT_FALSE(Fits(Of(FieldType::kDate), 20260229) || Fits(Of(FieldType::kDate), 20261301) ||
               Fits(Of(FieldType::kDate), 20260400));
  EXPECT_TRUE(Fits(Of(FieldType::kHash), std::string(64, 'a')));
  EXPECT_FALSE(Fits(Of(FieldType::kHash), std::string(64, 'A')) ||
               Fits(Of(FieldType::kHash), std::string(63, 'a')));
  EXPECT_TRUE(Fits(Of(FieldType::kWindow), "00:00-24:00"));
  for (const std::string_view wrong :
       {"08:00-08:00", "24:01-08:00", "8:00-20:00", "08:60-09:00", ""}) {
    EXPECT_FALSE(Fits(Of(FieldType::kWindow), wrong)) << wrong;
  }
  const Field grant = Of(FieldType::kEntity).To(EntityKind::kGrant);
  EXPECT_TRUE(Fits(grant, "13" + std::string(32, 'f')));
  EXPECT_FALSE(Fits(grant, "12" + std::string(32, 'f')) ||
               Fits(grant, "13" + std::string(31, 'f')));
  EXPECT_FALSE(Fits(Of(FieldType::kEntity), "ff" + std::string(32, 'f')));
  EXPECT_TRUE(Fits(Of(FieldType::kMask), "07") && !Fits(Of(FieldType::kMask), "7"));
  EXPECT_FALSE(Fits(Of(FieldType::kId), "") || Fits(Of(FieldType::kId), "有"));
}

TEST(FieldValues, DatesBeginAtMidnightInChina) {
  EXPECT_EQ(StartOfDate(19700101), -8 * 3'600'000);
  EXPECT_EQ(StartOfDate(20260302), 1'772'380'800'000);
  for (const std::int64_t date : {20240229, 20000101, 21991231, 20261231}) {
    EXPECT_EQ(DateOf(StartOfDate(date)), date);
    EXPECT_EQ(DateOf(StartOfDate(date) + 86'399'999), date);
  }
}

TEST(NetAddress, ReadsBothFamiliesStrictly) {
  for (const std::string_view good :
       {"10.20.3.7", "0.0.0.0", "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8"}) {
    EXPECT_TRUE(ParseAddress(good).has_value()) << good;
  }
  for (const std::string_view bad :
       {"10.20.3", "10.20.3.256", "10.20.3.07", "10.20.3.7.1", "", ":", ":::", "1::2::3",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "::12345", "1:2:3:4:5:6:7:8::", "::ffff:1.2.3.4",
        "fe80::1%eth0", "1:", ":1"}) {
    EXPECT_FALSE(ParseAddress(bad).has_value()) << bad;
  }
}

TEST(NetAddress, NetworksContainTheirAddresses) {
  const Network network = ParseNetwork("10.20.2.0/23").value();
  EXPECT_TRUE(network.Contains(ParseAddress("10.20.3.255").value()));
  EXPECT_FALSE(network.Contains(ParseAddress("10.20.4.0").value()));
  EXPECT_FALSE(
      network.Contains(ParseAddress("::10.20").value_or(NetAddress{AddressFamily::kV6, {}})));
  EXPECT_TRUE(ParseNetwork("0.0.0.0/0")->Contains(ParseAddress("9.9.9.9").value()));
  EXPECT_TRUE(ParseNetwork("2001:db8::/32")->Contains(ParseAddress("2001:db8:1::2").value()));
  for (const std::string_view bad :
       {"10.20.3.0", "10.20.3.1/24", "10.20.3.0/33", "10.20.3.0/", "::/129", "/8"}) {
    EXPECT_FALSE(ParseNetwork(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace jiandu::ledger
