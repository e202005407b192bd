#include "node/db_check_copy.h"

#include <algorithm>
#include <system_error>

#include "ledger/store/segment_format.h"

namespace jiandu::node {

Result<std::unique_ptr<SegmentsCopy>> SegmentsCopy::Make(const std::filesystem::path& segments,
                                                         const std::filesystem::path& scratch) {
  namespace fs = std::filesystem;
  std::error_code error;
  auto copy = std::unique_ptr<SegmentsCopy>(new SegmentsCopy(scratch));
  const fs::path folder = scratch / "segments";
  fs::create_directories(folder, error);
  if (error) return Fail(Errc::kIo, folder.string() + ": " + error.message());
  const fs::path whole = fs::absolute(segments, error);
  for (auto at = fs::directory_iterator(whole, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    const auto from = store::FromOfSegmentName(name);
    if (from) copy->from_.push_back(*from);
    // A sealed file is never written to: a link does.
    const bool sealed = from && fs::exists(whole / store::SealName(*from));
    if (sealed) {
      fs::create_symlink(at->path(), folder / name, error);
    } else if (at->is_regular_file()) {
      fs::copy_file(at->path(), folder / name, error);
    }
    if (error) return Fail(Errc::kIo, (folder / name).string() + ": " + error.message());
  }
  if (error) return Fail(Errc::kIo, whole.string() + ": " + error.message());
  std::ranges::sort(copy->from_);
  JD_TRY(copy->segments_, store::Segments::Open(folder));
  return copy;
}

SegmentsCopy::~SegmentsCopy() {
  segments_.reset();
  std::error_code ignored;  // what stays behind is a copy in a folder of its own
  std::filesystem::remove_all(scratch_, ignored);
}

std::string SegmentsCopy::FileOf(ledger::Height height) const {
  const auto after = std::ranges::upper_bound(from_, height);
  if (after == from_.begin()) return "segments";
  return "segments/" + store::SegmentName(*std::prev(after));
}

}  // namespace jiandu::node
