// Seat rotation: whose turn it is to propose.
#include "consensus/proposer_schedule.h"

namespace jiandu::consensus {

Address SeatRotation::ProposerOf(Height height, Round round, const ValidatorSet& set) const {
  const std::uint64_t seats = set.List().size();
  const std::uint64_t turn = round < 0 ? 0 : static_cast<std::uint64_t>(round);
  // Reduced before the sum, so that no height can wrap around.
  const std::uint64_t seat = ((height % seats) + (turn % seats)) % seats;
  return set.BySeat(seat).address;
}

}  // namespace jiandu::consensus
