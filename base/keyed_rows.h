// Values found by key through a hash table, and listed in the order in which their keys came.
//
// For the pure layers, which may not depend on the order of a hash table: here it decides nothing
// but how fast a key is found. References stay as long as the table. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace jiandu {

// Key is a type that a ByteView can be made of; `Hash` gives 64 bits of such a view.
template <typename Key, typename Value, auto Hash>
class KeyedRows {
 public:
  struct Row {
    Key key;
    Value value;
  };
  using Rows = std::deque<Row>;

  [[nodiscard]] const Value* Find(ByteView key) const {
    const std::size_t place = PlaceOf(key, Hash(key));
    return place != 0 ? &rows_[place - 1].value : nullptr;
  }
  // The value of the key, and whether it is new and therefore empty. The key is taken only then.
  [[nodiscard]] std::pair<Value&, bool> At(Key&& key) { return Enter(ViewOf(key), std::move(key)); }
  [[nodiscard]] std::pair<Value&, bool> At(const Key& key) { return Enter(ViewOf(key), key); }

  [[nodiscard]] const Rows& All() const { return rows_; }
  [[nodiscard]] Rows& All() { return rows_; }
  // Gives the rows away; the table is empty afterwards.
  [[nodiscard]] Rows Take() {
    slots_.clear();
    return std::exchange(rows_, {});
  }

 private:
  // A slot has the upper half of the hash, which tells most keys apart, and the place from 1.
  static constexpr std::uint64_t kPlaceMask = 0xffffffff;
  static constexpr std::size_t kSlotsMin = 64;

  static ByteView ViewOf(const Bytes& key) { return key; }
  template <std::size_t N>
  static ByteView ViewOf(const FixedBytes<N>& key) {
    return key.View();
  }

  [[nodiscard]] std::size_t PlaceOf(ByteView key, std::uint64_t hash) const {
    if (slots_.empty()) return 0;
    for (std::size_t slot = hash & (slots_.size() - 1); slots_[slot] != 0;
         slot = (slot + 1) & (slots_.size() - 1)) {
      if ((slots_[slot] & ~kPlaceMask) != (hash & ~kPlaceMask)) continue;
      const std::size_t place = slots_[slot] & kPlaceMask;
      if (Equal(ViewOf(rows_[place - 1].key), key)) return place;
    }
    return 0;
  }
  template <typename Given>
  std::pair<Value&, bool> Enter(ByteView view, Given&& key) {
    const std::uint64_t hash = Hash(view);
    if (const std::size_t place = PlaceOf(view, hash); place != 0) {
      return {rows_[place - 1].value, false};
    }
    if (2 * (rows_.size() + 1) > slots_.size()) Grow();
    rows_.push_back({.key = std::forward<Given>(key), .value = {}});
    Put(hash, rows_.size());
    return {rows_.back().value, true};
  }
  void Put(std::uint64_t hash, std::size_t place) {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = (hash & ~kPlaceMask) | place;
  }
  void Grow() {
    slots_.assign(std::max(kSlotsMin, 2 * slots_.size()), 0);
    for (std::size_t i = 0; i < rows_.size(); ++i) Put(Hash(ViewOf(rows_[i].key)), i + 1);
  }

  Rows rows_;
  std::vector<std::uint64_t> slots_;  // a power of two, at most half of them taken
};

}  // namespace jiandu
