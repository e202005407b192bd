// See call.h.
#include "gateway/call.h"

#include "base/hex.h"
#include "base/limits.h"

namespace jiandu::gateway {
namespace {

constexpr std::string_view kOctets = "application/octet-stream";

}  // namespace

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
  // What could not be read looks absent: no answer is better than a wrong one.
  if (call.snapshot != nullptr && !call.snapshot->IsIntact()) {
    answer = std::unexpected(Plain(
        ProblemKind::kUnavailable,
        "this node's database is damaged; it is rebuilt when the node starts again: ask another "
        "node (本节点数据库损坏，重启后自动重建，请改用其他节点)"));
  }
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

Response OctetResponse(ByteView bytes) {
  Response response;
  response.content_type = std::string(kOctets);
  response.body = std::string(AsText(bytes));
  return response;
}

bool WantsOctets(const Call& call) {
  const std::string_view accept = call.request.Header("accept");
  return !Accepts(accept, "application/json") && Accepts(accept, kOctets);
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
