// Checkpoints in the node: what is certified goes in, messages and the published one come out.

#include <algorithm>
#include <utility>

#include "ledger/model/log_policy.h"
#include "node/node_state.h"

namespace jiandu::node {
namespace {

Moment Now() {
  return {
      .steady_ms = EventLoop::SteadyMs(),
      .wall_s = static_cast<std::uint64_t>(std::max<std::int64_t>(EventLoop::WallMs(), 0)) / 1000};
}

}  // namespace

void Node::State::MakeCheckpoints() {
  CheckpointEvents events;
  events.broadcast = [this](const consensus::CheckpointMsg& message) { hub_->Broadcast(message); };
  events.send = [this](const PeerId& peer, const consensus::CheckpointMsg& message) {
    hub_->Send(peer, message);
  };
  events.punish = [this](const PeerId& peer, std::uint32_t points, const std::string& why) {
    hub_->Punish(peer, points, why);
  };
  events.publish = [this](PublishedCheckpointPtr checkpoint) {
    figures_.checkpoint.Set(static_cast<std::int64_t>(checkpoint->checkpoint.size));
    checkpoint_board_.Publish(std::move(checkpoint));
  };
  events.on_alarm = [this](const std::string& what) { OnAlarm(what); };
  checkpoints_ = std::make_unique<Checkpoints>(
      genesis_.chain,
      CheckpointKeys{.log = keys_->log ? &*keys_->log : nullptr,
                     .cosign = keys_->cosign ? &*keys_->cosign : nullptr},
      std::move(events), log_->Module("checkpoints"));
}

// The header of the view's height certifies the log of the height before it.
void Node::State::NoteCertified(const store::LedgerView& view) {
  if (view.Height() == 0) return;
  const auto row = view.RowAt(view.Height() - 1);
  const auto log_key = view.Get(ledger::ConfigKey("log-key"));
  const auto seats = view.Get(ledger::ValidatorsKey());
  const auto key = log_key ? crypto::Ed25519PublicKey::From(*log_key) : std::nullopt;
  auto validators = seats ? ledger::DecodeValidators(*seats)
                          : Result<std::vector<ledger::GenesisValidator>>(
                                jiandu::Fail(Errc::kNotFound, "no validators in the state"));
  if (!row || !key || !validators) {
    // Nothing but checkpoints stands still; whoever commits on this view finds the error too.
    logger_.Warn("no checkpoint: the state could not be read", {{"height", view.Height()}});
    return;
  }
  checkpoints_->OnCertified({.size = row->log_size,
                             .root = row->log_root,
                             .log_key = *key,
                             .validators = std::move(*validators)},
                            Now());
}

void Node::State::OnCheckpoint(const PeerId& peer, const consensus::CheckpointMsg& message) {
  checkpoints_->OnMessage(peer, message, Now());
}

void Node::State::TickCheckpoints() { checkpoints_->Tick(Now()); }

}  // namespace jiandu::node
