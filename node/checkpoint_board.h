// Where the newest checkpoint of the log lies for everybody to read.
//
// The loop publishes, gateway threads read; a checkpoint is immutable.
#pragma once

#include <memory>
#include <string>

#include "ledger/model/checkpoint.h"
#include "node/mutex.h"

namespace jiandu::node {

struct PublishedCheckpoint {
  ledger::Checkpoint checkpoint;
  std::string note;  // with the log's signature and a quorum of cosignatures
};
using PublishedCheckpointPtr = std::shared_ptr<const PublishedCheckpoint>;

class CheckpointBoard {
 public:
  void Publish(PublishedCheckpointPtr checkpoint) {
    const MutexLock lock(mutex_);
    latest_ = std::move(checkpoint);
  }
  // Null: there is none yet.
  [[nodiscard]] PublishedCheckpointPtr Latest() const {
    const MutexLock lock(mutex_);
    return latest_;
  }

 private:
  // The reason for a lock: one publisher and many readers meet here, for a pointer's time.
  mutable Mutex mutex_;
  PublishedCheckpointPtr latest_ JD_GUARDED_BY(mutex_);
};

}  // namespace jiandu::node
