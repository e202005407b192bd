// See fakes.h.
#include "tests/gateway/fakes.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"
#include "ledger/model/body.h"

namespace jiandu::gateway::test {
namespace {

ledger::Payload MakePayload(const std::vector<const Officer*>& officers, std::string_view op,
                            std::string_view nonce) {
  ledger::Payload payload;
  payload.chain = kChain;
  payload.op = op;
  payload.department = officers.front()->department;
  for (const Officer* officer : officers) {
    const auto role =
        payload.signers.empty() ? ledger::SignerRole::kMaker : ledger::SignerRole::kHead;
    payload.signers.push_back(ledger::Signer{.key = officer->id, .role = role});
  }
  std::ranges::sort(payload.signers);
  payload.nonce = nonce;
  payload.exp = kGenesisTime + 3'600'000;
  payload.at = kGenesisTime;
  payload.body = Json::MakeObject({{"note", "a body"}});
  return payload;
}

std::vector<ledger::TxSignature> Sign(const std::vector<const Officer*>& officers,
                                      ByteView payload) {
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(payload));
  std::vector<ledger::TxSignature> signatures;
  for (const Officer* officer : officers) {
    signatures.push_back({.key = officer->id, .signature = officer->key.SignDigest(digest)});
  }
  std::ranges::sort(signatures);
  return signatures;
}

}  // namespace

Officer MakeOfficer(std::uint8_t seed, const ledger::DepartmentId& department) {
  crypto::EcdsaSeed bytes;
  bytes.bytes.fill(seed);
  auto key = crypto::EcdsaPrivateKey::From(bytes);
  JD_ASSERT(key.has_value());
  const ledger::KeyId id = crypto::MakeKeyId(key->PublicKey());
  ledger::TxId birth;
  birth.bytes.fill(seed);
  return Officer{.key = *std::move(key),
                 .id = id,
                 .department = department,
                 .identity = ledger::BornId(ledger::EntityKind::kIdentity, birth, 0)};
}

FakeNode::FakeNode() {
  AppendEntry(ledger::GenesisEntry{.chain = std::string(kChain), .genesis_hash = {}});
  known_result.status = TxStatus::kPending;
  Publish();
}

void FakeNode::Publish() {
  data_.app_hash = crypto::Sha256(AsBytes(std::to_string(data_.height)));
  views_[data_.height] = std::make_shared<FakeSnapshot>(data_);
}

ledger::LogIndex FakeNode::AppendEntry(const ledger::LogEntry& entry) {
  data_.entries.push_back(ledger::EncodeEntry(entry));
  return data_.entries.size() - 1;
}

ledger::EntityId FakeNode::AddEntity(const ledger::EntityBody& body,
                                     std::set<ledger::DepartmentId> departments) {
  const std::lock_guard lock(mutex_);
  const ledger::EntityId id = PutEntity(body, std::move(departments));
  Publish();
  return id;
}

void FakeNode::AddMany(const ledger::EntityBody& body, std::size_t count) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < count; ++i) (void)PutEntity(body, {});
  Publish();
}

ledger::EntityId FakeNode::PutEntity(const ledger::EntityBody& body,
                                     std::set<ledger::DepartmentId> departments) {
  ledger::EntityId id;
  if (body.kind == ledger::EntityKind::kDepartment) {
    id = ledger::DepartmentEntity(body.department);
  } else {
    const ledger::TxId born_in = crypto::Sha256(AsBytes(std::to_string(data_.births.size())));
    id = ledger::BornId(body.kind, born_in, 0);
  }
  // Like those of genesis, births 0 come several at once; later ones one by one.
  const ledger::LogIndex birth = data_.height == 0 ? 0 : data_.entries.size();
  data_.births.push_back({.birth = birth, .id = id, .departments = std::move(departments)});
  ledger::EntityLeaf leaf;
  leaf.birth = birth;
  leaf.status = body.status;
  data_.state.values[ledger::LeafKey(id)] = leaf.Encode();
  data_.state.values[ledger::BodyKey(id)] = body.Encode();
  if (data_.height == 0) data_.histories[id].push_back(0);
  return id;
}

void FakeNode::PutState(Bytes key, Bytes value) {
  const std::lock_guard lock(mutex_);
  data_.state.values[std::move(key)] = std::move(value);
  Publish();
}

void FakeNode::ChangeEntity(const ledger::EntityId& id, const ledger::EntityBody& body) {
  const std::lock_guard lock(mutex_);
  data_.state.values[ledger::BodyKey(id)] = body.Encode();
  Publish();
}

void FakeNode::AddDepartment(const ledger::DepartmentId& code, std::string_view roles) {
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kDepartment, code, 1);
  body.texts["roles"] = roles;
  body.texts["level"] = "CITY";
  (void)AddEntity(std::move(body), {});
}

