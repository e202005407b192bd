// See note.h.
#include "crypto/note.h"

#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "base/wire.h"
#include "crypto/hash.h"

namespace jiandu::crypto {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // U+2014, space
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr std::uint64_t kTimeMax = ~std::uint64_t{0} >> 1U;  // tlog-cosignature: 2^63 - 1

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Errc::kInvalid, "note: " + std::string(why));
}

bool IsSpace(std::string_view name, std::size_t at) {
  // U+0020 and those of Unicode that could be taken for it: category Zs, and the line separators.
  constexpr std::string_view kSpaces[] = {" ",
                                          "\xc2\x85",
                                          "\xc2\xa0",
                                          "\xe1\x9a\x80",
                                          "\xe2\x80\xa8",
                                          "\xe2\x80\xa9",
                                          "\xe2\x80\xaf",
                                          "\xe2\x81\x9f",
                                          "\xe3\x80\x80"};
  const std::string_view rest = name.substr(at);
  if (std::ranges::any_of(kSpaces, [&](std::string_view one) { return rest.starts_with(one); })) {
    return true;
  }
  // U+2000 to U+200A.
  return rest.starts_with("\xe2\x80") && rest.size() > 2 &&
         static_cast<unsigned char>(rest[2]) >= 0x80 && static_cast<unsigned char>(rest[2]) <= 0x8a;
}

// Standard alphabet with padding, nothing else: one signature has one line.
Result<Bytes> StrictBase64(std::string_view text) {
  JD_TRY(Bytes bytes, Base64Decode(text));
  if (Base64Encode(bytes) != text) return Refuse("base64 is not of the standard form");
  return bytes;
}

Result<NoteSignature> ParseLine(std::string_view line) {
  if (!line.starts_with(kDash)) return Refuse("a signature line begins with an em dash");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return Refuse("a signature line has a name and a signature");
  NoteSignature signature;
  signature.name = line.substr(0, space);
  if (!IsNoteKeyName(signature.name)) return Refuse("no name of a key");
  JD_TRY(const Bytes bytes, StrictBase64(line.substr(space + 1)));
  if (bytes.size() <= kIdBytes) return Refuse("a signature is longer than its key id");
  signature.id = ReadU32Be(bytes);
  signature.signature = ToBytes(ByteView(bytes).subspan(kIdBytes));
  return signature;
}

// The Ed25519 signature in a line of that key, and its time.
struct Opened {
  std::uint64_t time_s = 0;
  Ed25519Signature signature;
};
std::optional<Opened> Open(const NoteSignature& signature, const NoteKey& key) {
  Opened opened;
  ByteView bytes = signature.signature;
  if (key.type == NoteKeyType::kCosigner) {
    if (bytes.size() != kTimeBytes + Ed25519Signature::kSize) return std::nullopt;
    opened.time_s = ReadU64Be(bytes);
    if (opened.time_s > kTimeMax) return std::nullopt;
    bytes = bytes.subspan(kTimeBytes);
  }
  const auto fixed = Ed25519Signature::From(bytes);
  if (!fixed) return std::nullopt;
  opened.signature = *fixed;
  return opened;
}

}  // namespace

bool IsNoteKeyName(std::string_view name) {
  if (name.empty() || !IsUtf8(AsBytes(name))) return false;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (static_cast<unsigned char>(name[at]) < 0x20 || name[at] == '+' || IsSpace(name, at)) {
      return false;
    }
  }
  return true;
}

std::uint32_t NoteKey::Id() const {
  const std::array<std::uint8_t, 2> between{'\n', static_cast<std::uint8_t>(type)};
  return ReadU32Be(Sha256({AsBytes(name), between, key.View()}).View());
}

std::string NoteKey::ToText() const {
  Bytes id;
  AppendU32Be(id, Id());
  Bytes material{static_cast<std::uint8_t>(type)};
  Append(material, key.View());
  return name + "+" + HexEncode(id) + "+" + Base64Encode(material);
}

