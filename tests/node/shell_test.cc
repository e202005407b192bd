// Log lines, metrics, locks, key files: what the node leaves outside and takes from there.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/json.h"
#include "base/limits.h"
#include "node/data_lock.h"
#include "node/disk_space.h"
#include "node/event_loop.h"
#include "node/key_store.h"
#include "node/log.h"
#include "node/metrics.h"
#include "tests/support/temp_folder.h"

namespace jiandu::node {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ShellTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string Read(const std::string& name) const {
    const std::ifstream stream(folder_.Path() / name);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  [[nodiscard]] std::filesystem::path Write(const std::string& name, const std::string& text,
                                            mode_t mode) const {
    std::ofstream(folder_.Path() / name) << text;
    chmod((folder_.Path() / name).c_str(), mode);
    return folder_.Path() / name;
  }
  support::TempFolder folder_;
};

TEST(LogLine, IsOneJsonObjectWithEscapedText) {
  const std::string line =
      FormatLogLine(1'700'000'000'123, LogLevel::kWarn, "peers", "say \"hi\"\n\\ \x01 简牍",
                    {{"height", std::uint64_t{7}}, {"delta", -3}, {"ok", true}, {"peer", "a\tb"}});
  const auto json = ParseJson(line, 10'000);
  ASSERT_TRUE(json.has_value()) << line;
  EXPECT_EQ(json->TextOr("ts"), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(json->TextOr("level"), "warn");
  EXPECT_EQ(json->TextOr("module"), "peers");
  EXPECT_EQ(json->TextOr("msg"), "say \"hi\"\n\\ \x01 简牍");
  EXPECT_EQ(json->IntegerOr("height"), 7);
  EXPECT_EQ(json->IntegerOr("delta"), -3);
  EXPECT_TRUE(json->BoolOr("ok"));
  EXPECT_EQ(json->TextOr("peer"), "a\tb");
  EXPECT_THAT(line, Not(HasSubstr("\n")));
}

TEST(LogLine, NobodyForgesALine) {
  const std::string line = FormatLogLine(0, LogLevel::kInfo, "m", "x\"}\n{\"level\":\"error\"", {});
  EXPECT_EQ(std::ranges::count(line, '\n'), 0);
  const auto json = ParseJson(line, 10'000);
  ASSERT_TRUE(json.has_value()) << line;
  EXPECT_EQ(json->TextOr("level"), "info");
}

TEST(LogLine, BytesThatAreNoUtf8StillGiveJson) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::string& text :
         {std::string(1, static_cast<char>(byte)), std::string("\xE7") + static_cast<char>(byte),
          std::string("a") + static_cast<char>(byte) + "\xAE\x80z"}) {
      const std::string line = FormatLogLine(0, LogLevel::kInfo, "m", text, {});
      EXPECT_TRUE(ParseJson(line, 10'000).has_value()) << byte << " " << line;
    }
  }
}

// A line from a pipe as it comes, within ten seconds; what there is when the writer has closed it.
std::string ReadLine(int pipe) {
  std::string line;
  char byte = 0;
  while (!line.ends_with('\n')) {
    pollfd ready{.fd = pipe, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 10'000) <= 0 || read(pipe, &byte, 1) != 1) break;
    line += byte;
  }
  return line;
}

TEST_F(ShellTest, LogWritesItsLevelAndReopensItsFile) {
  // A pipe in the file's place: reading it blocks until the log's own thread has written a line.
  const auto make_pipe = [this] {
    EXPECT_EQ(mkfifo((folder_.Path() / "node.log").c_str(), 0600), 0);
    return open((folder_.Path() / "node.log").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  };
  const int pipe = make_pipe();
  ASSERT_GE(pipe, 0);
  auto log = Log::Open((folder_.Path() / "node.log").string(), LogLevel::kInfo);
  ASSERT_TRUE(log.has_value());
  const Logger logger = log->Module("core");
  logger.Debug("hidden");
  logger.Info("first");
  log->Flush();
  const std::string written = ReadLine(pipe);
  std::filesystem::rename(folder_.Path() / "node.log", folder_.Path() / "node.log.1");
  const int reopened = make_pipe();
  ASSERT_GE(reopened, 0);
  ASSERT_TRUE(log->Reopen().has_value());
  logger.Error("second", {{"height", 5}});
  EXPECT_THAT(ReadLine(reopened), HasSubstr("second"));
  close(reopened);
  EXPECT_THAT(written, HasSubstr("first"));
  EXPECT_THAT(written, Not(HasSubstr("hidden")));
  EXPECT_THAT(ReadLine(pipe), Not(HasSubstr("second")));  // the old one is closed
  close(pipe);
  EXPECT_EQ(log->LostLines(), 0U);
  EXPECT_FALSE(Log::Open((folder_.Path() / "none" / "x").string(), LogLevel::kInfo).has_value());
}

TEST(Logger, SilentOneIsSafe) {
  const Logger logger;
  logger.Error("nobody hears");
  EXPECT_FALSE(logger.IsOn(LogLevel::kError));
}

TEST(Metrics, RenderInPrometheusText) {
  Metrics metrics;
  const Counter first = metrics.MakeCounter("jiandu_blocks_total", "Blocks", {{"kind", "a"}});
  const Counter second = metrics.MakeCounter("jiandu_blocks_total", "Blocks", {{"kind", "b"}});
  const Counter same = metrics.MakeCounter("jiandu_blocks_total", "Blocks", {{"kind", "a"}});
  first.Add(2);
  same.Add();
  second.Add(7);
  const Gauge gauge = metrics.MakeGauge("jiandu_height", "Height");
  gauge.Set(10);
  gauge.Add(-3);
  metrics.MakeHistogram("jiandu_commit_seconds", "Commit").ObserveUs(1500);
  const std::string text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("# TYPE jiandu_blocks_total counter"));
  EXPECT_THAT(text, HasSubstr("jiandu_blocks_total{kind=\"a\"} 3"));
  EXPECT_THAT(text, HasSubstr("jiandu_blocks_total{kind=\"b\"} 7"));
  EXPECT_THAT(text, HasSubstr("jiandu_height 7"));
  EXPECT_THAT(text, HasSubstr("jiandu_commit_seconds_bucket{le=\"0.002\"} 1"));
  EXPECT_THAT(text, HasSubstr("jiandu_commit_seconds_bucket{le=\"0.001\"} 0"));
  Counter().Add();  // one that counts nothing
}

TEST_F(ShellTest, DataDirectoryIsLockedAgainstAnotherProcess) {
  const auto directory = folder_.Path() / "data";
  auto lock = LockDataDirectory(directory);
  ASSERT_TRUE(lock.has_value());
  const auto try_in_child = [&directory] {
    const pid_t child = fork();
    if (child == 0) _exit(LockDataDirectory(directory).has_value() ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 0;
  };
  EXPECT_FALSE(try_in_child());
  EXPECT_EQ(Read("data/LOCK"), std::to_string(getpid()) + "\n");
  const auto again = LockDataDirectory(directory);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, Errc::kConflict);
  {
    const FileLock released = std::move(*lock);
  }
  EXPECT_TRUE(try_in_child());
}

TEST_F(ShellTest, SecretsThatOthersMayReadAreRefused) {
  EXPECT_TRUE(ReadSecretFile(Write("a", "secret", 0600), 100).has_value());
  EXPECT_TRUE(ReadSecretFile(Write("b", "secret", 0400), 100).has_value());
  for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
    const auto read = ReadSecretFile(Write("c", "secret", mode), 100);
    ASSERT_FALSE(read.has_value()) << mode;
    EXPECT_EQ(read.error().code, Errc::kForbidden);
  }
  EXPECT_EQ(ReadSecretFile(Write("d", "1234567", 0600), 6).error().code, Errc::kTooLarge);
  EXPECT_EQ(ReadSecretFile(folder_.Path() / "none", 6).error().code, Errc::kNotFound);
  EXPECT_EQ(ReadPassphrase(Write("e", "pass word\nmore\n", 0600)).value(), "pass word");
  EXPECT_FALSE(ReadPassphrase(Write("f", "\n", 0600)).has_value());
}

TEST_F(ShellTest, NodeKeysAreOpenedAndHeldToTheirPurpose) {
  const auto seal = [this](const std::string& name, const std::string& purpose) {
    const auto key = crypto::GenerateKey(crypto::KeySuite::kEd25519, purpose);
    return Write(name, crypto::SealKey(key, "words", crypto::SealCost::kInteractive), 0600);
  };
  KeysConfig config{.node = seal("node.key", "node"),
                    .consensus = seal("consensus.key", "consensus"),
                    .cosign = {},
                    .log = seal("log.key", "log"),
                    .system = {},
                    .passphrase_file = Write("passphrase", "words\n", 0600)};
  {
    const auto keys = ReadNodeKeys(config);
    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    EXPECT_TRUE(keys->consensus.has_value());
    EXPECT_FALSE(keys->cosign.has_value());
    EXPECT_TRUE(keys->log.has_value());
    // A second signer with the same key file is refused while the first lives.
    EXPECT_EQ(ReadNodeKeys(config).error().code, Errc::kConflict);
  }
  EXPECT_TRUE(ReadNodeKeys(config).has_value());
  config.passphrase_file = Write("wrong", "other\n", 0600);
  EXPECT_EQ(ReadNodeKeys(config).error().code, Errc::kUnauthenticated);
  config.passphrase_file = folder_.Path() / "passphrase";
  std::swap(config.node, config.consensus);
  EXPECT_THAT(ReadNodeKeys(config).error().detail, HasSubstr("not for \"node\""));
  std::swap(config.node, config.consensus);
  config.consensus = folder_.Path() / "no such.key";
  const auto missing = ReadNodeKeys(config);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_THAT(missing.error().detail, HasSubstr("No such file"));
  EXPECT_FALSE(std::filesystem::exists(config.consensus)) << "nothing is made by asking for it";
}

TEST_F(ShellTest, NodeKeysAreOpenedInTurnWhereTogetherTheyTakeMoreMemoryThanOneKeyMay) {
  const auto seal = [this](const std::string& name, std::int64_t mem_kib) {
    const auto key = crypto::GenerateKey(crypto::KeySuite::kEd25519, name);
    const auto text = crypto::SealKey(key, "words", crypto::SealCost::kInteractive);
    Json json = ParseJson(text, limits::kKeyFileBytesMax).value();
    return Write(name, CanonicalJson(json.Set("mem_kib", mem_kib)), 0600);
  };
  const std::int64_t half = limits::kKeyFileMemKibMax / 2;
  KeysConfig config;
  config.node = seal("node", half);
  EXPECT_TRUE(OpenSideBySide(config));
  config.system = seal("system", half);
  EXPECT_TRUE(OpenSideBySide(config));
  config.log = folder_.Path() / "no such.key";
  EXPECT_TRUE(OpenSideBySide(config));
  config.cosign = seal("cosign", 8);
  EXPECT_FALSE(OpenSideBySide(config));
}

TEST_F(ShellTest, DiskSpaceIsReadAndMissingPathsSaySo) {
  const auto space = ReadDiskSpace(folder_.Path());
  ASSERT_TRUE(space.has_value());
  EXPECT_GT(space->total_bytes, 0U);
  EXPECT_LE(space->free_bytes, space->total_bytes);
  EXPECT_FALSE(ReadDiskSpace(folder_.Path() / "none").has_value());
}

TEST(EventLoop, TasksRunInOrderAndTimersCanBeReplacedAndCancelled) {
  EventLoop loop;
  std::vector<int> ran;
  loop.Post([&] { ran.push_back(1); });
  loop.Post([&] { ran.push_back(2); });
  loop.SetTimer(5, 0, [&] { ran.push_back(3); });
  loop.SetTimer(5, 1, [&] { ran.push_back(4); });  // takes the place of the first
  loop.SetTimer(6, 1, [&] { ran.push_back(5); });
  loop.CancelTimer(6);
  loop.SetTimer(7, 20, [&] { loop.Stop(); });
  loop.Run();
  EXPECT_EQ(ran, (std::vector{1, 2, 4}));
}

TEST(EventLoop, PostsFromOtherThreadsArrive) {
  EventLoop loop;
  int count = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        loop.Post([&] {
          EXPECT_TRUE(loop.IsLoopThread());
          if (++count == 4000) loop.Stop();
        });
      }
    });
  }
  loop.Run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 4000);
  EXPECT_FALSE(loop.IsLoopThread());
}

TEST(EventLoop, SignalsComeAsTasks) {
  EventLoop loop;
  std::vector<int> heard;
  loop.OnSignals({SIGUSR1}, [&](int number) {
    heard.push_back(number);
    if (heard.size() == 2) return loop.Stop();
    raise(SIGUSR1);
  });
  loop.Post([] { raise(SIGUSR1); });
  loop.Run();
  EXPECT_EQ(heard, (std::vector{SIGUSR1, SIGUSR1}));
}

}  // namespace
}  // namespace jiandu::node