void FakeNode::AddKey(const Officer& officer) {
  const std::lock_guard lock(mutex_);
  ledger::KeyRecord record;
  record.key = officer.key.PublicKey();
  record.department = officer.department;
  record.identity = officer.identity;
  record.duties = ledger::duty::kClerk;
  data_.state.values[ledger::KeyRecordKey(officer.id)] = record.Encode();
  Publish();
}

void FakeNode::RevokeKey(const Officer& officer) {
  const std::lock_guard lock(mutex_);
  Bytes& value = data_.state.values[ledger::KeyRecordKey(officer.id)];
  auto record = ledger::KeyRecord::Decode(value);
  JD_ASSERT(record.has_value());
  record->revoked_at = data_.time;
  record->reason = ledger::RevokeReason::kLeft;
  value = record->Encode();
  Publish();
}

ledger::TxId FakeNode::Commit(const Officer& officer, const Event& event, std::string_view nonce) {
  const Bytes stored = SignedStored({&officer}, event.op, nonce);
  const auto transaction = ledger::DecodeStored(stored);
  JD_ASSERT(transaction.has_value());
  const std::lock_guard lock(mutex_);
  ++data_.height;
  data_.time += 1000;
  ledger::Stub stub;
  stub.height = data_.height;
  stub.time = data_.time;
  stub.op = event.op;
  stub.txid = transaction->txid;
  stub.env = transaction->env;
  stub.code = event.code;
  stub.flags = event.flags;
  const ledger::LogIndex index = data_.entries.size();
  std::vector<ledger::EntityId> touched = event.touched;
  touched.push_back(ledger::DepartmentMonthEntity(officer.department, data_.time));
  std::ranges::sort(touched);
  for (const ledger::EntityId& id : touched) {
    auto& history = data_.histories[id];
    stub.touched.push_back({.entity = id, .roles = ledger::touch::kAct, .seq = history.size()});
    history.push_back(index);
  }
  AppendEntry(stub);
  data_.transactions[index] = stored;
  TxResult result;
  result.status = event.code == 0 ? TxStatus::kCommitted : TxStatus::kRejected;
  result.height = data_.height;
  result.time = data_.time;
  result.index = index;
  result.code = event.code;
  result.flags = event.flags;
  data_.results[stub.txid] = result;
  LedgerSnapshot::BlockView block;
  block.height = data_.height;
  block.time = data_.time;
  block.hash = crypto::Sha256(AsBytes("block" + std::to_string(data_.height)));
  block.header = ToBytes("header");
  block.transactions = {stub.txid};
  block.proposer = kManager;
  if (!data_.blocks.empty()) data_.blocks.back().commit = ToBytes("commit");
  data_.blocks.push_back(std::move(block));
  Publish();
  return stub.txid;
}

void FakeNode::AddEmptyBlock() {
  const std::lock_guard lock(mutex_);
  ++data_.height;
  LedgerSnapshot::BlockView block;
  block.height = data_.height;
  block.hash = crypto::Sha256(AsBytes("block" + std::to_string(data_.height)));
  data_.blocks.push_back(std::move(block));
  Publish();
}

void FakeNode::SetReceiptsReady(bool now_ready) {
  const std::lock_guard lock(mutex_);
  data_.receipts_ready = now_ready;
  Publish();
}

void FakeNode::Submit(Bytes stored, OnSubmitted done) {
  std::optional<Refusal> refusal;
  Accepted accepted;
  {
    const std::lock_guard lock(mutex_);
    std::swap(refusal, refuse_next);
    const auto transaction = ledger::DecodeStored(stored);
    if (!transaction && !refusal) {
      refusal =
          Refusal{.error = transaction.error(), .code = nullptr, .pointer = "", .stage = "parse"};
    }
    if (transaction) {
      accepted.txid = transaction->txid;
      const auto known = data_.results.find(transaction->txid);
      accepted.known = known == data_.results.end() ? known_result : known->second;
    }
    submitted.push_back(std::move(stored));
  }
  if (refusal) return done(std::unexpected(*std::move(refusal)));
  done(std::move(accepted));
}

void FakeNode::Wait(const ledger::TxId& txid, std::int64_t wait_ms, std::weak_ptr<void> cancelled,
                    OnResult done) {
  TxResult result;
  {
    const std::lock_guard lock(mutex_);
    const bool known = std::ranges::any_of(submitted, [&](const Bytes& stored) {
      const auto transaction = ledger::DecodeStored(stored);
      return transaction && transaction->txid == txid;
    });
    result.status = known || !unknown_to_mempool ? TxStatus::kPending : TxStatus::kUnknown;
    if (known && wait_ms > 0 && !wait_times_out_at_once) {
      waiters_.push_back(Waiter{.alive = std::move(cancelled), .done = std::move(done)});
      waiter_came_.notify_all();
      return;
    }
  }
  done(result);
}

