// A port of loopback that is held while others are chosen, so that no two nodes get the same.
//
// Held by listening: sockets that are only bound share a port when both allow its reuse, as is
// needed to get back one whose last connections are still being closed. Two processes that choose
// at once hold different ports. One thread.
#pragma once

namespace jiandu::cli {

class HeldPort {
 public:
  explicit HeldPort(int port);  // 0: any that is free
  ~HeldPort();
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;
  [[nodiscard]] int Port() const { return port_; }  // 0: not to be had

 private:
  int socket_;
  int port_ = 0;
};

}  // namespace jiandu::cli
