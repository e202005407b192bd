// Spellings brought to one.
#include "ledger/model/subject_id.h"

#include <algorithm>
#include <array>

#include "ledger/model/form.h"
#include "ledger/model/genesis.h"

namespace jiandu::ledger {
namespace {

constexpr std::size_t kInputBytesMax = 256;
constexpr std::size_t kIdentifierBytesMax = 64;
constexpr std::array<std::string_view, 5> kKinds = {"PERSON", "LEGAL", "VEHICLE", "PLACE", "OTHER"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

char CheckOf(std::string_view seventeen) {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kChecks = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += (seventeen[i] - '0') * kWeights[i];
  return kChecks[static_cast<std::size_t>(sum % 11)];
}

// Full-width forms U+FF01 to U+FF5E as ASCII; spaces, also U+3000, gone; capitals.
std::string Plain(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const auto byte = [&text, i](std::size_t n) {
      return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U;
    };
    if (byte(0) == 0xefU && (byte(1) == 0xbcU || byte(1) == 0xbdU)) {
      const unsigned ascii = (byte(1) == 0xbcU ? byte(2) - 0x60U : byte(2) - 0x20U);
      if (ascii >= 0x21U && ascii <= 0x7eU) {
        c = static_cast<char>(ascii);
        i += 2;
      }
    } else if (byte(0) == 0xe3U && byte(1) == 0x80U && byte(2) == 0x80U) {
      i += 2;
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\r') continue;
    plain.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return plain;
}

void Remove(std::string& text, std::string_view what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.erase(at, what.size());
  }
}

std::optional<std::string> Person(std::string plain) {
  if (IsCitizenNumber18(plain)) return plain;
  if (IsCitizenNumber15(plain)) {
    // Who still has a number of the old form was born in the century before.
    std::string whole = plain.substr(0, 6) + "19" + plain.substr(6);
    whole.push_back(CheckOf(whole));
    return whole;
  }
  const bool is_code = std::ranges::all_of(plain, [](char c) { return IsDigit(c) || IsUpper(c); });
  // A number mistyped is not another document: digits and an X at most, or 17 digits and a letter.
  if (plain.size() == 18 && std::ranges::all_of(plain.substr(0, 17), IsDigit)) return std::nullopt;
  const bool has_letter = std::ranges::any_of(plain, [](char c) { return IsUpper(c) && c != 'X'; });
  if (!is_code || !has_letter || plain.size() < 5 || plain.size() > 20) return std::nullopt;
  return plain;
}

std::optional<std::string> Vehicle(std::string plain) {
  for (const std::string_view between : {"·", "•", ".", "-"}) Remove(plain, between);
  if (plain.size() < 4 || plain.size() > 24) return std::nullopt;
  return plain;
}

}  // namespace

bool IsCitizenNumber18(std::string_view number) {
  if (number.size() != 18 || !std::ranges::all_of(number.substr(0, 17), IsDigit)) return false;
  // Years before 1970 lie outside IsDate; birthdays of the century before count too.
  const bool date =
      IsDate(Number(number.substr(6, 8))) ||
      (number.substr(6, 2) == "19" && IsDate(Number("20" + std::string(number.substr(8, 6)))));
  return date && CheckOf(number) == number[17];
}

bool IsCitizenNumber15(std::string_view number) {
  if (number.size() != 15 || !std::ranges::all_of(number, IsDigit)) return false;
  const int region = Number(number.substr(0, 2));
  // Years of four digits that end the same: a leap year of either century passes.
  return region >= 11 && region <= 82 && IsDate(Number("20" + std::string(number.substr(6, 6))));
}

bool IsSubjectKind(std::string_view kind) {
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

std::optional<std::string> NormaliseSubject(std::string_view kind, std::string_view text) {
  if (text.size() > kInputBytesMax || !IsSubjectKind(kind)) return std::nullopt;
  std::string plain = Plain(text);
  if (plain.empty()) return std::nullopt;
  if (kind == "PERSON") return Person(std::move(plain));
  if (kind == "VEHICLE") return Vehicle(std::move(plain));
  if (kind == "LEGAL" && !IsDepartmentCode(plain)) return std::nullopt;
  if (plain.size() > kIdentifierBytesMax) return std::nullopt;
  return plain;
}

}  // namespace jiandu::ledger
