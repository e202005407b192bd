// One thread of a simulated node: a stack of its own, run and left by hand.
//
// Only the kernel touches it. The address sanitizer is told of every change of stacks, and what
// the C++ runtime keeps per thread about exceptions is kept per fiber.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace jiandu::simulator {

struct Process;

class Fiber {
 public:
  Fiber(std::uint64_t id, Process* process, std::string name, std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // From the kernel's own stack: runs it until it leaves or ends.
  void Enter();
  // From inside: back to the kernel.
  void Leave();

  [[nodiscard]] std::uint64_t Id() const { return id_; }
  [[nodiscard]] Process* Owner() const { return process_; }
  [[nodiscard]] const std::string& Name() const { return name_; }
  [[nodiscard]] bool IsDone() const { return done_; }

  // What the kernel knows of its wait.
  const void* waits_for = nullptr;
  std::uint64_t wait_number = 0;  // an event that names an older wait is void
  bool notified = false;

 private:
  struct Exceptions {  // __cxa_eh_globals of the Itanium ABI
    void* caught = nullptr;
    unsigned int uncaught = 0;
  };
  static void Main(unsigned int high, unsigned int low);
  void Run();

  std::uint64_t id_;
  Process* process_;
  std::string name_;
  std::function<void()> body_;
  std::byte* stack_ = nullptr;
  ucontext_t inside_{};
  ucontext_t outside_{};
  Exceptions exceptions_;
  void* fake_stack_ = nullptr;
  const void* outer_stack_ = nullptr;
  std::size_t outer_size_ = 0;
  bool done_ = false;
};

}  // namespace jiandu::simulator
