// Q12: what follows from one delivery that was marked: the system that took it, who was on duty,
// and who else has the data, or what was made of them.
//
// Gateway thread or worker.
#pragma once

#include "gateway/audit_answer.h"
#include "gateway/audit_scope.h"

namespace jiandu::gateway {

struct MarkedDelivery {
  ledger::EntityId watermark;
  ledger::EntityBody body;  // of the watermark
  ledger::EntityId grant_id;
  ledger::EntityBody grant;
};
// Adds a `delivery` row, and those of officers and holders that the engagement covers; the others
// are counted.
void AddDelivery(const Call& call, const MarkedDelivery& marked, ScopeCut& cut, AuditRows& answer);

}  // namespace jiandu::gateway