void FakeNode::Decide(TxStatus status, std::uint32_t code) {
  std::vector<Waiter> waiters;
  TxResult result;
  {
    const std::lock_guard lock(mutex_);
    waiters.swap(waiters_);
    result.status = status;
    result.code = code;
    result.height = data_.height;
  }
  for (Waiter& waiter : waiters) {
    if (!waiter.alive.expired()) waiter.done(result);
  }
}

void FakeNode::LetWaitersTimeOut() { Decide(TxStatus::kPending); }

std::size_t FakeNode::WaitersAlive() {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count_if(
      waiters_, [](const Waiter& waiter) { return !waiter.alive.expired(); }));
}

bool FakeNode::AwaitWaiter() {
  std::unique_lock lock(mutex_);
  return waiter_came_.wait_for(lock, std::chrono::seconds(10),
                               [this] { return !waiters_.empty(); });
}

std::shared_ptr<const LedgerSnapshot> FakeNode::Latest() const {
  const std::lock_guard lock(mutex_);
  return views_.at(data_.height);
}

std::shared_ptr<const LedgerSnapshot> FakeNode::AsOf(ledger::Height height) const {
  const std::lock_guard lock(mutex_);
  const auto it = views_.find(height);
  if (it == views_.end() || height + limits::kViewsKept <= data_.height) return nullptr;
  return it->second;
}

void FakeNode::WaitForHeight(ledger::Height height, std::int64_t wait_ms,
                             std::weak_ptr<void> cancelled, OnHeight done) {
  if (wait_ms == 0) return done(nullptr);
  const std::lock_guard lock(mutex_);
  height_waiters_.push_back(
      HeightWaiter{.height = height, .alive = std::move(cancelled), .done = std::move(done)});
}

void FakeNode::ReachHeight() {
  std::vector<HeightWaiter> waiters;
  std::shared_ptr<const LedgerSnapshot> latest = Latest();
  {
    const std::lock_guard lock(mutex_);
    waiters.swap(height_waiters_);
  }
  for (HeightWaiter& waiter : waiters) {
    if (waiter.alive.expired()) continue;
    waiter.done(latest->Height() >= waiter.height ? latest : nullptr);
  }
}

NodeStatus::Report FakeNode::Status() const {
  const std::lock_guard lock(mutex_);
  Report report;
  report.chain = kChain;
  report.department = kManager;
  report.version = "test";
  report.height = data_.height;
  report.waiting_for = "a transaction";
  report.waiting_for_zh = "等待交易";
  report.proposer = kTax;
  report.peers.push_back(Peer{.department = kTax,
                              .address = "10.9.8.7:26656",
                              .connected = true,
                              .height = data_.height,
                              .last_seen_ms_ago = 5});
  return report;
}

Result<void> FakeNode::Ready() const {
  if (ready) return {};
  return Fail(Errc::kUnavailable, "secret operator detail");
}

std::string SignedEnvelope(const std::vector<const Officer*>& officers, std::string_view op,
                           std::string_view nonce) {
  const std::string payload = ledger::EncodePayload(MakePayload(officers, op, nonce));
  Json signatures = Json::MakeArray();
  for (const ledger::TxSignature& signature : Sign(officers, AsBytes(payload))) {
    signatures.Push(Json::MakeObject({{"keyid", HexEncode(signature.key.View())},
                                      {"sig", Base64Encode(signature.signature.View())}}));
  }
  Json envelope = Json::MakeObject(
      {{"payload", Base64Encode(AsBytes(payload))}, {"payloadType", ledger::kPayloadType}});
  envelope.Set("signatures", std::move(signatures));
  return CanonicalJson(envelope);
}

Bytes SignedStored(const std::vector<const Officer*>& officers, std::string_view op,
                   std::string_view nonce) {
  const std::string payload = ledger::EncodePayload(MakePayload(officers, op, nonce));
  return ledger::EncodeStored(AsBytes(payload), Sign(officers, AsBytes(payload)));
}

ledger::EntityBody MakeBody(ledger::EntityKind kind, const ledger::DepartmentId& department,
                            std::uint32_t status) {
  ledger::EntityBody body;
  body.kind = kind;
  body.status = status;
  body.born_at = kGenesisTime;
  body.department = department;
  return body;
}

ledger::EntityBody ResourceBody(std::uint32_t status, const Json& form) {
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kResource, kPolice, status);
  body.form = ToBytes(CanonicalJson(form));
  body.parties = {{"provider", kPolice}};
  return body;
}

ledger::EntityBody GrantBody(const ledger::DepartmentId& provider,
                             const ledger::DepartmentId& consumer) {
  ledger::EntityBody body = MakeBody(ledger::EntityKind::kGrant, consumer, 2);
  body.parties = {{"consumer", consumer}, {"provider", provider}};
  return body;
}

}  // namespace jiandu::gateway::test
