// node/wall_clock.h: virtual time, and what each machine takes it for.
#include "node/wall_clock.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/process.h"
#include "tests/simulator/world_time.h"

namespace jiandu::node {

std::int64_t WallClock::NowMs() {
  const auto& kernel = simulator::Kernel::Get();
  const simulator::Process* const process = kernel.Current();
  const std::int64_t offset = process == nullptr ? 0 : process->machine->clock_offset_ms;
  return simulator::kWallStartMs + SteadyClock::NowMs() + offset;
}

Result<void> WallClock::Follow(const std::filesystem::path& file) {
  return Fail(Errc::kInvalid, file.string() + ": a simulated clock follows no file");
}

std::int64_t SteadyClock::NowMs() {
  return static_cast<std::int64_t>(simulator::Kernel::Get().Now() / simulator::kMs);
}

}  // namespace jiandu::node
