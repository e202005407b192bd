// One person, one spelling; what is no identifier gets none.
#include "ledger/model/subject_id.h"

#include <gtest/gtest.h>

namespace jiandu::ledger {
namespace {

// Invented: region 990101 does not exist.
constexpr std::string_view kNumber = "990101199003070015";
constexpr std::string_view kWithX = "99010119900307098X";

std::string Spelt(std::string_view kind, std::string_view text) {
  return NormaliseSubject(kind, text).value_or("none");
}

TEST(CitizenNumber, NeedsADateAndItsCheckCharacter) {
  EXPECT_TRUE(IsCitizenNumber18(kNumber));
  EXPECT_TRUE(IsCitizenNumber18(kWithX));
  EXPECT_TRUE(IsCitizenNumber18("11010519491231002X"));  // the example of GB 11643
  EXPECT_FALSE(IsCitizenNumber18("990101199003070014"));
  EXPECT_FALSE(IsCitizenNumber18("990101199013070015"));
  EXPECT_FALSE(IsCitizenNumber18("99010119900307098x"));
  EXPECT_FALSE(IsCitizenNumber18("9901011990030700153"));
  EXPECT_TRUE(IsCitizenNumber15("110105491231002"));
  EXPECT_FALSE(IsCitizenNumber15("110105491331002"));
  EXPECT_FALSE(IsCitizenNumber15("990105491231002"));
}

TEST(Subject, SpellingsOfOnePersonAreOne) {
  for (const std::string_view text : {kNumber, std::string_view(" 990101 19900307 0015 \r"),
                                      std::string_view("９９０１０１１９９００３０７００１５"),
                                      std::string_view("990101　199003070015")}) {
    EXPECT_EQ(Spelt("PERSON", text), kNumber) << text;
  }
  EXPECT_EQ(Spelt("PERSON", "99010119900307098x"), kWithX);
  EXPECT_EQ(Spelt("PERSON", "９９０１０１１９９００３０７０９８ｘ"), kWithX);
  EXPECT_EQ(Spelt("PERSON", "110105491231002"), "11010519491231002X");
}

TEST(Subject, AMistypedNumberIsRefusedAndAnotherDocumentIsNot) {
  for (const std::string_view text :
       {"990101199003070014", "99010119900307001", "9901011990030700151", "12345", "", "张三",
        "99010119900307098XX", "AB 1", "99010119900307001Y"}) {
    EXPECT_EQ(Spelt("PERSON", text), "none") << text;
  }
  EXPECT_EQ(Spelt("PERSON", "e1234 5678"), "E12345678");
}

TEST(Subject, OtherKindsHaveTheirOwnForm) {
  EXPECT_EQ(Spelt("LEGAL", "119901000990010105"), "119901000990010105");
  EXPECT_EQ(Spelt("LEGAL", "119901000990010106"), "none");
  EXPECT_EQ(Spelt("VEHICLE", "临A·12345"), "临A12345");
  EXPECT_EQ(Spelt("VEHICLE", "临a-123 45"), "临A12345");
  EXPECT_EQ(Spelt("PLACE", "临江路 1 号"), "临江路1号");
  EXPECT_EQ(Spelt("OTHER", std::string(65, 'a')), "none");
  EXPECT_EQ(Spelt("ANIMAL", "1"), "none");
}

}  // namespace
}  // namespace jiandu::ledger
