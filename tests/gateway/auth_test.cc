// Signing in to read, and what it takes to fail.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

struct SignInParts {
  std::string challenge;
  std::string key;
  std::string signature;
};

std::string Body(const SignInParts& parts) {
  return CanonicalJson(Json::MakeObject(
      {{"challenge", parts.challenge}, {"key", parts.key}, {"signature", parts.signature}}));
}

SignInParts Prepare(Harness& harness, const Officer& officer) {
  SignInParts parts;
  parts.key = HexEncode(officer.id.View());
  const Response response =
      harness.Post("/v1/auth/challenge", CanonicalJson(Json::MakeObject({{"key", parts.key}})));
  EXPECT_EQ(response.status, 200);
  parts.challenge = Harness::Parse(response).TextOr("challenge");
  parts.signature = Base64Encode(officer.key.SignDigest(ChallengeDigest(parts.challenge)).View());
  return parts;
}

int Open(Harness& harness, const SignInParts& parts) {
  return harness.Post("/v1/auth/session", Body(parts)).status;
}

TEST(SignIn, TellsWhoReads) {
  Harness harness;
  const SignInParts parts = Prepare(harness, harness.manager);
  const Response response = harness.Post("/v1/auth/session", Body(parts));
  ASSERT_EQ(response.status, 200) << response.body;
  const Json session = Harness::Parse(response);
  EXPECT_EQ(session.TextOr("department"), kManager);
  EXPECT_EQ(session.TextOr("token").size(), 64U);
  EXPECT_EQ(session.ItemsOf("roles").size(), 2U);
  EXPECT_EQ(response.Header("Cache-Control"), "no-store");
}

