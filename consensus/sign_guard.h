// Never answers twice: may this message be signed, given what was signed before?
//
// The second of two independent layers; the first is the core, which never asks twice. Pure; the
// signer calls it with the record it has on disk, before it signs. Source: CometBFT's CheckHRS
// (privval/file.go), docs/consensus.md (Signing).
#pragma once

#include <string>
#include <variant>

#include "consensus/effect.h"
#include "consensus/input.h"
#include "consensus/signed_message.h"

namespace jiandu::consensus {

class SignGuard {
 public:
  using Message = SignedMessage;

  // Sign it, write the record, then answer.
  struct SignFresh {};
  // The same was signed before, but for the time: answer with that, byte for byte.
  struct ReturnStored {
    Message message;
  };
  // Do not sign. kBehind: an earlier place than the last one, harmless. kConflict: something else
  // was signed at this very place, or the record to be written contradicts the last one: an alarm.
  enum class Why : std::uint8_t { kBehind, kConflict };
  struct Refuse {
    Why why = Why::kBehind;
    std::string reason;
  };
  using Verdict = std::variant<SignFresh, ReturnStored, Refuse>;

  // `last` is the record on disk (default-constructed when there is none yet).
  [[nodiscard]] static Verdict Decide(const SafetyState& last, const SignAndPersist& ask);

  // The record to write once `signed_message` is signed: the asked state with the message in its
  // place, and what `last` knows of the same height and round and the state does not carry (a
  // proposal still at the signer when the core asked for the prevote).
  [[nodiscard]] static SafetyState RecordOf(const SafetyState& last, const SafetyState& asked,
                                            const Message& signed_message);
};

}  // namespace jiandu::consensus
