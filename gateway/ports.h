// What the gateway needs of a node: abstract classes it declares itself.
//
// The gateway never sees node/; node/gateway_ports.cc implements these, and so do the gateway's own
// tests. Every method may be called from any gateway thread. Callbacks are called once, from any
// thread, and must not block.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "ledger/model/body.h"
#include "ledger/model/codes.h"
#include "ledger/model/flag_counts.h"
#include "ledger/model/key_record.h"
#include "ledger/model/proof_bundle.h"
#include "ledger/model/receipt.h"
#include "ledger/model/state_view.h"
#include "ledger/model/stub.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway {

// Where a transaction is now. The four words of CCF, and `rejected`.
enum class TxStatus { kUnknown, kPending, kCommitted, kRejected, kInvalid };

struct TxResult {
  TxStatus status = TxStatus::kUnknown;
  ledger::Height height = 0;   // committed or rejected: its block
  ledger::TimeMs time = 0;     // block time
  ledger::LogIndex index = 0;  // its stub
  std::uint32_t code = 0;
  std::uint64_t flags = 0;
  ledger::FlagCounts flag_counts{};      // of a batch
  std::vector<ledger::EntityId> born{};  // entities born in it, in order
  std::string detail{};                  // of a rejection: which field or reference
};

// Why a submission was not taken.
struct Refusal {
  Error error;                             // kFull, kUnavailable, kInvalid, ...
  const ledger::CodeInfo* code = nullptr;  // of admission, when a code of 4.20 applies
  std::string pointer{};                   // JSON Pointer into the payload
  std::string stage;                       // "parse", "auth", "admission", "consensus"
  std::optional<ledger::TxId> txid{};      // once the form could be read
};

// Takes transactions; they are admitted by the node's loop and gossiped.
class TxSubmitter {
 public:
  virtual ~TxSubmitter() = default;
  struct Accepted {
    ledger::TxId txid;
    TxResult known;  // kPending, or the result when it is already in a block
  };
  using OnSubmitted = std::move_only_function<void(std::expected<Accepted, Refusal>)>;
  // `stored` is the stored form (ledger/model/transaction.h).
  virtual void Submit(Bytes stored, OnSubmitted done) = 0;
  // Called when the transaction is in a decided block, or at the deadline (at once when `wait_ms`
  // is 0) with kPending when this node's mempool holds it, else with kUnknown. The waiter is
  // dropped without a call when `cancelled` expires.
  using OnResult = std::move_only_function<void(TxResult)>;
  virtual void Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
                    OnResult done) = 0;
};

// One consistent, immutable state of the ledger as of a height.
class LedgerSnapshot {
 public:
  virtual ~LedgerSnapshot() = default;
  [[nodiscard]] virtual ledger::Height Height() const = 0;
  [[nodiscard]] virtual ledger::TimeMs Time() const = 0;     // of the block at that height
  [[nodiscard]] virtual const Hash256& AppHash() const = 0;  // after that height
  [[nodiscard]] virtual std::uint64_t LogSize() const = 0;
  // False once something of the database could not be read: what was answered since then may say
  // that there is nothing where there is something. Asked last, before an answer leaves.
  [[nodiscard]] virtual bool IsIntact() const { return true; }
  [[nodiscard]] virtual const ledger::StateView& State() const = 0;
  // The version of the policy profile at that height: "combined@1".
  [[nodiscard]] virtual std::string ProfileInForce() const = 0;
  // An entity's body as of this height: parties after reorganisations, and the status that has come
  // by itself (lapsed, expired, closed by law). Nothing when it has none.
  [[nodiscard]] virtual std::optional<ledger::EntityBody> BodyOf(
      const ledger::EntityId& id) const = 0;
  // Flags of kind D of an entity: what follows from the state though nobody wrote it.
  struct DerivedFlag {
    std::string_view flag;  // a constant
    ledger::EntityId subject;
    std::int64_t value = 0;
    ledger::DepartmentId department;  // who is responsible
    std::string detail;
  };
  [[nodiscard]] virtual std::vector<DerivedFlag> FlagsOf(const ledger::EntityId& id) const = 0;
  // The same of one transaction: what later acts say of who signed it and what it let in.
  [[nodiscard]] virtual std::vector<DerivedFlag> FlagsOfEvent(ledger::LogIndex index,
                                                              const ledger::Stub& stub) const = 0;

