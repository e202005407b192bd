#include "node/lineage_payloads.h"

#include "contracts/lineage_facts.h"
#include "ledger/model/transaction.h"

namespace jiandu::node {
namespace {

std::optional<ledger::EntityBody> BodyOf(const store::LedgerView& view,
                                         const ledger::EntityId& id) {
  const auto bytes = view.Get(ledger::BodyKey(id));
  if (!bytes) return std::nullopt;
  auto body = ledger::EntityBody::Decode(*bytes);
  if (!body) return std::nullopt;
  return *std::move(body);
}

}  // namespace

Result<bool> LineagePayloads::Wants(std::uint64_t position, const ledger::Stub& stub) {
  bool wanted = false;
  const contracts::LineageSources sources{
      .body = [this](const ledger::EntityId& id) { return BodyOf(*view_, id); },
      .payload = [this, position, &stub, &wanted]() -> Result<Json> {
        wanted = true;
        JD_TRY(const Bytes stored, read_(stub.height, position));
        JD_TRY(ledger::Transaction transaction, ledger::DecodeStored(stored));
        return std::move(transaction.payload.body);
      },
      .is_open = [this](const ledger::EntityId& from, const ledger::EntityId& to) -> Result<bool> {
        return open_.contains(Edge(from, to));
      }};
  JD_TRY(const auto facts, contracts::LineageFactsOf(stub, sources));
  for (const ledger::LineageFact& fact : facts) {
    if (fact.act == ledger::LineageAct::kBegins) {
      open_.emplace(fact.from, fact.to);
    } else {
      open_.erase(Edge(fact.from, fact.to));
    }
  }
  JD_CHECK(view_->Health());
  return wanted;
}

}  // namespace jiandu::node
