// A proof bundle as lines of canonical JSON.
#include "ledger/model/proof_bundle.h"

#include <algorithm>

#include "base/hex.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace jiandu::ledger {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kKeyBytesMax = 256;
constexpr std::size_t kValueBytesMax = 64 * limits::kKiB;
constexpr std::size_t kEntryBytesMax = 65535;  // C2SP tlog-tiles: entries have a 16-bit length

Json HashesJson(std::span<const Hash256> hashes) {
  Json list = Json::MakeArray();
  for (const Hash256& hash : hashes) {
    list.Push(hash.IsZero() ? std::string() : Base64Encode(hash.View()));
  }
  return list;
}

// Writes lines and counts them.
class Lines {
 public:
  void Add(std::string_view kind, Json line) {
    line.Set("kind", kind);
    text_ += CanonicalJson(line);
    text_ += '\n';
    ++count_;
  }
  void AddHashes(std::string_view kind, std::span<const Hash256> hashes) {
    for (std::size_t at = 0; at < hashes.size(); at += ProofBundle::kHashesPerLine) {
      const std::size_t count = std::min(ProofBundle::kHashesPerLine, hashes.size() - at);
      Add(kind, Json::MakeObject({{"hashes", HashesJson(hashes.subspan(at, count))}}));
    }
  }
  std::string End() {
    const std::string digest = HexEncode(crypto::Sha256(AsBytes(text_)).View());
    Add("end", Json::MakeObject({{"lines", count_}, {"sha256", digest}}));
    return std::move(text_);
  }

 private:
  std::string text_;
  std::uint64_t count_ = 0;
};

void AddHead(Lines& lines, const HeadProof& head) {
  for (const EpochStep& step : head.epochs) {
    lines.Add("epoch", Json::MakeObject({{"commit", Base64Encode(step.commit)},
                                         {"header", Base64Encode(step.header)},
                                         {"set", Base64Encode(step.next_set)}}));
  }
  lines.Add("head", Json::MakeObject({{"commit", Base64Encode(head.commit)},
                                      {"header", Base64Encode(head.header)},
                                      {"log_root", HexEncode(head.log_root.View())},
                                      {"log_size", head.log_size},
                                      {"state_root", HexEncode(head.state_root.View())}}));
}

Json LeafJson(const ProofLeaf& leaf) {
  Json json =
      Json::MakeObject({{"depth", std::uint64_t{leaf.depth}}, {"key", Base64Encode(leaf.key)}});
  if (leaf.value.has_value()) json.Set("value", Base64Encode(*leaf.value));
  if (leaf.other.has_value()) {
    json.Set("other", Json::MakeObject({{"path", HexEncode(leaf.other->path.View())},
                                        {"value", HexEncode(leaf.other->value_hash.View())}}));
  }
  return json;
}

void AddEvent(Lines& lines, const ProofEvent& event) {
  if (const auto* bytes = std::get_if<Bytes>(&event.entry)) {
    lines.Add("event", Json::MakeObject({{"entry", Base64Encode(*bytes)}, {"index", event.index}}));
  } else {
    const auto& hash = std::get<Hash256>(event.entry);
    Json line = Json::MakeObject({{"index", event.index}, {"leaf", HexEncode(hash.View())}});
    if (!event.entities.empty()) line.Set("entities", EntitiesJson(event.entities));
    lines.Add("withheld", std::move(line));
  }
}

Bytes TakeBase64(JsonFields& fields, std::string_view name, std::size_t size_max) {
  const std::string text = fields.Text(name, (size_max + 2) / 3 * 4);
  auto bytes = Base64Decode(text);
  // One value has one writing: the decoder takes two alphabets, the format one.
  if (!bytes.has_value() || bytes->size() > size_max || Base64Encode(*bytes) != text) {
    fields.Problem(name, "not base64, or too long");
    return {};
  }
  return std::move(*bytes);
}

std::uint64_t TakeNumber(JsonFields& fields, std::string_view name) {
  return static_cast<std::uint64_t>(fields.Integer(name, 0, limits::kJsonIntegerMax));
}

