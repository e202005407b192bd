// Transactions made and blocks applied, and what is expected of every one of them.
#include "tests/support/contract_fixture.h"

#include <algorithm>
#include <set>

#include "contracts/rule_texts.h"
#include "crypto/hash.h"

namespace jiandu::contracts::testing {

Outcome::Outcome() = default;
Outcome::Outcome(const Outcome& other) = default;
Outcome::Outcome(Outcome&& other) noexcept = default;
Outcome& Outcome::operator=(const Outcome& other) = default;
Outcome& Outcome::operator=(Outcome&& other) noexcept = default;
Outcome::~Outcome() = default;

EntityId Outcome::Born(ledger::EntityKind kind) const {
  for (const EntityId& id : born) {
    if (ledger::KindOf(id) == kind) return id;
  }
  return {};
}

std::string CodeName(Code code) {
  const auto* info = ledger::FindCode(static_cast<std::uint32_t>(code));
  return info != nullptr ? std::string(info->name) : "ACCEPTED";
}

TestNet::TestNet(std::string_view profile, Json settings, Above above)
    : world_(profile, std::move(settings), above) {}
TestNet::TestNet(const TestNet& other) = default;
TestNet::TestNet(TestNet&& other) noexcept = default;
TestNet& TestNet::operator=(const TestNet& other) = default;
TestNet& TestNet::operator=(TestNet&& other) noexcept = default;
TestNet::~TestNet() = default;

TransactionPtr TestNet::Make(std::string_view op, std::string_view department,
                             const std::vector<Signing>& signings, Json body, std::int64_t at) {
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

void TestNet::SeeAtWork(const std::vector<std::string>& aliases) {
  seen_.clear();
  for (const std::string& alias : aliases) {
    const auto key = NodeKey(alias + "-node-consensus").PublicKey();
    seen_.push_back(*FixedBytes<20>::From(crypto::Sha256(key.View()).View().first(20)));
  }
}

BlockOutcome TestNet::Block(const std::vector<TransactionPtr>& transactions) {
  const BlockContext context{.chain = std::string(kChain),
                             .height = ++height_,
                             .time = time_,
                             .log_size = log_size_,
                             .seen = seen_};
  BlockOutcome outcome = ApplyBlock(world_.View(), context, transactions);
  ExpectChangesTouched(outcome);
  digests_.push_back(outcome.writes.Digest());
  world_.Apply(outcome.writes);
  for (std::size_t i = 0; i < outcome.stubs.size(); ++i) {
    log_.push_back({.index = log_size_ + i, .stub = outcome.stubs[i], .made_by = transactions[i]});
  }
  log_size_ += outcome.stubs.size() + (outcome.stubs.empty() ? 0 : 1);
  time_ += 1000;
  return outcome;
}

Outcome TestNet::Do(std::string_view op, std::string_view department,
                    const std::vector<Signing>& signings, Json body, std::int64_t at) {
  const TransactionPtr transaction = Make(op, department, signings, std::move(body), at);
  last_ = transaction;
  const auto issue = CheckForm(*transaction, kChain, time_);
  EXPECT_FALSE(issue.has_value()) << op << ": "
                                  << (issue ? issue->pointer + " " + issue->detail : "");
  const BlockOutcome block = Block({transaction});
  Outcome outcome;
  outcome.code = static_cast<Code>(block.codes.at(0));
  outcome.flags = block.stubs.at(0).flags;
  outcome.stub = block.stubs.at(0);
  for (const auto& birth : block.births) outcome.born.push_back(birth.id);
  ExpectInTheTexts(*transaction, outcome);
  return outcome;
}

void TestNet::ExpectChangesTouched(const BlockOutcome& outcome) {
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

void TestNet::ExpectInTheTexts(const ledger::Transaction& transaction,
                               const Outcome& outcome) const {
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

ledger::EntityBody TestNet::Body(const EntityId& id) const {
  const auto bytes = world_.View().Get(ledger::BodyKey(id));
  if (!bytes) return {};
  auto body = ledger::EntityBody::Decode(*bytes);
  EXPECT_TRUE(body.has_value());
  return body ? *body : ledger::EntityBody();
}

std::string TestNet::Status(const EntityId& id) const {
  const ledger::EntityBody body = Body(id);
  return std::string(ledger::StatusName(body.kind, body.status));
}

std::optional<ledger::EntityLeaf> TestNet::Leaf(const EntityId& id) const {
  const auto bytes = world_.View().Get(ledger::LeafKey(id));
  if (!bytes) return std::nullopt;
  auto leaf = ledger::EntityLeaf::Decode(*bytes);
  return leaf ? std::optional(*leaf) : std::nullopt;
}

void TestNet::AddPerson(std::string name, std::string_view department) {
  world_.AddPerson(std::move(name), department);
}

void TestNet::AdvanceTo(std::int32_t date, std::int64_t hour) {
  const std::int64_t time = ledger::StartOfDate(date) + hour * kHourMs;
  ASSERT_GT(time, time_);
  time_ = time;
}

}  // namespace jiandu::contracts::testing
