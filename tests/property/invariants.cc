// Checks after every block, and of the clocks at the end.
#include "tests/property/invariants.h"

#include <algorithm>

#include "base/hex.h"
#include "contracts/block_state.h"
#include "contracts/clock.h"
#include "ledger/model/clock_index.h"
#include "ledger/model/stub.h"

namespace jiandu::contracts::property {
namespace {

std::string Short(const EntityId& id) { return ledger::ToHex(id).substr(0, 10); }
// Of requests: where the chain begins.
constexpr auto kSubmitted = static_cast<std::uint32_t>(ledger::RequestStatus::kSubmitted);
bool IsBodyKey(ByteView key) { return key.size() == 1 + EntityId::kSize && key[0] == 'B'; }

}  // namespace

// What waited for a cosign or a vote, and by whom it was signed; false while it waits on.
bool Invariants::TakeWaiting(const World& world, Effect& effect, bool is_last) {
  const std::string_view member = effect.payload.op == "cosign" ? "pending" : "proposal";
  const auto id = ledger::ParseEntityId(effect.payload.body.TextOr(member));
  const EntityBody* waiting = id ? world.Body(*id) : nullptr;
  if (waiting == nullptr || NameOf(waiting->kind, waiting->status) != "TAKEN") return false;
  if (!is_last || !taken_.insert(*id).second) return false;
  auto payload = ledger::DecodePayload(waiting->form);
  if (!payload) return false;
  effect.payload = std::move(*payload);
  effect.signers.clear();
  const Json terms = waiting->Terms();
  for (const Json& entry : terms.ItemsOf("signed")) {
    const auto key = HexDecodeFixed<32>(entry.TextOr("key"));
    const auto role = ledger::RoleFromName(entry.TextOr("role"));
    if (key && role) effect.signers.push_back({.key = ledger::KeyId{*key}, .role = *role});
  }
  return true;
}

// A cosign or a vote has the effect of what waited in the block that took it: the last accepted one
// there. What is put aside or to the vote has none yet.
void Invariants::CollectEffects(World& world, const Walk::Step& step) {
  effects_.clear();
  std::map<std::string, std::size_t> last;
  const auto waiting = [](const ledger::Payload& payload) {
    return std::string(payload.body.TextOr(payload.op == "vote" ? "proposal" : "pending"));
  };
  const auto is_late = [](const ledger::Payload& payload) {
    return payload.op == "cosign" || payload.op == "vote";
  };
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    const ledger::Payload& payload = step.transactions[i]->payload;
    if (is_late(payload) && step.outcome.codes[i] == 0) last[waiting(payload)] = i;
  }
  std::set<ledger::TxId> put_aside;
  for (const auto& birth : step.outcome.births) {
    const EntityBody* body = world.Body(birth.id);
    const bool waits = body != nullptr &&
                       (body->kind == EntityKind::kPending || body->kind == EntityKind::kProposal);
    if (waits) put_aside.insert(body->born_tx);
  }
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    const ledger::Transaction& transaction = *step.transactions[i];
    if (step.outcome.codes[i] != 0 || put_aside.contains(transaction.txid)) continue;
    Effect effect{.payload = transaction.payload,
                  .signers = transaction.payload.signers,
                  .txid = transaction.txid,
                  .flags = step.outcome.stubs[i].flags,
                  .time = world.Blocks().back().context.time,
                  .height = world.Height(),
                  .index = world.Blocks().back().context.log_size + i};
    const bool late = is_late(transaction.payload);
    if (late && !TakeWaiting(world, effect, last[waiting(transaction.payload)] == i)) continue;
    effects_.push_back(std::move(effect));
  }
}

// Facts are refused for their form, their signer, what they speak of, or because they were told
// before; never for a rule (4.0).
void Invariants::CheckCodes(const Walk::Step& step, Failures& failures) const {
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    const std::string& name = step.transactions[i]->payload.op;
    const ledger::OpInfo* op = ledger::FindOp(name);
    const auto* info = ledger::FindCode(step.outcome.codes[i]);
    if (step.outcome.codes[i] != 0 && info == nullptr) {
      failures.push_back(name + ": a code that stands in no table");
      continue;
    }
    if (info == nullptr || op->kind != ledger::OpKind::kFact) continue;
    if (info->step == "7" || info->step == "6" || info->name == "FIELD_INVALID") {
      // What cannot be said without two signed messages (4.1 DP12), or has not the content its form
      // names, is no fact.
      const bool whole = name != "node.equivocation" && name != "access.batch";
      if (!whole && info->name == "FIELD_INVALID") continue;
      failures.push_back(name + ": a fact refused with " + std::string(info->name));
    }
    if (step.outcome.stubs[i].flags != 0) failures.push_back(name + ": refused and flagged");
  }
}

