// Bodies of every op: the form check and the contracts take any JSON object without falling over,
// and what admission refuses the contracts answer with MALFORMED.
// Links: jiandu_contracts
#include <map>

#include "base/hex.h"
#include "contracts/admission.h"
#include "contracts/block_apply.h"
#include "contracts/personal_data.h"
#include "crypto/hash.h"
#include "ledger/model/body.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/genesis.h"
#include "ledger/model/op.h"

namespace {

using namespace jiandu;  // NOLINT: a program of its own
using ledger::SignerRole;

constexpr std::string_view kManager = "119901000990010105";
constexpr std::string_view kProvider = "119901000990010292";
constexpr ledger::TimeMs kTime = 1'772'413'200'000;

class View final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override {
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override {
    auto at = values_.lower_bound(from.empty() ? prefix : from);
    for (; at != values_.end() && HasPrefix(at->first, prefix); ++at) {
      if (!visit(at->first, at->second)) return;
    }
  }
  void Apply(const ledger::WriteSet& writes) {
    for (const auto& [key, value] : writes.Writes()) {
      if (value) values_[key] = *value;
    }
  }

 private:
  std::map<Bytes, Bytes, ledger::BytesLess> values_;
};

ledger::KeyId KeyOf(std::string_view name) { return {crypto::Sha256(AsBytes(name)).bytes}; }

// Two departments; the body of an entity of each kind under the id of 16 zero bytes.
View MakeWorld() {
  ledger::Genesis genesis;
  genesis.chain = "fuzz";
  genesis.departments = {
      {std::string(kManager), "m", "m", "990100", "CITY", "GOV", {"MANAGER", "DEPARTMENT"}},
      {std::string(kProvider), "p", "p", "990100", "CITY", "GOV", {"DEPARTMENT"}}};
  View view;
  view.Apply(ledger::GenesisState(genesis));
  ledger::WriteSet writes;
  for (std::uint8_t kind = 16; kind <= 23; ++kind) {
    ledger::EntityId id;
    id.bytes[0] = kind;
    for (std::uint8_t status = 1; status <= 6; ++status) {
      id.bytes[16] = status;
      ledger::EntityBody body;
      body.kind = static_cast<ledger::EntityKind>(kind);
      body.status = status;
      body.department = kProvider;
      body.parties = {{"provider", std::string(kProvider)},
                      {"manager", std::string(kManager)},
                      {"consumer", std::string(kProvider)},
                      {"issuer", std::string(kProvider)},
                      {"target", std::string(kProvider)}};
      ledger::EntityId resource;
      resource.bytes[0] = 17;
      resource.bytes[16] = status;
      if (kind > 17) body.links["resource"] = resource;
      body.texts = {{"profile", "combined"}, {"share_class", "CONDITIONAL"}, {"kind", "SYSTEM"}};
      body.numbers["valid_to"] = kTime * 2;
      writes.Put(ledger::BodyKey(id), body.Encode());
      ledger::EntityLeaf leaf;
      leaf.size = 1;
      leaf.status = status;
      writes.Put(ledger::LeafKey(id), leaf.Encode());
    }
  }
  const auto add = [&writes](std::string_view name, std::uint32_t duties,
                             ledger::IdentityKind kind) {
    ledger::KeyRecord record;
    record.department = kProvider;
    record.identity.bytes[0] = 16;
    record.identity.bytes[1] = static_cast<std::uint8_t>(name[0]);
    record.duties = duties;
    record.kind = kind;
    record.key.bytes[0] = 2;
    writes.Put(ledger::KeyRecordKey(KeyOf(name)), record.Encode());
  };
  add("c", ledger::duty::kClerk, ledger::IdentityKind::kOfficer);
  add("h", ledger::duty::kHead | ledger::duty::kLeader, ledger::IdentityKind::kOfficer);
  add("s", 0, ledger::IdentityKind::kSystem);
  view.Apply(writes);
  return view;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const View world = MakeWorld();
  if (size < 2) return 0;
  const auto ops = ledger::AllOps();
  const ledger::OpInfo& op = ops[data[0] % ops.size()];
  const std::string_view text = AsText(ByteView(data, size).subspan(2));
  (void)contracts::HasPersonalData(text);
  auto body = ParseJson(text, limits::kTxBytesMax);
  if (!body || !body->IsObject()) return 0;
  auto transaction = std::make_shared<ledger::Transaction>();
  ledger::Payload& payload = transaction->payload;
  payload = {.chain = "fuzz",
             .op = std::string(op.op),
             .department = std::string(kProvider),
             .signers = {},
             .nonce = "0000000000000000",
             .exp = kTime + 1000,
             .at = kTime,
             .body = std::move(*body)};
  if ((data[1] & 1U) != 0)
    payload.signers.push_back({.key = KeyOf("c"), .role = SignerRole::kMaker});
  if ((data[1] & 2U) != 0)
    payload.signers.push_back({.key = KeyOf("h"), .role = SignerRole::kHead});
  if ((data[1] & 4U) != 0)
    payload.signers.push_back({.key = KeyOf("s"), .role = SignerRole::kSystem});
  if (payload.signers.empty()) return 0;
  transaction->payload_bytes = ToBytes(ledger::EncodePayload(payload));
  transaction->txid = crypto::Sha256(transaction->payload_bytes);
  const auto issue = contracts::CheckForm(*transaction, "fuzz", kTime);
  const contracts::BlockContext context{.chain = "fuzz", .height = 5, .time = kTime, .log_size = 9};
  const auto outcome = contracts::ApplyBlock(world, context, {transaction});
  JD_ASSERT(outcome.codes.size() == 1 && outcome.stubs.size() == 1);
  JD_ASSERT(outcome.stubs[0].touched.size() <= limits::kTouchedEntitiesMax);
  if (issue && issue->code->name == "MALFORMED" && issue->pointer.starts_with("/body")) {
    JD_ASSERT(outcome.codes[0] == static_cast<std::uint32_t>(ledger::Code::kMalformed));
  }
  return 0;
}
