// What is in the set is shown to be, what is not is shown not to be, and nothing else is shown.
#include "crypto/hash_set.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

// 2, 4, 6, ... in the last byte, so that each odd number stands between two members.
Hash256 Number(std::uint8_t n) {
  Hash256 hash;
  hash.bytes.back() = n;
  return hash;
}
HashSet Evens(std::uint8_t count) {
  std::vector<Hash256> members;
  for (std::uint8_t i = count; i >= 1; --i)
    members.push_back(Number(static_cast<std::uint8_t>(2 * i)));
  return HashSet(std::move(members));
}

TEST(HashSet, IsTheSameInAnyOrderAndWithRepetitions) {
  const HashSet once({Number(1), Number(2), Number(3)});
  const HashSet twice({Number(3), Number(1), Number(2), Number(1)});
  EXPECT_EQ(twice.Size(), 3U);
  EXPECT_EQ(once.Root(), twice.Root());
  EXPECT_EQ(HashSet({Number(9)}).Root(), MerkleLeafHash(Number(9).View()));
  EXPECT_NE(once.Root(), HashSet({Number(1), Number(2)}).Root());
}

TEST(HashSet, ProvesMembersAndAbsenceForEverySizeAndPlace) {
  for (std::uint8_t count = 1; count <= 33; ++count) {
    const HashSet set = Evens(count);
    for (std::uint8_t n = 1; n <= 2 * count + 1; ++n) {
      const auto shown = CheckSetProof(set.Prove(Number(n)), Number(n), set.Root());
      ASSERT_TRUE(shown.has_value()) << int{count} << " " << int{n};
      EXPECT_EQ(*shown, n % 2 == 0 ? Membership::kMember : Membership::kAbsent);
    }
  }
}

// The proof of an end shows that end and what lies beyond it: all that a proof shows is so.
TEST(HashSet, NoProofShowsWhatIsNotSo) {
  const HashSet set = Evens(13);
  int shown_by_others = 0;
  for (std::uint8_t n = 1; n <= 27; ++n) {
    const SetProof proof = set.Prove(Number(n));
    for (std::uint8_t other = 1; other <= 27; ++other) {
      const auto shown = CheckSetProof(proof, Number(other), set.Root());
      if (!shown) continue;
      EXPECT_EQ(*shown, other % 2 == 0 ? Membership::kMember : Membership::kAbsent);
      if (other != n) ++shown_by_others;
    }
    EXPECT_FALSE(CheckSetProof(proof, Number(n), Evens(12).Root()));
  }
  EXPECT_EQ(shown_by_others, 4);  // 1 and 2 by one another, 26 and 27
}

TEST(HashSet, AMemberIsNotHiddenByALieAboutSizeOrNeighbours) {
  const HashSet set = Evens(13);
  const Hash256 hidden = Number(12);  // place 5
  // The true neighbours are not beside each other.
  const SetProof left = set.Prove(Number(10));
  const SetProof right = set.Prove(Number(14));
  for (std::uint64_t size = 1; size <= 40; ++size) {
    for (std::uint64_t index = 0; index + 1 < size; ++index) {
      SetProof lie{.size = size, .places = {left.places[0], right.places[0]}};
      lie.places[0].index = index;
      lie.places[1].index = index + 1;
      EXPECT_FALSE(CheckSetProof(lie, hidden, set.Root())) << size << " " << index;
    }
    // Nor is the one before it the last.
    SetProof end{.size = size, .places = {left.places[0]}};
    end.places[0].index = size - 1;
    EXPECT_FALSE(CheckSetProof(end, hidden, set.Root())) << size;
  }
  EXPECT_FALSE(CheckSetProof({.size = 13, .places = {}}, hidden, set.Root()));
}

}  // namespace
}  // namespace jiandu::crypto
