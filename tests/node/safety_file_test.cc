// safety.rec on a real disk: what was written comes back, and a torn write leaves the record
// before.

#include "node/safety_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

class SafetyFileTest : public testing::Test {
 protected:
  SafetyFileTest() { key_.bytes[0] = 9; }
  std::filesystem::path File() const { return folder_.Path() / "safety.rec"; }

  static consensus::SafetyState At(consensus::Height height) {
    consensus::SafetyState state;
    state.height = height;
    state.round = 0;
    state.step = consensus::Step::kPropose;
    return state;
  }
  // Overwrites bytes of a slot as a torn write would.
  void Tear(std::size_t slot) const {
    std::fstream file(File(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(slot * limits::kSafetySlotBytes + 16));
    file.write("torn", 4);
  }

  support::TempFolder folder_;
  crypto::Ed25519PublicKey key_;
};

TEST_F(SafetyFileTest, TheNewestRecordComesBack) {
  {
    auto file = SafetyFile::Create(File(), "chain-1", key_);
    ASSERT_TRUE(file.has_value()) << file.error().detail;
    for (consensus::Height height = 1; height <= 5; ++height) {
      ASSERT_TRUE(file->Write(At(height)).has_value());
    }
  }
  const auto opened = SafetyFile::Open(File(), "chain-1", key_);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  ASSERT_TRUE(opened->state.has_value());
  EXPECT_EQ(opened->state->height, 5U);
  EXPECT_FALSE(opened->damaged_slot);
}

// Were the other slot taken, a tear of it could leave the platter with neither.
TEST_F(SafetyFileTest, WrittenAgainARecordTakesItsOwnSlot) {
  {
    auto file = SafetyFile::Create(File(), "chain-1", key_);
    ASSERT_TRUE(file->Write(At(7)).has_value());
  }
  {
    auto opened = SafetyFile::Open(File(), "chain-1", key_);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    Tear(0);
    ASSERT_TRUE(opened->file.WriteAgain(*opened->state).has_value());
  }
  Tear(1);
  const auto opened = SafetyFile::Open(File(), "chain-1", key_);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(opened->state->height, 7U);
}

TEST_F(SafetyFileTest, ATornFirstRecordLeavesTheOneOfTheCreation) {
  {
    auto file = SafetyFile::Create(File(), "chain-1", key_);
    ASSERT_TRUE(file->Write(At(7)).has_value());
  }
  Tear(0);  // the creation wrote slot 1, height 7 went to slot 0
  const auto opened = SafetyFile::Open(File(), "chain-1", key_);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_TRUE(opened->damaged_slot);
  ASSERT_TRUE(opened->state.has_value());
  EXPECT_EQ(opened->state->height, 0U);
}

TEST_F(SafetyFileTest, TwoDamagedSlotsRefuseToOpen) {
  {
    auto file = SafetyFile::Create(File(), "chain-1", key_);
    ASSERT_TRUE(file->Write(At(7)).has_value());
  }
  Tear(0);
  Tear(1);
  const auto opened = SafetyFile::Open(File(), "chain-1", key_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Errc::kCorrupt);
}

TEST_F(SafetyFileTest, AnotherChainOrKeyIsRefused) {
  {
    auto file = SafetyFile::Create(File(), "chain-1", key_);
    ASSERT_TRUE(file.has_value());
  }
  EXPECT_FALSE(SafetyFile::Open(File(), "chain-2", key_).has_value());
  crypto::Ed25519PublicKey other = key_;
  other.bytes[3] ^= 1U;
  EXPECT_FALSE(SafetyFile::Open(File(), "chain-1", other).has_value());
}

TEST_F(SafetyFileTest, AMissingFileIsSaidToBeMissing) {
  const auto opened = SafetyFile::Open(File(), "chain-1", key_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace jiandu::node
