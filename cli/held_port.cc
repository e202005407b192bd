// See held_port.h.
#include "cli/held_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace jiandu::cli {

HeldPort::HeldPort(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const bool held = ::bind(socket_, raw, size) == 0 && ::listen(socket_, 1) == 0;
  if (held && ::getsockname(socket_, raw, &size) == 0) port_ = ntohs(address.sin_port);
}

HeldPort::~HeldPort() {
  if (socket_ >= 0) ::close(socket_);
}

}  // namespace jiandu::cli
