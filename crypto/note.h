// Signed notes of C2SP (c2sp.org/signed-note): a text, and lines that sign it.
//
//   — <key name> base64(key id 4 || signature)
//
// Two kinds of keys, both Ed25519: a log's (type 0x01, RFC 8032 over the text) and a cosigner's
// (type 0x04, c2sp.org/tlog-cosignature: u64be POSIX seconds || signature over "cosignature/v1\n"
// "time <t>\n" and the text). Key id = SHA-256(name || 0x0A || type || public key)[:4]; it tells
// keys apart and proves nothing. What a reader does not know it passes over, as the standard says.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"

namespace jiandu::crypto {

enum class NoteKeyType : std::uint8_t { kLog = 0x01, kCosigner = 0x04 };

// Who may sign, under which name.
struct NoteKey {
  std::string name;  // not empty, no space, no '+'
  NoteKeyType type = NoteKeyType::kLog;
  Ed25519PublicKey key;
  auto operator<=>(const NoteKey&) const = default;

  [[nodiscard]] std::uint32_t Id() const;
  // "<name>+<id, 8 hex digits>+base64(type || key)", c2sp.org/signed-note's verifier key.
  [[nodiscard]] std::string ToText() const;
  // kInvalid: not of this form, an id of another key, a type that is not one of the two.
  [[nodiscard]] static Result<NoteKey> Parse(std::string_view text);
};
[[nodiscard]] bool IsNoteKeyName(std::string_view name);

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  Bytes signature;
  bool operator==(const NoteSignature&) const = default;

  [[nodiscard]] std::string ToLine() const;  // ends in LF
};

struct Note {
  // x/mod/sumdb/note reads no more; verifiers must take 16.
  static constexpr std::size_t kSignaturesMax = 100;
  static constexpr std::size_t kBytesMax = 1U << 20U;

  std::string text;  // ends in LF
  std::vector<NoteSignature> signatures;
  bool operator==(const Note&) const = default;

  [[nodiscard]] std::string ToText() const;
  // Strict in form: UTF-8, no control character but LF, at least one signature line.
  [[nodiscard]] static Result<Note> Parse(std::string_view note);
};

// What a cosigner signs at that time.
[[nodiscard]] std::string CosignedMessage(std::string_view text, std::uint64_t time_s);
// Of a kCosigner key, `time_s` is the time it says; a log's has none.
[[nodiscard]] NoteSignature SignNote(const Ed25519PrivateKey& key, const NoteKey& as,
                                     std::string_view text, std::uint64_t time_s = 0);
// Whether the line is of that key at all: name and id fit.
[[nodiscard]] bool IsOf(const NoteSignature& signature, const NoteKey& key);
// Whether it signs the text.
[[nodiscard]] bool VerifyNote(std::string_view text, const NoteSignature& signature,
                              const NoteKey& key);
// The time in a cosignature; 0 for any other.
[[nodiscard]] std::uint64_t CosignatureTime(const NoteSignature& signature, const NoteKey& key);

}  // namespace jiandu::crypto
