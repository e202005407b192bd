// Canonical JSON as a body keeps it: the bytes, and what they say once somebody has asked.
//
// A block asks the same form many times and it is parsed once. Plain value; the first to ask fills
// it, so a text that several threads read has been asked before.
#pragma once

#include <memory>

#include "base/json.h"

namespace jiandu::ledger {

class JsonText {
 public:
  JsonText() = default;
  JsonText(Bytes text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] const Bytes& Text() const { return text_; }
  operator ByteView() const { return text_; }  // NOLINT(google-explicit-constructor)
  // Named as Bytes has them, whose place it takes. NOLINTBEGIN(readability-identifier-naming)
  [[nodiscard]] bool empty() const { return text_.empty(); }
  void clear() { *this = JsonText(); }
  // NOLINTEND(readability-identifier-naming)
  // An empty object when there is no text. Stays as long as this text is not assigned anew.
  [[nodiscard]] const Json& Parsed() const;

  friend bool operator==(const JsonText& a, const JsonText& b) { return a.text_ == b.text_; }

 private:
  Bytes text_;
  mutable std::shared_ptr<const Json> parsed_;
};

}  // namespace jiandu::ledger
