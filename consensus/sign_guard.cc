// The comparison of height, round and step before each signature.
#include "consensus/sign_guard.h"

namespace jiandu::consensus {
namespace {

// What is signed but for the time. The polka is outside a proposal's signature.
bool SameButTime(const Vote& a, const Vote& b) {
  return a.type == b.type && a.height == b.height && a.round == b.round && a.id == b.id &&
         a.from == b.from;
}
bool SameButTime(const Proposal& a, const Proposal& b) {
  return a.height == b.height && a.round == b.round && a.pol_round == b.pol_round && a.id == b.id &&
         a.from == b.from;
}

template <typename T>
SignGuard::Verdict AtTheSamePlace(const std::optional<T>& stored, const T& asked) {
  if (stored && SameButTime(*stored, asked)) return SignGuard::ReturnStored{.message = *stored};
  return SignGuard::Refuse{.why = SignGuard::Why::kConflict,
                           .reason = stored ? "something else was signed at this step"
                                            : "this step was signed, but what is not known"};
}

SignGuard::Refuse Conflict(std::string reason) {
  return {.why = SignGuard::Why::kConflict, .reason = std::move(reason)};
}

}  // namespace

SignGuard::Verdict SignGuard::Decide(const SafetyState& last, const SignAndPersist& ask) {
  const Place place = PlaceOf(ask.unsigned_message);
  const Place before{last.height, last.round, last.step};
  if (place < before) {
    return Refuse{.why = Why::kBehind, .reason = "a later step has been signed already"};
  }
  if (place == before) {
    if (const auto* proposal = std::get_if<Proposal>(&ask.unsigned_message)) {
      return AtTheSamePlace(last.last_proposal, *proposal);
    }
    const auto& vote = std::get<Vote>(ask.unsigned_message);
    return AtTheSamePlace(vote.type == VoteType::kPrevote ? last.last_prevote : last.last_precommit,
                          vote);
  }
  const SafetyState& next = ask.state;
  if (place != Place{next.height, next.round, next.step}) {
    return Conflict("the record is not of the message's step");
  }
  if (next.height == last.height && next.locked_round < last.locked_round) {
    return Conflict("the record would lose a lock");
  }
  if (const auto* vote = std::get_if<Vote>(&ask.unsigned_message);
      vote != nullptr && vote->type == VoteType::kPrecommit && vote->id) {
    const bool locked = next.locked_round == vote->round && next.locked_id == vote->id;
    if (!locked || !next.polka || next.polka->round != vote->round || next.polka->id != vote->id) {
      return Conflict("a precommit without its lock and polka in the record");
    }
  }
  return SignFresh{};
}

SafetyState SignGuard::RecordOf(const SafetyState& last, const SafetyState& asked,
                                const Message& signed_message) {
  SafetyState record = asked;
  if (last.height == asked.height) {
    if (!record.seen_commit) record.seen_commit = last.seen_commit;
    if (last.round == asked.round) {
      if (!record.last_proposal) record.last_proposal = last.last_proposal;
      if (!record.last_prevote) record.last_prevote = last.last_prevote;
      if (!record.last_precommit) record.last_precommit = last.last_precommit;
    }
  }
  if (const auto* vote = std::get_if<Vote>(&signed_message)) {
    (vote->type == VoteType::kPrevote ? record.last_prevote : record.last_precommit) = *vote;
  } else {
    record.last_proposal = std::get<Proposal>(signed_message);
  }
  return record;
}

}  // namespace jiandu::consensus
