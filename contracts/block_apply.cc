// A block's transactions in order. Each is judged on what those before it left, and answered by
// exactly one stub.
#include "contracts/block_apply.h"

#include <utility>

#include "base/hex.h"
#include "base/limits.h"
#include "contracts/engine.h"
#include "contracts/expiry.h"
#include "contracts/live_quorum.h"
#include "contracts/node_set.h"
#include "contracts/pending.h"
#include "contracts/proposal.h"
#include "contracts/rejections.h"
#include "contracts/touched.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
using ledger::Stub;
using ledger::Transaction;

class Applier {
 public:
  Applier(const ledger::StateView& view, const BlockContext& context)
      : state_(view, context), expiry_(state_), context_(context), index_(context.log_size) {
    NoteSeen(state_);
  }

  void Apply(const Transaction& transaction) {
    state_.Begin(index_);
    Stub stub{.height = context_.height,
              .time = context_.time,
              .op = transaction.payload.op,
              .txid = transaction.txid,
              .env = transaction.env,
              .touched = {}};
    const RolesByEntity roles = Judged(transaction, stub);
    if (stub.code != 0) {
      CountRejection(state_, transaction);
      stub.flags = 0;
    }
    stub.touched = WriteTouches(state_, roles, index_);
    expiry_.Enter(transaction.payload.exp, transaction.txid);
    outcome_.codes.push_back(stub.code);
    outcome_.stubs.push_back(std::move(stub));
    ++index_;
  }

  [[nodiscard]] BlockOutcome Finish() {
    expiry_.Finish();
    outcome_.validator_updates = ChangedValidators(state_);
    for (BlockOutcome::Listing& birth : outcome_.births) {
      if (const ledger::EntityBody* body = state_.Body(birth.id)) {
        birth.departments = DepartmentsIn(*body);
      }
    }
    AddJoined();
    outcome_.writes = state_.Finish();
    return std::move(outcome_);
  }

 private:
  RolesByEntity Judged(const Transaction& transaction, Stub& stub) {
    if (transaction.payload.op == "cosign") {
      return Late(ApplyCosign(state_, transaction), transaction, stub);
    }
    if (transaction.payload.op == "vote") {
      return Late(ApplyVote(state_, transaction), transaction, stub);
    }
    return Ordinary(transaction, stub);
  }

  RolesByEntity Ordinary(const Transaction& transaction, Stub& stub) {
    const ledger::OpInfo* op = ledger::FindOp(transaction.payload.op);
    const CaseRow* row = op != nullptr ? FindRow(op->op) : nullptr;
    if (row == nullptr) return Reject(transaction, stub, Code::kMalformed);
    Case judged{.state = state_,
                .payload = transaction.payload,
                .txid = transaction.txid,
                .op = *op,
                .row = *row,
                .form = transaction.form ? &*transaction.form : nullptr,
                .at = transaction.payload.at};
    for (const ledger::Signer& signer : transaction.payload.signers) {
      judged.signers.push_back({.key = signer.key, .role = signer.role});
    }
    const Code code = Judge(judged);
    if (code != Code::kAccepted) {
      if (code == Code::kQuorumNotMet) NoteRefusedChange(judged);
      RolesByEntity roles = Reject(transaction, stub, code);
      for (const EntityId& id : judged.also_touched) roles[id] |= ledger::touch::kAct;
      return roles;
    }
    const bool waits = !judged.missing_roles.empty();
    if (waits || judged.is_put_to_vote) {
      if (waits) {
        PutAside(judged, transaction);
      } else {
        OpenProposal(judged, transaction.payload_bytes, HexEncode(transaction.digest.View()));
      }
      // Others learn of it when it takes effect: it touches its own department only.
      RolesByEntity roles;
      roles[judged.born.front()] = ledger::touch::kNew;
      roles[state_.MonthOf(transaction.payload.department)] = ledger::touch::kAct;
      AddBirths(judged.born);
      return roles;
    }
    Enact(judged);
    stub.flags = judged.flags;
    AddBirths(judged.born);
    return TouchedBy(judged);
  }

  // A cosign or a vote.
  RolesByEntity Late(CosignResult result, const Transaction& transaction, Stub& stub) {
    if (result.code != Code::kAccepted) {
      RolesByEntity roles = Reject(transaction, stub, result.code);
      roles.merge(result.touched);  // what the refusal names
      return roles;
    }
    // What takes effect touches the same in the same way, whether it was signed at once or later.
    RolesByEntity roles = std::move(result.touched);
    roles[result.pending] |= ledger::touch::kAct;
    roles[state_.MonthOf(transaction.payload.department)] |= ledger::touch::kAct;
    stub.flags = result.flags;
    AddBirths(result.born);
    return roles;
  }

  RolesByEntity Reject(const Transaction& transaction, Stub& stub, Code code) {
    stub.code = static_cast<std::uint32_t>(code);
    return TouchedByRejected(state_, transaction.payload);
  }

  void AddBirths(const std::vector<EntityId>& born) {
    for (const EntityId& id : born) {
      outcome_.births.push_back({.id = id, .index = index_, .departments = {}});
    }
  }

  // Departments that have come into a case since its birth list it from now on, at the place of its
  // birth: a demand's provider when it is assigned, the source a correction is forwarded to.
  void AddJoined() {
    for (BlockState::Joined& joined : state_.JoinedDepartments()) {
      outcome_.joined.push_back(
          {.id = joined.id, .index = joined.birth, .departments = std::move(joined.departments)});
    }
  }

  BlockState state_;
  ExpirySet expiry_;
  const BlockContext& context_;
  ledger::LogIndex index_;
  BlockOutcome outcome_;
};

}  // namespace

BlockOutcome ApplyBlock(const ledger::StateView& view, const BlockContext& context,
                        const std::vector<TransactionPtr>& transactions) {
  Applier applier(view, context);
  for (const TransactionPtr& transaction : transactions) applier.Apply(*transaction);
  return applier.Finish();
}

}  // namespace jiandu::contracts