  // A derived resource that an item of a version has reached: directly (level 1), or through
  // another.
  struct Carrier {
    ledger::EntityId resource;
    ledger::EntityId derivation;
    ledger::EntityId input;          // from which the item came
    std::int64_t made_of = 0;        // version of the input at first
    std::int64_t input_version = 0;  // now
    std::int64_t out_version = 0;
    std::vector<std::string> items = {};  // of the resource that are made of it
    std::vector<std::string> stale = {};  // of these
    int level = 1;
  };
  // Of what is made of several inputs that carry it, one for each; false: a bound was met.
  struct Carriers {
    std::vector<Carrier> list = {};
    bool whole = true;
  };
  // `item` "*": any. Versions of the resource up to `version`.
  [[nodiscard]] virtual Carriers CarriersOf(const ledger::EntityId& resource, std::int64_t version,
                                            const std::string& item) const = 0;
  // Versions after `version` that changed the item, and the corrections they were for (or zero).
  struct ItemChange {
    std::int64_t version = 0;
    ledger::EntityId correction;
  };
  [[nodiscard]] virtual std::vector<ItemChange> ChangesAfter(const ledger::EntityId& resource,
                                                             std::int64_t version,
                                                             const std::string& item) const = 0;
  // What a correction asked of a holder, and what it answered.
  struct HolderTask {
    ledger::EntityId held;  // a grant, or a derived resource
    ledger::DepartmentId department;
    ledger::TimeMs start = 0;
    ledger::TimeMs due = 0;
    std::string outcome = {};  // "": no answer yet
    ledger::TimeMs answered_at = 0;
    std::int64_t late = 0;  // working days
  };
  [[nodiscard]] virtual std::vector<HolderTask> TasksOf(
      const ledger::EntityId& correction) const = 0;
  // When an access on the ledger happened, by the grant it was under and its id; nothing when there
  // is none of that id.
  [[nodiscard]] virtual std::optional<ledger::TimeMs> TimeOfAccess(
      const ledger::EntityId& grant, std::string_view acc_id) const = 0;
  // When a clock is due, and by how many working days (hours of I01) it is late at `at`.
  struct ClockTimes {
    ledger::TimeMs due = 0;
    bool provisional = false;
    std::int64_t late = 0;
  };
  [[nodiscard]] virtual ClockTimes TimesOf(const ledger::Clock& clock, ledger::TimeMs at) const = 0;
  // Those of a grant's accesses in a period of at most 92 days.
  [[nodiscard]] virtual std::vector<DerivedFlag> AccessFlagsOf(const ledger::EntityId& grant,
                                                               ledger::TimeMs from,
                                                               ledger::TimeMs until) const = 0;

  // Whether an access would be let in now: judged as its record will be, with nothing written.
  struct AccessAsked {
    ledger::EntityId grant;
    std::string system = {};    // id of an identity, or
    std::string acct_tag = {};  // tag of an account
    std::string client_ip = {};
    std::string client_net = {};
    std::string purpose_code = {};
    std::string matter_code = {};
    std::vector<std::string> items = {};
    std::uint64_t rows = 0;
  };
  struct AccessPermit {
    std::vector<std::string> flags = {};  // it would raise, and which deny it
    bool is_suspended = false;            // the consumer's rights
    bool is_stopped = false;              // the resource lets nobody in
    bool is_revoked = false;              // the system's identity
    std::vector<std::string> items = {};  // granted
    std::vector<std::pair<std::string, std::string>> masks = {};  // item, profile
    ledger::TimeMs valid_to = 0;
    std::optional<std::uint64_t> left_today = {};  // uses; nothing: no bound
    bool records_each = false;
    [[nodiscard]] bool IsPermitted() const {
      return flags.empty() && !is_suspended && !is_stopped && !is_revoked;
    }
  };
  // Nothing when there is no such grant.
  [[nodiscard]] virtual std::optional<AccessPermit> CheckAccess(const AccessAsked& asked) const = 0;

  [[nodiscard]] virtual std::optional<TxResult> FindTx(const ledger::TxId& txid) const = 0;
  // Stored bytes of a transaction by the index of its stub.
  [[nodiscard]] virtual Result<Bytes> TransactionAt(ledger::LogIndex index) const = 0;
  // How many bytes that reads: those of its block.
  [[nodiscard]] virtual std::uint64_t BytesBehind(ledger::LogIndex index) const = 0;
  // Exact bytes of a log entry.
  [[nodiscard]] virtual Result<Bytes> EntryAt(ledger::LogIndex index) const = 0;
  // Log indexes of an entity's history from place `from` on, in order.
  [[nodiscard]] virtual std::vector<ledger::LogIndex> History(const ledger::EntityId& id,
                                                              std::uint64_t from,
                                                              std::size_t limit) const = 0;
  // Entities of a kind in order of birth, after `after` (a birth index; nothing: from the start).
  // With a department: only those it may list (its own, and those it is a party of).
  struct Listed {
    ledger::LogIndex birth = 0;
    ledger::EntityId id;
  };
  [[nodiscard]] virtual std::vector<Listed> List(
      ledger::EntityKind kind, const std::optional<ledger::DepartmentId>& department,
      std::optional<ledger::LogIndex> after, std::size_t limit) const = 0;
  // Encoded header (CometBFT) of a height at or below Height(); its hash; commit once known.
  struct BlockView {
    ledger::Height height = 0;
    ledger::TimeMs time = 0;
    Hash256 hash;
    Bytes header;
    Bytes commit;  // empty while only the next block will bring it
    std::vector<ledger::TxId> transactions;
    std::string proposer;  // department
  };
  [[nodiscard]] virtual Result<BlockView> BlockAt(ledger::Height height) const = 0;
  // kUnavailable until header H+1 has its commit.
  [[nodiscard]] virtual Result<ledger::Receipt> ReceiptOf(const ledger::TxId& txid) const = 0;
  // The certified header of Height(), and what it opens to: the ledger as of Height() - 1, or as of
  // Height() when that block has no transactions. kUnavailable at genesis.
  [[nodiscard]] virtual Result<ledger::HeadProof> Head() const = 0;
  // The answer to a query as of Height(), under a head that opens this state; kConflict when it
  // opens another one.
  struct ProofShows {
    std::function<bool(const ledger::Stub& stub)> event;  // else by its hash alone
    std::function<bool(const ledger::Transaction& transaction, const ledger::Stub& stub)> bytes;
    ledger::ProofTransactions which = ledger::ProofTransactions::kAll;
  };
  [[nodiscard]] virtual Result<ledger::ProofBundle> Prove(ledger::HeadProof head,
                                                          const ledger::ProofQuery& query,
                                                          const ProofShows& shows) const = 0;
  // Deadlines that stand in no body: what holders owe to a correction, what is to be confirmed.
  struct OwedClock {
    ledger::EntityId subject;
    ledger::Clock clock;
  };
  [[nodiscard]] virtual std::vector<OwedClock> OwedClocksOf(const ledger::EntityId& id) const = 0;
  // Departments that data delivered under a grant was passed on to, as was reported, with or
  // without consent; at most 64.
  [[nodiscard]] virtual std::vector<ledger::DepartmentId> RecipientsOf(
      const ledger::EntityId& grant) const = 0;
  // A certified header with the set that signed it, as CometBFT's light clients read it: protobuf
  // and the JSON of its RPC. kNotFound above Height(), kUnavailable while the commit is to come.
  struct LightBlockView {
    Hash256 hash;  // of the header
    Bytes wire;
    Json json;
  };
  [[nodiscard]] virtual Result<LightBlockView> LightBlockAt(ledger::Height height) const = 0;
};

