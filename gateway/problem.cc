// The table of problem kinds and their documents. See problem.h.
#include "gateway/problem.h"

#include <array>
#include <utility>

#include "base/hex.h"
#include "base/json.h"

namespace jiandu::gateway {
namespace {

struct KindInfo {
  int status;
  std::string_view slug;  // of the type URI
  std::string_view code;
  std::string_view title;
  std::string_view message_zh;
  std::string_view stage;
};

const KindInfo& InfoOf(ProblemKind kind) {
  // In the order of ProblemKind. NOLINTBEGIN(modernize-use-designated-initializers): a table.
  static constexpr std::array<KindInfo, 25> kTable{{
      {400, "bad-request", "BAD_REQUEST", "The request is not well-formed", "请求格式错误",
       "parse"},
      {400, "bad-parameter", "BAD_PARAMETER", "A query parameter is unknown or malformed",
       "查询参数未知或格式错误", "parse"},
      {400, "bad-cursor", "BAD_CURSOR", "The cursor belongs to another list or filter",
       "游标与当前查询不符", "parse"},
      {400, "bad-body", "BAD_BODY", "The body is not the document this address takes",
       "请求正文格式错误", "parse"},
      {401, "unauthenticated", "UNAUTHENTICATED", "A valid read token is needed",
       "需要有效的读取令牌", "auth"},
      {401, "bad-signature", "BAD_SIGNATURE", "The signature does not hold", "签名无效", "auth"},
      {403, "forbidden", "FORBIDDEN", "You may not see this", "无权查看", "auth"},
      {403, "query-not-logged", "QUERY_NOT_LOGGED",
       "The query must be on record before it is answered", "查询须先登记后答复", "auth"},
      {403, "access-denied", "ACCESS_DENIED", "This access would not be let in", "该访问不予放行",
       "contract"},
      {404, "not-found", "NOT_FOUND", "There is no such thing, or it is not yours to see",
       "对象不存在或无权知悉", "read"},
      {404, "state-not-kept", "STATE_NOT_KEPT", "The state of that height is not kept here",
       "该高度的状态未保留", "read"},
      {405, "method-not-allowed", "METHOD_NOT_ALLOWED", "This address does not take that method",
       "不支持该请求方法", "parse"},
      {406, "not-acceptable", "NOT_ACCEPTABLE", "None of the media types you accept is offered",
       "无法提供所要求的媒体类型", "parse"},
      {409, "conflict", "CONFLICT", "It contradicts what is already certain", "与既有事实冲突",
       "admission"},
      {411, "length-required", "LENGTH_REQUIRED", "The length of the body is needed",
       "须给出正文长度", "parse"},
      {413, "too-large", "TOO_LARGE", "The body is too large", "正文过大", "parse"},
      {414, "target-too-long", "TARGET_TOO_LONG", "The address is too long", "请求地址过长",
       "parse"},
      {415, "unsupported-media-type", "UNSUPPORTED_MEDIA_TYPE",
       "This media type or coding is not taken here", "不支持的媒体类型", "parse"},
      {417, "expectation-failed", "EXPECTATION_FAILED", "The expectation cannot be met",
       "无法满足 Expect", "parse"},
      {429, "too-many-requests", "TOO_MANY_REQUESTS", "Too many requests", "请求过于频繁",
       "admission"},
      {431, "header-too-large", "HEADER_TOO_LARGE", "The header is too large", "请求头过大",
       "parse"},
      {500, "internal", "INTERNAL", "The node failed to answer", "节点内部错误", "read"},
      {503, "unavailable", "UNAVAILABLE", "The node cannot do this now", "节点暂不可用",
       "admission"},
      {503, "full", "FULL", "The node has taken all it can hold; try again", "节点已满, 请稍后重试",
       "admission"},
      {503, "node-behind", "NODE_BEHIND", "The node has not reached that height yet",
       "节点尚未达到该高度", "read"},
  }};
  // NOLINTEND(modernize-use-designated-initializers)
  return kTable.at(static_cast<std::size_t>(std::to_underlying(kind)));
}

// docs/contracts.md 4.0: 400 form, 401 signature, 403 identity and role, 404 reference, 409 state
// and turn, 422 rule. The day's limit of rejections is a rate.
int StatusOfCode(const ledger::CodeInfo& code) {
  if (code.name == "REJECTION_LIMIT") return 429;
  if (code.name == "NONCE_REUSED") return 409;
  switch (code.step.empty() ? '7' : code.step.front()) {
    case '1': return 400;
    case '2': return 401;
    case '3': return 403;
    case '4': return 404;
    case '5':
    case '6': return 409;
    default: return 422;
  }
}

ProblemKind KindOfErrc(Errc code) {
  switch (code) {
    case Errc::kInvalid:
    case Errc::kExpired: return ProblemKind::kBadBody;
    case Errc::kTooLarge: return ProblemKind::kTooLarge;
    case Errc::kNotFound: return ProblemKind::kNotFound;
    case Errc::kDuplicate:
    case Errc::kConflict: return ProblemKind::kConflict;
    case Errc::kUnauthenticated: return ProblemKind::kBadSignature;
    case Errc::kForbidden: return ProblemKind::kForbidden;
    case Errc::kFull: return ProblemKind::kFull;
    case Errc::kUnavailable:
    case Errc::kTimeout: return ProblemKind::kUnavailable;
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kInternal: return ProblemKind::kInternal;
  }
  return ProblemKind::kInternal;
}

ProblemKind KindOfCodeStatus(int status) {
  return status == 409 || status == 422 ? ProblemKind::kConflict : KindOfStatus(status);
}

std::string_view StageWord(std::string_view stage) {
  for (const std::string_view word : {"parse", "auth", "admission", "consensus", "contract"}) {
    if (stage == word) return word;
  }
  return "admission";
}

}  // namespace

int ProblemStatus(ProblemKind kind) { return InfoOf(kind).status; }

ProblemKind KindOfStatus(int status) {
  switch (status) {
    case 400: return ProblemKind::kBadRequest;
    case 401: return ProblemKind::kBadSignature;
    case 403: return ProblemKind::kForbidden;
    case 404: return ProblemKind::kNotFound;
    case 411: return ProblemKind::kLengthRequired;
    case 413: return ProblemKind::kTooLarge;
    case 414: return ProblemKind::kTargetTooLong;
    case 417: return ProblemKind::kExpectation;
    case 429: return ProblemKind::kTooManyRequests;
    case 431: return ProblemKind::kHeaderTooLarge;
    default: return ProblemKind::kInternal;
  }
}

Problem WithRetry(Problem problem, int seconds) {
  problem.retry_after_s = seconds;
  return problem;
}

Response MakeProblem(const Problem& problem, std::string_view request_id) {
  const KindInfo& info = InfoOf(problem.kind);
  const ledger::CodeInfo* code = problem.code;
  Response response;
  response.status = problem.status != 0 ? problem.status : info.status;
  response.content_type = "application/problem+json";
  Json document = Json::MakeObject({
      {"type", "/problems/" + std::string(info.slug)},
      {"title", info.title},
      {"status", response.status},
      {"detail", problem.detail.empty() ? std::string(info.title) : problem.detail},
      {"instance", "urn:request:" + std::string(request_id)},
      {"code", code != nullptr ? code->name : info.code},
      {"clause", code != nullptr ? code->clause : ""},
      {"article", code != nullptr ? code->article : ""},
      {"hint", code != nullptr ? code->hint : ""},
      {"hint_zh", code != nullptr ? code->hint_zh : ""},
      {"message", code != nullptr ? code->message : info.title},
      {"message_zh", code != nullptr ? code->message_zh : info.message_zh},
      {"stage", problem.stage.empty() ? info.stage : problem.stage},
      {"txid", problem.txid},
  });
  Json errors = Json::MakeArray();
  for (const ProblemItem& item : problem.errors) {
    errors.Push(Json::MakeObject({{"pointer", item.pointer}, {"detail", item.detail}}));
  }
  document.Set("errors", std::move(errors));
  response.body = CanonicalJson(document);
  response.Set("Cache-Control", "no-store");
  const std::string wait_s = std::to_string(problem.retry_after_s);
  if (problem.retry_after_s > 0) response.Set("Retry-After", wait_s);
  // draft-ietf-httpapi-ratelimit-headers: what the limit is, and that nothing of it is left.
  if (problem.limit.per_second > 0) {
    const std::string name = "\"" + std::string(problem.limit_of) + "\"";
    response.Set("RateLimit-Policy",
                 name + ";q=" + std::to_string(problem.limit.per_second) + ";w=1");
    response.Set("RateLimit", name + ";r=0;t=" + wait_s);
  }
  if (response.status == 401) {
    response.Set("WWW-Authenticate", problem.kind == ProblemKind::kUnauthenticated
                                         ? R"(Bearer realm="jiandu")"
                                         : R"(DSSE realm="jiandu")");
  }
  return response;
}

Problem ProblemOf(const Refusal& refusal) {
  Problem problem = Plain(KindOfErrc(refusal.error.code));
  problem.code = refusal.code;
  problem.stage = StageWord(refusal.stage);
  if (refusal.txid) problem.txid = HexEncode(refusal.txid->View());
  if (refusal.code != nullptr) {
    problem.status = StatusOfCode(*refusal.code);
    problem.kind = KindOfCodeStatus(problem.status);
    problem.detail = refusal.code->message;
    if (problem.kind == ProblemKind::kBadRequest) problem.kind = ProblemKind::kBadBody;
  }
  if (!refusal.pointer.empty()) {
    problem.errors.push_back({.pointer = refusal.pointer,
                              .detail = refusal.code != nullptr ? std::string(refusal.code->message)
                                                                : "this member is refused"});
  }
  const int status = problem.status != 0 ? problem.status : ProblemStatus(problem.kind);
  if (status == 503) problem.retry_after_s = 1;
  if (status == 429) problem.retry_after_s = 60;
  return problem;
}

Problem ProblemOf(const Error& error) {
  // What a reader sends has been checked before the ledger is asked: anything else is our failure.
  const ProblemKind kind = KindOfErrc(error.code);
  if (kind == ProblemKind::kNotFound) return Plain(kind);
  if (error.code == Errc::kExpired) {
    return Plain(ProblemKind::kStateNotKept,
                 "this node began with a snapshot of the state and does not keep a block as old: "
                 "ask a node that has run since genesis "
                 "(本节点自状态快照启动，未保存该较早区块，请向保存全部区块的节点查询)");
  }
  Problem problem = Plain(ProblemKind::kInternal);
  if (kind == ProblemKind::kUnavailable || kind == ProblemKind::kFull) {
    problem.kind = kind;
    problem.retry_after_s = 1;
  }
  problem.stage = "read";
  return problem;
}

Problem Plain(ProblemKind kind, std::string detail) {
  Problem problem;
  problem.kind = kind;
  problem.detail = std::move(detail);
  return problem;
}

}  // namespace jiandu::gateway
