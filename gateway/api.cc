// See api.h.
#include "gateway/api.h"

#include <algorithm>
#include <chrono>

#include "base/limits.h"
#include "gateway/audit_handlers.h"
#include "gateway/audit_query.h"
#include "gateway/auth_handler.h"
#include "gateway/authz_handler.h"
#include "gateway/export_handlers.h"
#include "gateway/filters.h"
#include "gateway/head_guard.h"
#include "gateway/light_block_handler.h"
#include "gateway/lineage_handler.h"
#include "gateway/log_handlers.h"
#include "gateway/openapi_document.h"
#include "gateway/proof_handlers.h"
#include "gateway/read_handlers.h"
#include "gateway/router.h"
#include "gateway/schema_handlers.h"
#include "gateway/submit_handler.h"
#include "gateway/transaction_handler.h"
#include "gateway/views.h"

namespace jiandu::gateway {
namespace {

using Refused = std::unexpected<Problem>;

Response NoContent(std::string allow) {
  Response response;
  response.status = 204;
  response.Set("Allow", std::move(allow));
  return response;
}

Response TextResponse(std::string text) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  response.Set("Cache-Control", "no-store");
  return response;
}

// For whoever watches the node by its health alone: it will end, and not for a fault.
std::string RulesetLine(const NodeStatus::Report& report) {
  const auto& planned = report.planned_ruleset;
  if (!planned || planned->known) return "";
  const std::string left = std::to_string(planned->HeightsLeft(report.height));
  return "rule set " + std::to_string(planned->ruleset) + " from height " +
         std::to_string(planned->from) + ": unknown to this release, the node stops in " + left +
         " heights 本版本不支持该规则集，再过 " + left + " 个高度节点将停止\n";
}

bool IsAnyOf(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// 429, with the limit it is about.
Problem TooMany(const RateSettings& limit, std::string_view of, int wait_s) {
  Problem problem = Plain(ProblemKind::kTooManyRequests);
  problem.retry_after_s = wait_s;
  problem.limit = limit;
  problem.limit_of = of;
  return problem;
}

// What reads blocks or many rows.
bool IsExport(Endpoint endpoint) {
  return endpoint == Endpoint::kProvExport || endpoint == Endpoint::kLineageExport ||
         endpoint == Endpoint::kCaseExport;
}
bool IsLong(const Call& call) {
  const Endpoint endpoint = call.route->endpoint;
  return endpoint == Endpoint::kAuditQuery || endpoint == Endpoint::kTransactionProof ||
         endpoint == Endpoint::kHistoryProof || endpoint == Endpoint::kHistoriesProof ||
         endpoint == Endpoint::kLineageProof || endpoint == Endpoint::kAbsenceProof ||
         endpoint == Endpoint::kLogEntries || endpoint == Endpoint::kLineage ||
         IsExport(endpoint) || (endpoint == Endpoint::kAuthz && IsLongAuthorisation(call));
}

Problem NoRoom(Room room) {
  if (room == Room::kNoShare) {
    Problem problem =
        Plain(ProblemKind::kTooManyRequests,
              "two long answers to this key, or too much for its department, are "
              "under way or not read yet: wait for one of them "
              "(该密钥已有两项查询在处理或尚未读完, 或本部门待读内容过多, 请待其完成)");
    problem.retry_after_s = 1;
    return problem;
  }
  return WithRetry(
      Plain(ProblemKind::kFull, "too many long answers are waiting (等待中的查询过多)"), 1);
}

std::optional<Problem> CheckParameters(const Call& call) {
  for (const Parameter& parameter : call.target.query) {
    if (IsAnyOf(call.route->parameters, parameter.name)) continue;
    return BadParameter(parameter.name, "this address has no such parameter");
  }
  return std::nullopt;
}

std::optional<Problem> CheckMedia(const Call& call) {
  const std::string_view accept = call.request.Header("accept");
  const bool acceptable = std::ranges::any_of(
      call.route->produces, [&](std::string_view type) { return Accepts(accept, type); });
  if (!acceptable) return Plain(ProblemKind::kNotAcceptable);
  if (call.route->consumes.empty()) return std::nullopt;
  const std::string coding = LowerCase(call.request.Header("content-encoding"));
  const std::string type = MediaType(call.request.Header("content-type"));
  if ((!coding.empty() && coding != "identity") || !IsAnyOf(call.route->consumes, type)) {
    return Plain(ProblemKind::kUnsupportedMedia);
  }
  return std::nullopt;
}

}  // namespace

Api::Api(const GatewaySettings& settings, TxSubmitter& submitter, LedgerReader& reader,
         NodeStatus& status, Post post)
    : auth_(ReadAuth::Times{.challenge_ms = settings.challenge_ms,
                            .session_ms = settings.session_ms}),
      principal_rate_(settings.rate_per_principal),
      address_rate_(settings.rate_per_address) {
  services_.settings = &settings;
  services_.submitter = &submitter;
  services_.reader = &reader;
  services_.status = &status;
  services_.post = std::move(post);
}

std::int64_t Api::NowMs() const {
  if (services_.settings->now_ms) return services_.settings->now_ms();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void Api::Handle(Request request, std::weak_ptr<void> alive, Responder respond) {
  Call call;
  call.request = std::move(request);
  call.alive = std::move(alive);
  call.respond = std::move(respond);
  call.now_ms = NowMs();
  std::string allow;
  if (auto problem = CheckForm(call, allow)) {
    Response response = MakeProblem(*problem, call.request.id);
    if (problem->kind == ProblemKind::kMethodNotAllowed) response.Set("Allow", std::move(allow));
    return Reply(std::move(call), std::move(response));
  }
  if (call.route == nullptr) return Reply(std::move(call), NoContent(std::move(allow)));
  if (auto problem = CheckAddressRate(call)) {
    return Reply(std::move(call), Refused(*std::move(problem)));
  }
  // A submission touches no state here; everything else does.
  if (call.route->endpoint == Endpoint::kSubmit) {
    return SubmitTransaction(services_, std::move(call));
  }
  WithState(std::move(call));
}

// No problem and no route: an OPTIONS request, answered by `allow`.
std::optional<Problem> Api::CheckForm(Call& call, std::string& allow) const {
  if (call.request.method == "OPTIONS" && call.request.target == "*") {
    allow = "GET, HEAD, POST, DELETE, OPTIONS";
    return std::nullopt;
  }
  auto target = ParseTarget(call.request.target);
  if (!target) return Plain(ProblemKind::kBadParameter, target.error().detail);
  call.target = *std::move(target);
  Match match = FindRoute(call.request.method, call.target.path);
  if (match.route == nullptr) {
    if (match.allow.empty()) return Plain(ProblemKind::kNotFound, "there is no such address");
    allow = std::move(match.allow);
    if (call.request.method == "OPTIONS") return std::nullopt;
    return Plain(ProblemKind::kMethodNotAllowed);
  }
  call.route = match.route;
  call.captures = std::move(match.captures);
  if (auto problem = CheckParameters(call)) return problem;
  return CheckMedia(call);
}

std::optional<Problem> Api::CheckAddressRate(const Call& call) {
  const bool health =
      call.route->endpoint == Endpoint::kHealth || call.route->endpoint == Endpoint::kReady;
  const int wait_s = health ? 0 : address_rate_.Take(call.request.peer, call.now_ms);
  if (wait_s == 0) return std::nullopt;
  return TooMany(services_.settings->rate_per_address, "address", wait_s);
}

void Api::WithState(Call call) {
  call.snapshot = services_.reader->Latest();
  const std::string* min_height = call.target.Find("min_height");
  if (min_height == nullptr) return WithSnapshot(std::move(call));
  const auto height = ParseNumber(*min_height, limits::kJsonIntegerMax);
  if (!height) {
    return Reply(std::move(call), Refused(BadParameter("min_height", "a height is a number")));
  }
  if (call.snapshot != nullptr && call.snapshot->Height() >= *height) {
    return WithSnapshot(std::move(call));
  }
  auto slot = WaiterSlot::Take(services_);
  if (!slot) {
    return Reply(std::move(call), Refused(WithRetry(Plain(ProblemKind::kNodeBehind), 1)));
  }
  const std::weak_ptr<void> alive = call.alive;
  services_.reader->WaitForHeight(
      *height, services_.settings->min_height_ms_max, alive,
      [this, post = services_.post, call = std::move(call),
       slot = *std::move(slot)](std::shared_ptr<const LedgerSnapshot> snapshot) mutable {
        post([this, call = std::move(call), slot = std::move(slot),
              snapshot = std::move(snapshot)]() mutable {
          if (snapshot == nullptr) {
            return Reply(std::move(call), Refused(WithRetry(Plain(ProblemKind::kNodeBehind), 1)));
          }
          call.snapshot = std::move(snapshot);
          WithSnapshot(std::move(call));
        });
      });
}

// The reader is judged by the newest state, whatever state is asked for.
void Api::WithSnapshot(Call call) {
  if (auto problem = Authenticate(call)) {
    return Reply(std::move(call), Refused(*std::move(problem)));
  }
  call.newest = call.snapshot;
  // Lineage looks further back than states are kept: its index reads `as_of` itself.
  const std::string* as_of =
      call.route->endpoint == Endpoint::kLineage ? nullptr : call.target.Find("as_of");
  if (as_of != nullptr) {
    const auto height = ParseNumber(*as_of, limits::kJsonIntegerMax);
    if (!height) {
      return Reply(std::move(call), Refused(BadParameter("as_of", "a height is a number")));
    }
    auto snapshot = services_.reader->AsOf(*height);
    if (snapshot == nullptr) {
      return Reply(std::move(call),
                   Refused(Plain(ProblemKind::kStateNotKept,
                                 "states are kept for the newest 128 heights at most; a history "
                                 "tells what was before")));
    }
    call.snapshot = std::move(snapshot);
  }
  auto problem = CheckDepartmentFilter(call);
  if (problem) return Reply(std::move(call), Refused(*std::move(problem)));
  Dispatch(std::move(call));
}

std::optional<Problem> Api::Authenticate(Call& call) {
  const bool open = call.route->access == Access::kOpen;
  const std::string_view token = BearerToken(call.request);
  // Of what is open only the status shows more to who is known; an old token never blocks the rest.
  const bool named = !call.request.Header("authorization").empty();
  if (open && (!named || call.route->endpoint != Endpoint::kStatus)) return std::nullopt;
  if (call.snapshot == nullptr) {
    if (open) return std::nullopt;
    return WithRetry(Plain(ProblemKind::kUnavailable, "the node is starting"), 1);
  }
  call.reader = auth_.Find(*call.snapshot, token, call.now_ms);
  if (!call.reader) {
    return Plain(ProblemKind::kUnauthenticated,
                 "sign a challenge of POST /v1/auth/challenge and send the token as Bearer");
  }
  const int wait_s = principal_rate_.Take(AsText(call.reader->key.View()), call.now_ms);
  if (wait_s == 0) return std::nullopt;
  return TooMany(services_.settings->rate_per_principal, "reader", wait_s);
}

void Api::Dispatch(Call call) {
  if (call.route->endpoint == Endpoint::kTransaction) {
    return ShowTransaction(services_, std::move(call));
  }
  if (call.route->endpoint == Endpoint::kReceipt) return ShowReceipt(services_, std::move(call));
  if (services_.elsewhere && IsLong(call)) return AnswerElsewhere(std::move(call));
  Answer answer = AnswerNow(call);
  Reply(std::move(call), std::move(answer));
}

Answer Api::AnswerLong(const Call& call) const {
  if (call.route->endpoint == Endpoint::kAuditQuery) return RunAuditQuery(call);
  if (call.route->endpoint == Endpoint::kLogEntries) return ShowLog(log_, call);
  if (IsExport(call.route->endpoint)) return ShowExport(*services_.reader, call);
  if (call.route->endpoint == Endpoint::kLineage) return ShowLineage(lineage_, call);
  if (call.route->endpoint == Endpoint::kAuthz) return CheckAuthorisation(*services_.status, call);
  return ShowProof(*services_.reader, call);
}

// A query reads blocks and walks lineages, from a snapshot that any thread may read. What is made
// is counted until it is written: who reads slowly must not fill the memory with answers.
void Api::AnswerElsewhere(Call call) {
  auto shared = std::make_shared<Call>(std::move(call));
  const HeldAnswers::Owner owner{.reader = std::string(AsText(shared->reader->key.View())),
                                 .department = shared->reader->department};
  Room room = held_.RoomFor(owner);
  if (room == Room::kTaken) {
    room = services_.elsewhere(owner.reader, [this, shared, owner, post = services_.post](
                                                 const std::atomic<bool>& stopping) {
      shared->stopping = &stopping;
      if (shared->IsAbandoned()) return;
      auto answer = std::make_shared<Answer>(held_.IsFull() ? Answer(Refused(NoRoom(Room::kFull)))
                                                            : AnswerLong(*shared));
      shared->stopping = nullptr;
      post([this, shared, owner, answer] {
        if (*answer) (*answer)->held = held_.Hold(owner, (*answer)->body.size());
        Reply(std::move(*shared), std::move(*answer));
      });
    });
  }
  if (room != Room::kTaken) Reply(std::move(*shared), Refused(NoRoom(room)));
}

Answer Api::AnswerNow(Call& call) {
  switch (call.route->endpoint) {
    case Endpoint::kList: return ListEntities(call);
    case Endpoint::kEntity: return ShowEntity(call);
    case Endpoint::kHistory: return ShowHistory(call);
    case Endpoint::kAccesses: return ShowAccesses(call);
    case Endpoint::kRejections: return ShowRejections(call);
    case Endpoint::kOverdue: return ListOverdueClocks(call);
    case Endpoint::kEvents: return ListEvents(call);
    case Endpoint::kAuditQueries: return ListAuditQueries(call);
    case Endpoint::kAuditQuery:
    case Endpoint::kTransactionProof:
    case Endpoint::kHistoryProof:
    case Endpoint::kHistoriesProof:
    case Endpoint::kLineageProof:
    case Endpoint::kAbsenceProof:
    case Endpoint::kProvExport:
    case Endpoint::kLineageExport:
    case Endpoint::kCaseExport:
    case Endpoint::kLineage:
    case Endpoint::kAuthz: return AnswerLong(call);
    case Endpoint::kLogCheckpoint:
    case Endpoint::kLogTile:
    case Endpoint::kLogEntries:
    case Endpoint::kLogProof:
    case Endpoint::kLogPolicy: return ShowLog(log_, call);
    case Endpoint::kBlock: return ShowBlock(call);
    case Endpoint::kLightBlock: return ShowLightBlock(call);
    case Endpoint::kStatus: return ShowStatus(call);
    case Endpoint::kHealth: return TextResponse("ok\n" + RulesetLine(services_.status->Status()));
    case Endpoint::kReady: return ShowReadiness();
    case Endpoint::kSignOut: return SignOut(call, auth_);
    case Endpoint::kChallenge: return GiveChallenge(call, auth_, services_.status->Status().chain);
    case Endpoint::kSignIn:
      if (call.snapshot != nullptr) return SignIn(call, auth_);
      return Refused(WithRetry(Plain(ProblemKind::kUnavailable, "the node is starting"), 1));
    case Endpoint::kGenesis: {
      Response response;
      response.content_type = "application/json";
      response.body = services_.status->GenesisDocument();
      MarkAsRead(response, *call.snapshot, "");
      return response;
    }
    case Endpoint::kOpenApi: {
      Response response;
      response.content_type = "application/json";
      response.body = OpenApiDocument();
      response.Set("Cache-Control", "public, max-age=3600");
      return response;
    }
    case Endpoint::kSchemas: return ListSchemas();
    case Endpoint::kSchema: return ShowSchema(call);
    case Endpoint::kSubmit:
    case Endpoint::kTransaction:
    case Endpoint::kReceipt: break;
  }
  return Refused(Plain(ProblemKind::kInternal));
}

Answer Api::ShowStatus(Call& call) {
  const NodeStatus::Report report = services_.status->Status();
  // Where peers can be reached is for the node's own department and for those who see all.
  const bool with_addresses =
      call.reader && (call.reader->sees_all || call.reader->department == report.department);
  Response response = JsonResponse(StatusToJson(report, with_addresses));
  response.Set("Cache-Control", "no-store");
  return response;
}

Answer Api::ShowReadiness() const {
  const auto ready = services_.status->Ready();
  if (ready) return TextResponse("ready\n" + RulesetLine(services_.status->Status()));
  Problem problem = WithRetry(Plain(ProblemKind::kUnavailable, "the node is not ready"), 5);
  problem.stage = "consensus";
  return Refused(std::move(problem));
}

void Api::Finish(Response& response) {
  response.Set("X-Content-Type-Options", "nosniff");
  if (!response.Header("Jiandu-Height").empty()) return;
  const auto snapshot = services_.reader->Latest();
  response.Set("Jiandu-Height", std::to_string(snapshot == nullptr ? 0 : snapshot->Height()));
}

}  // namespace jiandu::gateway
