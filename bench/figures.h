// Figures of a benchmark as one line of JSON. Decimals are wanted here, which base/json refuses.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace jiandu::bench {

class Figures {
 public:
  void Put(std::string_view name, std::uint64_t value) { Add(name, std::to_string(value)); }
  void Put(std::string_view name, double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    Add(name, text);
  }
  void Put(std::string_view name, const Figures& inner) { Add(name, inner.Line()); }
  // The members of a line that another program printed.
  void Join(std::string_view line) {
    const std::size_t from = line.find('{');
    const std::size_t to = line.rfind('}');
    if (from == std::string_view::npos || to == std::string_view::npos || to <= from + 1) return;
    members_ += (members_.empty() ? "" : ",") + std::string(line.substr(from + 1, to - from - 1));
  }
  [[nodiscard]] std::string Line() const { return "{" + members_ + "}"; }

 private:
  void Add(std::string_view name, std::string_view value) {
    if (!members_.empty()) members_ += ',';
    members_ += "\"" + std::string(name) + "\":" + std::string(value);
  }

  std::string members_;
};

}  // namespace jiandu::bench
