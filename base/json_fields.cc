// Reading the members of one object by name, and refusing those nobody asked for.
#include <algorithm>

#include "base/hex.h"
#include "base/json.h"

namespace jiandu {
namespace {

constexpr std::size_t kNameShownMax = 64;

// A name as a reference token of a JSON Pointer (RFC 6901 section 3); long ones are cut, because a
// stranger chose them.
std::string PointerToken(std::string_view name) {
  std::size_t size = std::min(name.size(), kNameShownMax);
  while (size > 0 && size < name.size() &&
         (static_cast<std::uint8_t>(name[size]) & 0xc0U) == 0x80U) {
    --size;  // not within a character
  }
  std::string token;
  for (const char c : name.substr(0, size)) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token.push_back(c);
    }
  }
  return token;
}

}  // namespace

JsonFields::JsonFields(const Json& json, std::string where)
    : json_(json.IsObject() ? &json : nullptr), where_(std::move(where)) {
  if (json_ == nullptr) {
    problem_ = (where_.empty() ? "/" : where_) + ": not an object";
  } else {
    taken_.resize(json_->Members().size());
  }
}

const Json* JsonFields::Take(std::string_view name) {
  if (json_ == nullptr || !problem_.empty()) return nullptr;
  const Json* value = json_->Find(name);
  if (value == nullptr) return nullptr;
  const Json::Object& members = json_->Members();
  const auto at = std::ranges::find(members, value, [](const Json::Member& m) { return &m.value; });
  taken_[static_cast<std::size_t>(at - members.begin())] = 1;
  return value;
}

void JsonFields::Problem(std::string_view name, std::string_view what) {
  if (!problem_.empty()) return;
  problem_ = where_;
  problem_ += '/';
  problem_ += PointerToken(name);
  problem_ += ": ";
  problem_ += what;
}

std::string JsonFields::Text(std::string_view name, std::size_t size_max) {
  const Json* value = Take(name);
  if (value == nullptr) {
    Problem(name, "missing");
  } else if (!value->IsText()) {
    Problem(name, "not a string");
  } else if (value->AsString().size() > size_max) {
    Problem(name, "too long");
  } else {
    return value->AsString();
  }
  return {};
}

std::string JsonFields::OptionalText(std::string_view name, std::size_t size_max) {
  return Take(name) == nullptr ? std::string() : Text(name, size_max);
}

std::int64_t JsonFields::Integer(std::string_view name, std::int64_t low, std::int64_t high) {
  const Json* value = Take(name);
  if (value == nullptr) {
    Problem(name, "missing");
  } else if (!value->IsInteger()) {
    Problem(name, "not an integer");
  } else if (value->AsInteger() < low || value->AsInteger() > high) {
    Problem(name, "out of range");
  } else {
    return value->AsInteger();
  }
  return 0;
}

std::int64_t JsonFields::OptionalInteger(std::string_view name, std::int64_t low, std::int64_t high,
                                         std::int64_t otherwise) {
  return Take(name) == nullptr ? otherwise : Integer(name, low, high);
}

bool JsonFields::OptionalBool(std::string_view name, bool otherwise) {
  const Json* value = Take(name);
  if (value == nullptr) return otherwise;
  if (value->IsBool()) return value->AsBool();
  Problem(name, "not true or false");
  return otherwise;
}

std::span<const Json> JsonFields::Array(std::string_view name, std::size_t size_max) {
  const Json* value = Take(name);
  if (value == nullptr) {
    Problem(name, "missing");
  } else if (!value->IsArray()) {
    Problem(name, "not an array");
  } else if (value->Items().size() > size_max) {
    Problem(name, "too many elements");
  } else {
    return value->Items();
  }
  return {};
}

std::span<const Json> JsonFields::OptionalArray(std::string_view name, std::size_t size_max) {
  return Take(name) == nullptr ? std::span<const Json>() : Array(name, size_max);
}

const Json* JsonFields::Object(std::string_view name) {
  const Json* value = Take(name);
  if (value == nullptr) {
    Problem(name, "missing");
  } else if (!value->IsObject()) {
    Problem(name, "not an object");
  } else {
    return value;
  }
  return nullptr;
}

const Json* JsonFields::OptionalObject(std::string_view name) {
  return Take(name) == nullptr ? nullptr : Object(name);
}

Bytes JsonFields::HexBytes(std::string_view name, std::size_t size) {
  const std::string text = Text(name, 2 * size);
  if (!problem_.empty()) return {};
  Result<Bytes> bytes = HexDecode(text);
  if (!bytes.has_value() || bytes->size() != size) {
    Problem(name, "not lower-case hex of " + std::to_string(size) + " bytes");
    return {};
  }
  return *std::move(bytes);
}

Result<void> JsonFields::Finish() {
  if (problem_.empty()) {
    const auto unknown = std::ranges::find(taken_, 0);
    if (unknown != taken_.end()) {
      const auto index = static_cast<std::size_t>(unknown - taken_.begin());
      Problem(json_->Members()[index].name, "unknown member");
    }
  }
  if (!problem_.empty()) return Fail(Errc::kInvalid, problem_);
  return {};
}

}  // namespace jiandu
