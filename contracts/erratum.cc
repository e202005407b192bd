// Which members may be corrected.
#include "contracts/erratum.h"

#include <algorithm>
#include <array>

#include "base/hex.h"

namespace jiandu::contracts {
namespace {

constexpr std::array<std::string_view, 4> kOfRequest = {"basis_ref", "basis_doc_digest",
                                                        "scene_digest", "measures_doc_digest"};
constexpr std::array<std::string_view, 2> kOfDecision = {"reason_digest", "late_reason_digest"};

bool AreAll(const Case& judged, std::span<const std::string_view> fields) {
  const auto changes = judged.Form().ItemsOf("changes");
  return std::ranges::all_of(changes, [fields](const Json& change) {
    return std::ranges::find(fields, change.TextOr("field")) != fields.end();
  });
}

}  // namespace

Code ErratumFields(Case& judged) {
  const auto changes = judged.Form().ItemsOf("changes");
  if (changes.empty()) return Code::kFieldRequired;
  for (const Json& change : changes) {
    const std::string_view value = change.TextOr("value");
    const bool is_digest = change.TextOr("field").ends_with("_digest");
    if (is_digest ? !HexDecodeFixed<32>(value) : value.empty()) return Code::kFieldInvalid;
  }
  return Code::kAccepted;
}

bool IsSlipOfRequest(const Case& judged) { return AreAll(judged, kOfRequest); }
bool IsSlipOfDecision(const Case& judged) { return AreAll(judged, kOfDecision); }

Json Corrected(const Case& judged, const Json& form) {
  Json corrected = form;
  for (const Json& change : judged.Form().ItemsOf("changes")) {
    corrected.Set(change.TextOr("field"), change.TextOr("value"));
  }
  return corrected;
}

std::string NamesOfSlips(const Case& judged) {
  std::string names;
  for (const Json& change : judged.Form().ItemsOf("changes")) {
    if (!names.empty()) names += ", ";
    names += change.TextOr("field");
  }
  return names;
}

}  // namespace jiandu::contracts