TEST(SignIn, TheChallengeNamesDomainKeyChainAndExpiry) {
  Harness harness;
  const SignInParts parts = Prepare(harness, harness.manager);
  for (const std::string& line :
       {std::string("domain: 127.0.0.1:8440\n"), "chain: " + std::string(kChain) + "\n",
        "identity: " + parts.key + "\n", "issued: " + std::to_string(harness.now_ms) + "\n",
        "expires: " + std::to_string(harness.now_ms + 120'000) + "\n"}) {
    EXPECT_TRUE(parts.challenge.contains(line)) << line;
  }
}

TEST(SignIn, OneKeyDoesNotTakeTheSignInsOfAll) {
  Harness harness;
  int opened = 0;
  while (opened < 1'100 && Open(harness, Prepare(harness, harness.police)) == 200) ++opened;
  EXPECT_EQ(opened, 1'000);
  EXPECT_EQ(Open(harness, Prepare(harness, harness.tax)), 200);
  harness.now_ms += 121'000;
  EXPECT_EQ(Open(harness, Prepare(harness, harness.police)), 200);
}

TEST(SignIn, AChallengeIsUsedOnce) {
  Harness harness;
  const SignInParts parts = Prepare(harness, harness.manager);
  EXPECT_EQ(Open(harness, parts), 200);
  EXPECT_EQ(Open(harness, parts), 401);
}

TEST(SignIn, AChallengeExpires) {
  Harness harness;
  const SignInParts early = Prepare(harness, harness.manager);
  const SignInParts late = Prepare(harness, harness.manager);
  harness.now_ms += 119'999;
  EXPECT_EQ(Open(harness, early), 200);
  harness.now_ms += 1;
  EXPECT_EQ(Open(harness, late), 401);
}

TEST(SignIn, AnyChangedByteOfTheChallengeIsRefused) {
  Harness harness;
  const SignInParts good = Prepare(harness, harness.manager);
  for (std::size_t i = 0; i < good.challenge.size(); i += 3) {
    SignInParts bad = good;
    bad.challenge[i] = static_cast<char>(bad.challenge[i] ^ 1);
    bad.signature =
        Base64Encode(harness.manager.key.SignDigest(ChallengeDigest(bad.challenge)).View());
    const int status = Open(harness, bad);
    EXPECT_TRUE(status == 401 || status == 400) << i;
  }
  EXPECT_EQ(Open(harness, good), 200);
}

TEST(SignIn, AnotherKeysSignatureIsRefused) {
  Harness harness;
  SignInParts parts = Prepare(harness, harness.manager);
  parts.signature =
      Base64Encode(harness.tax.key.SignDigest(ChallengeDigest(parts.challenge)).View());
  EXPECT_EQ(Open(harness, parts), 401);
}

TEST(SignIn, ASignatureWithoutTheTagIsRefused) {
  Harness harness;
  SignInParts parts = Prepare(harness, harness.manager);
  parts.signature =
      Base64Encode(harness.manager.key.SignDigest(crypto::Sha256(AsBytes(parts.challenge))).View());
  EXPECT_EQ(Open(harness, parts), 401);
}

TEST(SignIn, AnUnknownKeyGetsAChallengeButNoSession) {
  Harness harness;
  const Officer stranger = MakeOfficer(77, kTax);
  EXPECT_EQ(Open(harness, Prepare(harness, stranger)), 401);
}

TEST(SignIn, ACertainAnswerForEveryMalformedBody) {
  Harness harness;
  const SignInParts good = Prepare(harness, harness.manager);
  for (const std::string& body : std::vector<std::string>{
           "", "{}", "[]", "null", "{\"key\":1}", Body(good) + " x",
           "{\"challenge\":\"a\",\"key\":\"b\",\"signature\":\"c\"}",
           "{\"challenge\":\"a\",\"extra\":1,\"key\":\"" + good.key + "\",\"signature\":\"c\"}"}) {
    const int status = harness.Post("/v1/auth/session", body).status;
    EXPECT_TRUE(status == 400 || status == 401) << body;
    EXPECT_EQ(harness.Post("/v1/auth/challenge", body).status, 400) << body;
  }
  EXPECT_EQ(harness.Post("/v1/auth/session", std::string(5000, ' ')).status, 413);
}

TEST(Token, IsNeededForReadsAndHeldToTheLetter) {
  Harness harness;
  const std::string token = harness.SignIn(harness.manager);
  ASSERT_EQ(token.size(), 64U);
  EXPECT_EQ(harness.Get("/v1/resources").status, 401);
  EXPECT_EQ(harness.Get("/v1/resources", token).status, 200);
  std::string wrong = token;
  wrong[5] = wrong[5] == 'a' ? 'b' : 'a';
  for (const std::string& bad : {wrong, token.substr(1), token + "0", std::string("x")}) {
    EXPECT_EQ(harness.Get("/v1/resources", bad).status, 401) << bad;
  }
  const auto with = [&](const std::string& value) {
    return harness.Send("GET", "/v1/resources", {{.name = "authorization", .value = value}}).status;
  };
  EXPECT_EQ(with("bearer " + token), 200);
  EXPECT_EQ(with("Basic " + token), 401);
  EXPECT_EQ(with(token), 401);
}

TEST(Token, AnExpiredOneDoesNotKeepItsHolderFromSigningInAgain) {
  Harness harness;
  const std::string body =
      CanonicalJson(Json::MakeObject({{"key", HexEncode(harness.tax.id.View())}}));
  const Response response =
      harness.Post("/v1/auth/challenge", body, "application/json",
                   {{.name = "authorization", .value = "Bearer " + std::string(64, '0')}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(harness.Get("/healthz", std::string(64, '0')).status, 200);
}

TEST(Token, EndsAfterFifteenMinutes) {
  Harness harness;
  const std::string token = harness.SignIn(harness.manager);
  harness.now_ms += 15 * 60 * 1000 - 1;
  EXPECT_EQ(harness.Get("/v1/resources", token).status, 200);
  harness.now_ms += 1;
  EXPECT_EQ(harness.Get("/v1/resources", token).status, 401);
}

TEST(Token, EndsWithTheKeyAndWithSigningOut) {
  Harness harness;
  const std::string police = harness.SignIn(harness.police);
  const std::string tax = harness.SignIn(harness.tax);
  EXPECT_EQ(harness.Get("/v1/resources", police).status, 200);
  harness.node.RevokeKey(harness.police);
  EXPECT_EQ(harness.Get("/v1/resources", police).status, 401);
  EXPECT_TRUE(harness.SignIn(harness.police).empty());
  EXPECT_EQ(
      harness
          .Send("DELETE", "/v1/auth/session", {{.name = "authorization", .value = "Bearer " + tax}})
          .status,
      204);
  EXPECT_EQ(harness.Get("/v1/resources", tax).status, 401);
}

TEST(Token, SessionsOfOneKeyAreBoundedAndTheOldestGoes) {
  Harness harness;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i <= ReadAuth::kSessionsPerKeyMax; ++i) {
    harness.now_ms += 1;
    tokens.push_back(harness.SignIn(harness.manager));
  }
  EXPECT_EQ(harness.Get("/v1/resources", tokens.front()).status, 401);
  EXPECT_EQ(harness.Get("/v1/resources", tokens[1]).status, 200);
  EXPECT_EQ(harness.Get("/v1/resources", tokens.back()).status, 200);
}

}  // namespace
}  // namespace jiandu::gateway::test
