// The gateway of a node: the API's listener and, if asked for, the metrics'.
//
// Owned by node/. Start opens the listeners and starts one thread for each; Stop (or destruction)
// ends them. The ports outlive the Gateway (`log` null: /log is answered by 404; so is `lineage`);
// their callbacks may still be called after Stop and are dropped then. Port() and Stop may be
// called from any thread.
#pragma once

#include <memory>

#include "base/error.h"
#include "gateway/lineage_port.h"
#include "gateway/log_reader.h"
#include "gateway/ports.h"
#include "gateway/settings.h"

namespace jiandu::gateway {

class Gateway {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Gateway>> Start(
      GatewaySettings settings, TxSubmitter& submitter, LedgerReader& reader, NodeStatus& status,
      const LogReader* log = nullptr, LineageReader* lineage = nullptr);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Bound ports; the metrics' is 0 when there is no such listener.
  [[nodiscard]] std::uint16_t Port() const;
  [[nodiscard]] std::uint16_t MetricsPort() const;
  // Certificate and key from their files anew (SIGHUP).
  [[nodiscard]] Result<void> ReloadTls();
  void Stop();

 private:
  struct Parts;
  explicit Gateway(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace jiandu::gateway
