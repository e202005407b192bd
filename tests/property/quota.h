// A second model of daily quotas, kept from the log alone: how often a grant was used on a day of
// occurrence, by which cap, and what of it has to be flagged (docs/contracts.md 4.10.2).
//
// Owned by the invariants of one walk.
#pragma once

#include "tests/property/effect.h"

namespace jiandu::contracts::property {

// How much there was to check, of (grant, day) pairs.
struct QuotaSeen {
  std::size_t days = 0;          // with uses
  std::size_t over = 0;          // of them above their cap
  std::size_t acknowledged = 0;  // of those, of grants the consumer has acknowledged
  std::size_t late = 0;          // of those, with uses reported on a later day
  std::size_t disputed = 0;      // of those, of grants whose consumer's digests differed

  void operator+=(const QuotaSeen& other);
};

class Quota {
 public:
  using Failures = std::vector<std::string>;

  // The effects of a block, in order, after it was applied.
  void Take(const World& world, const std::vector<Effect>& effects, Failures& failures);
  [[nodiscard]] QuotaSeen Seen() const;

 private:
  struct Cap {
    std::int64_t from = 0;
    std::uint64_t cap = 0;  // 0: none
  };
  struct Day {
    std::uint64_t counted = 0;
    std::uint64_t excess = 0;
    std::set<std::uint64_t> caps;  // by which its uses were counted
    bool late = false;
  };
  struct OfGrant {
    std::vector<Cap> caps;
    std::map<std::int32_t, Day> days;
    bool acknowledged = false;
    bool disputed = false;
  };

  void Change(const World& world, const Effect& effect);
  // Both return what of it goes beyond the cap.
  std::uint64_t Report(const World& world, const Effect& effect);
  std::uint64_t Use(OfGrant& grant, std::int64_t time, std::int64_t uses, std::int64_t now);
  void Compare(const World& world, const EntityId& id, Failures& failures);

  std::map<EntityId, OfGrant> grants_;
  std::set<std::pair<EntityId, std::int32_t>> touched_;  // in the last block
  const EntityId* reported_ = nullptr;                   // the grant of the report being taken
};

}  // namespace jiandu::contracts::property
