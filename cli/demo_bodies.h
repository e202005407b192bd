// What the departments of the demonstration write: bodies of their transactions.
//
// Fictional content with real form: every field the catalogue and the request standard ask for.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"

namespace jiandu::cli::demo {

enum class Assessment { kMissing, kPresent };

// 机动车登记信息 of the public security bureau: conditional, personal information.
[[nodiscard]] Json VehicleResource(Assessment impact);
// 道路运输经营许可信息 of the transport bureau: unconditional.
[[nodiscard]] Json LicenceResource();
// 纳税申报明细 of the tax bureau: not shared, by law.
[[nodiscard]] Json TaxReturnResource();

struct RequestPlan {
  std::string resource;  // 34-hex id
  std::string share_class;
  std::vector<std::string> items;
  std::string system;  // 34-hex id
  std::string cidr;
  std::int64_t from = 0, to = 0;  // yyyymmdd
};
[[nodiscard]] Json RequestBody(const RequestPlan& plan);
[[nodiscard]] Json GrantBody(const std::string& request, std::int64_t to);

// One record of a full batch.
struct AccessPlan {
  std::string id;
  std::int64_t occurred_at = 0;
  std::string address;
  std::string items_mask;
  std::string system;
  std::string action = "QUERY";
  std::int64_t rows = 1;
};
[[nodiscard]] Json AccessJson(const AccessPlan& plan);
// A commitment as the departments' own systems make it: here only a digest of a label.
[[nodiscard]] std::string DigestOf(std::string_view label);

}  // namespace jiandu::cli::demo
