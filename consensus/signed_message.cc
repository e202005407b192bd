#include "consensus/signed_message.h"

#include "consensus/canonical.h"

namespace jiandu::consensus {

Place PlaceOf(const SignedMessage& message) {
  if (const auto* vote = std::get_if<Vote>(&message)) {
    const Step step = vote->type == VoteType::kPrevote ? Step::kPrevote : Step::kPrecommit;
    return {.height = vote->height, .round = vote->round, .step = step};
  }
  const auto& proposal = std::get<Proposal>(message);
  return {.height = proposal.height, .round = proposal.round, .step = Step::kPropose};
}

const Address& SignerOf(const SignedMessage& message) {
  const auto* vote = std::get_if<Vote>(&message);
  return vote != nullptr ? vote->from : std::get<Proposal>(message).from;
}

bool VerifySigned(std::string_view chain_id, const SignedMessage& message,
                  const ValidatorSet& set) {
  if (const auto* vote = std::get_if<Vote>(&message)) return VerifyVote(chain_id, *vote, set);
  return VerifyProposal(chain_id, std::get<Proposal>(message), set);
}

void DropPolka(SignedMessage& message) {
  if (auto* proposal = std::get_if<Proposal>(&message)) proposal->polka.reset();
}

}  // namespace jiandu::consensus