// Reads the lines one after another; the kinds have a fixed order.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<ProofBundle> Read() {
    JD_CHECK(Next());
    JD_CHECK(Manifest());
    JD_CHECK(While("epoch", &Reader::Epoch));
    JD_CHECK(Once("head", &Reader::Head));
    JD_CHECK(Once("block", &Reader::Block));
    JD_CHECK(While("leaf", &Reader::Leaf));
    JD_CHECK(While("siblings", &Reader::Siblings));
    while (kind_ == "event" || kind_ == "withheld") {
      JD_CHECK(Event());
      JD_CHECK(Next());
    }
    JD_CHECK(While("log", &Reader::Log));
    JD_CHECK(While("transaction", &Reader::TransactionLine));
    JD_CHECK(End());
    return std::move(bundle_);
  }

 private:
  using Part = Result<void> (Reader::*)();

  [[nodiscard]] std::unexpected<Error> Bad(const std::string& what) const {
    return Fail(Errc::kInvalid, "line " + std::to_string(number_) + ": " + what);
  }

  Result<void> Next() {
    before_ = at_;
    ++number_;
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) return Bad("the file ends here, without its end line");
    auto json = ParseCanonicalJson(text_.substr(at_, end - at_), ProofBundle::kLineBytesMax - 1);
    if (!json.has_value()) return Bad(json.error().detail);
    line_ = std::move(*json);
    at_ = end + 1;
    kind_ = line_.TextOr("kind");
    line_.Remove("kind");
    return {};
  }
  Result<void> While(std::string_view kind, Part part) {
    while (kind_ == kind) {
      JD_CHECK((this->*part)());
      JD_CHECK(Next());
    }
    return {};
  }
  Result<void> Once(std::string_view kind, Part part) {
    if (kind_ != kind)
      return Bad("expected \"" + std::string(kind) + "\", found \"" + kind_ + "\"");
    JD_CHECK((this->*part)());
    return Next();
  }
  Result<void> Finish(JsonFields& fields) const {
    auto finished = fields.Finish();
    if (!finished.has_value()) return Bad(finished.error().detail);
    return {};
  }

  Result<void> Manifest() {
    if (kind_ != "manifest") return Bad("not a proof bundle: its first line is no manifest");
    JsonFields fields(line_, "");
    bundle_.head.chain = fields.Text("chain", limits::kChainIdBytesMax);
    bundle_.head.genesis_hash = fields.Hex<32>("genesis");
    const Json* query = fields.Object("query");
    (void)fields.Integer("version", kVersion, kVersion);
    JD_CHECK(Finish(fields));
    auto asked = ReadProofQuery(*query);
    if (!asked.has_value()) return Bad(asked.error().detail);
    bundle_.query = std::move(*asked);
    return Next();
  }
  Result<void> Epoch() {
    if (bundle_.head.epochs.size() == HeadProof::kEpochsMax) return Bad("too many epochs");
    JsonFields fields(line_, "");
    EpochStep step;
    step.header = TakeBase64(fields, "header", HeadProof::kHeaderBytesMax);
    step.commit = TakeBase64(fields, "commit", HeadProof::kSetBytesMax);
    step.next_set = TakeBase64(fields, "set", HeadProof::kSetBytesMax);
    bundle_.head.epochs.push_back(std::move(step));
    return Finish(fields);
  }
  Result<void> Head() {
    JsonFields fields(line_, "");
    HeadProof& head = bundle_.head;
    head.header = TakeBase64(fields, "header", HeadProof::kHeaderBytesMax);
    head.commit = TakeBase64(fields, "commit", HeadProof::kSetBytesMax);
    head.log_root = fields.Hex<32>("log_root");
    head.log_size = TakeNumber(fields, "log_size");
    head.state_root = fields.Hex<32>("state_root");
    return Finish(fields);
  }
  Result<void> Block() {
    JsonFields fields(line_, "");
    bundle_.block_entry = TakeBase64(fields, "entry", kEntryBytesMax);
    return Finish(fields);
  }
  Result<void> Leaf() {
    JsonFields fields(line_, "");
    ProofLeaf leaf;
    leaf.depth = static_cast<std::size_t>(fields.Integer("depth", 0, crypto::kSparseDepthMax));
    leaf.key = TakeBase64(fields, "key", kKeyBytesMax);
    if (leaf.key.empty()) fields.Problem("key", "empty");
    if (line_.Find("value") != nullptr) leaf.value = TakeBase64(fields, "value", kValueBytesMax);
    const Json* other = fields.OptionalObject("other");
    JD_CHECK(Finish(fields));
    if (other != nullptr) {
      JsonFields inner(*other, "/other");
      leaf.other = {.path = inner.Hex<32>("path"), .value_hash = inner.Hex<32>("value")};
      JD_CHECK(Finish(inner));
    }
    if (bundle_.leaves.size() == ProofBundle::kLeavesMax) return Bad("too many rows of the state");
    bundle_.leaves.push_back(std::move(leaf));
    return {};
  }
  // Some bytes of text become 32 bytes: what nothing can need is not kept.
  Result<void> Hashes(std::vector<Hash256>& hashes, std::size_t count_max) {
    JsonFields fields(line_, "");
    const auto items = fields.Array("hashes", ProofBundle::kHashesPerLine);
    JD_CHECK(Finish(fields));
    if (items.empty()) return Bad("no hashes");
    if (hashes.size() + items.size() > std::min(count_max, ProofBundle::kHashesMax)) {
      return Bad("more hashes than there is a use for");
    }
    // Full lines but the last: one list has one writing.
    if (hashes.size() % ProofBundle::kHashesPerLine != 0) return Bad("a line before is not full");
    for (const Json& item : items) {
      if (!item.IsText()) return Bad("a hash is no string");
      const auto bytes = Base64Decode(item.AsString());
      const auto hash = item.AsString().empty() ? Hash256()
                        : bytes.has_value()     ? Hash256::From(*bytes)
                                                : std::nullopt;
      if (!hash.has_value() || (!item.AsString().empty() &&
                                (hash->IsZero() || Base64Encode(*bytes) != item.AsString()))) {
        return Bad("a hash is not 32 bytes of base64");
      }
      hashes.push_back(*hash);
    }
    return {};
  }
  Result<void> Siblings() {
    return Hashes(bundle_.siblings, ProofBundle::kSiblingsPerLeaf * bundle_.leaves.size());
  }
  Result<void> Log() {
    const std::size_t count = bundle_.events.size() + 1;  // and the block entry
    return Hashes(bundle_.log_hashes, ProofBundle::kLogHashesPerEvent * count);
  }
  Result<void> Event() {
    JsonFields fields(line_, "");
    ProofEvent event{.index = TakeNumber(fields, "index"), .entry = Bytes()};
    if (kind_ == "event") {
      event.entry = TakeBase64(fields, "entry", kEntryBytesMax);
    } else {
      event.entry = fields.Hex<32>("leaf");
      if (IsOfSeveral(bundle_.query)) {
        event.entities = TakeEntities(fields, "entities", ProofEvent::kEntitiesMax);
      }
    }
    JD_CHECK(Finish(fields));
    if (!bundle_.events.empty() && event.index <= bundle_.events.back().index) {
      return Bad("events out of order");
    }
    if (bundle_.events.size() == ProofBundle::kEventsMax) return Bad("too many events");
    bundle_.events.push_back(std::move(event));
    return {};
  }
  Result<void> TransactionLine() {
    JsonFields fields(line_, "");
    ProofTransaction transaction{.index = TakeNumber(fields, "index"),
                                 .stored = TakeBase64(fields, "stored", limits::kBatchTxBytesMax)};
    JD_CHECK(Finish(fields));
    if (!bundle_.transactions.empty() && transaction.index <= bundle_.transactions.back().index) {
      return Bad("transactions out of order");
    }
    if (bundle_.transactions.size() == bundle_.events.size()) return Bad("too many transactions");
    bundle_.transactions.push_back(std::move(transaction));
    return {};
  }
  Result<void> End() {
    if (kind_ != "end") return Bad("unexpected \"" + kind_ + "\"");
    JsonFields fields(line_, "");
    const std::uint64_t lines = TakeNumber(fields, "lines");
    const Hash256 digest = fields.Hex<32>("sha256");
    JD_CHECK(Finish(fields));
    if (lines + 1 != number_) return Bad("the end line counts other lines");
    if (digest != crypto::Sha256(AsBytes(text_.substr(0, before_)))) {
      return Bad("the lines before have another SHA-256 than the end line says");
    }
    if (at_ != text_.size()) return Bad("something follows the end line");
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;      // of the next line
  std::size_t before_ = 0;  // of this one
  std::uint64_t number_ = 0;
  Json line_;
  std::string kind_;
  ProofBundle bundle_;
};

}  // namespace