// Histories have no gaps, births are told once, and nothing changes that is not touched.
void Invariants::CheckTouches(const Walk::Step& step, Failures& failures) {
  std::set<EntityId> touched;
  for (const ledger::Stub& stub : step.outcome.stubs) {
    if (stub.touched.size() > 64) failures.push_back(stub.op + ": touches more than 64");
    for (const ledger::Touch& touch : stub.touched) {
      touched.insert(touch.entity);
      const auto [place, is_new] = histories_.try_emplace(touch.entity, touch.seq);
      if (place->second != touch.seq) failures.push_back(stub.op + ": a gap in a history");
      ++place->second;
    }
  }
  for (const auto& birth : step.outcome.births) {
    const bool is_new = born_.try_emplace(birth.id, birth.index).second;
    if (!is_new) failures.push_back("born twice: " + Short(birth.id));
  }
  for (const auto& joined : step.outcome.joined) {
    const auto known = born_.find(joined.id);
    const ledger::LogIndex born_at = known == born_.end() ? 0 : known->second;  // 0: in genesis
    if (born_at != joined.index) {
      failures.push_back("joined, but not born there: " + Short(joined.id));
    }
  }
  for (const auto& [key, value] : step.outcome.writes.Writes()) {
    if (!IsBodyKey(key)) continue;
    const EntityId id = *EntityId::From(ByteView(key).subspan(1));
    if (!touched.contains(id)) failures.push_back("changed but not touched: " + Short(id));
    if (!value) failures.push_back("a body is gone: " + Short(id));
  }
}

void Invariants::CheckBodies(World& world, const Walk::Step&, Failures& failures) {
  const ledger::Height height = world.Height();
  for (const EntityId& id : world.Changed()) {
    const EntityBody& body = *world.Body(id);
    const auto before = world.Before().find(id);
    const std::string who = std::string(ledger::KindName(body.kind)) + " " + Short(id);
    if (before == world.Before().end()) {
      if (!born_.contains(id)) failures.push_back(who + ": exists without a birth");
    } else if (before->second.links != body.links) {
      failures.push_back(who + ": its links changed");
    }
    std::uint32_t status = before != world.Before().end() ? before->second.status : 0;
    for (const ledger::Act& act : body.acts) {
      if (act.height != height) continue;
      // A step that a lost key signed had been taken back when this act came.
      const bool reopened = before != world.Before().end() &&
                            body.Text("void_act") != before->second.Text("void_act");
      const bool may = MayMove(body.kind, status, act.status) ||
                       (reopened && MayMove(body.kind, kSubmitted, act.status));
      if (status != 0 && !may) {
        failures.push_back(who + ": " + NameOf(body.kind, status) + " to " +
                           NameOf(body.kind, act.status) + " by " + act.op);
      }
      status = act.status;
    }
    if (status != body.status && !(status != 0 && MayMove(body.kind, status, body.status))) {
      failures.push_back(who + ": " + NameOf(body.kind, body.status) + " without an act, after " +
                         NameOf(body.kind, status));
    }
    for (const ledger::Clock& clock : body.clocks) {
      if (clock.satisfied && clock.Runs())
        failures.push_back(who + ": satisfied " + clock.code + " runs");
      // Of the last period of a grant a report is owed when the data are long gone (809 Art. 29).
      const bool report = body.kind == EntityKind::kGrant && clock.code == "D17";
      // Of a grant that was declined, what had been recalled is disposed of all the same.
      const bool recalled = clock.code == "D14" && body.Number("recalled_at") > 0;
      if (clock.Runs() && !report && !recalled && IsFinal(body.kind, body.status)) {
        failures.push_back(who + ": " + clock.code + " runs in " + NameOf(body.kind, body.status));
      }
      if (clock.late < 0) failures.push_back(who + ": late less than nothing");
    }
    const auto leaf = world.View().Get(ledger::LeafKey(id));
    const auto decoded = leaf ? ledger::EntityLeaf::Decode(*leaf) : Result<ledger::EntityLeaf>({});
    const auto bytes = world.View().Get(ledger::BodyKey(id));
    if (!leaf || !decoded || decoded->status != body.status ||
        decoded->body_hash != crypto::Sha256(*bytes)) {
      failures.push_back(who + ": its leaf does not bind it");
    }
  }
}

// No officer is maker and head of one act, nor maker and peer (809 Art. 20).
void Invariants::CheckSigners(World& world, Failures& failures) const {
  for (const Effect& effect : effects_) {
    if (ledger::FindOp(effect.payload.op) == nullptr ||
        effect.payload.op == "identity.rotate_key") {
      continue;
    }
    std::map<EntityId, std::set<SignerRole>> roles;
    for (const ledger::Signer& signer : effect.signers) {
      const auto record = ledger::FindKeyRecord(world.View(), signer.key);
      if (record) roles[record->identity].insert(signer.role);
    }
    for (const auto& [identity, both] : roles) {
      if (both.size() > 1) failures.push_back(effect.payload.op + ": one person in two roles");
    }
  }
}

