// Whoever comes to the peers' port without being a peer: bytes of any kind, half-open connections,
// and a pinned peer that sends what it must not.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/frames.h"
#include "node/peer_tls.h"
#include "tests/node/hub_fixture.h"

namespace jiandu::node::testing {
namespace {

// A blocking TCP connection to a hub on loopback.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    const timeval limit{.tv_sec = 0, .tv_usec = 1000};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  }
  ~RawClient() { close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Send(std::string_view bytes) const {
    ASSERT_EQ(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // The other side has closed.
  [[nodiscard]] bool IsOver() const {
    char byte = 0;
    while (true) {
      const ssize_t got = recv(socket_, &byte, 1, 0);
      if (got == 0 || (got < 0 && errno == ECONNRESET)) return true;
      if (got < 0) return false;
    }
  }
  [[nodiscard]] bool IsConnected() const { return connected_; }
  [[nodiscard]] int Socket() const { return socket_; }

 private:
  int socket_;
  bool connected_ = false;
};

class StrangerTest : public ::testing::Test {
 protected:
  StrangerTest() {
    node_.Pin(peer_, "");
    node_.options.timings.handshake_ms = 300;
    node_.Start(loop_);
  }
  // A real peer still gets in.
  void ExpectAlive() {
    peer_.Pin(node_, node_.Address());
    peer_.Start(loop_);
    EXPECT_TRUE(RunUntil(loop_, [&] { return node_.hub->IsUp(peer_.Id()); }));
  }
  EventLoop loop_;
  TestNode node_{1};
  TestNode peer_{2};
};

TEST_F(StrangerTest, GarbageIsClosedAndPeersStillGetIn) {
  const std::string texts[] = {"GET / HTTP/1.1\r\n\r\n", std::string(100'000, 'x'),
                               std::string(5, '\0'), std::string("\x16\x03\x01\xff\xff", 5)};
  for (const std::string& text : texts) {
    const RawClient client(node_.hub->ListenPort());
    ASSERT_TRUE(client.IsConnected());
    client.Send(text);
    EXPECT_TRUE(RunUntil(loop_, [&] { return client.IsOver(); }));
  }
  ExpectAlive();
}

TEST_F(StrangerTest, SilentConnectionIsClosedInTime) {
  const RawClient client(node_.hub->ListenPort());
  EXPECT_TRUE(RunUntil(loop_, [&] { return client.IsOver(); }));
  ExpectAlive();
}

TEST_F(StrangerTest, NoAddressHoldsMoreThanItsShareOfHalfOpenConnections) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<RawClient>(node_.hub->ListenPort()));
  }
  RunFor(loop_, 100);
  const auto open = std::ranges::count_if(
      clients, [](const auto& client) { return client->IsConnected() && !client->IsOver(); });
  EXPECT_LE(open, 8);
  RunFor(loop_, 1200);  // their time is over
  ExpectAlive();
}

// Speaks TLS with a key of its own and sends what it is told. Driven by the hub's loop.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const crypto::Ed25519PrivateKey& key)
      : raw_(port), context_(std::move(*MakePeerTlsContext(key))), tls_(SSL_new(context_.get())) {
    SSL_set_fd(tls_, raw_.Socket());
    SSL_set_connect_state(tls_);
  }
  ~TlsClient() { SSL_free(tls_); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] bool Handshake() { return SSL_do_handshake(tls_) == 1; }
  void Send(ByteView bytes) {
    ASSERT_EQ(SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
  }
  [[nodiscard]] bool IsOver() {
    char buffer[1000];
    while (true) {
      const int got = SSL_read(tls_, buffer, sizeof(buffer));
      if (got > 0) {
        heard_.append(buffer, static_cast<std::size_t>(got));
        continue;
      }
      return SSL_get_error(tls_, got) != SSL_ERROR_WANT_READ;
    }
  }
  [[nodiscard]] const std::string& Heard() const { return heard_; }

 private:
  RawClient raw_;
  TlsContext context_;
  SSL* tls_;
  std::string heard_;
};

Bytes HelloFrame(const crypto::Ed25519PrivateKey& key) {
  consensus::Hello hello = TestHello();
  hello.node_key_id = crypto::Sha256(key.PublicKey().View());
  Bytes frame;
  AppendFrame(frame, kFrameHello, consensus::EncodePeerMessage(hello));
  return frame;
}

class BadPeerTest : public StrangerTest {
 protected:
  // Logs in as the pinned peer and sends these bytes.
  void Attack(ByteView bytes, bool with_hello) {
    client_ = std::make_unique<TlsClient>(node_.hub->ListenPort(), peer_.key);
    ASSERT_TRUE(RunUntil(loop_, [&] { return client_->Handshake(); }));
    if (with_hello) client_->Send(HelloFrame(peer_.key));
    if (with_hello) {
      ASSERT_TRUE(RunUntil(loop_, [&] { return node_.hub->IsUp(peer_.Id()); }));
    }
    client_->Send(bytes);
    EXPECT_TRUE(RunUntil(loop_, [&] { return client_->IsOver(); }));
    EXPECT_FALSE(node_.hub->IsUp(peer_.Id()));
  }
  [[nodiscard]] std::int64_t BannedMs() const { return node_.hub->Status().at(0).banned_ms; }
  std::unique_ptr<TlsClient> client_;
};

TEST_F(BadPeerTest, FirstFrameMustBeAHello) {
  Bytes frame;
  AppendFrame(frame, kFramePing, Bytes(24));
  Attack(frame, false);
  EXPECT_TRUE(node_.ups.empty());
  EXPECT_GT(BannedMs(), 0);
}

TEST_F(BadPeerTest, OversizeFrameShutsOut) {
  Bytes frame;
  AppendU32Be(frame, static_cast<std::uint32_t>(limits::kFrameBytesMax + 2));
  frame.push_back(Prepare(consensus::ProposalMsg()).type);
  Attack(frame, true);
  EXPECT_GT(BannedMs(), 0);
  EXPECT_THAT(client_->Heard(), ::testing::HasSubstr("are allowed"));
}

TEST_F(BadPeerTest, MessageThatDoesNotDecodeShutsOut) {
  Bytes frame;
  AppendFrame(frame, Prepare(Status(1)).type, Bytes(20, 0xEE));
  Attack(frame, true);
  EXPECT_GT(BannedMs(), 0);
  EXPECT_TRUE(node_.heard.empty());
}

TEST_F(BadPeerTest, SecondHelloShutsOut) {
  Attack(HelloFrame(peer_.key), true);
  EXPECT_GT(BannedMs(), 0);
}

TEST_F(BadPeerTest, SilentPeerIsFoundDead) {
  node_.options.listen = "127.0.0.1:0";
  node_.options.timings.dead_ms = 300;
  node_.hub.reset();
  node_.Start(loop_);
  client_ = std::make_unique<TlsClient>(node_.hub->ListenPort(), peer_.key);
  ASSERT_TRUE(RunUntil(loop_, [&] { return client_->Handshake(); }));
  client_->Send(HelloFrame(peer_.key));
  ASSERT_TRUE(RunUntil(loop_, [&] { return node_.hub->IsUp(peer_.Id()); }));
  EXPECT_TRUE(RunUntil(loop_, [&] { return !node_.hub->IsUp(peer_.Id()); }));
  EXPECT_EQ(BannedMs(), 0);
}

TEST_F(BadPeerTest, FloodOfPingsIsNotStored) {
  client_ = std::make_unique<TlsClient>(node_.hub->ListenPort(), peer_.key);
  ASSERT_TRUE(RunUntil(loop_, [&] { return client_->Handshake(); }));
  client_->Send(HelloFrame(peer_.key));
  ASSERT_TRUE(RunUntil(loop_, [&] { return node_.hub->IsUp(peer_.Id()); }));
  Bytes flood;
  for (int i = 0; i < 500; ++i) AppendFrame(flood, kFramePing, Bytes(24, 1));
  client_->Send(flood);
  RunFor(loop_, 100);
  EXPECT_TRUE(node_.hub->IsUp(peer_.Id()));
  EXPECT_LE(node_.hub->Status().at(0).queued_bytes, 0U);
}

}  // namespace
}  // namespace jiandu::node::testing
