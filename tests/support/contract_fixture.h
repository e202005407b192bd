// A small network for tests of the contracts: a state in memory, and blocks that are applied to it
// one by one.
//
// Signatures are constants: ApplyBlock does not verify them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hex.h"
#include "contracts/admission.h"
#include "contracts/block_apply.h"
#include "contracts/block_state.h"
#include "crypto/hash.h"
#include "ledger/model/body.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/form.h"
#include "ledger/model/op.h"
#include "tests/support/contract_world.h"

namespace jiandu::contracts::testing {

using ledger::Code;
using ledger::Flag;
using ledger::SignerRole;

struct Signing {
  std::string name;
  SignerRole role;
};
inline Signing Maker(std::string name) { return {std::move(name), SignerRole::kMaker}; }
inline Signing Head(std::string name) { return {std::move(name), SignerRole::kHead}; }
inline Signing Peer(std::string name) { return {std::move(name), SignerRole::kPeer}; }
inline Signing System(std::string name) { return {std::move(name), SignerRole::kSystem}; }

// What became of one transaction.
struct Outcome {
  Outcome();
  Outcome(const Outcome& other);
  Outcome(Outcome&& other) noexcept;
  Outcome& operator=(const Outcome& other);
  Outcome& operator=(Outcome&& other) noexcept;
  ~Outcome();

  Code code = Code::kAccepted;
  std::uint64_t flags = 0;
  ledger::Stub stub;
  std::vector<EntityId> born;
  [[nodiscard]] bool Accepted() const { return code == Code::kAccepted; }
  [[nodiscard]] bool Has(Flag flag) const { return (flags & ledger::FlagBit(flag)) != 0; }
  // The first entity of the kind born; zero when there is none.
  [[nodiscard]] EntityId Born(ledger::EntityKind kind) const;
};

std::string CodeName(Code code);

// One transaction as it stands in the log.
struct Logged {
  ledger::LogIndex index = 0;
  ledger::Stub stub;
  TransactionPtr made_by;
};

class TestNet {
 public:
  explicit TestNet(std::string_view profile = "combined", Json settings = Json::MakeObject(),
                   Above above = Above::kGovernment);
  TestNet(const TestNet& other);
  TestNet(TestNet&& other) noexcept;
  TestNet& operator=(const TestNet& other);
  TestNet& operator=(TestNet&& other) noexcept;
  ~TestNet();

  // A transaction as admission would hand it on; `at` is the block's time unless given.
  [[nodiscard]] TransactionPtr Make(std::string_view op, std::string_view department,
                                    const std::vector<Signing>& signings, Json body,
                                    std::int64_t at = 0);

  // Applies a block and keeps its writes.
  BlockOutcome Block(const std::vector<TransactionPtr>& transactions);

  // From the next block on these are seen at work: "db" proposes, others sign its commit.
  void SeeAtWork(const std::vector<std::string>& aliases);
  // Empty blocks, `count` of them.
  void PassHeights(ledger::Height count) { height_ += count; }

  // One transaction in a block of its own.
  Outcome Do(std::string_view op, std::string_view department, const std::vector<Signing>& signings,
             Json body, std::int64_t at = 0);

  // Whoever follows an entity's history sees every change of it: no body is written untouched.
  static void ExpectChangesTouched(const BlockOutcome& outcome);

  // What the engine answers stands in docs/rules.en.md: every rule's code and every flag.
  void ExpectInTheTexts(const ledger::Transaction& transaction, const Outcome& outcome) const;

  [[nodiscard]] ledger::EntityBody Body(const EntityId& id) const;
  [[nodiscard]] std::string Status(const EntityId& id) const;
  [[nodiscard]] std::optional<ledger::EntityLeaf> Leaf(const EntityId& id) const;
  [[nodiscard]] EntityId Identity(const std::string& name) const { return world_.Identity(name); }
  [[nodiscard]] const Person& Who(const std::string& name) const { return world_.Who(name); }
  // Someone whose key is not in genesis.
  void AddPerson(std::string name, std::string_view department);

  // Writes a body as an op of another machine would leave it.
  template <typename Change>
  void Forge(const EntityId& id, Change change) {
    ledger::EntityBody body = Body(id);
    change(body);
    ledger::WriteSet writes;
    writes.Put(ledger::BodyKey(id), body.Encode());
    world_.Apply(writes);
  }

  [[nodiscard]] const MemoryView& View() const { return world_.View(); }
  // What another machine has written: its part of the state, without its transactions.
  template <typename Write>
  void WriteState(Write write) {
    const BlockContext context{
        .chain = std::string(kChain), .height = height_, .time = time_, .log_size = log_size_};
    BlockState state(world_.View(), context);
    write(state);
    world_.Apply(state.Finish());
  }
  [[nodiscard]] std::int64_t Time() const { return time_; }
  [[nodiscard]] ledger::Height Height() const { return height_; }
  [[nodiscard]] const TransactionPtr& Last() const { return last_; }
  [[nodiscard]] const std::vector<Hash256>& Digests() const { return digests_; }
  [[nodiscard]] const std::vector<Logged>& Log() const { return log_; }
  [[nodiscard]] ledger::LogIndex LogSize() const { return log_size_; }
  void Advance(std::int64_t ms) { time_ += ms; }
  // To an hour of a day in UTC+8; time never runs backwards.
  void AdvanceTo(std::int32_t date, std::int64_t hour = 10);

 private:
  std::vector<FixedBytes<20>> seen_;
  TestWorld world_;
  std::int64_t time_ = kStart;
  ledger::Height height_ = 0;
  ledger::LogIndex log_size_ = 1;
  std::uint64_t nonce_ = 0;
  TransactionPtr last_;
  std::vector<Hash256> digests_;
  std::vector<Logged> log_;
};

}  // namespace jiandu::contracts::testing
