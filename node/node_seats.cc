// Who has a seat: genesis at first, then what the ledger says, block by block.
//
// A change decided in H votes from H + 2 on, and who leaves signs through H + 1 (docs/consensus.md
// (Validator sets)): links to both are kept until then.

#include <algorithm>
#include <utility>

#include "node/node_state.h"

namespace jiandu::node {
namespace {

constexpr ledger::Height kLeavesAfter = 2;

}  // namespace

void Node::State::NameSeats(const std::vector<ledger::GenesisValidator>& seats,
                            const ledger::StateView* view) {
  for (const auto& seat : seats) {
    const auto address = consensus::AddressOf(seat.consensus_key);
    names_[address] = seat.department;
    for (const auto& department : genesis_.departments) {
      if (department.code == seat.department) aliases_[address] = department.alias;
    }
    // Of a department that joined later the ledger knows no short name.
    if (view != nullptr) aliases_.try_emplace(address, seat.department);
  }
}

// What cannot be read changes nothing: the executor finds the error too, and ends the node.
bool Node::State::ReadSeats(const ledger::StateView& view) {
  const auto bytes = view.Get(ledger::ValidatorsKey());
  auto seats = bytes ? ledger::DecodeValidators(*bytes)
                     : Result<std::vector<ledger::GenesisValidator>>(
                           jiandu::Fail(Errc::kNotFound, "no validators in the state"));
  if (!seats || *seats == seats_) return false;
  leaving_ = std::exchange(seats_, std::move(*seats));
  NameSeats(seats_, &view);
  return true;
}

std::vector<ledger::GenesisValidator> Node::State::LinkedSeats() const {
  std::vector<ledger::GenesisValidator> all = seats_;
  for (const auto& seat : leaving_) {
    const bool stays =
        std::ranges::any_of(seats_, [&](const auto& one) { return one.node_key == seat.node_key; });
    if (!stays) all.push_back(seat);
  }
  return all;
}

std::map<consensus::Address, PeerId> Node::State::PeersOfSeats() const {
  std::map<consensus::Address, PeerId> peers;
  for (const auto& seat : leaving_) peers[consensus::AddressOf(seat.consensus_key)] = seat.node_key;
  for (const auto& seat : seats_) peers[consensus::AddressOf(seat.consensus_key)] = seat.node_key;
  return peers;
}

void Node::State::FollowSeats(const store::LedgerView& view) {
  const bool changed = ReadSeats(view);
  if (changed) leaving_until_ = view.Height() + kLeavesAfter;
  const bool left = !changed && !leaving_.empty() && view.Height() >= leaving_until_;
  if (left) leaving_.clear();
  if (!changed && !left) return;
  logger_.Info("validators changed",
               {{"height", view.Height()}, {"seats", std::uint64_t{seats_.size()}}});
  host_->SetPeers(PeersOfSeats());
  reporter_->SetDepartments(names_);
  // Later: the hub must not close links while one of them is being read.
  OnLoop([this] { hub_->SetPeers(PinnedPeers()); });
}

}  // namespace jiandu::node
