// See checkpoints.h.
#include "node/checkpoints.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "ledger/model/log_policy.h"

namespace jiandu::node {
namespace {

using consensus::CheckpointMsg;

constexpr std::uint32_t kBadSignaturePoints = 20;

bool IsDue(const std::optional<std::int64_t>& last_ms, std::int64_t now_ms, std::int64_t every_ms) {
  return !last_ms || now_ms - *last_ms >= every_ms;
}

bool Holds(const std::string& text, const CheckpointMsg::Signature& signature) {
  const std::string signed_text =
      signature.time_s == 0 ? text : crypto::CosignedMessage(text, signature.time_s);
  return crypto::VerifyEd25519(signature.key, AsBytes(signed_text), signature.signature);
}

crypto::NoteSignature LineOf(const crypto::NoteKey& key, const CheckpointMsg::Signature& made) {
  crypto::NoteSignature line{.name = key.name, .id = key.Id(), .signature = {}};
  if (key.type == crypto::NoteKeyType::kCosigner) AppendU64Be(line.signature, made.time_s);
  Append(line.signature, made.signature.View());
  return line;
}

}  // namespace

Checkpoints::Checkpoints(std::string chain, CheckpointKeys keys, CheckpointEvents events,
                         Logger log)
    : chain_(std::move(chain)), keys_(keys), events_(std::move(events)), log_(std::move(log)) {}

std::uint64_t Checkpoints::PublishedSize() const { return published_ ? published_->size : 0; }

std::string Checkpoints::TextOf(std::uint64_t size, const Hash256& root) const {
  return ledger::Checkpoint{.origin = ledger::LogOrigin(chain_), .size = size, .root = root}
      .ToText();
}

const Hash256* Checkpoints::RootOf(std::uint64_t size) const {
  const auto at =
      std::ranges::lower_bound(certified_, size, {}, &std::pair<std::uint64_t, Hash256>::first);
  return at == certified_.end() || at->first != size ? nullptr : &at->second;
}

void Checkpoints::OnCertified(const Certified& certified, const Moment& now) {
  if (certified.size == 0) return;
  if (certified_.empty()) floor_ = certified.size;
  if (certified_.empty() || certified.size > certified_.back().first) {
    certified_.emplace_back(certified.size, certified.root);
    if (certified_.size() > kCertifiedMax) certified_.pop_front();
  }
  if (certified.log_key != log_key_ || certified.validators != validators_) {
    // Signatures of keys that no longer count are no help; the block that changed them made the
    // log longer, so there will be another checkpoint.
    collected_.clear();
    log_key_ = certified.log_key;
    validators_ = certified.validators;
    quorum_ = ledger::QuorumCount(validators_);
    cosigners_.clear();
    for (const auto& one : validators_) cosigners_[one.cosign_key] = one.department;
  }
  if (keys_.log != nullptr && keys_.log->PublicKey() != log_key_ && !std::exchange(warned_, true)) {
    events_.on_alarm("keys.log is not the ledger's log key (" + HexEncode(log_key_.View()) +
                     "): no checkpoints are signed here, and the log ends at the last one / "
                     "keys.log 不是账本登记的日志密钥：本节点不签检查点，日志停于上一检查点");
  }
  std::erase_if(ahead_, [&](const auto& entry) { return entry.second.size < certified.size; });
  std::vector<std::pair<PeerId, CheckpointMsg>> due;
  for (const auto& [peer, message] : ahead_) {
    if (message.size == certified.size) due.emplace_back(peer, message);
  }
  for (const auto& [peer, message] : due) {
    ahead_.erase(peer);
    OnMessage(peer, message, now);
  }
  Advance(now);
}

void Checkpoints::OnPeerUp(const PeerId& peer) {
  if (published_) events_.send(peer, *published_);
}

void Checkpoints::OnMessage(const PeerId& peer, const CheckpointMsg& message, const Moment& now) {
  if (certified_.empty() || message.size > certified_.back().first) {
    if (ahead_.contains(peer) || ahead_.size() < limits::kPeersMax) ahead_[peer] = message;
    return;
  }
  if (published_ && message.size <= published_->size) return AnswerOld(peer, message, now);
  const Hash256* root = RootOf(message.size);
  if (root == nullptr) return;  // no size that a block ended with, or long ago
  if (*root != message.root) return Contradicted(peer, message);
  if (!Take(message, now)) {
    events_.punish(peer, kBadSignaturePoints, "checkpoint with a bad signature");
    return;
  }
  SayOwnAgain(message, now);
  Advance(now);
}

// Who still asks for signatures of what is published here gets it whole.
void Checkpoints::AnswerOld(const PeerId& peer, const CheckpointMsg& message, const Moment& now) {
  const bool asks = message.size == published_->size && message.signatures.size() <= quorum_;
  if (!asks || !IsDue(answered_ms_, now.steady_ms, kEveryMsMin)) return;
  answered_ms_ = now.steady_ms;
  events_.send(peer, *published_);
}

// Another root for a size that validators certified. With the log's signature it is evidence
// against the holder of that key; without, the sender made it up.
void Checkpoints::Contradicted(const PeerId& peer, const CheckpointMsg& message) {
  const std::string text = TextOf(message.size, message.root);
  const bool is_logs = std::ranges::any_of(message.signatures, [&](const Signature& one) {
    return one.time_s == 0 && one.key == log_key_ && Holds(text, one);
  });
  if (!is_logs) {
    return events_.punish(peer, kBadSignaturePoints, "checkpoint with another root");
  }
  if (std::exchange(alarmed_, message.size) == message.size) return;
  events_.on_alarm("the log key signed root " + HexEncode(message.root.View()) + " for size " +
                   std::to_string(message.size) +
                   ", which is not the certified one: the manager must rotate it");
}

// False: a signature by a known key does not hold.
bool Checkpoints::Take(const CheckpointMsg& message, const Moment& now) {
  if (!TakeLogs(message)) return false;
  const auto found = collected_.find(message.size);
  // Without the log's there is nothing to cosign: a validator alone fills no memory.
  if (found == collected_.end()) return true;
  Collected& collected = found->second;
  for (const Signature& one : message.signatures) {
    if (one.time_s == 0 || one.time_s > now.wall_s + kAheadSecondsMax) continue;
    if (!cosigners_.contains(one.key)) continue;
    if (collected.cosigned.size() >= quorum_ || collected.cosigned.contains(one.key)) continue;
    if (!Holds(collected.text, one)) return false;
    collected.cosigned.emplace(one.key, one);
  }
  return true;
}

bool Checkpoints::TakeLogs(const CheckpointMsg& message) {
  if (collected_.contains(message.size)) return true;
  const auto one = std::ranges::find_if(message.signatures, [this](const Signature& signature) {
    return signature.time_s == 0 && signature.key == log_key_;
  });
  if (one == message.signatures.end()) return true;
  std::string text = TextOf(message.size, message.root);
  if (!Holds(text, *one)) return false;
  Keep(message.size, {.root = message.root, .text = std::move(text), .log = *one, .cosigned = {}});
  return true;
}

void Checkpoints::Keep(std::uint64_t size, Collected collected) {
  collected_.emplace(size, std::move(collected));
  while (collected_.size() > kCollectedMax) collected_.erase(collected_.begin());
}

// What we said may have been lost on the way to somebody.
void Checkpoints::SayOwnAgain(const CheckpointMsg& message, const Moment& now) {
  const auto found = collected_.find(message.size);
  if (keys_.cosign == nullptr || found == collected_.end()) return;
  const auto& own = keys_.cosign->PublicKey();
  const bool lacks = std::ranges::none_of(message.signatures,
                                          [&](const Signature& one) { return one.key == own; });
  if (!lacks || !found->second.cosigned.contains(own)) return;
  if (!IsDue(said_ms_, now.steady_ms, kAgainMs)) return;
  said_ms_ = now.steady_ms;
  events_.broadcast(MessageOf(message.size, found->second));
}

void Checkpoints::Tick(const Moment& now) {
  Advance(now);
  if (collected_.empty() || !IsDue(said_ms_, now.steady_ms, kAgainMs)) return;
  said_ms_ = now.steady_ms;
  const auto& [size, collected] = *collected_.rbegin();
  events_.broadcast(MessageOf(size, collected));
}

void Checkpoints::Advance(const Moment& now) {
  if (certified_.empty()) return;
  Offer(now);
  Cosign(now);
  Publish();
}

void Checkpoints::Offer(const Moment& now) {
  if (keys_.log == nullptr || keys_.log->PublicKey() != log_key_) return;
  const auto& [size, root] = certified_.back();
  if (size <= offered_ || size <= PublishedSize()) return;
  if (!IsDue(offered_ms_, now.steady_ms, kEveryMsMin)) return;
  offered_ = size;
  offered_ms_ = now.steady_ms;
  said_ms_ = now.steady_ms;
  if (collected_.contains(size)) return;  // of an earlier run, come back from a peer
  Collected made{.root = root, .text = TextOf(size, root), .log = {}, .cosigned = {}};
  made.log = {.key = log_key_, .time_s = 0, .signature = keys_.log->Sign(AsBytes(made.text))};
  const CheckpointMsg message = MessageOf(size, made);
  Keep(size, std::move(made));
  events_.broadcast(message);
}

// The largest size the log signed; never a smaller one afterwards.
void Checkpoints::Cosign(const Moment& now) {
  if (keys_.cosign == nullptr || collected_.empty()) return;
  const auto& own = keys_.cosign->PublicKey();
  auto& [size, collected] = *collected_.rbegin();
  if (!cosigners_.contains(own) || size < floor_ || size <= cosigned_) return;
  if (!IsDue(cosigned_ms_, now.steady_ms, kCosignMsMin)) return;
  cosigned_ = size;
  cosigned_ms_ = now.steady_ms;
  said_ms_ = now.steady_ms;
  const std::uint64_t time_s = std::max<std::uint64_t>(now.wall_s, 1);
  Signature made{.key = own, .time_s = time_s, .signature = {}};
  made.signature = keys_.cosign->Sign(AsBytes(crypto::CosignedMessage(collected.text, time_s)));
  collected.cosigned.insert_or_assign(own, made);
  events_.broadcast(MessageOf(size, collected));
}

void Checkpoints::Publish() {
  const auto whole =
      std::find_if(collected_.rbegin(), collected_.rend(),
                   [this](const auto& entry) { return entry.second.cosigned.size() >= quorum_; });
  if (whole == collected_.rend()) return;
  const auto& [size, collected] = *whole;
  published_ = MessageOf(size, collected);
  auto made = std::make_shared<const PublishedCheckpoint>(PublishedCheckpoint{
      .checkpoint = {.origin = ledger::LogOrigin(chain_), .size = size, .root = collected.root},
      .note = NoteOf(collected)});
  log_.Debug("checkpoint", {{"size", size}});
  collected_.erase(collected_.begin(), collected_.upper_bound(published_->size));
  events_.publish(std::move(made));
}

CheckpointMsg Checkpoints::MessageOf(std::uint64_t size, const Collected& collected) const {
  CheckpointMsg message{.size = size, .root = collected.root, .signatures = {collected.log}};
  for (const auto& [key, one] : collected.cosigned) message.signatures.push_back(one);
  return message;
}

// Just a quorum, in the order of the validators: with up to 22 of them 16 signatures, which every
// reader of notes takes.
std::string Checkpoints::NoteOf(const Collected& collected) const {
  crypto::Note note{.text = collected.text, .signatures = {}};
  note.signatures.push_back(LineOf({.name = ledger::LogOrigin(chain_),
                                    .type = crypto::NoteKeyType::kLog,
                                    .key = collected.log.key},
                                   collected.log));
  for (const ledger::GenesisValidator& one : validators_) {
    const auto found = collected.cosigned.find(one.cosign_key);
    if (found == collected.cosigned.end() || note.signatures.size() > quorum_) continue;
    note.signatures.push_back(LineOf({.name = ledger::CosignerName(chain_, one.department),
                                      .type = crypto::NoteKeyType::kCosigner,
                                      .key = one.cosign_key},
                                     found->second));
  }
  return note.ToText();
}

}  // namespace jiandu::node
