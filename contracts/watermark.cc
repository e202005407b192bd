// A watermark's code is committed to when the data is delivered, and opened when a leak is traced.
#include "contracts/watermark.h"

#include <algorithm>

#include "base/hex.h"
#include "contracts/engine.h"
#include "contracts/third_party.h"
#include "crypto/hash.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityBody;
using ledger::EntityId;

// SHA-256 of tag, salt and value, as every commitment of the ledger (docs/ledger-format.md).
bool Opens(std::string_view commitment, std::string_view salt, std::string_view code) {
  const auto salt_bytes = HexDecodeFixed<32>(salt);
  if (!salt_bytes) return false;
  const Hash256 hash =
      crypto::Sha256({AsBytes(crypto::kTagCommit), salt_bytes->View(), AsBytes(code)});
  return HexEncode(hash.View()) == commitment;
}

Bytes CommitmentKey(const Case& judged) {
  return ledger::UniqueKey("watermark/" + std::string(judged.Text("commitment")));
}

EntityId WatermarkOf(const Json& opening) {
  return ledger::ParseEntityId(opening.TextOr("watermark")).value_or(EntityId());
}

// Batch, grant, consumer, system, time of one delivery; whom the data has reached since; who
// handles the grant for the consumer, where it has said so (case.assign).
Json Hit(BlockState& state, const EntityId& id) {
  const EntityBody& watermark = *state.Body(id);
  const EntityId grant_id = *watermark.Link("grant");
  const Json form = watermark.Form();
  const std::string consumer(watermark.Party("consumer"));
  Json hit = Json::MakeObject({{"watermark", ledger::ToHex(id)},
                               {"grant", ledger::ToHex(grant_id)},
                               {"consumer", consumer},
                               {"time", watermark.born_at}});
  Json holders = Json::MakeArray();
  const Holders held = HoldersUnder(state, grant_id);
  for (const Holder& holder : held.list) {
    holders.Push(
        Json::MakeObject({{"department", holder.department}, {"through", holder.through}}));
  }
  hit.Set("holders", std::move(holders));
  if (!held.complete) hit.Set("more_holders", true);  // than are listed
  if (const EntityBody* grant = state.Body(grant_id)) {
    const std::string_view handler = grant->Text("handler/" + consumer);
    if (!handler.empty()) hit.Set("officer", handler);
    if (const EntityId* resource = grant->Link("resource")) {
      hit.Set("resource", ledger::ToHex(*resource));
    }
  }
  for (const std::string_view name : {"batch_id", "acc_id"}) {
    if (const Json* value = form.Find(name)) hit.Set(name, *value);
  }
  if (const Json* system = form.Find("recipient_system")) hit.Set("system", *system);
  return hit;
}

}  // namespace

Code NewWatermark(Case& judged) {
  return judged.state.Has(CommitmentKey(judged)) ? Code::kDuplicate : Code::kAccepted;
}

void RegisterWatermark(Case& judged) {
  if (judged.Text("batch_id").empty() && judged.Text("acc_id").empty()) {
    judged.Raise(ledger::Flag::kFieldMissing);
  }
  Birth birth = NewEntity(judged, ledger::EntityKind::kWatermark);
  EntityBody& watermark = birth.body;
  watermark.status = To(ledger::WatermarkStatus::kRegistered);
  for (const std::string_view name : {"consumer", "provider", "manager"}) {
    watermark.parties.emplace(name, judged.body->Party(name));
  }
  watermark.links["grant"] = judged.subject;
  watermark.texts["commitment"] = judged.Text("commitment");
  watermark.form = ToBytes(CanonicalJson(judged.Form()));
  judged.state.Put(CommitmentKey(judged), ToBytes(birth.id.View()));
  AddBirth(judged, std::move(birth));
}

Code OpensCommitments(Case& judged) {
  const auto openings = judged.Form().ItemsOf("openings");
  const bool all = std::ranges::all_of(openings, [&judged](const Json& opening) {
    const EntityBody* watermark = judged.state.Body(WatermarkOf(opening));
    return watermark != nullptr &&
           Opens(watermark->Text("commitment"), opening.TextOr("salt"), opening.TextOr("code"));
  });
  return all && !openings.empty() ? Code::kAccepted : Code::kOpeningInvalid;
}

// Several hits are a collusion set; a later trace adds to those before.
void TraceLeak(Case& judged) {
  const Json before = judged.body->Terms();
  Json hits = Json::MakeArray();
  for (const Json& hit : before.ItemsOf("hits")) hits.Push(hit);
  for (const Json& opening : judged.Form().ItemsOf("openings")) {
    const std::string_view id = opening.TextOr("watermark");
    const bool known = std::ranges::any_of(
        hits.Items(), [id](const Json& hit) { return hit.TextOr("watermark") == id; });
    if (known) continue;
    const EntityId watermark = WatermarkOf(opening);
    hits.Push(Hit(judged.state, watermark));
  }
  const std::size_t count = hits.Items().size();
  judged.note = std::to_string(count) + (count == 1 ? " hit" : " hits");
  judged.state.Edit(judged.subject).terms =
      ToBytes(CanonicalJson(Json::MakeObject({{"hits", std::move(hits)}})));
}

}  // namespace jiandu::contracts
