// See prov_activity.h.
#include "ledger/export/prov_activity.h"

#include "base/hex.h"
#include "ledger/export/proven_record.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kPrefix = "jd:tx/";

}  // namespace

std::string ProvRecordId(const std::string& activity, std::string_view word) {
  return "jd:" + std::string(word) + "/" + activity.substr(kPrefix.size());
}

ProvActivity::ProvActivity(ProvDocument& document, const TxId& txid, TimeMs time)
    : document_(document),
      id_(std::string(kPrefix) + HexEncode(txid.View())),
      time_(UtcText(time)) {}

ProvActivity::Used ProvActivity::Use(const std::string& entity) {
  const std::string id = Next('u');
  Json& used = document_.Put("used", id);
  used.Set("prov:activity", id_).Set("prov:entity", entity).Set("prov:time", time_);
  return {.id = id, .entity = entity};
}

std::string ProvActivity::Generate(const std::string& entity) {
  const std::string id = Next('g');
  Json& generated = document_.Put("wasGeneratedBy", id);
  generated.Set("prov:entity", entity).Set("prov:activity", id_).Set("prov:time", time_);
  return id;
}

void ProvActivity::Invalidate(const std::string& entity) {
  Json& ended = document_.Put("wasInvalidatedBy", Next('x'));
  ended.Set("prov:entity", entity).Set("prov:activity", id_).Set("prov:time", time_);
}

void ProvActivity::Derive(const std::string& entity, const std::string& generation,
                          const Used& from, std::string_view type) {
  Json& derived = document_.Put("wasDerivedFrom", Next('d'));
  derived.Set("prov:generatedEntity", entity).Set("prov:usedEntity", from.entity);
  derived.Set("prov:activity", id_).Set("prov:generation", generation);
  derived.Set("prov:usage", from.id);
  if (!type.empty()) derived.Set("prov:type", ProvName(type));
}

void ProvActivity::Specialize(const std::string& specific, const std::string& general) {
  Json& relation = document_.Put("specializationOf", specific + "/s");
  relation.Set("prov:specificEntity", specific).Set("prov:generalEntity", general);
}

void ProvActivity::Influence(const std::string& influencee, const std::string& influencer) {
  Json& influence = document_.Put("wasInfluencedBy", Next('i'));
  influence.Set("prov:influencee", influencee).Set("prov:influencer", influencer);
}

void ProvActivity::InformedBy(const std::string& activity) {
  Json& informed = document_.Put("wasInformedBy", Next('w'));
  informed.Set("prov:informed", id_).Set("prov:informant", activity);
}

Json& ProvActivity::Associate(const std::string& agent) {
  Json& association = document_.Put("wasAssociatedWith", Next('a'));
  return association.Set("prov:activity", id_).Set("prov:agent", agent);
}

void ProvActivity::OnBehalfOf(const std::string& delegate, const DepartmentId& department) {
  Json& delegation = document_.Put("actedOnBehalfOf", Next('b'));
  delegation.Set("prov:delegate", delegate).Set("prov:responsible", Department(department));
  delegation.Set("prov:activity", id_);
}

void ProvActivity::Attribute(const std::string& entity, const DepartmentId& department) {
  Json& attributed = document_.Put("wasAttributedTo", entity + "/at");
  attributed.Set("prov:entity", entity).Set("prov:agent", Department(department));
}

std::string ProvActivity::Next(char letter) {
  return id_ + "/" + std::string(1, letter) + "/" + std::to_string(counts_[letter]++);
}

std::string ProvActivity::Department(const DepartmentId& code) {
  std::string agent = "jd:department/" + code;
  document_.Put("agent", agent).Set("prov:type", ProvName("prov:Organization"));
  return agent;
}

}  // namespace jiandu::ledger
