// How a member of the simulated network lies: what it sends is changed on the way out, and signed
// anew with its keys; and the claim that the others go on. For scenarios.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "consensus/message.h"
#include "tests/simulator/world.h"

namespace jiandu::simulator {

// Changes each message of some kinds; false takes it away.
using Change = std::function<bool(std::size_t to, consensus::PeerMessage& message)>;
[[nodiscard]] World::Lie Changing(Change change);

void Sign(std::size_t liar, consensus::Vote& vote, const std::string& chain);
[[nodiscard]] bool IsOwn(std::size_t liar, const consensus::VoteMsg* vote);

// Chooses who lies; answers with its number.
std::size_t Liar(World& world, const std::function<World::Lie(std::size_t)>& lie);

// Between two moments from now on, so many blocks must be made whatever is going on.
void CheckGoesOn(World& world, Micros from, Micros until, consensus::Height heights,
                 const char* what);

}  // namespace jiandu::simulator
