// The pages of one audit answer, put together as one.
//
// Later pages are asked for as of the first one's height; where the node no longer keeps that state
// they are newer, and the answer says so. What any page does not cover the whole does not. Pure.
#pragma once

#include <string>

#include "base/json.h"

namespace jiandu::cli {

class AuditPages {
 public:
  // Adds a page; false when it is none of the same query.
  [[nodiscard]] bool Add(const Json& page);
  [[nodiscard]] std::size_t RowCount() const { return rows_.Items().size(); }
  // Of the first page; 0 before it.
  [[nodiscard]] std::int64_t Height() const { return height_; }
  // Cursor of the next page; "" when there is none.
  [[nodiscard]] const std::string& Next() const { return next_; }
  // The head of the first page, all rows, and the gaps of all pages.
  [[nodiscard]] Json Take();

 private:
  void AddGap(std::string english, std::string chinese);

  Json head_;
  Json rows_ = Json::MakeArray();
  Json gaps_ = Json::MakeArray();
  Json gaps_zh_ = Json::MakeArray();
  std::int64_t height_ = 0;
  std::int64_t newest_ = 0;
  std::string next_;
};

}  // namespace jiandu::cli
