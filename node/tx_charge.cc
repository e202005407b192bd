#include "node/tx_charge.h"

#include <algorithm>
#include <string>

namespace jiandu::node {
namespace {

constexpr std::size_t kBodyPerCharge = 4;

std::size_t HeapBytes(const std::string& text) {
  static const std::size_t kInPlace = std::string().capacity();
  return text.capacity() > kInPlace ? text.capacity() + 1 : 0;
}

}  // namespace

// The reader bounds the depth.
std::size_t HeapBytes(const Json& json) {
  if (json.IsText()) return HeapBytes(json.AsString());
  std::size_t bytes = 0;
  if (json.IsArray()) {
    bytes = json.Items().capacity() * sizeof(Json);
    for (const Json& item : json.Items()) bytes += HeapBytes(item);
  } else if (json.IsObject()) {
    bytes = json.Members().capacity() * sizeof(Json::Member);
    for (const auto& [name, value] : json.Members()) bytes += HeapBytes(name) + HeapBytes(value);
  }
  return bytes;
}

std::size_t ChargeOf(const ledger::Transaction& transaction) {
  return std::max(transaction.stored_size, HeapBytes(transaction.payload.body) / kBodyPerCharge);
}

}  // namespace jiandu::node