Result<NoteKey> NoteKey::Parse(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return Refuse("a key is written name+id+base64");
  NoteKey parsed;
  parsed.name = text.substr(0, first);
  if (!IsNoteKeyName(parsed.name)) return Refuse("no name of a key");
  JD_TRY(const auto id, HexDecodeFixed<kIdBytes>(text.substr(first + 1, second - first - 1)));
  JD_TRY(const Bytes material, StrictBase64(text.substr(second + 1)));
  const auto key =
      material.empty() ? std::nullopt : Ed25519PublicKey::From(ByteView(material).subspan(1));
  const bool is_known = key && (material[0] == static_cast<std::uint8_t>(NoteKeyType::kLog) ||
                                material[0] == static_cast<std::uint8_t>(NoteKeyType::kCosigner));
  if (!is_known) return Refuse("a key of another type than 1 and 4");
  parsed.type = static_cast<NoteKeyType>(material[0]);
  parsed.key = *key;
  if (ReadU32Be(id.View()) != parsed.Id()) return Refuse("the key id is another key's");
  return parsed;
}

std::string NoteSignature::ToLine() const {
  Bytes bytes;
  AppendU32Be(bytes, id);
  Append(bytes, signature);
  return std::string(kDash) + name + " " + Base64Encode(bytes) + "\n";
}

std::string Note::ToText() const {
  std::string note = text + "\n";
  for (const NoteSignature& signature : signatures) note += signature.ToLine();
  return note;
}

Result<Note> Note::Parse(std::string_view note) {
  if (note.size() > kBytesMax) return Fail(Errc::kTooLarge, "note: over 1 MiB");
  const bool is_plain = std::ranges::all_of(
      note, [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; });
  if (!is_plain || !IsUtf8(AsBytes(note))) return Refuse("not text");
  // The last empty line parts text and signatures.
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || !note.ends_with('\n')) {
    return Refuse("no empty line before signatures");
  }
  Note parsed;
  parsed.text = note.substr(0, blank + 1);
  std::string_view rest = note.substr(blank + 2);
  if (rest.empty()) return Refuse("no signature");
  while (!rest.empty()) {
    if (parsed.signatures.size() == kSignaturesMax) {
      return Fail(Errc::kTooLarge, "note: over 100 signatures");
    }
    const std::size_t end = rest.find('\n');
    JD_TRY(NoteSignature signature, ParseLine(rest.substr(0, end)));
    parsed.signatures.push_back(std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return parsed;
}

std::string CosignedMessage(std::string_view text, std::uint64_t time_s) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(text);
}

NoteSignature SignNote(const Ed25519PrivateKey& key, const NoteKey& as, std::string_view text,
                       std::uint64_t time_s) {
  NoteSignature made{.name = as.name, .id = as.Id(), .signature = {}};
  if (as.type == NoteKeyType::kCosigner) {
    AppendU64Be(made.signature, time_s);
    Append(made.signature, key.Sign(AsBytes(CosignedMessage(text, time_s))).View());
  } else {
    Append(made.signature, key.Sign(AsBytes(text)).View());
  }
  return made;
}

bool IsOf(const NoteSignature& signature, const NoteKey& key) {
  return signature.name == key.name && signature.id == key.Id();
}

bool VerifyNote(std::string_view text, const NoteSignature& signature, const NoteKey& key) {
  if (!IsOf(signature, key)) return false;
  const auto opened = Open(signature, key);
  if (!opened) return false;
  if (key.type == NoteKeyType::kLog)
    return VerifyEd25519(key.key, AsBytes(text), opened->signature);
  const std::string message = CosignedMessage(text, opened->time_s);
  return VerifyEd25519(key.key, AsBytes(message), opened->signature);
}

std::uint64_t CosignatureTime(const NoteSignature& signature, const NoteKey& key) {
  if (key.type != NoteKeyType::kCosigner) return 0;
  const auto opened = Open(signature, key);
  return opened ? opened->time_s : 0;
}

}  // namespace jiandu::crypto
