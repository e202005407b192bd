// A flipped bit anywhere on a node's disk: healed, or refused with what to do; never a wrong
// answer.
//
// Seeded; JIANDU_SEED runs one again, JIANDU_FLIPS more of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "consensus/safety_record.h"
#include "node/recover.h"
#include "tests/node/ledger_fixture.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using support::TempFolder;
using testing::ReadAll;
using testing::TestLedger;
using testing::WriteAll;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class BitFlips : public ::testing::Test {
 protected:
  BitFlips() {
    ledger_.GrowTo(30);
    const DataPaths paths{whole_.Path()};
    ledger_.WriteSegments(paths, {.bytes_max = 1U << 30U, .heights_max = 10});
    // Opened twice: what the first run left in the log lies in a table then.
    ledger_.WriteDatabase(paths);
    EXPECT_TRUE(ledger_.Recover(paths, true, ledger_.Genesis().chain).has_value());
    auto opened = SafetyFile::Open(paths.Safety(), ledger_.Genesis().chain,
                                   testing::ConsensusKey("ga").PublicKey());
    EXPECT_TRUE(opened.has_value());
    consensus::SafetyState state;
    state.height = 31;
    EXPECT_TRUE(opened->file.Write(state).has_value());
    EXPECT_TRUE(opened->file.Write(state).has_value());
  }

  // Files below a folder, as paths relative to the data directory.
  [[nodiscard]] std::vector<std::filesystem::path> Files(const std::string& below) const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(whole_.Path())) {
      const auto path = std::filesystem::relative(entry.path(), whole_.Path());
      if (!entry.is_regular_file() || !path.string().starts_with(below)) continue;
      const auto name = path.filename().string();
      if (name == "LOCK" || name.starts_with("LOG") || entry.file_size() == 0) continue;
      files.push_back(path);
    }
    std::ranges::sort(files);
    return files;
  }

  // What the node would go on from: every height and block as they were, or told.
  void ExpectTruth(const Recovered& found, const std::string& file) {
    EXPECT_GE(found.tip.height, 28U);
    for (consensus::Height height = 0; height <= found.tip.height; ++height) {
      const auto row = found.view->RowAt(height);
      ASSERT_TRUE(row.has_value()) << height;
      ASSERT_EQ(*row, *ledger_.View()->RowAt(height)) << height;
    }
    found.view->Scan({}, {}, [&](ByteView key, ByteView value) {
      const auto wanted = ledger_.View()->Get(key);
      // What a batch says of itself holds the newest commit and is no part of the ledger; the rows
      // of the newest height alone may differ when it was run again from a block less.
      if (AsText(key) == "meta") return true;
      if (found.tip.height == ledger_.Tip().height) {
        EXPECT_TRUE(wanted && Equal(*wanted, value)) << AsText(key);
      }
      return true;
    });
    EXPECT_TRUE(found.view->Health().has_value());
    for (consensus::Height height = 1; height <= found.tip.height; ++height) {
      const auto block = found.segments->Read(height);
      if (block) {
        ASSERT_EQ(block->bytes, *ledger_.At(height).block->bytes) << height;
        continue;
      }
      // In a sealed file damage is found when it is read: named, and not served.
      EXPECT_EQ(block.error().code, Errc::kCorrupt) << file;
      EXPECT_NE(block.error().detail.find("height " + std::to_string(height)), std::string::npos);
    }
  }

  void ExpectNamed(const Error& error, const std::string& file) {
    ++refused_;
    const std::string place = file.starts_with("ledger") ? "ledger" : file.substr(0, 8);
    EXPECT_TRUE(error.detail.contains(place)) << file << ": " << error.detail;
    if (file.ends_with(".seg")) {
      EXPECT_TRUE(error.detail.contains("height")) << error.detail;
    }
    EXPECT_FALSE(file.starts_with("ledger")) << "LevelDB is disposable: " << error.detail;
  }

  void FlipIn(const std::string& below, std::uint64_t flips) {
    const std::uint64_t seed = FromEnvironment("JIANDU_SEED", std::random_device{}());
    std::mt19937_64 random(seed);
    SCOPED_TRACE("JIANDU_SEED=" + std::to_string(seed));
    const auto files = Files(below);
    ASSERT_FALSE(files.empty());
    for (std::uint64_t n = 0; n < FromEnvironment("JIANDU_FLIPS", flips); ++n) {
      const TempFolder folder;
      std::filesystem::copy(whole_.Path(), folder.Path() / "data",
                            std::filesystem::copy_options::recursive);
      const DataPaths paths{folder.Path() / "data"};
      const auto& file = files[random() % files.size()];
      Bytes bytes = ReadAll(paths.root / file);
      // Reserved space behind the tail of a segment is nobody's word.
      std::size_t used = bytes.size();
      while (used > 1 && bytes[used - 1] == 0) --used;
      const std::size_t at = random() % used;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << random() % 8));
      WriteAll(paths.root / file, bytes);
      SCOPED_TRACE(file.string() + " byte " + std::to_string(at));
      const auto found = ledger_.Recover(paths, true);
      if (found) {
        ++healed_;
        ExpectTruth(*found, file.string());
      } else {
        ExpectNamed(found.error(), file.string());
      }
      if (HasFatalFailure()) return;
    }
    RecordProperty("healed", std::to_string(healed_));
    RecordProperty("refused", std::to_string(refused_));
  }

  TempFolder whole_;
  TestLedger ledger_;
  std::uint64_t healed_ = 0;
  std::uint64_t refused_ = 0;
};

TEST_F(BitFlips, InTheDatabaseAreHealed) {
  FlipIn("ledger", 60);
  EXPECT_EQ(refused_, 0U);
}

TEST_F(BitFlips, InSegmentsAreHealedOrRefusedByFileAndHeight) { FlipIn("segments", 60); }

TEST_F(BitFlips, InTheSafetyRecordNeverGoUnnoticed) { FlipIn("safety.rec", 40); }

}  // namespace
}  // namespace jiandu::node
