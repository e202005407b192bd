#include "node/signer.h"

#include <algorithm>
#include <utility>

#include "consensus/canonical.h"
#include "node/event_loop.h"
#include "node/job_thread.h"

namespace jiandu::node {
namespace {

struct StoreJob {
  BlockPtr block;
};
using Job = std::variant<SignRequest, StoreJob, consensus::Place>;  // the last: to be raised to

// The record moved on to a place it has not signed at itself. A lock outlives rounds, not heights.
consensus::SafetyState Raised(const consensus::SafetyState& last, const consensus::Place& seen) {
  consensus::SafetyState raised;
  if (last.height == seen.height) raised = last;
  if (last.height != seen.height || last.round != seen.round) {
    raised.last_proposal.reset();
    raised.last_prevote.reset();
    raised.last_precommit.reset();
  }
  raised.seen_commit = last.seen_commit;
  raised.height = seen.height;
  raised.round = seen.round;
  raised.step = seen.step;
  return raised;
}

}  // namespace

class Signer::State {
 public:
  State(SignerOptions options, store::Segments* segments, std::optional<SafetyFile> safety,
        std::optional<consensus::SafetyState> last, SignerEvents events)
      : options_(std::move(options)),
        segments_(segments),
        safety_(std::move(safety)),
        last_(std::move(last).value_or(consensus::SafetyState())),
        events_(std::move(events)),
        thread_(
            "signer",
            [this](Job& job) { return std::visit([this](auto& one) { return Do(one); }, job); },
            events_.on_failed) {}

  void Push(Job job) { thread_.Push(std::move(job)); }
  void Stop() { thread_.Stop(); }
  [[nodiscard]] Fill HowFull() const { return thread_.HowFull(); }

 private:
  Result<void> Do(SignRequest& request) {
    if (!options_.key || !safety_) {
      return Fail(Errc::kInternal, "asked to sign without a consensus key");
    }
    if (request.block != nullptr) {
      JD_CHECK(segments_->Append(request.block->block.header.height, request.block->id.hash,
                                 *request.block->bytes));
    }
    auto verdict = consensus::SignGuard::Decide(last_, request.ask);
    if (auto* stored = std::get_if<consensus::SignGuard::ReturnStored>(&verdict)) {
      events_.on_signed(std::move(stored->message));
      return {};
    }
    if (const auto* refuse = std::get_if<consensus::SignGuard::Refuse>(&verdict)) {
      if (refuse->why == consensus::SignGuard::Why::kConflict) events_.on_refused(refuse->reason);
      return {};
    }
    OwnMessage signed_message = SignNow(std::move(request.ask.unsigned_message), request.block);
    auto record = consensus::SignGuard::RecordOf(last_, request.ask.state, signed_message);
    JD_CHECK(safety_->Write(record));
    last_ = std::move(record);
    events_.on_signed(std::move(signed_message));
    return {};
  }

  // The timestamp carries no meaning natively; CometBFT wants it not before the header's.
  OwnMessage SignNow(OwnMessage message, const BlockPtr& block) {
    std::int64_t ms = EventLoop::WallMs();
    if (block != nullptr) ms = std::max(ms, block->block.header.time.Ms());
    if (auto* vote = std::get_if<consensus::Vote>(&message)) {
      vote->time = consensus::Time::FromMs(ms);
      vote->from = options_.address;
      vote->signature = options_.key->Sign(consensus::VoteSignBytes(options_.chain_id, *vote));
    } else {
      auto& proposal = std::get<consensus::Proposal>(message);
      proposal.time = consensus::Time::FromMs(ms);
      proposal.from = options_.address;
      proposal.signature =
          options_.key->Sign(consensus::ProposalSignBytes(options_.chain_id, proposal));
    }
    return message;
  }

  Result<void> Do(StoreJob& job) {
    const consensus::Height height = job.block->block.header.height;
    JD_CHECK(segments_->Append(height, job.block->id.hash, *job.block->bytes));
    JD_CHECK(segments_->Decide(height, job.block->id.hash));
    events_.on_stored(height);
    if (!segments_->IsSealDue()) return {};
    if (!events_.before_seal(height)) {
      return Fail(Errc::kUnavailable, "not sealed: the node stops before the database is synced");
    }
    return segments_->Seal();
  }

  Result<void> Do(const consensus::Place& seen) {
    const consensus::Place last{.height = last_.height, .round = last_.round, .step = last_.step};
    if (!safety_ || seen <= last) return {};
    auto record = Raised(last_, seen);
    JD_CHECK(safety_->Write(record));
    last_ = std::move(record);
    return {};
  }

  SignerOptions options_;
  store::Segments* segments_;
  std::optional<SafetyFile> safety_;
  consensus::SafetyState last_;
  SignerEvents events_;
  JobThread<Job> thread_;  // last: it uses all of the above
};

Signer::Signer(SignerOptions options, store::Segments* segments, std::optional<SafetyFile> safety,
               std::optional<consensus::SafetyState> last, SignerEvents events)
    : state_(std::make_unique<State>(std::move(options), segments, std::move(safety),
                                     std::move(last), std::move(events))) {}
Signer::~Signer() = default;
void Signer::Sign(SignRequest request) { state_->Push(std::move(request)); }
void Signer::Store(BlockPtr block) { state_->Push(StoreJob{std::move(block)}); }
void Signer::Raise(const consensus::Place& seen) { state_->Push(seen); }
void Signer::Stop() { state_->Stop(); }
Fill Signer::HowFull() const { return state_->HowFull(); }

}  // namespace jiandu::node
