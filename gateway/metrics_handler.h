// GET /metrics and nothing else, for the listener that only this machine reaches.
//
// Runs on the metrics listener's own thread, so that figures come while the API is busy.
#pragma once

#include "gateway/http_types.h"
#include "gateway/ports.h"

namespace jiandu::gateway {

class MetricsHandler final : public RequestHandler {
 public:
  explicit MetricsHandler(NodeStatus& status) : status_(&status) {}
  void Handle(Request request, std::weak_ptr<void> alive, Responder respond) override;
  void Finish(Response& response) override;

 private:
  NodeStatus* status_;
};

}  // namespace jiandu::gateway
