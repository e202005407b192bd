// Where tags of persons stand, a round of the index at a time, in the order of the log.
//
// The index goes by tag and txid, which whoever reports can choose: a bound without a place to go
// on from would let it push its own record out of the answer. So a round ends with where the next
// one begins, and a page with how far it came in its round. Gateway thread or worker.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "gateway/ports.h"
#include "ledger/model/subject_index.h"

namespace jiandu::gateway {

// Where a page goes on.
struct TagPlace {
  std::size_t tag = 0;                          // of those asked for
  std::optional<ledger::SubjectPlace> begin{};  // the round begins after it
  ledger::LogIndex after = 0;                   // of the round, up to here is done
};
[[nodiscard]] Bytes EncodeTagPlace(const TagPlace& place);
// What was made up leads to the beginning, or to nothing.
[[nodiscard]] TagPlace DecodeTagPlace(ByteView key);

// One transaction, and which of its accesses the round is about.
struct TaggedTransaction {
  std::set<std::string> tags;                            // hex: accesses that have one
  std::set<std::pair<std::string, std::string>> opened;  // acc_id, tag: seals that were opened
};

class TagRound {
 public:
  // Rows of the index in one round.
  static constexpr std::size_t kRowsMax = 4096;

  TagRound(const LedgerSnapshot& snapshot, const std::vector<Hash256>& tags, const TagPlace& from);

  [[nodiscard]] const std::map<ledger::LogIndex, TaggedTransaction>& Found() const {
    return found_;
  }
  // Where the next round begins; nothing when this is the last.
  [[nodiscard]] const std::optional<TagPlace>& Next() const { return next_; }
  // Rows whose transaction this node does not know.
  [[nodiscard]] std::size_t Unknown() const { return unknown_; }
  // By which of the tags the record is of the person: of several the first asked for, so that one
  // of the rounds alone shows it. Nothing: by none of this round.
  struct Match {
    std::string tag;
    bool was_sealed = false;
  };
  [[nodiscard]] std::optional<Match> MatchOf(const TaggedTransaction& place,
                                             const ledger::TxId& txid, const Json& record) const;
  // All tags of this round that the record has, or had under a seal.
  [[nodiscard]] std::vector<std::string> MatchesOf(const TaggedTransaction& place,
                                                   const Json& record) const;

 private:
  void Take(const ledger::SubjectPlace& row, const std::string& tag);

  const LedgerSnapshot& snapshot_;
  const std::vector<Hash256>& tags_;
  std::vector<std::string> names_;  // the tags in hex
  std::map<ledger::LogIndex, TaggedTransaction> found_;
  std::optional<TagPlace> next_;
  std::size_t unknown_ = 0;
};

}  // namespace jiandu::gateway
