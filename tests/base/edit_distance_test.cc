// Distances between words, against known ones.
#include "base/edit_distance.h"

#include <gtest/gtest.h>

namespace jiandu {
namespace {

TEST(EditDistance, CountsLettersPutInTakenOutAndChanged) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("grant", "grant"), 0U);
  EXPECT_EQ(EditDistance("grnat", "grant"), 2U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("sitting", "kitten"), 3U);
}

}  // namespace
}  // namespace jiandu
