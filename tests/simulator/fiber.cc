// Changing stacks by ucontext.
#include "tests/simulator/fiber.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" void* __cxa_get_globals() noexcept;  // NOLINT(bugprone-reserved-identifier): the ABI's

namespace jiandu::simulator {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kStackBytes = 2U << 20U;
#else
constexpr std::size_t kStackBytes = 512U << 10U;
#endif
constexpr std::size_t kGuardBytes = 4096;

// Stacks are used again: mapping one costs more than a fiber's life.
std::vector<std::byte*>& FreeStacks() {
  static std::vector<std::byte*> stacks;
  return stacks;
}

std::byte* TakeStack() {
  if (!FreeStacks().empty()) {
    std::byte* const stack = FreeStacks().back();
    FreeStacks().pop_back();
    return stack;
  }
  void* const mapped = ::mmap(nullptr, kStackBytes + kGuardBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  JD_ASSERT(mapped != MAP_FAILED);
  JD_ASSERT(::mprotect(mapped, kGuardBytes, PROT_NONE) == 0);
  return static_cast<std::byte*>(mapped) + kGuardBytes;
}

void StartSwitch([[maybe_unused]] void** fake, [[maybe_unused]] const void* bottom,
                 [[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(fake, bottom, size);
#endif
}

void FinishSwitch([[maybe_unused]] void* fake, [[maybe_unused]] const void** bottom,
                  [[maybe_unused]] std::size_t* size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake, bottom, size);
#endif
}

}  // namespace

Fiber::Fiber(std::uint64_t id, Process* process, std::string name, std::function<void()> body)
    : id_(id), process_(process), name_(std::move(name)), body_(std::move(body)) {
  stack_ = TakeStack();
  JD_ASSERT(::getcontext(&inside_) == 0);
  inside_.uc_stack.ss_sp = stack_;
  inside_.uc_stack.ss_size = kStackBytes;
  inside_.uc_link = nullptr;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&inside_, reinterpret_cast<void (*)()>(&Fiber::Main), 2,
                static_cast<unsigned int>(self >> 32U), static_cast<unsigned int>(self));
}

Fiber::~Fiber() { FreeStacks().push_back(stack_); }

void Fiber::Main(unsigned int high, unsigned int low) {
  reinterpret_cast<Fiber*>((std::uintptr_t{high} << 32U) | low)->Run();
}

void Fiber::Run() {
  FinishSwitch(nullptr, &outer_stack_, &outer_size_);
  body_();
  body_ = {};
  done_ = true;
  StartSwitch(nullptr, outer_stack_, outer_size_);  // for the last time
  ::setcontext(&outside_);
  std::abort();
}

void Fiber::Enter() {
  auto* const globals = static_cast<Exceptions*>(__cxa_get_globals());
  const Exceptions outer = std::exchange(*globals, exceptions_);
  void* fake = nullptr;
  StartSwitch(&fake, stack_, kStackBytes);
  ::swapcontext(&outside_, &inside_);
  FinishSwitch(fake, nullptr, nullptr);
  exceptions_ = std::exchange(*globals, outer);
}

void Fiber::Leave() {
  StartSwitch(&fake_stack_, outer_stack_, outer_size_);
  ::swapcontext(&inside_, &outside_);
  FinishSwitch(fake_stack_, &outer_stack_, &outer_size_);
}

}  // namespace jiandu::simulator
