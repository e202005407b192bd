// gateway/gateway.h without HTTP: the ports are handed to the simulated clients.
#include "gateway/gateway.h"
#include "tests/simulator/kernel.h"
#include "tests/simulator/process.h"

namespace jiandu::gateway {

struct Gateway::Parts {
  simulator::Process* process;
};

Result<std::unique_ptr<Gateway>> Gateway::Start(GatewaySettings /*settings*/,
                                                TxSubmitter& submitter, LedgerReader& reader,
                                                NodeStatus& status, const LogReader* /*log*/,
                                                LineageReader* /*lineage*/) {
  simulator::Process* const process = simulator::Kernel::Get().Current();
  process->submitter = &submitter;
  process->reader = &reader;
  process->status = &status;
  return std::unique_ptr<Gateway>(new Gateway(std::make_unique<Parts>(Parts{.process = process})));
}

Gateway::Gateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Gateway::~Gateway() { Stop(); }
std::uint16_t Gateway::Port() const { return 0; }
std::uint16_t Gateway::MetricsPort() const { return 0; }
Result<void> Gateway::ReloadTls() { return {}; }

void Gateway::Stop() {
  parts_->process->submitter = nullptr;
  parts_->process->reader = nullptr;
  parts_->process->status = nullptr;
}

}  // namespace jiandu::gateway
