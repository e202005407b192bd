// The way of a transaction into the mempool: from clients and peers, through the verify pool.
//
// Submit and Wait may be called from any thread; all else is on the loop. Work is taken in vectors:
// a hand-over of single items would cost more than the signature check. A transaction from a client
// is sent once to each peer; others offer it again if it is not committed after a while (decisions
// 8).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "consensus/message.h"
#include "gateway/ports.h"
#include "node/event_loop.h"
#include "node/executor.h"
#include "node/fill.h"
#include "node/log.h"
#include "node/mempool.h"
#include "node/peer_hub.h"
#include "node/verify_pool.h"

namespace jiandu::node {

struct IntakeParts {
  EventLoop* loop = nullptr;
  VerifyPool* pool = nullptr;
  Mempool* mempool = nullptr;
  PeerHub* hub = nullptr;
  std::function<void()> on_work;               // the mempool has something
  std::function<bool()> is_behind;             // gossip rests while catching up
  std::function<store::LedgerViewPtr()> view;  // the newest; any thread
  // Empty: the hub's.
  std::function<void(const PeerId&, std::uint32_t points, const std::string& why)> punish{};
  Logger log;
};

class TxIntake {
 public:
  using OnSubmitted = gateway::TxSubmitter::OnSubmitted;
  using OnResult = gateway::TxSubmitter::OnResult;

  explicit TxIntake(IntakeParts parts);
  ~TxIntake();
  TxIntake(const TxIntake&) = delete;
  TxIntake& operator=(const TxIntake&) = delete;

  // Any thread.
  void Submit(Bytes stored, OnSubmitted done);
  void Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
            OnResult done);

  // Loop.
  void OnTxBatch(const PeerId& peer, consensus::TxBatch batch);
  void OnPoolResults();  // the verify pool has woken us
  void OnApplied(const AppliedBlock& applied);
  void Tick();  // expires waiters, offers again; each 250 ms
  void AddFills(Fills& fills) const;

 private:
  struct Asked {
    Bytes stored;
    OnSubmitted done;
  };
  struct Waiter {
    std::int64_t deadline_ms = 0;
    std::weak_ptr<void> cancelled;
    OnResult done;
  };
  struct NewWaiter {
    ledger::TxId txid;
    Waiter waiter;
  };

  void DrainAsked();
  void DrainWaiters();
  void PunishGossip(const std::vector<CheckedTx>& results);
  // Of a transaction that no block has: pending when it lies here, else unknown.
  [[nodiscard]] gateway::TxStatus StatusOf(const ledger::TxId& txid) const;
  void Answer(CheckedTx& checked, OnSubmitted done);
  void Refuse(OnSubmitted& done, CheckedTx& checked);
  void Gossip(const std::vector<PooledTx>& transactions);

  IntakeParts parts_;
  Channel<Asked> asked_;
  Channel<NewWaiter> new_waiters_;
  std::map<std::uint64_t, OnSubmitted> answers_;  // by ticket
  std::uint64_t next_ticket_ = 1;                 // 0: from a peer, nobody waits for the answer
  std::map<ledger::TxId, std::vector<Waiter>> waiters_;
  std::size_t waiter_count_ = 0;
};

}  // namespace jiandu::node
