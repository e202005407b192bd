// The log in the forms of C2SP (docs/log.md), as the gateway asks a node for it.
//
// A port like those of ports.h: node/log_port.h implements it, and the gateway's own tests. Every
// error but kNotFound is the node's own. Any thread.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "ledger/model/log_tiles.h"

namespace jiandu::gateway {

class LogReader {
 public:
  virtual ~LogReader() = default;
  struct Published {
    std::uint64_t size = 0;
    std::string note;
  };
  // The newest checkpoint; nothing: there is none yet.
  [[nodiscard]] virtual std::optional<Published> Newest() const = 0;
  // kNotFound: no certified size of the log, as a block left it, has such a tile.
  [[nodiscard]] virtual Result<Bytes> HashTile(std::uint32_t level,
                                               const ledger::TileAt& tile) const = 0;
  [[nodiscard]] virtual Result<Bytes> EntryBundle(const ledger::TileAt& tile) const = 0;
  // A tlog-proof under the newest checkpoint; kNotFound: not in it, or there is none.
  [[nodiscard]] virtual Result<std::string> Proof(ledger::LogIndex index) const = 0;
  // A tlog-policy file: whose signatures make a checkpoint good now.
  [[nodiscard]] virtual Result<std::string> Policy() const = 0;
};

}  // namespace jiandu::gateway
