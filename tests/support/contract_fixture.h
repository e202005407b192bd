// A small network for tests of the contracts: a state in memory, and blocks that are applied to it
// one by one.
//
// Header only. Signatures are constants: ApplyBlock does not verify them.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/hex.h"
#include "contracts/admission.h"
#include "contracts/block_apply.h"
#include "contracts/block_state.h"
#include "contracts/rule_texts.h"
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
  Code code = Code::kAccepted;
  std::uint64_t flags = 0;
  ledger::Stub stub;
  std::vector<EntityId> born;
  [[nodiscard]] bool Accepted() const { return code == Code::kAccepted; }
  [[nodiscard]] bool Has(Flag flag) const { return (flags & ledger::FlagBit(flag)) != 0; }
  // The first entity of the kind born; zero when there is none.
  [[nodiscard]] EntityId Born(ledger::EntityKind kind) const {
    for (const EntityId& id : born) {
      if (ledger::KindOf(id) == kind) return id;
    }
    return {};
  }
};

inline std::string CodeName(Code code) {
  const auto* info = ledger::FindCode(static_cast<std::uint32_t>(code));
  return info != nullptr ? std::string(info->name) : "ACCEPTED";
}

// One transaction as it stands in the log.
struct Logged {
  ledger::LogIndex index = 0;
  ledger::Stub stub;
  TransactionPtr made_by;
};

class TestNet {
 public:
  explicit TestNet(std::string_view profile = "combined", Json settings = Json::MakeObject(),
                   Above above = Above::kGovernment)
      : world_(profile, std::move(settings), above) {}

