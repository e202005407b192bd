// See metrics_handler.h.
#include "gateway/metrics_handler.h"

#include "gateway/problem.h"

namespace jiandu::gateway {

void MetricsHandler::Handle(Request request, std::weak_ptr<void> /*alive*/, Responder respond) {
  if (request.target != "/metrics") {
    return respond(MakeProblem(Plain(ProblemKind::kNotFound), request.id));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = MakeProblem(Plain(ProblemKind::kMethodNotAllowed), request.id);
    response.Set("Allow", "GET, HEAD");
    return respond(std::move(response));
  }
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = status_->Metrics();
  response.Set("Cache-Control", "no-store");
  respond(std::move(response));
}

void MetricsHandler::Finish(Response& response) {
  response.Set("X-Content-Type-Options", "nosniff");
}

}  // namespace jiandu::gateway
