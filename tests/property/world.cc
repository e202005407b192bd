// Blocks, bodies and people of a network under random load.
#include "tests/property/world.h"

#include <algorithm>

#include "base/hex.h"

namespace jiandu::contracts::property {
namespace {

constexpr std::array<std::string_view, 8> kGenesisDepartments = {
    testing::kDb, testing::kGa,  testing::kJt, testing::kSw,
    testing::kSj, testing::kSdb, testing::kSt, testing::kZf};
constexpr std::array<std::string_view, 8> kAliases = {"db", "ga",  "jt", "sw",
                                                      "sj", "sdb", "st", "zf"};
constexpr std::array<std::string_view, 9> kPosts = {"-c1", "-c2", "-h1",  "-l1", "-s1",
                                                    "-b1", "-gw", "-app", "-op"};

}  // namespace

std::map<EntityId, EntityBody> World::GenesisBodies() const {
  std::map<EntityId, EntityBody> bodies;
  const Bytes prefix = {'B'};
  world_.View().Scan(prefix, {}, [&bodies](ByteView key, ByteView value) {
    const auto id = EntityId::From(key.subspan(1));
    auto body = EntityBody::Decode(value);
    if (id && body) bodies.emplace(*id, std::move(*body));
    return true;
  });
  return bodies;
}

void World::Adopt(std::map<EntityId, EntityBody> bodies) {
  for (auto& [id, body] : bodies) {
    by_kind_[body.kind].push_back(id);
    bodies_.emplace(id, std::move(body));
  }
  for (std::size_t i = 0; i < kAliases.size(); ++i) {
    if (kAliases[i] == "zf" && above_ == testing::Above::kNobody) continue;
    departments_.emplace_back(kGenesisDepartments[i]);
    for (const std::string_view post : kPosts) {
      people_[departments_.back()].push_back(std::string(kAliases[i]) + std::string(post));
    }
  }
}

const std::vector<std::string>& World::PeopleOf(std::string_view department) const {
  static const std::vector<std::string> kNobody;
  const auto found = people_.find(department);
  return found != people_.end() ? found->second : kNobody;
}

std::optional<ledger::KeyRecord> World::Key(const std::string& name) const {
  return ledger::FindKeyRecord(world_.View(), world_.Who(name).id);
}

std::string World::NewPerson(std::string_view department) {
  const std::string name = "new-" + std::to_string(++people_added_);
  world_.AddPerson(name, department);
  people_[std::string(department)].push_back(name);
  return name;
}

TransactionPtr World::Make(const Draft& draft) {
  ledger::Payload payload{.chain = std::string(testing::kChain),
                          .op = std::string(draft.op->op),
                          .department = draft.department,
                          .signers = {},
                          .nonce = {},
                          .exp = time_ + kHourMs,
                          .at = time_ + draft.skew,
                          .body = draft.body};
  Bytes counter;
  AppendU64Be(counter, ++nonce_);
  payload.nonce = HexEncode(counter);
  for (const Signing& signing : draft.signings) {
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
  auto decoded = ledger::DecodeStored(ledger::EncodeStored(AsBytes(bytes), signatures));
  if (!decoded) return nullptr;
  auto transaction = std::make_shared<const ledger::Transaction>(std::move(*decoded));
  if (CheckForm(*transaction, testing::kChain, time_).has_value()) return nullptr;
  return transaction;
}

BlockOutcome World::Apply(const std::vector<TransactionPtr>& transactions) {
  const BlockContext context = NextContext();
  BlockOutcome outcome = ApplyBlock(world_.View(), context, transactions);
  blocks_.push_back({.context = context,
                     .transactions = transactions,
                     .digest = outcome.writes.Digest(),
                     .stubs = outcome.stubs});
  before_.clear();
  changed_.clear();
  for (const auto& [key, value] : outcome.writes.Writes()) {
    if (key.size() != 1 + EntityId::kSize || key[0] != 'B' || !value) continue;
    const EntityId id = *EntityId::From(ByteView(key).subspan(1));
    auto body = EntityBody::Decode(*value);
    if (!body) continue;  // the invariants find it missing
    const auto found = bodies_.find(id);
    if (found == bodies_.end()) {
      by_kind_[body->kind].push_back(id);
    } else {
      before_.emplace(id, std::move(found->second));
    }
    bodies_.insert_or_assign(id, std::move(*body));
    changed_.insert(id);
  }
  world_.Apply(outcome.writes);
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    log_.push_back({.transaction = transactions[i],
                    .code = static_cast<Code>(outcome.codes[i]),
                    .flags = outcome.stubs[i].flags,
                    .height = context.height,
                    .time = context.time});
  }
  ++height_;
  log_size_ += transactions.size() + (transactions.empty() ? 0 : 1);
  time_ += 1000;
  return outcome;
}

}  // namespace jiandu::contracts::property