  // A transaction as admission would hand it on; `at` is the block's time unless given.
  [[nodiscard]] TransactionPtr Make(std::string_view op, std::string_view department,
                                    const std::vector<Signing>& signings, Json body,
                                    std::int64_t at = 0) {
    ledger::Payload payload{.chain = std::string(kChain),
                            .op = std::string(op),
                            .department = std::string(department),
                            .signers = {},
                            .nonce = {},
                            .exp = time_ + kHourMs,
                            .at = at != 0 ? at : time_,
                            .body = std::move(body)};
    Bytes counter;
    AppendU64Be(counter, ++nonce_);
    payload.nonce = HexEncode(counter);
    for (const Signing& signing : signings) {
      payload.signers.push_back({.key = world_.Who(signing.name).id, .role = signing.role});
    }
    std::ranges::sort(payload.signers);
    std::vector<ledger::TxSignature> signatures;
    for (const ledger::Signer& signer : payload.signers) {
      crypto::EcdsaSignature signature;
      signature.bytes[31] = 1;
      signature.bytes[63] = 1;
      signatures.push_back({.key = signer.key, .signature = signature});
    }
    const std::string bytes = ledger::EncodePayload(payload);
    const Bytes stored = ledger::EncodeStored(AsBytes(bytes), signatures);
    auto decoded = ledger::DecodeStored(stored);
    EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().detail);
    return std::make_shared<const ledger::Transaction>(std::move(*decoded));
  }

  // Applies a block and keeps its writes.
  BlockOutcome Block(const std::vector<TransactionPtr>& transactions) {
    const BlockContext context{
        .chain = std::string(kChain), .height = ++height_, .time = time_, .log_size = log_size_};
    BlockOutcome outcome = ApplyBlock(world_.View(), context, transactions);
    ExpectChangesTouched(outcome);
    digests_.push_back(outcome.writes.Digest());
    world_.Apply(outcome.writes);
    for (std::size_t i = 0; i < outcome.stubs.size(); ++i) {
      log_.push_back(
          {.index = log_size_ + i, .stub = outcome.stubs[i], .made_by = transactions[i]});
    }
    log_size_ += outcome.stubs.size() + (outcome.stubs.empty() ? 0 : 1);
    time_ += 1000;
    return outcome;
  }

  // One transaction in a block of its own.
  Outcome Do(std::string_view op, std::string_view department, const std::vector<Signing>& signings,
             Json body, std::int64_t at = 0) {
    const TransactionPtr transaction = Make(op, department, signings, std::move(body), at);
    last_ = transaction;
    const auto issue = CheckForm(*transaction, kChain, time_);
    EXPECT_FALSE(issue.has_value())
        << op << ": " << (issue ? issue->pointer + " " + issue->detail : "");
    const BlockOutcome block = Block({transaction});
    Outcome outcome{.code = static_cast<Code>(block.codes.at(0)),
                    .flags = block.stubs.at(0).flags,
                    .stub = block.stubs.at(0),
                    .born = {}};
    for (const auto& birth : block.births) outcome.born.push_back(birth.id);
    ExpectInTheTexts(*transaction, outcome);
    return outcome;
  }

  // Whoever follows an entity's history sees every change of it: no body is written untouched.
  static void ExpectChangesTouched(const BlockOutcome& outcome) {
    std::set<EntityId> touched;
    for (const ledger::Stub& stub : outcome.stubs) {
      for (const ledger::Touch& touch : stub.touched) touched.insert(touch.entity);
    }
    for (const auto& [key, value] : outcome.writes.Writes()) {
      if (key.size() != 1 + EntityId::kSize || key[0] != 'B') continue;
      const EntityId id = *EntityId::From(ByteView(key).subspan(1));
      EXPECT_TRUE(touched.contains(id)) << "changed but not touched: " << ledger::ToHex(id);
    }
  }

  // What the engine answers stands in docs/rules.en.md: every rule's code and every flag.
  void ExpectInTheTexts(const ledger::Transaction& transaction, const Outcome& outcome) const {
    const ledger::Payload& payload = transaction.payload;
    std::string op = payload.op;
    for (const std::string_view waits : {"pending", "proposal"}) {
      if (const auto id = ledger::ParseEntityId(payload.body.TextOr(waits))) {
        const ledger::EntityBody body = Body(*id);
        if (const std::string_view inner = body.Text("op"); !inner.empty()) op = inner;
      }
    }
    const auto* info = ledger::FindCode(static_cast<std::uint32_t>(outcome.code));
    EXPECT_TRUE(info == nullptr || info->step != "7" || NamesCode(op, outcome.code))
        << op << ": rule_texts does not name " << CodeName(outcome.code);
    for (const ledger::FlagInfo& flag : ledger::AllFlags()) {
      EXPECT_TRUE(!outcome.Has(Flag{flag.bit}) || NamesFlag(op, Flag{flag.bit}))
          << op << ": rule_texts does not name " << flag.name;
    }
  }

  [[nodiscard]] ledger::EntityBody Body(const EntityId& id) const {
    const auto bytes = world_.View().Get(ledger::BodyKey(id));
    if (!bytes) return {};
    auto body = ledger::EntityBody::Decode(*bytes);
    EXPECT_TRUE(body.has_value());
    return body ? *body : ledger::EntityBody();
  }
  [[nodiscard]] std::string Status(const EntityId& id) const {
    const ledger::EntityBody body = Body(id);
    return std::string(ledger::StatusName(body.kind, body.status));
  }
  [[nodiscard]] std::optional<ledger::EntityLeaf> Leaf(const EntityId& id) const {
    const auto bytes = world_.View().Get(ledger::LeafKey(id));
    if (!bytes) return std::nullopt;
    auto leaf = ledger::EntityLeaf::Decode(*bytes);
    return leaf ? std::optional(*leaf) : std::nullopt;
  }
  [[nodiscard]] EntityId Identity(const std::string& name) const { return world_.Identity(name); }
  [[nodiscard]] const Person& Who(const std::string& name) const { return world_.Who(name); }
  // Someone whose key is not in genesis.
  void AddPerson(std::string name, std::string_view department) {
    world_.AddPerson(std::move(name), department);
  }

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
  void AdvanceTo(std::int32_t date, std::int64_t hour = 10) {
    const std::int64_t time = ledger::StartOfDate(date) + hour * kHourMs;
    ASSERT_GT(time, time_);
    time_ = time;
  }

 private:
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