Hash256 ProofEvent::LeafHash() const {
  if (const auto* bytes = std::get_if<Bytes>(&entry)) return crypto::MerkleLeafHash(*bytes);
  return std::get<Hash256>(entry);
}

std::string ProofBundle::ToText() const {
  Lines lines;
  lines.Add("manifest", Json::MakeObject({{"chain", head.chain},
                                          {"genesis", HexEncode(head.genesis_hash.View())},
                                          {"query", ProofQueryJson(query)},
                                          {"version", kVersion}}));
  AddHead(lines, head);
  lines.Add("block", Json::MakeObject({{"entry", Base64Encode(block_entry)}}));
  for (const ProofLeaf& leaf : leaves) lines.Add("leaf", LeafJson(leaf));
  lines.AddHashes("siblings", siblings);
  for (const ProofEvent& event : events) AddEvent(lines, event);
  lines.AddHashes("log", log_hashes);
  for (const ProofTransaction& one : transactions) {
    lines.Add("transaction",
              Json::MakeObject({{"index", one.index}, {"stored", Base64Encode(one.stored)}}));
  }
  return lines.End();
}

Result<ProofBundle> ProofBundle::FromText(std::string_view text) {
  if (text.size() > kBytesMax) return Fail(Errc::kTooLarge, "a bundle of over 512 MiB");
  return Reader(text).Read();
}

}  // namespace jiandu::ledger
