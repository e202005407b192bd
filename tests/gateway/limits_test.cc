// Limits and time-outs of docs/http-api.md (Limits), each at the boundary, over sockets. Times are
// shortened.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

TEST(Limits, AHeaderMayHaveJustItsMaximum) {
  GatewaySettings settings;
  settings.header_bytes_max = 1024;
  const RunningGateway running(settings);
  for (const int delta : {-1, 0, 1}) {
    const auto wanted = static_cast<std::size_t>(1024 + delta);
    std::string request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ";
    request += std::string(wanted - request.size() - 4, 'a') + "\r\n\r\n";
    ASSERT_EQ(request.size(), wanted);
    RawClient client(running.gateway->Port());
    client.Send(request);
    const std::string answer = client.ReadResponse();
    EXPECT_EQ(StatusOf(answer), delta <= 0 ? 200 : 431) << wanted;
    EXPECT_EQ(IsProblem(answer), delta > 0);
  }
}

TEST(Limits, ATargetMayHaveJustItsMaximum) {
  GatewaySettings settings;
  settings.target_bytes_max = 100;
  const RunningGateway running(settings);
  for (const std::size_t size : {99U, 100U, 101U}) {
    const std::string target = "/" + std::string(size - 1, 'a');
    const std::string answer = running.Exchange("GET " + target +
                                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: "
                                                "close\r\n\r\n");
    EXPECT_EQ(StatusOf(answer), size <= 100 ? 404 : 414) << size;
    EXPECT_TRUE(IsProblem(answer));
  }
}

TEST(Limits, ATargetThatNeverEndsIs414) {
  GatewaySettings settings;
  settings.header_bytes_max = 1024;
  const RunningGateway running(settings);
  EXPECT_EQ(StatusOf(running.Exchange("GET /" + std::string(2000, 'a'))), 414);
}

TEST(Limits, ABodyMayHaveJustItsMaximumInBothFramings) {
  GatewaySettings settings;
  settings.body_bytes_max = 1000;
  const RunningGateway running(settings);
  for (const std::size_t size : {999U, 1000U, 1001U}) {
    const std::string head =
        "POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
        "application/octet-stream\r\nConnection: close\r\n";
    const std::string body(size, 'a');
    std::array<char, 20> hex{};
    (void)std::snprintf(hex.data(), hex.size(), "%zx", size);
    const std::string by_length =
        running.Exchange(head + "Content-Length: " + std::to_string(size) + "\r\n\r\n" + body);
    const std::string by_chunks = running.Exchange(head + "Transfer-Encoding: chunked\r\n\r\n" +
                                                   hex.data() + "\r\n" + body + "\r\n0\r\n\r\n");
    for (const std::string& answer : {by_length, by_chunks}) {
      // Within the limit the fake node refuses it as no transaction: 400 of admission, not 413.
      EXPECT_EQ(StatusOf(answer), size <= 1000 ? 400 : 413) << size << answer;
      EXPECT_TRUE(IsProblem(answer)) << answer;
    }
  }
}

TEST(Limits, ALengthBeyondTheMaximumIsRefusedBeforeTheBodyComes) {
  const RunningGateway running;
  RawClient client(running.gateway->Port());
  client.Send(
      "POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1572865\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadResponse()), 413);
}

TEST(Limits, AnAddressMayOpenJustItsMaximumOfConnections) {
  GatewaySettings settings;
  settings.connections_per_address_max = 3;
  const RunningGateway running(settings);
  std::vector<std::unique_ptr<RawClient>> clients;
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(running.gateway->Port()));
    clients.back()->Send(request);
    EXPECT_EQ(StatusOf(clients.back()->ReadResponse()), 200);
  }
  RawClient fourth(running.gateway->Port());
  fourth.Send(request);
  EXPECT_EQ(fourth.ReadResponse(), "");
  EXPECT_TRUE(fourth.Closed());
  // A place freed is a place for another.
  clients.pop_back();
  int status = 0;
  for (int i = 0; i < 100 && status == 0; ++i) {
    RawClient again(running.gateway->Port());
    again.Send(request);
    status = StatusOf(again.ReadResponse());
  }
  EXPECT_EQ(status, 200);
}

TEST(Limits, AllConnectionsTogetherAreBounded) {
  GatewaySettings settings;
  settings.connections_max = 2;
  const RunningGateway running(settings);
  RawClient first(running.gateway->Port());
  RawClient second(running.gateway->Port());
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  first.Send(request);
  second.Send(request);
  EXPECT_EQ(StatusOf(first.ReadResponse()), 200);
  EXPECT_EQ(StatusOf(second.ReadResponse()), 200);
  RawClient third(running.gateway->Port());
  third.Send(request);
  EXPECT_EQ(third.ReadResponse(), "");
}

struct TimedSettings {
  TimedSettings() {
    settings.header_ms = 300;
    settings.body_ms = 300;
    settings.idle_ms = 300;
  }
  GatewaySettings settings;
};

// How long the server lets a connection live that sends one byte now and then.
std::int64_t LifeOf(RawClient& client, std::string_view drip) {
  const auto begin = std::chrono::steady_clock::now();
  std::size_t at = 0;
  while (!client.Closed()) {
    if (!drip.empty()) client.Send(drip.substr(at++ % drip.size(), 1));
    (void)client.ReadToEnd(50);
    const auto life = std::chrono::steady_clock::now() - begin;
    if (life > std::chrono::seconds(10)) break;
  }
  const auto life = std::chrono::steady_clock::now() - begin;
  return std::chrono::duration_cast<std::chrono::milliseconds>(life).count();
}

