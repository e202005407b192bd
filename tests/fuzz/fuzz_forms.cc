// Bodies of every op: the form check and the contracts take any JSON object without falling over,
// and what admission refuses the contracts answer with MALFORMED.
// Links: jiandu_contracts jiandu_test_world
#include <array>

#include "contracts/admission.h"
#include "contracts/block_apply.h"
#include "contracts/personal_data.h"
#include "crypto/hash.h"
#include "ledger/model/body.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/op.h"
#include "tests/support/contract_world.h"

namespace {

using namespace jiandu;  // NOLINT: a program of its own
using contracts::testing::kChain;
using contracts::testing::kDb;
using contracts::testing::kGa;
using contracts::testing::kStart;
using ledger::SignerRole;

// The test world, and beside it the body of an entity of every kind in every status, so that inputs
// find something to name: ids of zeros, with the status in the last byte.
contracts::testing::TestWorld MakeWorld() {
  contracts::testing::TestWorld world;
  ledger::WriteSet writes;
  for (std::uint8_t kind = 16; kind <= 23; ++kind) {
    ledger::EntityId id;
    id.bytes[0] = kind;
    for (std::uint8_t status = 1; status <= 6; ++status) {
      id.bytes[16] = status;
      ledger::EntityBody body;
      body.kind = static_cast<ledger::EntityKind>(kind);
      body.status = status;
      body.department = kGa;
      body.parties = {{"provider", std::string(kGa)},
                      {"manager", std::string(kDb)},
                      {"consumer", std::string(kGa)},
                      {"issuer", std::string(kGa)},
                      {"target", std::string(kGa)}};
      ledger::EntityId resource;
      resource.bytes[0] = 17;
      resource.bytes[16] = status;
      if (kind > 17) body.links["resource"] = resource;
      body.texts = {{"profile", "combined"}, {"share_class", "CONDITIONAL"}, {"kind", "SYSTEM"}};
      body.numbers["valid_to"] = kStart * 2;
      writes.Put(ledger::BodyKey(id), body.Encode());
      ledger::EntityLeaf leaf;
      leaf.size = 1;
      leaf.status = status;
      writes.Put(ledger::LeafKey(id), leaf.Encode());
    }
  }
  world.Apply(writes);
  return world;
}

// Who signs, by the bits of the second byte of the input.
struct Choice {
  const char* name;
  SignerRole role;
};
constexpr std::array<Choice, 5> kChoices = {{{.name = "ga-c1", .role = SignerRole::kMaker},
                                             {.name = "ga-h1", .role = SignerRole::kHead},
                                             {.name = "ga-gw", .role = SignerRole::kSystem},
                                             {.name = "ga-l1", .role = SignerRole::kHead},
                                             {.name = "db-h1", .role = SignerRole::kPeer}}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const contracts::testing::TestWorld kWorld = MakeWorld();
  if (size < 2) return 0;
  const auto ops = ledger::AllOps();
  const ledger::OpInfo& op = ops[data[0] % ops.size()];
  const std::string_view text = AsText(ByteView(data, size).subspan(2));
  (void)contracts::HasPersonalData(text);
  auto body = ParseJson(text, limits::kTxBytesMax);
  if (!body || !body->IsObject()) return 0;
  auto transaction = std::make_shared<ledger::Transaction>();
  ledger::Payload& payload = transaction->payload;
  payload = {.chain = std::string(kChain),
             .op = std::string(op.op),
             .department = std::string(kGa),
             .signers = {},
             .nonce = "0000000000000000",
             .exp = kStart + 1000,
             .at = kStart,
             .body = std::move(*body)};
  for (std::size_t i = 0; i < kChoices.size(); ++i) {
    if ((data[1] >> i & 1U) == 0) continue;
    payload.signers.push_back({.key = kWorld.Who(kChoices[i].name).id, .role = kChoices[i].role});
  }
  if (payload.signers.empty()) return 0;
  transaction->payload_bytes = ToBytes(ledger::EncodePayload(payload));
  transaction->txid = crypto::Sha256(transaction->payload_bytes);
  transaction->form = ledger::CheckOpBody(op, payload.body);
  const auto issue = contracts::CheckForm(*transaction, kChain, kStart);
  const contracts::BlockContext context{
      .chain = std::string(kChain), .height = 5, .time = kStart, .log_size = 9};
  const auto outcome = contracts::ApplyBlock(kWorld.View(), context, {transaction});
  JD_ASSERT(outcome.codes.size() == 1 && outcome.stubs.size() == 1);
  JD_ASSERT(outcome.stubs[0].touched.size() <= limits::kTouchedEntitiesMax);
  if (issue && issue->code->name == "MALFORMED" && issue->pointer.starts_with("/body")) {
    JD_ASSERT(outcome.codes[0] == static_cast<std::uint32_t>(ledger::Code::kMalformed));
  }
  return 0;
}
