// What may lie where a file of the log belongs, and what is made of it.
#include "cli/log_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "cli/files.h"
#include "tests/support/temp_folder.h"

namespace jiandu::cli {
namespace {

class LogFolders : public testing::Test {
 protected:
  LogFolders() { std::filesystem::create_directories(path_ / "tile" / "0"); }

  const support::TempFolder folder_;
  const std::filesystem::path& path_ = folder_.Path();
  const std::string tile_ = "tile/0/000";
};

// A pipe would keep whoever reads it waiting for ever.
TEST_F(LogFolders, APipeIsNoFileAndIsReplaced) {
  const LogFolder folder(path_);
  ASSERT_EQ(::mkfifo((path_ / tile_).c_str(), 0600), 0);
  const auto read = folder.Read(tile_);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Errc::kCorrupt);
  ASSERT_TRUE(folder.Write(tile_, "hashes").has_value());
  EXPECT_EQ(folder.Read(tile_).value(), "hashes");
}

TEST_F(LogFolders, AFileLongerThanAnyOfALogIsReplaced) {
  const LogFolder folder(path_);
  std::ofstream(path_ / tile_).seekp(64L * 1024 * 1024).put('x');
  EXPECT_EQ(folder.Read(tile_).error().code, Errc::kTooLarge);
  ASSERT_TRUE(folder.Write(tile_, "hashes").has_value());
  EXPECT_EQ(folder.Read(tile_).value(), "hashes");
}

TEST_F(LogFolders, AFolderWhereAFileBelongsIsAnError) {
  const LogFolder folder(path_);
  std::filesystem::create_directories(path_ / tile_ / "more");
  EXPECT_FALSE(folder.Read(tile_).has_value());
  EXPECT_FALSE(folder.Write(tile_, "hashes").has_value());
  EXPECT_EQ(folder.Read("tile/0/001").value(), std::nullopt);
}

// What may be read is far more than what is there: no memory is taken for it.
TEST_F(LogFolders, ReadingTakesTheMemoryOfWhatIsThere) {
  const std::filesystem::path file = path_ / "small";
  std::ofstream(file) << std::string(100'000, 's');
  constexpr std::size_t kMax = std::size_t{1} << 50U;
  EXPECT_EQ(ReadFile(file, kMax).value(), std::string(100'000, 's'));
  EXPECT_EQ(ReadFile(file, 100'000).value().size(), 100'000U);
  EXPECT_EQ(ReadFile(file, 99'999).error().code, Errc::kTooLarge);
  EXPECT_FALSE(ReadFile(path_, kMax).has_value());
}

}  // namespace
}  // namespace jiandu::cli
