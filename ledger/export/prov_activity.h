// The relations of one activity of a PROV document, numbered in the order they are made: ids are
// `jd:tx/<txid>/<letter>/<k>`.
//
// Plain value beside the document it writes to.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ledger/export/prov_document.h"
#include "ledger/model/types.h"

namespace jiandu::ledger {

// "jd:act/<txid>": what an activity left behind. "jd:copy/<txid>" with another word.
[[nodiscard]] std::string ProvRecordId(const std::string& activity, std::string_view word = "act");

class ProvActivity {
 public:
  struct Used {
    std::string id;  // of the usage
    std::string entity;
  };

  // All its relations happen at `time`.
  ProvActivity(ProvDocument& document, const TxId& txid, TimeMs time);

  [[nodiscard]] const std::string& Id() const { return id_; }
  [[nodiscard]] const std::string& Time() const { return time_; }

  [[nodiscard]] Used Use(const std::string& entity);
  // The id of the generation.
  std::string Generate(const std::string& entity);
  void Invalidate(const std::string& entity);
  void Derive(const std::string& entity, const std::string& generation, const Used& from,
              std::string_view type = "");
  void Specialize(const std::string& specific, const std::string& general);
  void Influence(const std::string& influencee, const std::string& influencer);
  void InformedBy(const std::string& activity);
  Json& Associate(const std::string& agent);
  void OnBehalfOf(const std::string& delegate, const DepartmentId& department);
  void Attribute(const std::string& entity, const DepartmentId& department);

 private:
  [[nodiscard]] std::string Next(char letter);
  [[nodiscard]] std::string Department(const DepartmentId& code);

  ProvDocument& document_;
  std::string id_;
  std::string time_;
  std::map<char, std::size_t> counts_;
};

}  // namespace jiandu::ledger
