// Lines of a trace.
#include "tests/simulator/trace.h"

#include <array>
#include <cstdio>

namespace jiandu::simulator {

Trace*& Trace::TheTrace() {
  static Trace* trace = nullptr;
  return trace;
}

void Trace::Say(std::optional<std::size_t> machine, const std::string& what) {
  if (!on) return;
  std::array<char, 64> head{};
  const std::string who = machine ? "node " + std::to_string(*machine) : "world ";
  (void)std::snprintf(head.data(), head.size(), "%8llu %12.6f  %s  ",
                      static_cast<unsigned long long>(kernel_.Events()),
                      static_cast<double>(kernel_.Now()) / 1e6, who.c_str());
  lines.push_back(head.data() + what);
  if (lines.size() > lines_max) lines.pop_front();
}

}  // namespace jiandu::simulator
