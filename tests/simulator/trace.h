// What happened in a run, line by line, for a person (docs/simulator.md).
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "tests/simulator/kernel.h"

namespace jiandu::simulator {

class Trace {
 public:
  explicit Trace(Kernel& kernel) : kernel_(kernel) { TheTrace() = this; }
  ~Trace() { TheTrace() = nullptr; }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  [[nodiscard]] static Trace& Get() { return *TheTrace(); }

  [[nodiscard]] bool IsOn() const { return on; }
  // "event  time  node  what"; nobody in particular: the world.
  void Say(std::optional<std::size_t> machine, const std::string& what);

  bool on = false;
  std::size_t lines_max = 4000;  // the newest stay
  std::deque<std::string> lines;

 private:
  [[nodiscard]] static Trace*& TheTrace();
  Kernel& kernel_;
};

}  // namespace jiandu::simulator
