// A ledger in memory behind the gateway's ports, and a little network of three departments.
//
// The fake is filled before or between requests by the test's own thread; every port takes its
// lock.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "crypto/ecdsa.h"
#include "gateway/ports.h"
#include "gateway/settings.h"
#include "ledger/model/transaction.h"

namespace jiandu::gateway::test {

inline constexpr std::string_view kChain = "jiandu-test";
inline const ledger::DepartmentId kManager = "11330100MB0000001A";
inline const ledger::DepartmentId kPolice = "11330100MB0000002B";
inline const ledger::DepartmentId kTax = "11330100MB0000003C";
inline constexpr ledger::TimeMs kGenesisTime = 1'750'000'000'000;

// Plain ordered map as a state.
class MapState final : public ledger::StateView {
 public:
  std::optional<Bytes> Get(ByteView key) const override;
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override;
  std::map<Bytes, Bytes> values;
};

struct Data {
  ledger::Height height = 0;
  ledger::TimeMs time = kGenesisTime;
  Hash256 app_hash;
  MapState state;
  std::vector<Bytes> entries;                      // log
  std::map<ledger::LogIndex, Bytes> transactions;  // stored bytes by stub
  std::map<ledger::TxId, TxResult> results;
  std::map<ledger::EntityId, std::vector<ledger::LogIndex>> histories;
  struct Birth {
    ledger::LogIndex birth = 0;
    ledger::EntityId id;
    std::set<ledger::DepartmentId> departments;
  };
  std::vector<Birth> births;
  std::vector<LedgerSnapshot::BlockView> blocks;  // of height 1 on
  bool receipts_ready = true;
};

class FakeSnapshot final : public LedgerSnapshot {
 public:
  explicit FakeSnapshot(Data data) : data_(std::move(data)) {}
  ledger::Height Height() const override { return data_.height; }
  ledger::TimeMs Time() const override { return data_.time; }
  const Hash256& AppHash() const override { return data_.app_hash; }
  std::uint64_t LogSize() const override { return data_.entries.size(); }
  const ledger::StateView& State() const override { return data_.state; }
  std::string ProfileInForce() const override { return "combined@1"; }
  std::optional<ledger::EntityBody> BodyOf(const ledger::EntityId& id) const override;
  std::vector<DerivedFlag> FlagsOf(const ledger::EntityId& id) const override;
  std::vector<OwedClock> OwedClocksOf(const ledger::EntityId& id) const override;
  // Without contracts nothing follows from lineage; see contract_snapshot.h.
  Carriers CarriersOf(const ledger::EntityId&, std::int64_t, const std::string&) const override {
    return {};
  }
  std::vector<ItemChange> ChangesAfter(const ledger::EntityId&, std::int64_t,
                                       const std::string&) const override {
    return {};
  }
  std::optional<ledger::TimeMs> TimeOfAccess(const ledger::EntityId&,
                                             std::string_view) const override {
    return std::nullopt;
  }
  std::vector<HolderTask> TasksOf(const ledger::EntityId&) const override { return {}; }
  // A day late for each begun.
  ClockTimes TimesOf(const ledger::Clock& clock, ledger::TimeMs at) const override;
  std::vector<DerivedFlag> AccessFlagsOf(const ledger::EntityId& grant, ledger::TimeMs from,
                                         ledger::TimeMs until) const override;
  std::vector<ledger::DepartmentId> RecipientsOf(const ledger::EntityId&) const override {
    return {};
  }
  std::vector<DerivedFlag> FlagsOfEvent(ledger::LogIndex index,
                                        const ledger::Stub& stub) const override;
  // Without contracts nothing is judged; see contract_snapshot.h.
  std::optional<AccessPermit> CheckAccess(const AccessAsked&) const override {
    return std::nullopt;
  }
  std::optional<TxResult> FindTx(const ledger::TxId& txid) const override;
  Result<Bytes> TransactionAt(ledger::LogIndex index) const override;
  std::uint64_t BytesBehind(ledger::LogIndex) const override { return 0; }
  Result<Bytes> EntryAt(ledger::LogIndex index) const override;
  std::vector<ledger::LogIndex> History(const ledger::EntityId& id, std::uint64_t from,
                                        std::size_t limit) const override;
  std::vector<Listed> List(ledger::EntityKind kind,
                           const std::optional<ledger::DepartmentId>& department,
                           std::optional<ledger::LogIndex> after, std::size_t limit) const override;
  Result<BlockView> BlockAt(ledger::Height height) const override;
  // Bytes and a member that name the height; nothing of CometBFT.
  Result<LightBlockView> LightBlockAt(ledger::Height height) const override;
  Result<ledger::Receipt> ReceiptOf(const ledger::TxId& txid) const override;
  Result<ledger::HeadProof> Head() const override;
  // Events of a history and their bytes, as `shows` lets them through; no paths.
  Result<ledger::ProofBundle> Prove(ledger::HeadProof head, const ledger::ProofQuery& query,
                                    const ProofShows& shows) const override;

