// The API without sockets, over a fake network of three departments; and a raw socket client.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/api.h"
#include "gateway/gateway.h"
#include "tests/gateway/fakes.h"

namespace jiandu::gateway::test {

// Checks everything docs/http-api.md (Limits) asks of a problem document; a failure is a test
// failure.
void ExpectProblem(const Response& response);

// Calls Api::Handle; posted work runs at once. The clock stands still unless moved.
class Harness {
 public:
  explicit Harness(GatewaySettings settings = {});

  // One request; every answer that is not 2xx or 304 is checked to be a problem document.
  Response Send(std::string method, std::string target, std::vector<Field> fields = {},
                std::string body = "");
  Response Get(std::string target, const std::string& token = "");
  Response Post(std::string target, std::string body, std::string_view type = "application/json",
                std::vector<Field> fields = {});
  // Signs in; the token, or "" when it was refused.
  std::string SignIn(const Officer& officer);
  [[nodiscard]] static Json Parse(const Response& response);

  FakeNode node;
  GatewaySettings settings;
  std::int64_t now_ms = kGenesisTime;
  Officer manager = MakeOfficer(1, kManager);
  Officer police = MakeOfficer(2, kPolice);
  Officer tax = MakeOfficer(3, kTax);
  std::shared_ptr<void> alive = std::make_shared<int>(1);
  std::vector<Response> late;  // answers that came after Send had returned
  std::unique_ptr<Api> api;
};

// A blocking client on 127.0.0.1 with a deadline, for raw bytes.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Send(std::string_view bytes);
  void FinishSending();
  // Everything until the server closes, or `deadline_ms` passed (then Closed() is false).
  std::string ReadToEnd(int deadline_ms = 5000);
  // One response with its body by Content-Length; "" when the server closed before.
  std::string ReadResponse(bool without_body = false, int deadline_ms = 5000);
  [[nodiscard]] bool Closed() const { return closed_; }

 private:
  bool ReadMore(int deadline_ms);
  int socket_ = -1;
  std::string received_;
  bool closed_ = false;
};

// A running gateway over a FakeNode on a free port.
struct RunningGateway {
  explicit RunningGateway(GatewaySettings settings = {});
  // Sends bytes on a new connection and reads until the server closes it.
  std::string Exchange(std::string_view bytes, int deadline_ms = 5000) const;
  FakeNode node;
  Officer manager = MakeOfficer(1, kManager);
  std::unique_ptr<Gateway> gateway;
};

[[nodiscard]] int StatusOf(std::string_view response);
[[nodiscard]] std::string BodyOf(std::string_view response);
[[nodiscard]] bool IsProblem(std::string_view response);

}  // namespace jiandu::gateway::test
