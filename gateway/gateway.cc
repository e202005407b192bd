// See gateway.h.
#include "gateway/gateway.h"

#include "gateway/api.h"
#include "gateway/http_server.h"
#include "gateway/metrics_handler.h"
#include "gateway/worker.h"

namespace jiandu::gateway {

constexpr Worker::Bounds kLongAnswers{.waiting_max = 64, .of_reader_max = 2};

// In order of construction: servers go first, so no session outlives the handler it calls.
struct Gateway::Parts {
  GatewaySettings settings;
  std::unique_ptr<Api> api;
  std::unique_ptr<MetricsHandler> metrics;
  std::unique_ptr<Worker> queries;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<HttpServer> metrics_server;
};

Gateway::Gateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Gateway::~Gateway() { Stop(); }

Result<std::unique_ptr<Gateway>> Gateway::Start(GatewaySettings settings, TxSubmitter& submitter,
                                                LedgerReader& reader, NodeStatus& status,
                                                const LogReader* log, LineageReader* lineage) {
  auto parts = std::make_unique<Parts>();
  parts->settings = std::move(settings);
  const GatewaySettings& kept = parts->settings;
  JD_TRY(parts->server, HttpServer::Open(kept, ListenerSettings{.address = kept.listen_address,
                                                                .port = kept.port,
                                                                .tls = kept.tls}));
  if (kept.metrics_port) {
    JD_TRY(parts->metrics_server,
           HttpServer::Open(kept, ListenerSettings{.address = kept.metrics_address,
                                                   .port = *kept.metrics_port,
                                                   .tls = std::nullopt}));
  }
  parts->api = std::make_unique<Api>(kept, submitter, reader, status, parts->server->Posting());
  parts->api->ServeLog(log);
  parts->api->AnswerLineage(lineage);
  parts->queries = std::make_unique<Worker>(kLongAnswers);
  parts->api->RunElsewhere([worker = parts->queries.get()](std::string_view who, LongJob job) {
    return worker->Offer(who, std::move(job));
  });
  parts->server->Serve(*parts->api);
  if (parts->metrics_server != nullptr) {
    parts->metrics = std::make_unique<MetricsHandler>(status);
    parts->metrics_server->Serve(*parts->metrics);
  }
  return std::unique_ptr<Gateway>(new Gateway(std::move(parts)));
}

std::uint16_t Gateway::Port() const { return parts_->server->Port(); }

std::uint16_t Gateway::MetricsPort() const {
  return parts_->metrics_server == nullptr ? std::uint16_t{0} : parts_->metrics_server->Port();
}

Result<void> Gateway::ReloadTls() { return parts_->server->ReloadTls(); }

void Gateway::Stop() {
  parts_->server->Stop();
  if (parts_->metrics_server != nullptr) parts_->metrics_server->Stop();
  // Nobody offers any more; what it holds of the node goes before the node does.
  if (parts_->queries != nullptr) parts_->queries->Stop();
}

}  // namespace jiandu::gateway
