// Who has a seat: genesis at first, then what the ledger says, block by block.
//
// A change decided in H votes from H + 2 on, and who leaves signs through H + 1 (docs/consensus.md
// (Validator sets)): links to both are kept until then.

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
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

// After a start in the middle of a change: whoever votes on the next height although the state has
// no seat for it any more must be reached until then, or its vote is missing. Which of a
// department's used keys was that of its links the state does not say: all of them are let in.
void Node::State::RecallLeaving(const consensus::ValidatorSet& voting,
                                const ledger::StateView& view) {
  leaving_.clear();
  for (const consensus::Validator& validator : voting.List()) {
    const auto has_key = [&](const auto& seat) { return seat.consensus_key == validator.key; };
    const auto owner = view.Get(ledger::ConfigKey("validator/" + HexEncode(validator.key.View())));
    if (std::ranges::any_of(seats_, has_key) || !owner) continue;
    const std::string department(AsText(*owner));
    for (const PeerId& key : LinkKeysOf(department, view)) {
      leaving_.push_back({.department = department,
                          .consensus_key = validator.key,
                          .node_key = key,
                          .cosign_key = {},
                          .power = validator.power});
    }
  }
  leaving_until_ = leaving_.empty() ? 0 : recovered_->tip.height + kLeavesAfter;
}

// The likeliest last. A seat that only changed its consensus key has its link key still.
std::vector<PeerId> Node::State::LinkKeysOf(const std::string& department,
                                            const ledger::StateView& view) const {
  std::vector<PeerId> keys;
  const Bytes prefix = ledger::ConfigKey("node-key/");
  view.Scan(prefix, {}, [&](ByteView key, ByteView owner) {
    const auto bytes = HexDecode(AsText(key.subspan(prefix.size())));
    const auto read = bytes ? PeerId::From(*bytes) : std::nullopt;
    if (read && AsText(owner) == department) keys.push_back(*read);
    return keys.size() < limits::kPeersMax;
  });
  for (const auto* seats : {&genesis_.validators, &seats_}) {
    for (const auto& seat : *seats) {
      if (seat.department == department) keys.push_back(seat.node_key);
    }
  }
  return keys;
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
