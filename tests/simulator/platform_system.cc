// What else a node asks the system for: keys, locks, free room, TLS, its log.
#include <utility>

#include "base/limits.h"
#include "ledger/store/file.h"
#include "node/data_lock.h"
#include "node/disk_space.h"
#include "node/key_store.h"
#include "node/log.h"
#include "node/peer_tls.h"
#include "tests/simulator/asio/sim_asio.h"
#include "tests/simulator/disk.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/members.h"
#include "tests/simulator/trace.h"
#include "tests/simulator/world.h"

namespace jiandu::node {

using simulator::Kernel;

// One process a machine, by construction: nobody else is there to hold a lock.
Result<FileLock> FileLock::Take(const std::filesystem::path& /*path*/) { return FileLock(-1); }
FileLock::FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) {}
FileLock& FileLock::operator=(FileLock&& /*other*/) noexcept { return *this; }
FileLock::~FileLock() = default;
Result<FileLock> LockDataDirectory(const std::filesystem::path& directory) {
  JD_CHECK(store::CreateDirectories(directory));
  return FileLock::Take(directory);
}

Result<DiskSpace> ReadDiskSpace(const std::filesystem::path& /*path*/) {
  const std::uint64_t room = Kernel::Get().Current()->disk->room_bytes;
  return DiskSpace{.free_bytes = std::min<std::uint64_t>(room, 1ULL << 40U),
                   .total_bytes = 1ULL << 40U};
}

Result<NodeKeys> ReadNodeKeys(const KeysConfig& config) {
  const simulator::Machine& machine = *Kernel::Get().Current()->machine;
  NodeKeys keys{.consensus = std::nullopt,
                .node = simulator::NodeKey(machine.member, machine.node_generation),
                .cosign = std::nullopt,
                .log = std::nullopt,
                .system = std::nullopt,
                .consensus_lock = std::nullopt};
  if (!config.consensus.empty()) {
    keys.consensus = simulator::ConsensusKey(machine.member, machine.consensus_generation);
  }
  if (!config.system.empty()) keys.system = simulator::SystemKey(machine.member);
  return keys;
}

void TlsContextFree::operator()(ssl_ctx_st* context) const { delete context; }
Result<TlsContext> MakePeerTlsContext(const crypto::Ed25519PrivateKey& node_key) {
  return TlsContext(new ssl_ctx_st{.key = node_key.PublicKey()});
}
Result<crypto::Ed25519PublicKey> PeerTlsKey(const ssl_st* connection) { return connection->key; }

// --- the log ---

class LogSink {
 public:
  simulator::Process* process = Kernel::Get().Current();
};

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
    case LogLevel::kOff: return "off";
  }
  return "off";
}
Result<LogLevel> LogLevelFromName(std::string_view name) {
  return Fail(Errc::kInvalid, std::string(name) + ": levels are not read here");
}

bool Logger::IsOn(LogLevel /*level*/) const { return sink_ != nullptr; }
void Logger::Debug(std::string_view message, LogFields fields) const {
  Write(LogLevel::kDebug, message, fields);
}
void Logger::Info(std::string_view message, LogFields fields) const {
  Write(LogLevel::kInfo, message, fields);
}
void Logger::Warn(std::string_view message, LogFields fields) const {
  Write(LogLevel::kWarn, message, fields);
}
void Logger::Error(std::string_view message, LogFields fields) const {
  Write(LogLevel::kError, message, fields);
}

namespace {

std::string TextOf(const LogField& field) {
  struct Show {
    std::string operator()(std::string_view text) const { return std::string(text); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(std::uint64_t number) const { return std::to_string(number); }
    std::string operator()(bool truth) const { return truth ? "yes" : "no"; }
  };
  return std::visit(Show(), field.value);
}

// The line a node writes for each block it has applied: where the checker looks at the ledger.
void NoteBlock(simulator::Process& process, LogFields fields) {
  for (const LogField& field : fields) {
    if (field.name == "height") {
      simulator::World::OnApplied(process, std::get<std::uint64_t>(field.value));
    }
  }
}

}  // namespace

void Logger::Write(LogLevel level, std::string_view message, LogFields fields) const {
  if (sink_ == nullptr || sink_->process->dead) return;
  if (level == LogLevel::kDebug && message == "block") NoteBlock(*sink_->process, fields);
  const bool is_grave = level == LogLevel::kError || level == LogLevel::kWarn;
  if (!is_grave && !simulator::Trace::Get().IsOn()) return;
  std::string line(module_);
  line += ": ";
  line += message;
  for (const LogField& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    line += TextOf(field);
  }
  if (is_grave) {
    line = std::string(LogLevelName(level)) + " " + line;
    simulator::World::OnGrave(*sink_->process, line);
  }
  simulator::Trace::Get().Say(sink_->process->machine->number, line);
}

Log::Log(std::shared_ptr<LogSink> sink) : sink_(std::move(sink)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;
Result<Log> Log::Open(const std::string& /*file*/, LogLevel /*level*/) {
  return Log(std::make_shared<LogSink>());
}
Logger Log::Module(std::string name) const { return {sink_, std::move(name)}; }
void Log::SetLevel(LogLevel /*level*/) {}
Result<void> Log::Reopen() { return {}; }
void Log::Flush() {}
std::uint64_t Log::LostLines() const { return 0; }

}  // namespace jiandu::node
