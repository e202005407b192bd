// The table of settings.
#include "node/config_schema.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <type_traits>

namespace jiandu::node {
namespace {

template <typename T>
struct Bare {
  using Type = T;
};
template <typename T>
struct Bare<std::optional<T>> {
  using Type = T;
};

std::string ShowNumber(std::uint64_t number) { return std::to_string(number); }

template <auto kSection, auto kMember>
constexpr SettingInfo Integer(std::string_view section, std::string_view key, std::int64_t low,
                              std::int64_t high, std::string_view meaning,
                              std::string_view meaning_zh) {
  return SettingInfo{.section = section,
                     .key = key,
                     .kind = SettingKind::kInteger,
                     .low = low,
                     .high = high,
                     .choices = {},
                     .meaning = meaning,
                     .meaning_zh = meaning_zh,
                     .apply =
                         [](Config& config, const SettingValue& value) {
                           auto& field = (config.*kSection).*kMember;
                           using Number =
                               typename Bare<std::remove_reference_t<decltype(field)>>::Type;
                           field = static_cast<Number>(std::get<std::int64_t>(value));
                         },
                     .show = [](const Config& config) -> std::string {
                       const auto& field = (config.*kSection).*kMember;
                       if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(field)>>) {
                         return ShowNumber(field);
                       } else {
                         return field.has_value() ? ShowNumber(*field) : std::string();
                       }
                     }};
}

template <auto kSection, auto kMember>
constexpr SettingInfo Text(std::string_view section, std::string_view key, SettingKind kind,
                           Presence presence, std::string_view meaning,
                           std::string_view meaning_zh) {
  return SettingInfo{.section = section,
                     .key = key,
                     .kind = kind,
                     .presence = presence,
                     .choices = {},
                     .meaning = meaning,
                     .meaning_zh = meaning_zh,
                     .apply =
                         [](Config& config, const SettingValue& value) {
                           (config.*kSection).*kMember = std::get<std::string>(value);
                         },
                     .show =
                         [](const Config& config) {
                           const std::string text((config.*kSection).*kMember);
                           return text.empty() ? text : TomlText(text);
                         }};
}

constexpr std::array<std::string_view, 5> kLevels{"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 3> kRoles{"auto", "validator", "follower"};
constexpr std::array<std::string_view, 2> kCheckAtStart{"all", "newest"};
constexpr std::array<std::string_view, 2> kPlainHttp{"loopback", "anywhere"};

constexpr SettingInfo WithChoices(SettingInfo info, std::span<const std::string_view> choices) {
  info.choices = choices;
  return info;
}

constexpr SettingInfo LogLevelSetting() {
  return SettingInfo{
      .section = "log",
      .key = "level",
      .kind = SettingKind::kText,
      .choices = kLevels,
      .meaning = "What is logged: debug, info, warn, error or off.",
      .meaning_zh = "日志级别。",
      .apply =
          [](Config& config, const SettingValue& value) {
            config.log.level =
                LogLevelFromName(std::get<std::string>(value)).value_or(LogLevel::kInfo);
          },
      .show = [](const Config& config) { return TomlText(LogLevelName(config.log.level)); }};
}

constexpr SettingInfo HostsSetting() {
  return SettingInfo{.section = "gateway",
                     .key = "hosts",
                     .kind = SettingKind::kTextList,
                     .choices = {},
                     .meaning =
                         "Names by which clients may call us (the Host header); loopback "
                         "names are always accepted on a loopback address.",
                     .meaning_zh = "客户端可以使用的主机名（Host 头）。",
                     .apply =
                         [](Config& config, const SettingValue& value) {
                           config.gateway.hosts = std::get<std::vector<std::string>>(value);
                         },
                     .show =
                         [](const Config& config) {
                           std::string text = "[";
                           for (const std::string& host : config.gateway.hosts) {
                             if (text.size() > 1) text += ", ";
                             text += TomlText(host);
                           }
                           return text + "]";
                         }};
}

constexpr SettingInfo DialSetting() {
  return SettingInfo{.section = "peers",
                     .key = "dial",
                     .kind = SettingKind::kDialList,
                     .choices = {},
                     .meaning =
                         "Whom we dial: tables [[peers.dial]] with department and address. "
                         "Either side may dial; who is not listed dials us.",
                     .meaning_zh = "主动连接的节点：部门代码与地址。任一方连接即可。",
                     .apply =
                         [](Config& config, const SettingValue& value) {
                           config.peers.dial = std::get<std::vector<PeerAddress>>(value);
                         },
                     .show =
                         [](const Config& config) {
                           std::string text = "[";
                           for (const PeerAddress& peer : config.peers.dial) {
                             if (text.size() > 1) text += ", ";
                             text += "{department = " + TomlText(peer.department) +
                                     ", address = " + TomlText(peer.address) + "}";
                           }
                           return text + "]";
                         }};
}

constexpr SettingInfo FollowersSetting() {
  return SettingInfo{.section = "peers",
                     .key = "followers",
                     .kind = SettingKind::kTextList,
                     .choices = {},
                     .meaning =
                         "Nodes that do not vote and may connect to this one: "
                         "\"DEPARTMENT=node key\", the key as 64 hex digits.",
                     .meaning_zh = "允许连接的非投票节点：“部门代码=节点公钥（64 位十六进制）”。",
                     .apply =
                         [](Config& config, const SettingValue& value) {
                           config.peers.followers = std::get<std::vector<std::string>>(value);
                         },
                     .show =
                         [](const Config& config) {
                           std::string text = "[";
                           for (const std::string& one : config.peers.followers) {
                             if (text.size() > 1) text += ", ";
                             text += TomlText(one);
                           }
                           return text + "]";
                         }};
}

constexpr std::int64_t kHourMs = 3600 * 1000;
constexpr auto kU32Max = static_cast<std::int64_t>(std::numeric_limits<std::uint32_t>::max());

constexpr auto kNode = &Config::node;
constexpr auto kConsensus = &Config::consensus;
constexpr auto kGateway = &Config::gateway;
constexpr auto kKeys = &Config::keys;
constexpr auto kMempool = &Config::mempool;
constexpr auto kSnapshots = &Config::snapshots;

template <auto kMember>
constexpr SettingInfo Wait(std::string_view key, std::string_view meaning,
                           std::string_view meaning_zh) {
  return Integer<kConsensus, kMember>("consensus", key, 1, kHourMs, meaning, meaning_zh);
}

constexpr auto kRequired = Presence::kRequired;
constexpr auto kOptional = Presence::kOptional;
constexpr auto kPath = SettingKind::kPath;
constexpr auto kAddress = SettingKind::kAddress;

constexpr std::array kSettings{
    Text<kNode, &NodeConfig::data_dir>("node", "data_dir", kPath, kRequired,
                                       "Folder of segments, state and safety record.",
                                       "数据目录。"),
    Text<kNode, &NodeConfig::department>(
        "node", "department", SettingKind::kText, kRequired,
        "Code of the department that runs this node (18 characters).",
        "运行本节点的部门的统一社会信用代码。"),
    Text<kNode, &NodeConfig::genesis>("node", "genesis", kPath, kRequired,
                                      "The sealed genesis document of the network.",
                                      "网络的创世文件。"),
    Integer<kNode, &NodeConfig::verify_threads>("node", "verify_threads", 0, 256,
                                                "Threads that verify signatures; 0: one per core.",
                                                "验签线程数，0 表示每核一个。"),
    WithChoices(Text<kNode, &NodeConfig::role>(
                    "node", "role", SettingKind::kText, kOptional,
                    "validator: votes; follower: never signs, serves readers; auto: votes when "
                    "keys.consensus is set.",
                    "validator 参与投票；follower 只同步并提供查询；auto 按 keys.consensus 决定。"),
                kRoles),
    WithChoices(
        Text<kNode, &NodeConfig::check_at_start>(
            "node", "check_at_start", SettingKind::kText, kOptional,
            "How much of the database is read at start: all (every row, and the state root is "
            "derived), or newest (faster on a large ledger; damage shows when it is read).",
            "启动时检查数据库的范围：all 全部，newest 仅最新高度。"),
        kCheckAtStart),
    Text<kNode, &NodeConfig::test_clock>(
        "node", "test_clock", kPath, kOptional,
        "File with the milliseconds to add to the machine's time; only where genesis says "
        "test_clock.",
        "测试网络的时钟偏移文件（毫秒），仅当创世文件声明 test_clock 时可用。"),
    Wait<&ConsensusConfig::propose_ms>("propose_ms", "How long a proposal is waited for.",
                                       "等待提案的时间（毫秒）。"),
    Wait<&ConsensusConfig::propose_delta_ms>("propose_delta_ms", "Added each round.",
                                             "每轮增加的时间。"),
    Wait<&ConsensusConfig::prevote_ms>("prevote_ms", "How long prevotes are waited for.",
                                       "等待预投票的时间。"),
    Wait<&ConsensusConfig::prevote_delta_ms>("prevote_delta_ms", "Added each round.",
                                             "每轮增加的时间。"),
    Wait<&ConsensusConfig::precommit_ms>("precommit_ms", "How long precommits are waited for.",
                                         "等待预提交的时间。"),
    Wait<&ConsensusConfig::precommit_delta_ms>("precommit_delta_ms", "Added each round.",
                                               "每轮增加的时间。"),
    Wait<&ConsensusConfig::cap_ms>("cap_ms", "No wait grows beyond this.", "等待时间的上限。"),
    Wait<&ConsensusConfig::rebroadcast_ms>("rebroadcast_ms", "How often votes are sent again.",
                                           "重发投票的间隔。"),
    Wait<&ConsensusConfig::min_interval_ms>("min_interval_ms", "Least time between two blocks.",
                                            "两个区块之间的最短间隔。"),
    Wait<&ConsensusConfig::heartbeat_ms>("heartbeat_ms", "An idle network makes a block so often.",
                                         "空闲时出块的间隔。"),
    Text<&Config::peers, &PeersConfig::listen>(
        "peers", "listen", kAddress, kOptional,
        "IP address and port for other nodes; without it nobody can dial us.",
        "供其他节点连接的地址与端口。"),
    FollowersSetting(),
    DialSetting(),
    Text<kGateway, &GatewayConfig::listen>("gateway", "listen", kAddress, kOptional,
                                           "IP address and port of the HTTP gateway.",
                                           "HTTP 网关的地址与端口。"),
    Text<kGateway, &GatewayConfig::tls_certificate>(
        "gateway", "tls_certificate", kPath, kOptional,
        "Certificate chain in PEM (ECDSA P-256); with tls_key the gateway speaks HTTPS.",
        "网关的证书链（PEM）。"),
    Text<kGateway, &GatewayConfig::tls_key>("gateway", "tls_key", kPath, kOptional,
                                            "Its private key in PEM.", "网关证书的私钥。"),
    WithChoices(Text<kGateway, &GatewayConfig::plain_http>(
                    "gateway", "plain_http", SettingKind::kText, kOptional,
                    "Where HTTP without TLS may be spoken: loopback or anywhere.",
                    "允许不加密 HTTP 的范围。"),
                kPlainHttp),
    HostsSetting(),
    Text<kGateway, &GatewayConfig::metrics_listen>(
        "gateway", "metrics_listen", kAddress, kOptional,
        "Address of its own for /metrics (Prometheus); without it there are no metrics.",
        "监控指标（/metrics）的独立地址；不填则不提供。"),
    Integer<kGateway, &GatewayConfig::connections_max>("gateway", "connections_max", 0, 65536,
                                                       "Connections at a time; 0: 2,000.",
                                                       "最大并发连接数，0 表示 2000。"),
    Integer<kGateway, &GatewayConfig::connections_per_address_max>(
        "gateway", "connections_per_address_max", 0, 65536,
        "Connections of one address at a time; 0: 64.", "每个地址的最大连接数，0 表示 64。"),
    Integer<kGateway, &GatewayConfig::requests_per_second_max>(
        "gateway", "requests_per_second_max", 0, 1'000'000,
        "Requests of one address, and of one reader, a second; 0: no limit.",
        "每个地址、每个读者每秒请求数，0 表示不限。"),
    Text<kKeys, &KeysConfig::node>("keys", "node", kPath, kRequired,
                                   "Sealed key of the node: proves us to other nodes.",
                                   "节点密钥文件。"),
    Text<kKeys, &KeysConfig::consensus>("keys", "consensus", kPath, kOptional,
                                        "Sealed key that votes; without it the node only follows.",
                                        "投票密钥文件。"),
    Text<kKeys, &KeysConfig::cosign>("keys", "cosign", kPath, kOptional,
                                     "Sealed key that cosigns checkpoints.", "检查点密钥文件。"),
    Text<kKeys, &KeysConfig::log>("keys", "log", kPath, kOptional,
                                  "Sealed key that signs checkpoints of the log; at the manager.",
                                  "日志密钥文件，由主管部门持有。"),
    Text<kKeys, &KeysConfig::system>(
        "keys", "system", kPath, kOptional,
        "Sealed key of a system of this department: reports validators that sign twice.",
        "本部门系统密钥文件，用于向账本报告双签。"),
    Text<kKeys, &KeysConfig::passphrase_file>("keys", "passphrase_file", kPath, kRequired,
                                              "File with the passphrase of these keys, mode 0600.",
                                              "密钥口令文件，权限须为 0600。"),
    LogLevelSetting(),
    Text<&Config::log, &LogConfig::file>("log", "file", kPath, kOptional,
                                         "Log file, opened again on SIGHUP; without it stderr.",
                                         "日志文件，默认为标准错误。"),
    Integer<kMempool, &MempoolConfig::transactions_max>("mempool", "transactions_max", 1, 1'000'000,
                                                        "Transactions that may wait.",
                                                        "等待打包的交易数上限。"),
    Integer<kMempool, &MempoolConfig::bytes_max>(
        "mempool", "bytes_max", 1 << 20U, kU32Max,
        "Their bytes together; more of a body that takes much memory.", "等待交易的总字节数。"),
    Integer<kMempool, &MempoolConfig::department_percent_max>(
        "mempool", "department_percent_max", 1, 100,
        "The share of both that one department may take.", "单个部门的最大占比。"),
    Integer<kMempool, &MempoolConfig::reoffer_ms>(
        "mempool", "reoffer_ms", 100, kHourMs,
        "A transaction not committed for so long is sent to the others again.",
        "未提交交易再次广播的间隔。"),
    Integer<kSnapshots, &SnapshotsConfig::every>(
        "snapshots", "every", 0, 10'000'000,
        "Heights between snapshots of the state; the same on all nodes. 0: none are made.",
        "状态快照的高度间隔，全网应一致；0 表示不制作。"),
    Integer<kSnapshots, &SnapshotsConfig::keep>(
        "snapshots", "keep", 1, 16, "How many of the newest are kept.", "保留的最新快照数。"),
    Integer<kSnapshots, &SnapshotsConfig::join_behind>(
        "snapshots", "join_behind", 0, kU32Max,
        "More heights behind than this, a snapshot is fetched instead of blocks; 0: only when "
        "no peer has the blocks.",
        "落后超过此高度数时改取快照；0 表示仅当无节点保存所缺区块时。"),
};

}  // namespace

std::span<const SettingInfo> AllSettings() { return kSettings; }

}  // namespace jiandu::node