// Whoever's key ended in an earlier block is heard no more.
void Invariants::CheckKeys(World& world, const Walk::Step& step, Failures& failures) const {
  const std::int64_t time = world.Blocks().back().context.time;
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    if (step.outcome.codes[i] != 0) continue;
    const ledger::Payload& payload = step.transactions[i]->payload;
    for (const ledger::Signer& signer : payload.signers) {
      const auto record = ledger::FindKeyRecord(world.View(), signer.key);
      const bool ended = record && record->revoked_at != 0 && record->revoked_at < time;
      if (!record || ended) failures.push_back(payload.op + ": signed by a key that had ended");
    }
  }
}

void Invariants::AfterBlock(World& world, const Walk::Step& step, Failures& failures) {
  CheckCodes(step, failures);
  CheckTouches(step, failures);
  CheckBodies(world, step, failures);
  CollectEffects(world, step);
  CheckSigners(world, failures);
  CheckKeys(world, step, failures);
  for (const Effect& effect : effects_) approvals_.Take(world, effect, failures);
  quota_.Take(world, effects_, failures);
  looser_ += CheckLevels(world, effects_, failures);
  rows_.Take(world, effects_, step.outcome, failures);
  events_.Take(world, effects_);
  lists_.Take(step.outcome);
}

void Invariants::AtEnd(const World& world, Failures& failures) const {
  CheckReplay(world, failures);
  CheckClockIndex(world, failures);
  CheckLineage(world, failures);
  CheckStandingRows(world, failures);
  rows_.Check(world, failures);
  events_.Check(world, failures);
  lists_.Check(world, failures);
}

void CheckRefusalsLeaveNothing(const testing::MemoryView& before, const BlockContext& context,
                               const Walk::Step& step, Invariants::Failures& failures) {
  std::vector<TransactionPtr> accepted;
  for (std::size_t i = 0; i < step.transactions.size(); ++i) {
    if (step.outcome.codes[i] == 0) accepted.push_back(step.transactions[i]);
  }
  if (accepted.size() == step.transactions.size()) return;
  const BlockOutcome without = ApplyBlock(before, context, accepted);
  const auto& all = step.outcome.writes.Writes();
  const auto& some = without.writes.Writes();
  // Leaves count refusals, and so do a department's count of them and the hour of the txids; rows
  // of ops name places in the log, where refusals stand too. A refused change of validators is
  // remembered on purpose: a second vote may name it (docs/adr/0022).
  const auto counts = [](const Bytes& key) {
    const bool leaf = HasPrefix(key, AsBytes("ent/"));
    const bool of_department = key.size() > 18 && key[0] == 'P' && key[1] == 1;
    return leaf || of_department || key[0] == 'X' || key[0] == 'Y' || key[0] == 'W' ||
           HasPrefix(key, AsBytes("exp/")) || HasPrefix(key, AsBytes("cfg/refused/"));
  };
  for (const auto& [key, value] : all) {
    if (counts(key)) continue;
    const auto found = some.find(key);
    if (found == some.end() || found->second != value) {
      failures.push_back("a refusal left a trace under " + HexEncode(key).substr(0, 60));
    }
  }
  for (const auto& [key, value] : some) {
    if (!counts(key) && !all.contains(key)) {
      failures.push_back("a refusal took away " + HexEncode(key).substr(0, 60));
    }
  }
}

void CheckClockIndex(const World& world, Invariants::Failures& failures) {
  std::set<Bytes> rows;
  std::set<std::string> overdue;
  const BlockContext context = world.NextContext();
  BlockState state(world.View(), context);
  const ledger::WorkCalendar& calendar = state.Calendar();
  for (const auto& [id, body] : world.Bodies()) {
    for (const ledger::Clock& clock : body.clocks) {
      if (!clock.Runs()) continue;
      rows.insert(ledger::ClockRowKey(clock, id));
      rows.insert(ledger::OwnClockRowKey(clock, id));
      if (IsOverdue(calendar, clock, world.Time())) {
        overdue.insert(ledger::ToHex(id) + clock.code + clock.department);
      }
    }
  }
  std::set<Bytes> found;
  world.View().Scan(Bytes{'O'}, {}, [&found](ByteView key, ByteView) {
    found.insert(ToBytes(key));
    return true;
  });
  if (found != rows) {
    failures.push_back("the index has " + std::to_string(found.size()) +
                       " rows of clocks, a scan finds " + std::to_string(rows.size()));
  }
  std::set<std::string> listed;
  for (const ledger::OverdueClock& clock :
       ledger::ListOverdue(world.View(), calendar, world.Time(), "", 100'000)) {
    listed.insert(ledger::ToHex(clock.entity) + clock.code + clock.department);
  }
  for (const std::string& one : overdue) {
    if (!listed.contains(one)) failures.push_back("overdue and not listed: " + one);
  }
  for (const std::string& one : listed) {
    if (!overdue.contains(one)) failures.push_back("listed and not overdue: " + one);
  }
}

}  // namespace jiandu::contracts::property
