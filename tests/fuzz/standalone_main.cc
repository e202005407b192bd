// Runs a fuzz target without libFuzzer: every seed of a corpus, then seeded mutations of them.
//
//   fuzz_x <corpus folder> <runs> <seconds> [seed [first run]]
//
// Run n depends on the seed and on n alone, so a failure is repeated by its two numbers, which are
// printed when the process dies. The seconds are an upper bound for slow machines.
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu {
namespace {

constexpr std::uint64_t kDefaultSeed = 1;
constexpr std::size_t kInputBytesMax = 64 * 1024;

// What the signal handler may read.
std::uint64_t g_seed = kDefaultSeed;
volatile std::sig_atomic_t g_run = 0;

// Only calls that are safe within a signal handler: to_chars allocates nothing and takes no lock.
void WriteNumber(std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  if (write(STDERR_FILENO, digits.data(), static_cast<std::size_t>(end - digits.data())) < 0)
    return;
}

extern "C" void OnDeath(int signal) {
  constexpr std::string_view kSeed = "fuzz: died at seed ";
  constexpr std::string_view kRun = ", run ";
  if (write(STDERR_FILENO, kSeed.data(), kSeed.size()) < 0) _exit(1);
  WriteNumber(g_seed);
  if (write(STDERR_FILENO, kRun.data(), kRun.size()) < 0) _exit(1);
  WriteNumber(static_cast<std::uint64_t>(g_run));
  if (write(STDERR_FILENO, "\n", 1) < 0) _exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::vector<Bytes> ReadCorpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  std::vector<Bytes> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (corpus.empty()) corpus.emplace_back();
  return corpus;
}

class Mutator {
 public:
  Mutator(const std::vector<Bytes>& corpus, std::uint64_t seed, std::uint64_t run)
      : corpus_(corpus), random_(seed * 0x9e3779b97f4a7c15U + run) {}

  Bytes Make() {
    Bytes bytes = Any();
    for (std::size_t times = 1 + Below(6); times > 0; --times) Mutate(bytes);
    if (bytes.size() > kInputBytesMax) bytes.resize(kInputBytesMax);
    return bytes;
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  const Bytes& Any() { return corpus_[Below(corpus_.size())]; }

  // A random piece of `bytes`, most often short.
  Bytes Piece(const Bytes& bytes) {
    if (bytes.empty()) return {};
    const std::size_t from = Below(bytes.size());
    const std::size_t size = 1 + Below(std::min<std::size_t>(bytes.size() - from, 1U << Below(10)));
    return ToBytes(ByteView(bytes).subspan(from, size));
  }

  void Insert(Bytes& bytes, const Bytes& piece) {
    const auto at = static_cast<std::ptrdiff_t>(Below(bytes.size() + 1));
    bytes.insert(bytes.begin() + at, piece.begin(), piece.end());
  }

  void Erase(Bytes& bytes) {
    if (bytes.empty()) return;
    const std::size_t from = Below(bytes.size());
    const std::size_t size = 1 + Below(std::min<std::size_t>(bytes.size() - from, 1U << Below(7)));
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
    bytes.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
  }

  void Mutate(Bytes& bytes) {
    static constexpr std::uint8_t kBytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '"', '\\',
                                              '{',  '}',  '[',  ']',  ',',  ':', '0',
                                              '-',  'e',  ' ',  'a',  '=',  '/'};
    const std::uint8_t special = kBytes[Below(std::size(kBytes))];
    if (bytes.empty()) {
      bytes.push_back(special);
      return;
    }
    const std::size_t at = Below(bytes.size());
    switch (Below(9)) {
      case 0: bytes[at] ^= static_cast<std::uint8_t>(1U << Below(8)); return;
      case 1: bytes[at] = static_cast<std::uint8_t>(random_()); return;
      case 2: bytes[at] = special; return;
      case 3: Insert(bytes, Bytes{special}); return;
      case 4: bytes[at] = static_cast<std::uint8_t>(bytes[at] + (Below(2) == 0 ? 1 : 255)); return;
      case 5: Erase(bytes); return;
      case 6: Insert(bytes, Piece(bytes)); return;
      case 7: Insert(bytes, Piece(Any())); return;
      default: bytes.resize(at); return;
    }
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937_64 random_;
};

std::uint64_t Number(const char* text) { return std::strtoull(text, nullptr, 10); }

int Run(std::span<char*> arguments) {
  if (arguments.size() < 4) {
    std::fprintf(stderr, "usage: %s <corpus> <runs> <seconds> [seed [first run]]\n", arguments[0]);
    return 2;
  }
  const std::vector<Bytes> corpus = ReadCorpus(arguments[1]);
  const std::uint64_t runs = Number(arguments[2]);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(Number(arguments[3]));
  if (arguments.size() > 4) g_seed = Number(arguments[4]);
  const std::uint64_t first = arguments.size() > 5 ? Number(arguments[5]) : 0;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) std::signal(signal, OnDeath);

  for (const Bytes& seed : corpus) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  std::uint64_t run = first;
  while (run < first + runs && std::chrono::steady_clock::now() < end) {
    g_run = static_cast<std::sig_atomic_t>(run);
    const Bytes bytes = Mutator(corpus, g_seed, run).Make();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ++run;
  }
  std::printf("%zu seeds, runs %llu to %llu of seed %llu\n", corpus.size(),
              static_cast<unsigned long long>(first), static_cast<unsigned long long>(run),
              static_cast<unsigned long long>(g_seed));
  return 0;
}

}  // namespace
}  // namespace jiandu

int main(int argc, char** argv) {
  return jiandu::Run(std::span<char*>(argv, static_cast<std::size_t>(argc)));
}
