#include "cli/api_client.h"

#include "base/hex.h"
#include "base/limits.h"
#include "cli/sign_in.h"
#include "cli/text.h"
#include "crypto/hash.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kReplyBytesMax = 64 * limits::kMiB;

Reply ToReply(sdk::HttpReply reply) {
  Reply made{.status = reply.status, .text = std::move(reply.body), .body = {}};
  if (auto json = ParseJson(made.text, kReplyBytesMax)) made.body = std::move(*json);
  return made;
}

Exit ExitOfStatus(int status) {
  if (status == 404) return Exit::kNotFound;
  if (status == 401 || status == 403 || status == 409 || status == 422) return Exit::kRefused;
  if (status == 400 || status == 413 || status == 415) return Exit::kUsage;
  if (status == 429 || status >= 500) return Exit::kNetwork;
  return Exit::kFailed;
}

// What is no JSON was not said by a node: something else answers at the address.
Result<Json> ParseReply(const sdk::HttpReply& reply) {
  if (auto json = ParseJson(reply.body, kReplyBytesMax)) return *std::move(json);
  return Fail(Errc::kUnavailable, "the answer to the sign-in (HTTP " +
                                      std::to_string(reply.status) +
                                      ") is no JSON: it is not of a node's gateway");
}

// Of a problem: its code and what it says closest.
std::string WordsOf(const Json& problem) {
  const std::string code(problem.TextOr("code"));
  return Harmless(
      (code.empty() ? "" : code + ": ") +
      std::string(problem.TextOr("detail", problem.TextOr("title", "it gave no reason"))));
}

}  // namespace

std::expected<void, Exit> CheckUrl(const Output& out, const std::string& url) {
  const auto fits = sdk::CheckUrl(url);
  if (fits) return {};
  return std::unexpected(out.Fail(Exit::kUsage, fits.error().detail,
                                  "give --url as http://HOST:PORT, say 127.0.0.1:8440",
                                  "网关地址有误", "--url 写作 http://主机:端口"));
}

Result<Reply> ApiClient::Get(const std::string& target) {
  JD_TRY(sdk::HttpReply reply, client_.Get(target));
  return ToReply(std::move(reply));
}

Result<Reply> ApiClient::GetWaiting(const std::string& target, int wait_s) {
  JD_TRY(sdk::HttpReply reply, client_.Get(target, {{"Prefer", "wait=" + std::to_string(wait_s)}}));
  return ToReply(std::move(reply));
}

Result<Reply> ApiClient::Submit(ByteView stored, int wait_s) {
  return Post("application/octet-stream", AsText(stored), wait_s);
}

Result<Reply> ApiClient::SubmitEnvelope(const std::string& json, int wait_s) {
  return Post("application/json", json, wait_s);
}

Result<Reply> ApiClient::Post(std::string_view type, std::string_view body, int wait_s) {
  std::map<std::string, std::string> headers;
  if (wait_s > 0) headers["Prefer"] = "wait=" + std::to_string(wait_s);
  JD_TRY(sdk::HttpReply reply, client_.Post("/v1/transactions", type, body, headers));
  return ToReply(std::move(reply));
}

Result<void> ApiClient::SignIn(const crypto::EcdsaPrivateKey& key, std::string_view chain) {
  const std::string key_id = HexEncode(crypto::MakeKeyId(key.PublicKey()).View());
  const Json ask = Json::MakeObject({{"key", key_id}});
  JD_TRY(const sdk::HttpReply challenge_reply,
         client_.Post("/v1/auth/challenge", "application/json", CanonicalJson(ask)));
  JD_TRY(const Json challenge, ParseReply(challenge_reply));
  const std::string text(challenge.TextOr("challenge"));
  if (text.empty()) {
    return Fail(Errc::kUnauthenticated, "the node gave no challenge: " + WordsOf(challenge));
  }
  JD_TRY(const std::string host, sdk::HostOf(url_));
  JD_CHECK(CheckChallenge(text, {.host = host, .chain = chain, .key = key_id}));
  // Not the domain of transactions: a challenge can never be a transaction (docs/http-api.md
  // (Signing in to read)).
  const Hash256 digest = crypto::Sha256({AsBytes(crypto::kTagReadAuth), AsBytes(text)});
  const Json answer =
      Json::MakeObject({{"key", key_id},
                        {"challenge", text},
                        {"signature", Base64Encode(key.SignDigest(digest).View())}});
  JD_TRY(const sdk::HttpReply session_reply,
         client_.Post("/v1/auth/session", "application/json", CanonicalJson(answer)));
  JD_TRY(const Json session, ParseReply(session_reply));
  const std::string token(session.TextOr("token"));
  if (token.empty()) {
    return Fail(Errc::kUnauthenticated, "the node refused the sign-in: " + WordsOf(session));
  }
  client_.SetBearer(token);
  session_ = session;
  session_.Remove("token");
  return {};
}

Exit FailFromReply(const Output& out, const Reply& reply) {
  std::string what = "HTTP " + std::to_string(reply.status);
  if (reply.body.IsObject()) {
    const auto code = reply.body.TextOr("code");
    // A gateway's text is one line here: it cannot pass for another of ours.
    what = Harmless((code.empty() ? "" : std::string(code) + ": ") +
                    std::string(reply.body.TextOr(
                        "message", reply.body.TextOr("detail", reply.body.TextOr("title")))));
    if (const auto detail = reply.body.TextOr("detail");
        !detail.empty() && what.find(Harmless(detail)) == std::string::npos) {
      what += " (" + Harmless(detail) + ")";
    }
  }
  std::string next;
  std::string next_zh = Harmless(reply.body.TextOr("hint_zh"));
  if (const auto hint = reply.body.TextOr("hint"); !hint.empty()) next = "try " + Harmless(hint);
  const Exit exit = ExitOfStatus(reply.status);
  // What the node has refused is no question of the options: its own words say which part it was.
  if (next.empty() && exit == Exit::kUsage) {
    next = "mend what is named and ask again";
    next_zh = "改正所指之处后重试";
  }
  return out.Fail(exit, what, next, Harmless(reply.body.TextOr("message_zh")), next_zh);
}

}  // namespace jiandu::cli
