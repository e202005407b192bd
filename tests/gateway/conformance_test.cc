// Every raw request of docs/http-api.md (Limits), over a socket: refused with 400 and a closed
// connection, whether Beast refuses it by itself or our guard has to. tests/http_conformance.py
// sends the same to any host.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

constexpr std::string_view kHost = "Host: 127.0.0.1\r\n";

std::string Post(std::string_view fields, std::string_view body = "") {
  std::string request = "POST /v1/transactions HTTP/1.1\r\n";
  request.append(kHost).append("Content-Type: application/json\r\n");
  request.append(fields).append("\r\n").append(body);
  return request;
}

std::string GetWith(std::string_view fields) {
  std::string request = "GET /healthz HTTP/1.1\r\n";
  request.append(kHost).append(fields).append("\r\n");
  return request;
}

struct RefusedCase {
  std::string name;
  std::string bytes;
};

std::vector<RefusedCase> RefusedByBeastToo() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      {"length_then_chunked", Post("Content-Length: 5\r\n" + chunked, "0\r\n\r\n")},
      {"chunked_then_length", Post(chunked + "Content-Length: 5\r\n", "0\r\n\r\n")},
      {"two_different_lengths", Post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!")},
      {"length_plus_five", Post("Content-Length: +5\r\n", "hello")},
      {"length_minus_one", Post("Content-Length: -1\r\n", "hello")},
      {"length_hex", Post("Content-Length: 0x5\r\n", "hello")},
      {"length_beyond_64_bits", Post("Content-Length: 18446744073709551621\r\n", "hello")},
      {"space_before_colon", Post("Content-Length : 5\r\n", "hello")},
      {"bare_lf", "GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n"},
      {"bare_lf_in_fields", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\nX: y\r\n\r\n"},
      {"bare_cr", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\rX: y\r\n\r\n"},
      {"nul_in_field", GetWith(std::string("X: a\0b\r\n", 8))},
      {"http_2_0", "GET /healthz HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n"},
      {"http_1_2", "GET /healthz HTTP/1.2\r\nHost: 127.0.0.1\r\n\r\n"},
      {"http_0_9", "GET /healthz\r\n\r\n"},
      {"chunk_size_overflow", Post(chunked, "FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n")},
      {"chunk_size_0x", Post(chunked, "0x1\r\nx\r\n0\r\n\r\n")},
      {"tab_in_target", "GET /heal\tthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
  };
}

std::vector<RefusedCase> RefusedByTheGuard() {
  const std::string length = "Content-Length: 5\r\n";
  const std::string long_extension(20'000, 'a');
  return {
      {"coding_gzip_then_length", Post("Transfer-Encoding: gzip\r\n" + length, "hello")},
      {"coding_xchunked_then_length", Post("Transfer-Encoding: xchunked\r\n" + length, "hello")},
      {"coding_chunked_gzip", Post("Transfer-Encoding: chunked, gzip\r\n" + length, "hello")},
      {"coding_identity_chunked", Post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n")},
      {"coding_twice",
       Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"coding_gzip_alone", Post("Transfer-Encoding: gzip\r\n", "hello")},
      {"two_equal_lengths", Post(length + length, "hello")},
      {"length_list", Post("Content-Length: 5, 5\r\n", "hello")},
      {"length_leading_zero", Post("Content-Length: 05\r\n", "hello")},
      {"length_empty", Post("Content-Length:\r\n", "")},
      {"folded_line", GetWith("X: a\r\n b\r\n")},
      {"folded_line_tab", GetWith("X: a\r\n\tb\r\n")},
      {"folded_coding", Post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
      {"no_host", "GET /healthz HTTP/1.1\r\n\r\n"},
      {"two_hosts", GetWith("Host: 127.0.0.1\r\n")},
      {"foreign_host", "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
      {"host_with_userinfo", "GET /healthz HTTP/1.1\r\nHost: x@127.0.0.1\r\n\r\n"},
      {"host_bad_port", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:80a\r\n\r\n"},
      {"absolute_form_foreign",
       "GET http://evil.example/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
      {"authority_form", "GET 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
      {"http_1_0_with_coding",
       "POST /v1/transactions HTTP/1.0\r\nHost: 127.0.0.1\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n"},
      {"utf8_in_target", "GET /\xE7\xAE\x80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
      {"utf8_in_field", GetWith("X: \xE7\xAE\x80\r\n")},
      {"fragment_in_target", "GET /healthz#x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
      {"two_spaces", "GET  /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
      {"chunk_extension",
       Post("Transfer-Encoding: chunked\r\n", "5;" + long_extension + "\r\nhello\r\n0\r\n\r\n")},
      {"short_chunk_extension",
       Post("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n")},
      {"announced_trailer", Post("Transfer-Encoding: chunked\r\nTrailer: X-Client-Dn\r\n",
                                 "0\r\nX-Client-Dn: a\r\n\r\n")},
      {"unannounced_trailer",
       Post("Transfer-Encoding: chunked\r\n", "0\r\nX-Client-Dn: CN=app1\r\n\r\n")},
      {"two_authorizations", GetWith("Authorization: a\r\nAuthorization: b\r\n")},
      {"two_content_types", Post(length + "Content-Type: text/plain\r\n", "hello")},
      {"two_last_event_ids", GetWith("Last-Event-ID: 1\r\nLast-Event-ID: 2\r\n")},
      {"two_signatures", GetWith("Signature: a\r\nSignature: b\r\n")},
      {"underscore_name", Post("Content_Length: 5\r\n" + length, "hello")},
      {"empty_name", GetWith(": x\r\n")},
      {"no_colon", GetWith("hello\r\n")},
      {"leading_empty_line", "\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
      {"body_on_get", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhello"},
      {"tls_to_a_plain_port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
  };
}

void ExpectRefused(const RunningGateway& running, const RefusedCase& one) {
  // A good request follows on the same connection: it must not be answered.
  const std::string after = GetWith("");
  const std::string answer = running.Exchange(one.bytes + after);
  EXPECT_EQ(StatusOf(answer), 400) << one.name << ": " << answer;
  EXPECT_TRUE(IsProblem(answer)) << one.name << ": " << answer;
  EXPECT_TRUE(answer.contains("Connection: close\r\n")) << one.name;
  EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos) << one.name << " was answered twice";
}

TEST(Conformance, WhatBeastRefusesIsRefusedWithAProblemDocument) {
  const RunningGateway running;
  for (const RefusedCase& one : RefusedByBeastToo()) ExpectRefused(running, one);
  EXPECT_TRUE(running.node.submitted.empty());
}

TEST(Conformance, WhatBeastAcceptsTheGuardRefuses) {
  const RunningGateway running;
  for (const RefusedCase& one : RefusedByTheGuard()) ExpectRefused(running, one);
  EXPECT_TRUE(running.node.submitted.empty());
}

TEST(Conformance, TheScriptForAnyHostFindsNothing) {
  if (std::system("python3 -c pass") != 0) GTEST_SKIP() << "python3 is not there";
  const RunningGateway running;
  const std::string script = std::string(JIANDU_SOURCE_DIR) + "/tests/http_conformance.py";
  const std::string command =
      "python3 " + script + " 127.0.0.1 " + std::to_string(running.gateway->Port());
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Conformance, AnExpectationOtherThanContinueIs417) {
  const RunningGateway running;
  const std::string answer = running.Exchange(GetWith("Expect: the-unexpected\r\n"));
  EXPECT_EQ(StatusOf(answer), 417);
  EXPECT_TRUE(IsProblem(answer));
}

TEST(Conformance, APostWithoutLengthIs411) {
  const RunningGateway running;
  const std::string answer = running.Exchange(Post(""));
  EXPECT_EQ(StatusOf(answer), 411);
  EXPECT_TRUE(IsProblem(answer));
}

TEST(Conformance, WhatIsWellFormedIsServedOnAConnectionThatStays) {
  const RunningGateway running;
  RawClient client(running.gateway->Port());
  const std::vector<std::string> requests{
      GetWith(""),
      GetWith("X-Empty:\r\n"),
      "GET /healthz HTTP/1.1\r\nhOsT: LOCALHOST:1234\r\n\r\n",
      "GET http://127.0.0.1/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
  };
  for (const std::string& request : requests) {
    client.Send(request);
    const std::string answer = client.ReadResponse();
    EXPECT_EQ(StatusOf(answer), 200) << request << answer;
    EXPECT_EQ(BodyOf(answer), "ok\n");
  }
}

TEST(Conformance, AChunkedBodyIsPutTogether) {
  const RunningGateway running;
  const std::string envelope =
      SignedEnvelope({&running.manager}, "request.submit", "00000000000000aa");
  RawClient client(running.gateway->Port());
  const std::string half = envelope.substr(0, 10);
  const std::string rest = envelope.substr(10);
  std::array<char, 20> size{};
  (void)std::snprintf(size.data(), size.size(), "%zx", rest.size());
  client.Send(Post("Transfer-Encoding: chunked\r\n",
                   "a\r\n" + half + "\r\n" + size.data() + "\r\n" + rest + "\r\n0\r\n\r\n"));
  EXPECT_EQ(StatusOf(client.ReadResponse()), 202);
  EXPECT_EQ(running.node.submitted.size(), 1U);
}

TEST(Conformance, PipelinedRequestsAreAnsweredInOrder) {
  const RunningGateway running;
  RawClient client(running.gateway->Port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += i % 2 == 0 ? GetWith("") : "GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(StatusOf(client.ReadResponse()), i % 2 == 0 ? 200 : 404) << i;
  }
}

TEST(Conformance, ARequestInSingleBytesIsTheSameRequest) {
  const RunningGateway running;
  RawClient client(running.gateway->Port());
  for (const char c : GetWith("")) client.Send(std::string_view(&c, 1));
  EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
}

TEST(Conformance, ContinueIsSaidBeforeABodyThatWaitsForIt) {
  const RunningGateway running;
  const std::string envelope =
      SignedEnvelope({&running.manager}, "request.submit", "00000000000000ab");
  RawClient client(running.gateway->Port());
  client.Send(
      Post("Expect: 100-continue\r\nContent-Length: " + std::to_string(envelope.size()) + "\r\n"));
  EXPECT_EQ(StatusOf(client.ReadResponse(true)), 100);
  client.Send(envelope);
  EXPECT_EQ(StatusOf(client.ReadResponse()), 202);
}

TEST(Conformance, HttpOneDotZeroClosesUnlessAskedToStay) {
  const RunningGateway running;
  const std::string once = running.Exchange("GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
  EXPECT_EQ(StatusOf(once), 200);
  EXPECT_TRUE(once.contains("Connection: close\r\n"));
  RawClient client(running.gateway->Port());
  for (int i = 0; i < 2; ++i) {
    client.Send("GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
  }
}

TEST(Conformance, HeadHasTheLengthButNotTheBody) {
  const RunningGateway running;
  RawClient client(running.gateway->Port());
  client.Send("HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const std::string answer = client.ReadResponse(true);
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_TRUE(answer.contains("Content-Length: 3\r\n"));
  client.Send(GetWith(""));
  EXPECT_EQ(BodyOf(client.ReadResponse()), "ok\n");
}

}  // namespace
}  // namespace jiandu::gateway::test
