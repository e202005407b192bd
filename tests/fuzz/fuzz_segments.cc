// A segment file of any bytes: opening, reading and appending never go wrong in silence.
// Links: jiandu_ledger_store
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ledger/store/segment_format.h"
#include "ledger/store/segments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu::store {
namespace {

namespace fs = std::filesystem;

// In memory where there is such a place: the target opens thousands of files.
fs::path Directory() {
  const fs::path root = fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
  return root / ("jiandu-fuzz-segments-" + std::to_string(::getpid()));
}

void Write(const fs::path& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

void CheckFormats(ByteView bytes) {
  const auto seal = SegmentSeal::Decode(AsText(bytes));
  if (seal.has_value()) JD_ASSERT(seal->Encode() == AsText(bytes));
  (void)FromOfSegmentName(AsText(bytes));
  (void)ParseRecordHead(bytes);
}

void CheckOpened(Segments& segments) {
  const ledger::Height decided = segments.DecidedHeight();
  for (ledger::Height height = segments.FirstHeight(); height != 0 && height <= decided; ++height) {
    const auto block = segments.Read(height);
    JD_ASSERT(block.has_value() || block.error().code == Errc::kCorrupt ||
              block.error().code == Errc::kUnavailable);
  }
  if (!segments.Damage().empty()) {
    JD_ASSERT(!segments.Check().has_value());
    return;
  }
  if (!segments.Candidates().empty()) {
    const Candidate first = segments.Candidates().front();
    JD_ASSERT(segments.Decide(first.height, first.id).has_value());
  }
  const ledger::Height next = segments.DecidedHeight() + 1;
  const Bytes block = ToBytes("block");
  JD_ASSERT(segments.Append(next, Hash256(), block).has_value());
  JD_ASSERT(segments.Decide(next, Hash256()).has_value());
  JD_ASSERT(segments.Read(next)->bytes == block);
  JD_ASSERT(segments.Check().has_value());
}

void Check(ByteView bytes) {
  CheckFormats(bytes);
  if (bytes.empty()) return;
  const fs::path directory = Directory();
  fs::remove_all(directory);
  fs::create_directories(directory);
  // The first byte says whether the bytes are a segment, a sealed one, or the redo file of a move.
  const ByteView file = bytes.subspan(1);
  Write(directory / SegmentName(1), file);
  if (bytes[0] % 3 == 1) {
    const SegmentSeal seal{.from = 1, .to = 2, .bytes = file.size(), .digest = {}};
    Write(directory / SealName(1), AsBytes(seal.Encode()));
  }
  if (bytes[0] % 3 == 2) Write(directory / "move.redo", file);
  const SegmentLimits limits{.bytes_max = 1 << 20, .heights_max = 100, .reserve_bytes = 4096};
  auto segments = Segments::Open(directory, limits);
  // A seal that was made up does not fit: only reading is tried then.
  if (segments.has_value() && bytes[0] % 3 != 1) CheckOpened(**segments);
  if (segments.has_value()) (void)(*segments)->Check();
  segments = Fail(Errc::kInternal, "closed");
  fs::remove_all(directory);
}

}  // namespace
}  // namespace jiandu::store

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  jiandu::store::Check(jiandu::ByteView(data, size));
  return 0;
}
