// A thread of the node, by name.
//
// Defined, with Mutex and Condition, in thread.cc alone: the simulator links another one, in which
// every thread is a fiber in virtual time (docs/simulator.md). Owned by one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace jiandu::node {

class Thread {
 public:
  Thread();  // none
  // `name` is what the kernel shows for the thread, at most 15 characters.
  Thread(std::string name, std::function<void()> run);
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread();  // it must have been joined

  // Returns when the thread has ended; at once when there is none, or it was joined before.
  void Join();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
