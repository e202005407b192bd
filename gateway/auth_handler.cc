// See auth_handler.h.
#include "gateway/auth_handler.h"

#include "base/hex.h"
#include "base/json.h"
#include "base/limits.h"
#include "gateway/head_guard.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

constexpr std::size_t kAuthBodyBytesMax = 4 * limits::kKiB;
constexpr std::size_t kChallengeBytesMax = 1024;
constexpr std::size_t kSignatureTextMax = 200;

Response Secret(const Json& json) {
  Response response = JsonResponse(json);
  response.Set("Cache-Control", "no-store");
  return response;
}

// The words of JsonFields name a member of the caller's own document: safe to show.
Refused BadForm(const Error& error) {
  if (error.code == Errc::kTooLarge) return Refused(Plain(ProblemKind::kTooLarge));
  return Refused(Plain(ProblemKind::kBadBody,
                       "the body lacks a member, or has one too many or of "
                       "the wrong form; see /v1/openapi.json"));
}

std::string DomainOf(const Request& request) { return LowerCase(request.Header("host")); }

}  // namespace

std::string_view BearerToken(const Request& request) {
  const std::string_view field = request.Header("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (field.size() <= kScheme.size()) return {};
  if (!EqualsIgnoringCase(field.substr(0, kScheme.size()), kScheme)) return {};
  return TrimSpace(field.substr(kScheme.size()));
}

Answer GiveChallenge(const Call& call, const ReadAuth& auth, std::string_view chain) {
  const auto json = ParseJson(call.request.body, kAuthBodyBytesMax);
  if (!json) return BadForm(json.error());
  JsonFields fields(*json, "");
  const auto key = fields.Hex<32>("key");
  if (const auto done = fields.Finish(); !done) return BadForm(done.error());
  const ReadAuth::Challenge challenge =
      auth.MakeChallenge(DomainOf(call.request), chain, key, call.now_ms);
  Json answer = Json::MakeObject();
  answer.Set("challenge", challenge.text).Set("expires", challenge.expires);
  return Secret(answer);
}

Answer SignIn(const Call& call, ReadAuth& auth) {
  const auto json = ParseJson(call.request.body, kAuthBodyBytesMax);
  if (!json) return BadForm(json.error());
  JsonFields fields(*json, "");
  const std::string challenge = fields.Text("challenge", kChallengeBytesMax);
  const auto key = fields.Hex<32>("key");
  const std::string text = fields.Text("signature", kSignatureTextMax);
  if (const auto done = fields.Finish(); !done) return BadForm(done.error());
  const auto bytes = Base64Decode(text);
  if (!bytes) return BadForm(bytes.error());
  const auto signature = crypto::NormaliseSignature(*bytes);
  if (!signature) return Refused(Plain(ProblemKind::kBadSignature));
  const auto session =
      auth.Open(*call.snapshot, DomainOf(call.request), challenge, key, *signature, call.now_ms);
  if (!session) {
    if (session.error().code == Errc::kFull) return Refused(ProblemOf(session.error()));
    // One sentence for all reasons but form: whether a key is registered is not told to strangers.
    return Refused(Plain(ProblemKind::kBadSignature,
                         "the challenge is not ours, expired or used, or the key or its signature "
                         "does not hold"));
  }
  const Reader& reader = session->reader;
  Json roles = Json::MakeArray();
  for (const std::string& role : reader.roles) roles.Push(role);
  Json duties = Json::MakeArray();
  for (std::uint32_t bit = 1; bit != 0 && bit <= ledger::duty::kAudit; bit <<= 1U) {
    if ((reader.duties & bit) != 0) duties.Push(ledger::DutyName(bit));
  }
  Json answer = Json::MakeObject();
  answer.Set("token", session->token).Set("expires", session->expires);
  answer.Set("department", reader.department).Set("identity", ledger::ToHex(reader.identity));
  answer.Set("kind", ledger::IdentityKindName(reader.kind));
  answer.Set("roles", std::move(roles)).Set("duties", std::move(duties));
  return Secret(answer);
}

Answer SignOut(const Call& call, ReadAuth& auth) {
  auth.Close(BearerToken(call.request));
  Response response;
  response.status = 204;
  response.Set("Cache-Control", "no-store");
  return response;
}

}  // namespace jiandu::gateway
