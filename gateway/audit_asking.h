// How much of an answer is asked for: the page and the period, read together.
//
// Gateway thread or worker.
#pragma once

#include "gateway/audit_answer.h"

namespace jiandu::gateway {

struct Asking {
  Page page;
  QueryPeriod period;
};
// Parameters `limit`, `cursor`, `from`, `to`.
[[nodiscard]] inline std::expected<Asking, Problem> ReadAsking(const Call& call) {
  auto page = ReadPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  auto period = ReadPeriod(call);
  if (!period) return std::unexpected(std::move(period.error()));
  return Asking{.page = *std::move(page), .period = *period};
}

}  // namespace jiandu::gateway