 private:
  Data data_;
};

// One officer of a department, with a key.
struct Officer {
  crypto::EcdsaPrivateKey key;
  ledger::KeyId id;
  ledger::DepartmentId department;
  ledger::EntityId identity;
};
[[nodiscard]] Officer MakeOfficer(std::uint8_t seed, const ledger::DepartmentId& department);

// What a test says happens in one transaction.
struct Event {
  std::string op = "request.submit";
  std::vector<ledger::EntityId> touched;
  std::uint32_t code = 0;
  std::uint64_t flags = 0;
};

// The three ports over one Data. Nothing is called back under the lock.
class FakeNode final : public TxSubmitter, public LedgerReader, public NodeStatus {
 public:
  FakeNode();

  // Building the ledger.
  void AddDepartment(const ledger::DepartmentId& code, std::string_view roles);
  void AddKey(const Officer& officer);
  void RevokeKey(const Officer& officer);
  // Puts a body, with a birth in the listing.
  ledger::EntityId AddEntity(const ledger::EntityBody& body,
                             std::set<ledger::DepartmentId> departments);
  // Many alike with one new view of the state.
  void AddMany(const ledger::EntityBody& body, std::size_t count);
  void PutState(Bytes key, Bytes value);
  void ChangeEntity(const ledger::EntityId& id, const ledger::EntityBody& body);
  // Commits one signed transaction in a block of its own.
  ledger::TxId Commit(const Officer& officer, const Event& event, std::string_view nonce);
  void AddEmptyBlock();
  void SetReceiptsReady(bool ready);

  // TxSubmitter.
  void Submit(Bytes stored, OnSubmitted done) override;
  void Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
            OnResult done) override;
  // Every transaction waiting is told this result (it is not put into the ledger).
  void Decide(TxStatus status, std::uint32_t code = 0);
  // Waiters run into their deadline.
  void LetWaitersTimeOut();
  std::size_t WaitersAlive();
  // Blocks until a transaction waits; false when none does in ten seconds.
  bool AwaitWaiter();
  std::optional<Refusal> refuse_next;  // next Submit is refused
  TxResult known_result;               // what Submit tells when not refused
  bool wait_times_out_at_once = true;  // Wait answers kPending at once
  bool unknown_to_mempool = true;      // ... or kUnknown for what was never submitted
  std::vector<Bytes> submitted;

  // LedgerReader.
  std::shared_ptr<const LedgerSnapshot> Latest() const override;
  std::shared_ptr<const LedgerSnapshot> AsOf(ledger::Height height) const override;
  void WaitForHeight(ledger::Height height, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
                     OnHeight done) override;
  void ReachHeight();  // height waiters are told

  // NodeStatus.
  Report Status() const override;
  Result<void> Ready() const override;
  std::string Metrics() const override { return metrics; }
  std::string metrics = "# HELP jiandu_height Height\njiandu_height 1\n";
  std::string GenesisDocument() const override { return R"({"chain":"jiandu-test"})"; }
  bool ready = true;

 private:
  struct Waiter {
    std::weak_ptr<void> alive;
    OnResult done;
  };
  struct HeightWaiter {
    ledger::Height height = 0;
    std::weak_ptr<void> alive;
    OnHeight done;
  };
  void Publish();
  ledger::EntityId PutEntity(const ledger::EntityBody& body,
                             std::set<ledger::DepartmentId> departments);
  ledger::LogIndex AppendEntry(const ledger::LogEntry& entry);

  mutable std::mutex mutex_;  // the gateway's thread and the test's meet here
  std::condition_variable waiter_came_;
  Data data_;
  std::map<ledger::Height, std::shared_ptr<const FakeSnapshot>> views_;
  std::vector<Waiter> waiters_;
  std::vector<HeightWaiter> height_waiters_;
};

// A DSSE envelope signed by officers, as a client would send it.
[[nodiscard]] std::string SignedEnvelope(const std::vector<const Officer*>& officers,
                                         std::string_view op, std::string_view nonce);
[[nodiscard]] Bytes SignedStored(const std::vector<const Officer*>& officers, std::string_view op,
                                 std::string_view nonce);
[[nodiscard]] ledger::EntityBody MakeBody(ledger::EntityKind kind,
                                          const ledger::DepartmentId& department,
                                          std::uint32_t status);
// Of kPolice, in one of these states.
inline constexpr std::uint32_t kDraft = 1;
inline constexpr std::uint32_t kPublished = 5;
[[nodiscard]] ledger::EntityBody ResourceBody(std::uint32_t status,
                                              const Json& form = Json::MakeObject());
[[nodiscard]] ledger::EntityBody GrantBody(const ledger::DepartmentId& provider,
                                           const ledger::DepartmentId& consumer);

}  // namespace jiandu::gateway::test
