// Small pure parts: head guard, target, cursor, rate.
#include <gtest/gtest.h>

#include "gateway/cursor.h"
#include "gateway/head_guard.h"
#include "gateway/http_text.h"
#include "gateway/problem.h"
#include "gateway/router.h"
#include "gateway/target.h"

namespace jiandu::gateway {
namespace {

const std::vector<std::string> kHosts{"node.example", "127.0.0.1", "fixed.example:8443", "[::1]"};

std::expected<Head, HeadFault> Scan(std::string_view block) {
  return ScanHead(block, HeadPolicy{.hosts = kHosts, .target_bytes_max = 100});
}

TEST(FindHeadEnd, FindsTheEmptyLineHoweverTheBytesCome) {
  const std::string_view block = "GET / HTTP/1.1\r\nHost: a\r\n\r\nnext";
  const std::size_t size = block.size() - 4;
  for (std::size_t cut = 0; cut <= block.size(); ++cut) {
    const HeadSearch search = FindHeadEnd(block.substr(0, cut), 0);
    EXPECT_EQ(search.edge, cut < size ? HeadEdge::kMore : HeadEdge::kEnd) << cut;
    if (cut < size) {
      const HeadSearch rest = FindHeadEnd(block, cut);
      EXPECT_EQ(rest.edge, HeadEdge::kEnd) << cut;
      EXPECT_EQ(rest.size, size);
    }
  }
}

TEST(FindHeadEnd, SeesBadBytesAtOnce) {
  for (const std::string_view bad :
       {std::string_view("G\nE"), std::string_view("G\rE"), std::string_view("G\0E", 3),
        std::string_view("\r\n"), std::string_view("\n"), std::string_view("a\r\nb\n")}) {
    EXPECT_EQ(FindHeadEnd(bad, 0).edge, HeadEdge::kBad);
  }
}

TEST(ScanHead, ReadsWhatIsGood) {
  const auto head = Scan(
      "POST http://NODE.example/v1/x?a=b HTTP/1.1\r\nhOST:\tnode.EXAMPLE \r\n"
      "Content-Length: 12\r\nConnection: Keep-Alive, close\r\nExpect: 100-Continue\r\n\r\n");
  ASSERT_TRUE(head.has_value()) << head.error().detail;
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/v1/x?a=b");
  EXPECT_EQ(head->content_length, 12U);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_EQ(head->Header("host"), "node.EXAMPLE");
}

TEST(ScanHead, KnowsTheHostsItServes) {
  const auto status = [](std::string_view host) {
    return Scan("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").has_value();
  };
  for (const char* good : {"node.example", "NODE.EXAMPLE:1", "127.0.0.1:65535", "[::1]", "[::1]:80",
                           "fixed.example:8443"}) {
    EXPECT_TRUE(status(good)) << good;
  }
  for (const char* bad : {"", "other", "fixed.example", "fixed.example:8444", "node.example.",
                          "node.example:", "node.example:123456", "::1", "[::1", "[::1]x",
                          "127.0.0.1:80:80", "node.example/x", "*"}) {
    EXPECT_FALSE(status(bad)) << bad;
  }
}

TEST(ScanHead, EveryTruncationIsRefused) {
  const std::string good = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\r\n\r\n";
  ASSERT_TRUE(Scan(good).has_value());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(Scan(good.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(Scan(good + good).has_value());
}

TEST(ScanHead, NoByteAboveAsciiOrBelowSpacePasses) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    std::string block = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a?b\r\n\r\n";
    block[block.find('?')] = c;
    const bool good = (byte >= 0x20 && byte < 0x7F) || c == '\t';
    EXPECT_EQ(Scan(block).has_value(), good) << byte;
  }
}

TEST(ParseTarget, IsStrict) {
  const auto good = ParseTarget("/a/b?x=%41%2d&y=&z=1+2=3");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->path, "/a/b");
  EXPECT_EQ(*good->Find("x"), "A-");
  EXPECT_EQ(*good->Find("y"), "");
  EXPECT_EQ(*good->Find("z"), "1+2=3");
  EXPECT_EQ(*ParseTarget("/?x=%e7%ae%80").value().Find("x"), "\u7b80");
  EXPECT_EQ(good->Find("w"), nullptr);
  for (const char* bad :
       {"/?x", "/?=1", "/?x=1&x=2", "/?x=%", "/?x=%4", "/?x=%4g", "/?x=%0a", "/?&x=1",
        "/?x=1&%78=2", "/?x=%80", "/?x=%c3", "/?x=%c0%af", "/?x=%ed%a0%80", "/?%ff=1"}) {
    EXPECT_FALSE(ParseTarget(bad).has_value()) << bad;
  }
  EXPECT_TRUE(ParseTarget("/?").has_value());
}

TEST(ParseNumber, TakesDecimalDigitsOnly) {
  EXPECT_EQ(ParseNumber("0", 10), 0U);
  EXPECT_EQ(ParseNumber("10", 10), 10U);
  for (const char* bad :
       {"", "11", "01", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"}) {
    EXPECT_FALSE(ParseNumber(bad, 10).has_value()) << bad;
  }
}

TEST(Cursor, RoundTripsAndRefusesAnyOtherBit) {
  const CursorScope scope = MakeScope("/v1/x", "a=b\n", "dept");
  const std::string text = EncodeCursor({.height = 7, .position = 99}, scope);
  const auto cursor = DecodeCursor(text, scope);
  const Cursor keyed{.height = 7, .position = 99, .key = Bytes(kCursorKeyBytesMax, 3)};
  const auto read = DecodeCursor(EncodeCursor(keyed, scope), scope);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->key, keyed.key);
  const Cursor endless{.key = Bytes(kCursorKeyBytesMax + 1, 3)};
  EXPECT_FALSE(DecodeCursor(EncodeCursor(endless, scope), scope).has_value());
  ASSERT_TRUE(cursor.has_value());
  EXPECT_EQ(cursor->height, 7U);
  EXPECT_EQ(cursor->position, 99U);
  EXPECT_NE(MakeScope("/v1/xa", "=b\n", "dept"), scope);
  EXPECT_EQ(DecodeCursor(text, MakeScope("/v1/y", "a=b\n", "dept")).error().code, Errc::kConflict);
  for (const std::string& bad :
       {text.substr(1), text + "A", std::string(), std::string(200, 'A')}) {
    EXPECT_FALSE(DecodeCursor(bad, scope).has_value());
  }
}

TEST(FindRoute, DistinguishesMethodsAndCaptures) {
  const Match match = FindRoute("HEAD", "/v1/grants/abc/accesses");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->endpoint, Endpoint::kAccesses);
  EXPECT_EQ(match.captures, std::vector<std::string>{"abc"});
  EXPECT_EQ(FindRoute("PUT", "/v1/transactions").route, nullptr);
  EXPECT_TRUE(FindRoute("PUT", "/v1/auth/session").allow.starts_with("POST, DELETE"));
  EXPECT_TRUE(FindRoute("GET", "/v1/grants//accesses").allow.empty());
}

TEST(SerialiseResponse, NeitherTypeNorLengthWithoutABody) {
  Response response;
  response.status = 304;
  response.Set("ETag", "\"x\"");
  const std::string text = SerialiseResponse(
      response, {.reason = "Not Modified", .connection = "close", .without_body = false});
  EXPECT_TRUE(text.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_FALSE(text.contains("Content-"));
  EXPECT_TRUE(text.contains("ETag: \"x\"\r\nConnection: close\r\n\r\n"));
}

// A node that began with a snapshot: nobody is told that what it lacks does not exist.
TEST(Problem, OfABlockThatIsNotKeptSaysWhomToAsk) {
  const Problem problem = ProblemOf(Error{.code = Errc::kExpired, .detail = "block 7"});
  EXPECT_EQ(problem.kind, ProblemKind::kStateNotKept);
  EXPECT_NE(problem.detail.find("snapshot"), std::string::npos);
  EXPECT_NE(problem.detail.find("快照"), std::string::npos);
  EXPECT_EQ(problem.detail.find("block 7"), std::string::npos);
  EXPECT_EQ(ProblemOf(Error{.code = Errc::kNotFound, .detail = {}}).kind, ProblemKind::kNotFound);
}

}  // namespace
}  // namespace jiandu::gateway
