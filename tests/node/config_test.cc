// Settings: every mistake is named with its place, all at once, and good files mean what they say.
#include "node/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "ledger/model/genesis.h"
#include "node/config_schema.h"

namespace jiandu::node {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A department code with its right check character.
std::string Code() {
  static constexpr std::string_view kLast = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  for (const char last : kLast) {
    std::string code = "11330000002482345";
    code += last;
    if (ledger::IsDepartmentCode(code)) return code;
  }
  return "";
}

std::string Good() {
  return "[node]\n"
         "data_dir = \"data\"\n"
         "department = \"" +
         Code() +
         "\"\n"
         "genesis = \"/etc/genesis.json\"\n"
         "[keys]\n"
         "node = \"keys/node.key\"\n"
         "passphrase_file = \"keys/passphrase\"\n";
}

ConfigResult Parse(const std::string& toml, const Environment& environment = {}) {
  return ParseConfig(toml, "node.toml", "/srv/jiandu", environment);
}
std::vector<std::string> Texts(const ConfigResult& result) {
  std::vector<std::string> texts;
  for (const ConfigIssue& issue : result.issues) texts.push_back(issue.Text());
  return texts;
}

TEST(Config, MinimalFileTakesDefaultsAndItsOwnFolder) {
  const ConfigResult result = Parse(Good());
  ASSERT_TRUE(result.config.has_value()) << Texts(result).front();
  EXPECT_EQ(result.config->node.data_dir, "/srv/jiandu/data");
  EXPECT_EQ(result.config->node.genesis, "/etc/genesis.json");
  EXPECT_EQ(result.config->keys.node, "/srv/jiandu/keys/node.key");
  EXPECT_TRUE(result.config->keys.consensus.empty());
  EXPECT_EQ(result.config->mempool.transactions_max, 50'000U);
  EXPECT_EQ(result.config->gateway.listen, "127.0.0.1:8080");
  EXPECT_EQ(result.config->log.level, LogLevel::kInfo);
}

TEST(Config, EverySettingIsRead) {
  const ConfigResult result = Parse(Good() +
                                    "consensus = \"c.key\"\n"
                                    "[consensus]\npropose_ms = 1200\n"
                                    "[peers]\nlisten = \"127.0.0.1:7000\"\n"
                                    "[[peers.dial]]\ndepartment = \"" +
                                    Code() +
                                    "\"\naddress = \"tax.example:7001\"\n"
                                    "[gateway]\nlisten = \"[::1]:8443\"\nhosts = [\"a\", \"b\"]\n"
                                    "tls_certificate = \"c.pem\"\ntls_key = \"k.pem\"\n"
                                    "[log]\nlevel = \"debug\"\nfile = \"node.log\"\n"
                                    "[mempool]\nbytes_max = 2000000\n");
  ASSERT_TRUE(result.config.has_value()) << Texts(result).front();
  const Config& config = *result.config;
  EXPECT_EQ(config.consensus.propose_ms, 1200U);
  EXPECT_EQ(config.consensus.Over(consensus::Params()).propose_ms, 1200U);
  EXPECT_EQ(config.consensus.Over(consensus::Params()).prevote_ms, consensus::Params().prevote_ms);
  ASSERT_EQ(config.peers.dial.size(), 1U);
  EXPECT_EQ(config.peers.dial[0].address, "tax.example:7001");
  EXPECT_THAT(config.gateway.hosts, ElementsAre("a", "b"));
  EXPECT_EQ(config.gateway.tls_key, "/srv/jiandu/k.pem");
  EXPECT_EQ(config.log.level, LogLevel::kDebug);
  EXPECT_EQ(config.mempool.bytes_max, 2'000'000U);
}

TEST(Config, UnknownKeyNamesPlaceAndNearestName) {
  const ConfigResult result = Parse(Good() + "[mempool]\n  bytes_mx = 5\n");
  EXPECT_FALSE(result.config.has_value());
  EXPECT_THAT(Texts(result),
              ElementsAre("node.toml:9:3: mempool.bytes_mx: unknown key; did you mean "
                          "mempool.bytes_max?"));
  EXPECT_THAT(result.issues[0].TextZh(), HasSubstr("未知的配置项"));
}

TEST(Config, RightKeyInTheWrongSectionIsFound) {
  const ConfigResult result = Parse(Good() + "[log]\npropose_ms = 5\n");
  EXPECT_THAT(Texts(result), ElementsAre(HasSubstr("did you mean consensus.propose_ms?")));
}

TEST(Config, UnknownSectionNamesTheNearest) {
  EXPECT_THAT(Texts(Parse(Good() + "[mempol]\nbytes_max = 5\n")),
              ElementsAre(HasSubstr("node.toml:8:2: mempol: unknown section; did you mean "
                                    "[mempool]?")));
}

TEST(Config, AllMistakesComeTogetherInTheOrderOfTheFile) {
  const ConfigResult result = Parse(
      "[node]\n"
      "data_dir = 5\n"
      "department = \"nonsense\"\n"
      "[peers]\n"
      "listen = \"nowhere\"\n"
      "[mempool]\n"
      "transactions_max = 0\n"
      "department_percent_max = 101\n"
      "reoffer_ms = \"soon\"\n"
      "[log]\n"
      "level = \"loud\"\n");
  EXPECT_THAT(
      Texts(result),
      ElementsAre("node.toml: node.genesis: is required", "node.toml: keys.node: is required",
                  "node.toml: keys.passphrase_file: is required",
                  HasSubstr("node.toml:2:12: node.data_dir: must be a string"),
                  HasSubstr("node.toml:3:14: node.department: "),
                  HasSubstr("node.toml:5:10: peers.listen: "),
                  HasSubstr("node.toml:7:20: mempool.transactions_max: 0 is out of range"),
                  HasSubstr("node.toml:8:26: mempool.department_percent_max: 101"),
                  HasSubstr("node.toml:9:14: mempool.reoffer_ms: must be an integer"),
                  HasSubstr("node.toml:11:9: log.level: \"loud\" is none of: debug")));
}

TEST(Config, BrokenTomlNamesTheLine) {
  const ConfigResult result = Parse("[node]\ndata_dir = \n");
  EXPECT_FALSE(result.config.has_value());
  EXPECT_EQ(result.issues.front().line == 2 || result.issues.back().line == 2, true);
  EXPECT_FALSE(Parse("[node]\ndata_dir = \"a\"\ndata_dir = \"b\"\n").config.has_value());
}

TEST(Config, FloatsBooleansAndHugeNumbersAreNoIntegers) {
  for (const std::string value : {"1.5", "true", "9223372036854775808", "-1", "[1]", "{a = 1}"}) {
    EXPECT_FALSE(Parse(Good() + "[mempool]\nbytes_max = " + value + "\n").config.has_value())
        << value;
  }
}

TEST(Config, EnvironmentGoesBeforeTheFileAndSaysSo) {
  const ConfigResult result =
      Parse(Good() + "[mempool]\nreoffer_ms = 4000\n",
            {{"JIANDU_MEMPOOL_REOFFER_MS", "3000"}, {"JIANDU_GATEWAY_HOSTS", "x,y"}});
  ASSERT_TRUE(result.config.has_value()) << Texts(result).front();
  EXPECT_EQ(result.config->mempool.reoffer_ms, 3000U);
  EXPECT_THAT(result.config->gateway.hosts, ElementsAre("x", "y"));
  const std::string shown = ShowEffective(*result.config);
  EXPECT_THAT(shown, HasSubstr("# environment JIANDU_MEMPOOL_REOFFER_MS"));
  EXPECT_THAT(shown, HasSubstr("# node.toml:2"));
  EXPECT_THAT(shown, HasSubstr("# default"));
}

TEST(Config, BadEnvironmentNamesTheVariable) {
  const ConfigResult result = Parse(Good(), {{"JIANDU_MEMPOOL_REOFFER_MS", "3000x"}});
  EXPECT_THAT(Texts(result), ElementsAre(HasSubstr("environment JIANDU_MEMPOOL_REOFFER_MS: "
                                                   "mempool.reoffer_ms: must be an integer")));
}

TEST(Config, AMistypedVariableIsAMistakeAndOtherProgramsOnesAreNot) {
  const Environment environment = {{"JIANDU_GATEWAY_LISTN", "127.0.0.1:1"},
                                   {"JIANDU_GATEWAY_SERVICE_HOST", "10.0.0.1"},
                                   {"JIANDU_GATEWAY_PORT_8440_TCP", "tcp://10.0.0.1:8440"},
                                   {"JIANDU_SIM_SEEDS", "7"}};
  EXPECT_THAT(Texts(Parse(Good(), environment)),
              ElementsAre(AllOf(HasSubstr("environment JIANDU_GATEWAY_LISTN"),
                                HasSubstr("did you mean JIANDU_GATEWAY_LISTEN?"))));
}

TEST(Config, HalfATlsPairIsAMistake) {
  EXPECT_THAT(Texts(Parse(Good() + "[gateway]\ntls_key = \"k.pem\"\n")),
              ElementsAre(HasSubstr("both tls_certificate and tls_key")));
}

TEST(Config, PeersToDialAreChecked) {
  const std::string dial = Good() + "[[peers.dial]]\ndepartment = \"" + Code() + "\"\n";
  EXPECT_FALSE(Parse(dial).config.has_value());
  EXPECT_FALSE(Parse(dial + "address = \"h:70000\"\n").config.has_value());
  EXPECT_FALSE(Parse(dial + "address = \"::1:70\"\n").config.has_value());
  EXPECT_FALSE(Parse(dial + "address = \"h:1\"\nport = 4\n").config.has_value());
  EXPECT_TRUE(Parse(dial + "address = \"h:1\"\n").config.has_value());
  EXPECT_FALSE(Parse(dial + "address = \"h:1\"\n[[peers.dial]]\ndepartment = \"" + Code() +
                     "\"\naddress = \"i:1\"\n")
                   .config.has_value());
}

TEST(Config, FollowersAreNamedByDepartmentAndKeyOnce) {
  const std::string key(64, 'a');
  const auto with = [](const std::string& list) {
    return Parse(Good() + "[peers]\nfollowers = [" + list + "]\n").config;
  };
  const auto good = with("\"" + Code() + "=" + key + "\"");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->peers.followers.size(), 1U);
  EXPECT_FALSE(with("\"" + key + "\"").has_value());
  EXPECT_FALSE(with("\"" + Code() + "=" + key + "0\"").has_value());
  EXPECT_FALSE(with("\"DB=" + key + "\"").has_value());
  EXPECT_FALSE(with("\"" + Code() + "=" + key + "\", \"" + Code() + "=" + key + "\"").has_value());
}

TEST(Config, MissingFileIsAnIssueNotACrash) {
  const ConfigResult result = ReadConfig("/nonexistent/node.toml", ProcessEnvironment());
  EXPECT_FALSE(result.config.has_value());
  ASSERT_EQ(result.issues.size(), 1U);
}

TEST(Config, ReferenceNamesEverySettingAndParsesWhenUncommented) {
  const std::string reference = ConfigReference();
  for (const SettingInfo& info : AllSettings()) {
    EXPECT_THAT(reference, HasSubstr("# " + std::string(info.key) + " = "));
    EXPECT_FALSE(info.meaning.empty());
    EXPECT_FALSE(info.meaning_zh.empty());
  }
  // Every default, uncommented, is a good value; the required ones are left out but for ours.
  std::string uncommented;
  std::string of_node;  // Good() has begun that table
  std::string table;
  std::istringstream lines(reference);
  for (std::string line; std::getline(lines, line);) {
    const bool is_setting = line.starts_with("# ") && line.contains(" = ") &&
                            !line.contains("<as in genesis>") && !line.contains("# required");
    if (line.starts_with("[")) table = line;
    if (line.starts_with("[") && line != "[node]" && line != "[keys]") uncommented += line + "\n";
    if (!is_setting || line.contains("verify_threads") || line.contains("test_clock")) {
      continue;
    }
    if (line == "# consensus = \"\"" || line == "# cosign = \"\"" || line == "# log = \"\"" ||
        line == "# system = \"\"") {
      continue;
    }
    (table == "[node]" ? of_node : uncommented) += line.substr(2) + "\n";
  }
  std::string text = Good() + uncommented;
  text.insert(text.find("[node]\n") + 7, of_node);
  const ConfigResult result = Parse(text);
  ASSERT_TRUE(result.config.has_value()) << Texts(result).front() << "\n" << text;
  EXPECT_EQ(result.config->mempool.bytes_max, MempoolConfig().bytes_max);
}

}  // namespace
}  // namespace jiandu::node