TEST(Timeouts, ASlowHeaderIsCutOffHoweverSteadilyItComes) {
  const RunningGateway running(TimedSettings().settings);
  RawClient client(running.gateway->Port());
  client.Send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");
  const std::int64_t life = LifeOf(client, "a");
  EXPECT_TRUE(client.Closed());
  EXPECT_GE(life, 250);
}

TEST(Timeouts, ASlowBodyIsCutOff) {
  const RunningGateway running(TimedSettings().settings);
  RawClient client(running.gateway->Port());
  client.Send("POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n");
  EXPECT_GE(LifeOf(client, "a"), 250);
  EXPECT_TRUE(client.Closed());
}

TEST(Timeouts, AnIdleConnectionIsClosedAndOneThatSaysNothingToo) {
  const RunningGateway running(TimedSettings().settings);
  RawClient silent(running.gateway->Port());
  EXPECT_GE(LifeOf(silent, ""), 250);
  EXPECT_TRUE(silent.Closed());
  RawClient idle(running.gateway->Port());
  idle.Send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(StatusOf(idle.ReadResponse()), 200);
  EXPECT_GE(LifeOf(idle, ""), 250);
  EXPECT_TRUE(idle.Closed());
}

// What another connection's time-out tells: that so much time has passed here too.
void LetTimePass(const RunningGateway& running) {
  RawClient silent(running.gateway->Port());
  (void)LifeOf(silent, "");
  EXPECT_TRUE(silent.Closed());
}

// Neither the kernel's buffers nor one piece hold the answer: it goes as fast as it is read.
TEST(Timeouts, ALongAnswerHasTimeAsLongAsItIsRead) {
  constexpr std::size_t kSize = std::size_t{32} * 1024 * 1024;
  for (const bool earns : {true, false}) {
    GatewaySettings settings = TimedSettings().settings;
    settings.write_ms = 50;
    settings.body_ms_per_64k = earns ? 60'000 : 0;
    settings.metrics_port = 0;
    RunningGateway running(settings);
    running.node.metrics = std::string(kSize, 'm');
    RawClient client(running.gateway->MetricsPort());
    client.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    LetTimePass(running);
    const std::string answer = client.ReadToEnd(30'000);
    EXPECT_TRUE(client.Closed());
    EXPECT_EQ(answer.size() > kSize, earns) << answer.size();
  }
}

TEST(Stop, EndsAtOnceWithConnectionsOpenAndRequestsWaiting) {
  RunningGateway running;
  running.node.wait_times_out_at_once = false;
  const std::string envelope =
      SignedEnvelope({&running.manager}, "request.submit", "00000000000000ac");
  RawClient idle(running.gateway->Port());
  idle.Send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(StatusOf(idle.ReadResponse()), 200);
  RawClient waiting(running.gateway->Port());
  waiting.Send(
      "POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=30\r\n"
      "Content-Type: application/json\r\nContent-Length: " +
      std::to_string(envelope.size()) + "\r\n\r\n" + envelope);
  ASSERT_TRUE(running.node.AwaitWaiter());
  ASSERT_EQ(running.node.WaitersAlive(), 1U);
  const auto begin = std::chrono::steady_clock::now();
  running.gateway->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
  // The node may still tell its waiters afterwards.
  running.node.Decide(TxStatus::kCommitted);
  running.gateway.reset();
  running.node.Decide(TxStatus::kCommitted);
}

TEST(HangUp, AClientThatGoesFreesItsWaiter) {
  RunningGateway running;
  running.node.wait_times_out_at_once = false;
  const std::string envelope =
      SignedEnvelope({&running.manager}, "request.submit", "00000000000000ad");
  RawClient client(running.gateway->Port());
  client.Send(
      "POST /v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=30\r\n"
      "Content-Type: application/json\r\nContent-Length: " +
      std::to_string(envelope.size()) + "\r\n\r\n" + envelope);
  ASSERT_TRUE(running.node.AwaitWaiter());
  ASSERT_EQ(running.node.WaitersAlive(), 1U);
  client.FinishSending();  // to the server this is going away; to us it leaves an end to read
  EXPECT_EQ(client.ReadToEnd(), "");
  ASSERT_TRUE(client.Closed());
  // The connection is closed a moment before its call is freed, on the same thread that answers
  // this: a round trip or two later both have happened.
  RawClient other(running.gateway->Port());
  for (int trip = 0; trip < 100 && running.node.WaitersAlive() != 0; ++trip) {
    other.Send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    ASSERT_EQ(StatusOf(other.ReadResponse()), 200);
  }
  EXPECT_EQ(running.node.WaitersAlive(), 0U);
}

TEST(Metrics, HaveAListenerOfTheirOwn) {
  GatewaySettings settings;
  settings.metrics_port = 0;
  const RunningGateway running(settings);
  RawClient client(running.gateway->MetricsPort());
  client.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string answer = client.ReadResponse();
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_TRUE(BodyOf(answer).contains("jiandu_height 1"));
  client.Send("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadResponse()), 404);
  RawClient api(running.gateway->Port());
  api.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(StatusOf(api.ReadResponse()), 404);
}

TEST(Start, PlainHttpBeyondThisMachineNeedsTheWord) {
  FakeNode node;
  GatewaySettings settings;
  settings.listen_address = "0.0.0.0";
  settings.hosts = {"node.example"};
  EXPECT_FALSE(Gateway::Start(settings, node, node, node).has_value());
  settings.plain_http = PlainHttp::kAnywhere;
  EXPECT_TRUE(Gateway::Start(settings, node, node, node).has_value());
  settings.hosts.clear();
  EXPECT_FALSE(Gateway::Start(settings, node, node, node).has_value());
}

}  // namespace
}  // namespace jiandu::gateway::test
