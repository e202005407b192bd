// See harness.h.
#include "tests/gateway/harness.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "base/hex.h"
#include "gateway/target.h"

namespace jiandu::gateway::test {

void ExpectProblem(const Response& response) {
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto json = ParseJson(response.body, 65536);
  ASSERT_TRUE(json.has_value()) << response.body;
  for (const char* name : {"type", "title", "detail", "instance", "code", "clause", "article",
                           "message", "message_zh", "stage", "txid"}) {
    const Json* member = json->Find(name);
    ASSERT_TRUE(member != nullptr && member->IsText()) << name << " in " << response.body;
  }
  EXPECT_EQ(json->IntegerOr("status"), response.status);
  EXPECT_TRUE(json->TextOr("type").starts_with("/problems/"));
  EXPECT_TRUE(json->TextOr("instance").starts_with("urn:request:"));
  for (const char* name : {"title", "detail", "code", "message", "message_zh", "stage"}) {
    EXPECT_FALSE(json->TextOr(name).empty()) << name;
  }
  const Json* errors = json->Find("errors");
  ASSERT_TRUE(errors != nullptr && errors->IsArray());
  if (response.status == 401) {
    EXPECT_FALSE(response.Header("WWW-Authenticate").empty());
  }
  if (response.status == 429 || response.status == 503) {
    EXPECT_FALSE(response.Header("Retry-After").empty());
  }
}

Harness::Harness(GatewaySettings given) : settings(std::move(given)) {
  settings.now_ms = [this] { return now_ms; };
  node.AddDepartment(kManager, "DEPARTMENT,MANAGER");
  node.AddDepartment(kPolice, "DEPARTMENT");
  node.AddDepartment(kTax, "DEPARTMENT");
  for (const Officer* officer : {&manager, &police, &tax}) node.AddKey(*officer);
  api = std::make_unique<Api>(settings, node, node, node,
                              [](std::move_only_function<void()> work) { work(); });
}

Response Harness::Send(std::string method, std::string target, std::vector<Field> fields,
                       std::string body) {
  Request request;
  request.id = "00000000000000000000000000000001";
  request.method = std::move(method);
  request.target = std::move(target);
  request.fields = std::move(fields);
  request.fields.push_back(Field{.name = "host", .value = "127.0.0.1:8440"});
  request.body = std::move(body);
  request.peer = "127.0.0.1";
  auto answer = std::make_shared<std::optional<Response>>();
  auto returned = std::make_shared<bool>(false);
  api->Handle(std::move(request), alive, [this, answer, returned](Response response) {
    api->Finish(response);
    if (response.status >= 300 && response.status != 304) ExpectProblem(response);
    EXPECT_FALSE(response.Header("Jiandu-Height").empty());
    if (*returned) {
      late.push_back(std::move(response));
    } else {
      *answer = std::move(response);
    }
  });
  *returned = true;
  if (answer->has_value()) return **answer;
  Response none;
  none.status = 0;  // not yet
  return none;
}

Response Harness::Get(std::string target, const std::string& token) {
  std::vector<Field> fields;
  if (!token.empty()) {
    fields.push_back(Field{.name = "authorization", .value = "Bearer " + token});
  }
  return Send("GET", std::move(target), std::move(fields));
}

Response Harness::Post(std::string target, std::string body, std::string_view type,
                       std::vector<Field> fields) {
  fields.push_back(Field{.name = "content-type", .value = std::string(type)});
  return Send("POST", std::move(target), std::move(fields), std::move(body));
}

std::string Harness::SignIn(const Officer& officer) {
  const std::string key = HexEncode(officer.id.View());
  const Response challenge =
      Post("/v1/auth/challenge", CanonicalJson(Json::MakeObject({{"key", key}})));
  EXPECT_EQ(challenge.status, 200) << challenge.body;
  const Json document = Parse(challenge);
  const std::string text(document.TextOr("challenge"));
  const auto signature = officer.key.SignDigest(ChallengeDigest(text));
  const Response session = Post(
      "/v1/auth/session",
      CanonicalJson(Json::MakeObject(
          {{"challenge", text}, {"key", key}, {"signature", Base64Encode(signature.View())}})));
  if (session.status != 200) return "";
  return std::string(Parse(session).TextOr("token"));
}

Json Harness::Parse(const Response& response) {
  auto json = ParseJson(response.body, std::size_t{8} << 20U);
  EXPECT_TRUE(json.has_value()) << response.body;
  return json ? *json : Json();
}

RawClient::RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int failed = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  EXPECT_EQ(failed, 0);
}

RawClient::~RawClient() { close(socket_); }

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has closed: what it said is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::FinishSending() { shutdown(socket_, SHUT_WR); }

bool RawClient::ReadMore(int deadline_ms) {
  pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, deadline_ms) != 1) return false;
  std::array<char, 16384> buffer{};
  const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    closed_ = true;
    return false;
  }
  received_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::ReadToEnd(int deadline_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  while (std::chrono::steady_clock::now() < end && ReadMore(deadline_ms)) {
  }
  return std::exchange(received_, {});
}

std::string RawClient::ReadResponse(bool without_body, int deadline_ms) {
  while (true) {
    const std::size_t head = received_.find("\r\n\r\n");
    if (head != std::string::npos) {
      std::size_t size = head + 4;
      const std::size_t at = received_.find("Content-Length: ");
      if (!without_body && at < head) size += std::stoul(received_.substr(at + 16));
      if (received_.size() >= size) {
        std::string response = received_.substr(0, size);
        received_.erase(0, size);
        return response;
      }
    }
    if (!ReadMore(deadline_ms)) return "";
  }
}

RunningGateway::RunningGateway(GatewaySettings settings) {
  node.AddDepartment(kManager, "DEPARTMENT,MANAGER");
  node.AddKey(manager);
  settings.listen_address = "127.0.0.1";
  auto started = Gateway::Start(std::move(settings), node, node, node);
  EXPECT_TRUE(started.has_value()) << started.error().detail;
  if (started) gateway = *std::move(started);
}

std::string RunningGateway::Exchange(std::string_view bytes, int deadline_ms) const {
  RawClient client(gateway->Port());
  client.Send(bytes);
  return client.ReadToEnd(deadline_ms);
}

int StatusOf(std::string_view response) {
  if (!response.starts_with("HTTP/1.1 ") || response.size() < 12) return 0;
  return std::stoi(std::string(response.substr(9, 3)));
}

std::string BodyOf(std::string_view response) {
  const std::size_t head = response.find("\r\n\r\n");
  return head == std::string_view::npos ? "" : std::string(response.substr(head + 4));
}

bool IsProblem(std::string_view response) {
  if (!response.contains("Content-Type: application/problem+json\r\n")) return false;
  const auto json = ParseJson(BodyOf(response), 65536);
  return json.has_value() && json->IntegerOr("status") == StatusOf(response) &&
         !json->TextOr("message_zh").empty();
}

}  // namespace jiandu::gateway::test
