// See call.h.
#include "gateway/call.h"

#include "base/hex.h"
#include "base/limits.h"

namespace jiandu::gateway {

std::optional<WaiterSlot> WaiterSlot::Take(const Services& services) {
  if (services.waiters->fetch_add(1) >= limits::kHttpWaitersMax) {
    services.waiters->fetch_sub(1);
    return std::nullopt;
  }
  return WaiterSlot(services.waiters);
}

WaiterSlot::~WaiterSlot() {
  if (count_ != nullptr) count_->fetch_sub(1);
}

void Reply(Call call, Answer answer) {
  Response response =
      answer.has_value() ? *std::move(answer) : MakeProblem(answer.error(), call.request.id);
  const std::string_view tag = response.Header("ETag");
  const bool reads = call.request.method == "GET" || call.request.method == "HEAD";
  if (reads && response.status == 200 && MatchesTag(call.request.Header("if-none-match"), tag)) {
    response.status = 304;
    response.body.clear();
    response.content_type.clear();
  }
  call.respond(std::move(response));
}

Response JsonResponse(const Json& json, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = CanonicalJson(json);
  return response;
}

void MarkAsRead(Response& response, const LedgerSnapshot& snapshot, std::string_view tag) {
  response.Set("Jiandu-Height", std::to_string(snapshot.Height()));
  response.Set("Cache-Control", "private, no-store");
  response.Set("Vary", "Authorization");
  if (!tag.empty()) response.Set("ETag", std::string(tag));
}

std::string StateTag(const LedgerSnapshot& snapshot) {
  const std::string root = HexEncode(snapshot.AppHash().View().first(4));
  return "\"h" + std::to_string(snapshot.Height()) + "-" + root + "\"";
}

Problem BadParameter(std::string_view name, std::string_view detail) {
  Problem problem = Plain(ProblemKind::kBadParameter, std::string(detail));
  problem.errors.push_back(
      ProblemItem{.pointer = "?" + std::string(name), .detail = std::string(detail)});
  return problem;
}

}  // namespace jiandu::gateway
