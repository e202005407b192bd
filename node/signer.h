// The thread that owns the consensus key, safety.rec and the tail of the segments.
//
// For one message, in this order: block at the segment tail and synced (where it must be),
// SignGuard, signature, record written and synced, answer. Nothing is answered before it is
// durable. A failed write or sync ends all signing: a failed fsync is never retried as success
// (docs/consensus.md (Signing)). Sign and Store may be called from any thread; answers come on the
// signer's thread and must only post.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "consensus/effect.h"
#include "consensus/sign_guard.h"
#include "crypto/ed25519.h"
#include "ledger/store/segments.h"
#include "node/block_data.h"
#include "node/fill.h"
#include "node/safety_file.h"

namespace jiandu::node {

using OwnMessage = std::variant<consensus::Proposal, consensus::Vote>;

struct SignRequest {
  consensus::SignAndPersist ask;
  BlockPtr block;  // must be at the segment tail first; null: none
};

struct SignerEvents {
  std::function<void(OwnMessage)> on_signed;
  std::function<void(std::string why)> on_refused;   // quarantine: an alarm
  std::function<void(consensus::Height)> on_stored;  // the decided block is at the tail
  // Returns once LevelDB is synced up to it; false when that will not come, and nothing is sealed:
  // the newest block's commit may stand in LevelDB alone.
  std::function<bool(consensus::Height)> before_seal;
  std::function<void(Error)> on_failed;  // disk: the node must stop
};

struct SignerOptions {
  std::string chain_id;
  std::optional<crypto::Ed25519PrivateKey> key;  // absent: stores blocks, signs nothing
  consensus::Address address;
};

class Signer {
 public:
  // Takes over the segments and the safety file (a validator's); `last` is what the file says.
  Signer(SignerOptions options, store::Segments* segments, std::optional<SafetyFile> safety,
         std::optional<consensus::SafetyState> last, SignerEvents events);
  ~Signer();
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  void Sign(SignRequest request);
  // The decided block: it becomes the tail of the ledger, other candidates are cut off.
  void Store(BlockPtr block);
  // Nothing at or below this place is signed any more, and safety.rec says so: others hold what we
  // signed there and the record does not know it (docs/consensus.md (Signing)).
  void Raise(const consensus::Place& seen);
  // Ends the thread after what is queued.
  void Stop();
  [[nodiscard]] Fill HowFull() const;  // of its jobs; any thread

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
