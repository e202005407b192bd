// Reads sealed key files with care for who else can read them.
#include "node/key_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <utility>

#include "base/limits.h"

namespace jiandu::node {
namespace {

constexpr std::size_t kSecretFileBytesMax = 64 * limits::kKiB;

// Closes a descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int Number() const { return number_; }

 private:
  int number_;
};

Result<void> CheckOwnerOnly(int descriptor, const std::filesystem::path& path) {
  struct stat found{};
  if (fstat(descriptor, &found) != 0) {
    return Fail(Errc::kIo, path.string() + ": " + std::strerror(errno));
  }
  if (!S_ISREG(found.st_mode)) return Fail(Errc::kInvalid, path.string() + ": not a file");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(Errc::kForbidden,
                path.string() + ": others may read it; set its mode to 0600 (chmod 600)");
  }
  return {};
}

// What opening a key file will give.
using Opening = std::future<Result<crypto::KeyMaterial>>;

Result<crypto::Ed25519PrivateKey> TakeEd25519(Opening opening, const std::filesystem::path& path) {
  JD_TRY(const crypto::KeyMaterial material, opening.get());
  if (material.suite != crypto::KeySuite::kEd25519) {
    return Fail(Errc::kInvalid, path.string() + ": not an ed25519 key");
  }
  crypto::Ed25519PrivateKey key = crypto::Ed25519PrivateKey::From(material.seed);
  if (!Equal(key.PublicKey().View(), material.public_key)) {
    return Fail(Errc::kCorrupt, path.string() + ": the public key is not that of the seed");
  }
  return key;
}

Result<crypto::EcdsaPrivateKey> TakeEcdsa(Opening opening, const std::filesystem::path& path) {
  JD_TRY(const crypto::KeyMaterial material, opening.get());
  if (material.suite != crypto::KeySuite::kSecp256k1) {
    return Fail(Errc::kInvalid, path.string() + ": not a secp256k1 key");
  }
  JD_TRY(crypto::EcdsaPrivateKey key, crypto::EcdsaPrivateKey::From(material.seed));
  if (!Equal(key.PublicKey().View(), material.public_key)) {
    return Fail(Errc::kCorrupt, path.string() + ": the public key is not that of the seed");
  }
  return key;
}

// On a thread of its own (Argon2id takes a tenth of a second and more of each), or where it is
// waited for. Path and passphrase must outlive it.
Opening Open(std::launch how, const std::filesystem::path& path, const std::string& passphrase,
             const char* purpose) {
  if (path.empty()) return {};
  return std::async(
      how, [&path, &passphrase, purpose] { return ReadKeyFile(path, passphrase, purpose); });
}

}  // namespace

Result<std::string> ReadSecretFile(const std::filesystem::path& path, std::size_t size_max) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.Number() < 0) {
    const Errc code = errno == ENOENT ? Errc::kNotFound : Errc::kIo;
    return Fail(code, path.string() + ": " + std::strerror(errno));
  }
  JD_CHECK(CheckOwnerOnly(file.Number(), path));
  std::string content(size_max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = read(file.Number(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(Errc::kIo, path.string() + ": " + std::strerror(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > size_max) return Fail(Errc::kTooLarge, path.string() + ": too large");
  content.resize(size);
  return content;
}

Result<std::string> ReadPassphrase(const std::filesystem::path& path) {
  JD_TRY(std::string content, ReadSecretFile(path, kSecretFileBytesMax));
  const std::size_t end = content.find_first_of("\r\n");
  if (end != std::string::npos) content.resize(end);
  if (content.empty()) return Fail(Errc::kInvalid, path.string() + ": no passphrase in it");
  return content;
}

Result<crypto::KeyMaterial> ReadKeyFile(const std::filesystem::path& path,
                                        const std::string& passphrase, std::string_view purpose) {
  JD_TRY(const std::string sealed, ReadSecretFile(path, kSecretFileBytesMax));
  auto opened = crypto::OpenKey(sealed, passphrase);
  if (!opened.has_value()) return FailWith(std::move(opened).error(), path.string());
  if (opened->purpose != purpose) {
    return Fail(Errc::kInvalid, path.string() + ": this is a key for \"" + opened->purpose +
                                    "\", not for \"" + std::string(purpose) + "\"");
  }
  return std::move(*opened);
}

bool OpenSideBySide(const KeysConfig& config) {
  std::int64_t mem_kib = 0;
  for (const auto* path :
       {&config.node, &config.consensus, &config.cosign, &config.log, &config.system}) {
    if (path->empty()) continue;
    const auto sealed = ReadSecretFile(*path, kSecretFileBytesMax);
    const auto label = sealed ? crypto::ReadKeyLabel(*sealed)
                              : Result<crypto::KeyLabel>(std::unexpected(sealed.error()));
    if (label) mem_kib += label->mem_kib;
  }
  return mem_kib <= limits::kKeyFileMemKibMax;
}

Result<NodeKeys> ReadNodeKeys(const KeysConfig& config) {
  JD_TRY(std::string passphrase, ReadPassphrase(config.passphrase_file));
  // Both bits: in turn after all when there is no thread to be had.
  const std::launch how =
      OpenSideBySide(config) ? std::launch::async | std::launch::deferred : std::launch::deferred;
  Opening node = Open(how, config.node, passphrase, "node");
  Opening consensus = Open(how, config.consensus, passphrase, "consensus");
  Opening cosign = Open(how, config.cosign, passphrase, "cosign");
  Opening log = Open(how, config.log, passphrase, "log");
  Opening system = Open(how, config.system, passphrase, "system");
  JD_TRY(crypto::Ed25519PrivateKey node_key, TakeEd25519(std::move(node), config.node));
  NodeKeys keys{.consensus = std::nullopt,
                .node = std::move(node_key),
                .cosign = std::nullopt,
                .log = std::nullopt,
                .system = std::nullopt,
                .consensus_lock = std::nullopt};
  if (consensus.valid()) {
    // Taking the lock makes a file that is missing: who mistyped a path is told so first.
    JD_TRY(keys.consensus, TakeEd25519(std::move(consensus), config.consensus));
    JD_TRY(keys.consensus_lock, FileLock::Take(config.consensus));
  }
  if (cosign.valid()) {
    JD_TRY(keys.cosign, TakeEd25519(std::move(cosign), config.cosign));
  }
  if (log.valid()) {
    JD_TRY(keys.log, TakeEd25519(std::move(log), config.log));
  }
  if (system.valid()) {
    JD_TRY(keys.system, TakeEcdsa(std::move(system), config.system));
  }
  crypto::Wipe({reinterpret_cast<std::uint8_t*>(passphrase.data()), passphrase.size()});
  return keys;
}

}  // namespace jiandu::node
