// See audit_tag_places.h.
#include "gateway/audit_tag_places.h"

#include <algorithm>

#include "base/hex.h"

namespace jiandu::gateway {
namespace {

constexpr std::size_t kTxIdAt = 10;  // u64 after, u8 tag, u8 1 when the round begins after a row

bool HasTag(const Json& record, const std::string& tag) {
  return std::ranges::any_of(record.ItemsOf("subject_tags"), [&tag](const Json& one) {
    return one.IsText() && one.AsString() == tag;
  });
}

}  // namespace

Bytes EncodeTagPlace(const TagPlace& place) {
  Bytes key;
  AppendU64Be(key, place.after);
  key.push_back(static_cast<std::uint8_t>(place.tag));
  key.push_back(place.begin ? 1 : 0);
  if (!place.begin) return key;
  Append(key, place.begin->txid.View());
  Append(key, AsBytes(place.begin->acc_id));
  return key;
}

TagPlace DecodeTagPlace(ByteView key) {
  TagPlace place;
  if (key.size() < kTxIdAt) return place;
  place.after = ReadU64Be(key);
  place.tag = key[8];
  if (key[9] == 0 || key.size() < kTxIdAt + ledger::TxId::kSize) return place;
  place.begin = {.txid = *ledger::TxId::From(key.subspan(kTxIdAt, ledger::TxId::kSize)),
                 .acc_id = ToText(key.subspan(kTxIdAt + ledger::TxId::kSize))};
  return place;
}

TagRound::TagRound(const LedgerSnapshot& snapshot, const std::vector<Hash256>& tags,
                   const TagPlace& from)
    : snapshot_(snapshot), tags_(tags) {
  for (const Hash256& tag : tags) names_.push_back(HexEncode(tag.View()));
  std::size_t room = kRowsMax;
  for (std::size_t n = from.tag; n < tags.size(); ++n) {
    const ledger::SubjectPlace* after = n == from.tag && from.begin ? &*from.begin : nullptr;
    const auto rows = ledger::PlacesOfSubject(snapshot.State(), tags[n], after, room);
    for (const ledger::SubjectPlace& row : rows) Take(row, names_[n]);
    if (rows.size() == room) {
      next_ = {.tag = n, .begin = rows.back()};
      return;
    }
    room -= rows.size();
  }
}

void TagRound::Take(const ledger::SubjectPlace& row, const std::string& tag) {
  const auto known = snapshot_.FindTx(row.txid);
  if (!known) {
    ++unknown_;
    return;
  }
  TaggedTransaction& place = found_[known->index];
  if (row.acc_id.empty()) {
    place.tags.insert(tag);
  } else {
    place.opened.emplace(row.acc_id, tag);
  }
}

std::vector<std::string> TagRound::MatchesOf(const TaggedTransaction& place,
                                             const Json& record) const {
  const std::string access(record.TextOr("acc_id"));
  std::vector<std::string> matches;
  for (const std::string& tag : names_) {
    const bool shown = place.tags.contains(tag) && HasTag(record, tag);
    if (shown || place.opened.contains({access, tag})) matches.push_back(tag);
  }
  return matches;
}

std::optional<TagRound::Match> TagRound::MatchOf(const TaggedTransaction& place,
                                                 const ledger::TxId& txid,
                                                 const Json& record) const {
  for (const std::string& tag : names_) {
    if (!HasTag(record, tag)) continue;
    if (!place.tags.contains(tag)) return std::nullopt;
    return Match{.tag = tag, .was_sealed = false};
  }
  const std::string access(record.TextOr("acc_id"));
  const auto first = place.opened.lower_bound({access, {}});
  if (access.empty() || first == place.opened.end() || first->first != access) return std::nullopt;
  for (std::size_t n = 0; n < tags_.size(); ++n) {
    if (!snapshot_.State().Get(ledger::SubjectKey(tags_[n], txid, access))) continue;
    if (!place.opened.contains({access, names_[n]})) return std::nullopt;
    return Match{.tag = names_[n], .was_sealed = true};
  }
  return std::nullopt;
}

}  // namespace jiandu::gateway