class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  [[nodiscard]] virtual std::shared_ptr<const LedgerSnapshot> Latest() const = 0;
  // Of one of the last limits::kViewsKept heights; null when older or in the future.
  [[nodiscard]] virtual std::shared_ptr<const LedgerSnapshot> AsOf(ledger::Height height) const = 0;
  // Called as soon as Latest() is at `height`, or with null at the deadline.
  using OnHeight = std::move_only_function<void(std::shared_ptr<const LedgerSnapshot>)>;
  virtual void WaitForHeight(ledger::Height height, std::int64_t wait_ms,
                             std::weak_ptr<void> cancelled, OnHeight done) = 0;
};

class NodeStatus {
 public:
  virtual ~NodeStatus() = default;
  struct Peer {
    std::string department;
    std::string address;
    bool connected = false;
    ledger::Height height = 0;
    std::int64_t last_seen_ms_ago = 0;
    std::int64_t clock_ahead_ms = 0;  // of the peer against this node
  };
  // What was voted to judge from a height to come (docs/contracts.md 4.2).
  struct PlannedRuleset {
    std::uint64_t ruleset = 0;
    ledger::Height from = 0;
    bool known = true;  // to this program; else the node stops before `from`
    // Still to come after `height` before it judges.
    [[nodiscard]] ledger::Height HeightsLeft(ledger::Height height) const {
      return from > height + 1 ? from - 1 - height : 0;
    }
  };
  // Why a validator's word is missing, as far as this node can see.
  struct Missing {
    std::string department;
    std::string why;
    std::string why_zh;
    std::int64_t since_ms = 0;  // how long already; -1: since this node began
  };
  struct Report {
    std::string chain;
    Hash256 genesis_hash;
    std::string department;
    std::string version;
    ledger::Height height = 0;  // newest decided block
    ledger::TimeMs block_time = 0;
    std::int32_t round = -1;
    std::string step;         // "waiting-for-work", "propose", "prevote", ...
    std::string waiting_for;  // a sentence: what the node waits for, "" when for nothing
    std::string waiting_for_zh;
    std::int64_t waiting_since_ms = 0;  // how long already
    std::string proposer;               // of this round; of the next height's first one in between
    std::vector<std::string> missing;   // departments whose vote or proposal is missing
    std::vector<Missing> missing_why;   // of these and of all that cannot be reached
    bool validator = false;
    bool catching_up = false;
    bool signing = false;  // false: quarantined, or not a validator
    std::string not_signing_because;
    std::size_t mempool_transactions = 0;
    std::size_t mempool_bytes = 0;
    ledger::Height persisted_height = 0;  // written to LevelDB
    std::uint64_t disk_free_bytes = 0;
    std::vector<Peer> peers;
    std::optional<PlannedRuleset> planned_ruleset;
    std::vector<std::string> alarms;
  };
  [[nodiscard]] virtual Report Status() const = 0;
  // Synced, newest block younger than heartbeat + 30 s, disk writable; otherwise why not.
  [[nodiscard]] virtual Result<void> Ready() const = 0;
  [[nodiscard]] virtual std::string Metrics() const = 0;  // Prometheus text format
  [[nodiscard]] virtual std::string GenesisDocument() const = 0;
};

}  // namespace jiandu::gateway
