// Segments opened for looking at, without touching what is looked at.
//
// A folder beside the data directory's ledger, removed again when the value ends. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ledger/store/segments.h"

namespace jiandu::node {

class SegmentsCopy {
 public:
  // `scratch` is made; it also has room for other files of the check.
  [[nodiscard]] static Result<std::unique_ptr<SegmentsCopy>> Make(
      const std::filesystem::path& segments, const std::filesystem::path& scratch);
  ~SegmentsCopy();
  SegmentsCopy(const SegmentsCopy&) = delete;
  SegmentsCopy& operator=(const SegmentsCopy&) = delete;

  [[nodiscard]] store::Segments& Get() { return *segments_; }
  // The name of the file that holds a height, or would.
  [[nodiscard]] std::string FileOf(ledger::Height height) const;

 private:
  explicit SegmentsCopy(std::filesystem::path scratch) : scratch_(std::move(scratch)) {}

  std::filesystem::path scratch_;
  std::unique_ptr<store::Segments> segments_;
  std::vector<ledger::Height> from_;  // ascending
};

}  // namespace jiandu::node
