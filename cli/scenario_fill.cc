// What stands for something else in the bodies of a scenario: names, templates, digests, repeats.
#include "base/hex.h"
#include "base/limits.h"
#include "cli/demo_bodies.h"
#include "cli/scenario.h"
#include "cli/text.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kRepeatMax = 4096;
// Of one body: more than any transaction takes, and little enough for templates within repeats.
constexpr std::size_t kFilledBytesMax = 2 * limits::kBatchTxBytesMax;

// What a reference within bodies stands for.
class Filler {
 public:
  Filler(const Json& templates, const ScenarioNames& names)
      : templates_(templates), names_(names) {}

  Result<Json> Fill(const Json& json) {
    if (json.IsText()) return Counted(FillText(json.AsString()));
    if (json.IsArray()) return FillArray(json);
    if (!json.IsObject()) return Counted(json);
    if (json.Find("$use") != nullptr) return Use(json);
    if (json.Find("$repeat") != nullptr) return Repeat(json);
    if (json.Find("$tree") != nullptr) return Tree(json);
    if (json.Find("$commit") != nullptr) return Commit(json);
    if (json.Find("$height") != nullptr) return HeightAt(json);
    Json filled = Json::MakeObject();
    for (const Json::Member& member : json.Members()) {
      JD_TRY(Json value, Fill(member.value));
      filled.Set(member.name, std::move(value));
    }
    return filled;
  }

 private:
  // What has been filled in so far has a bound: a template in a repeat in a repeat has none.
  Result<Json> Counted(Result<Json> value) {
    if (!value) return value;
    filled_bytes_ += value->IsText() ? value->AsString().size() + 3 : 8;
    if (filled_bytes_ > kFilledBytesMax) {
      return Fail(Errc::kTooLarge, "the body grows beyond " + SizeText(kFilledBytesMax) +
                                       "; a transaction has 64 KiB, an access.batch 1 MiB at most");
    }
    return value;
  }
  Result<Json> FillArray(const Json& json) {
    Json filled = Json::MakeArray();
    for (const Json& item : json.Items()) {
      JD_TRY(Json value, Fill(item));
      filled.Push(std::move(value));
    }
    return filled;
  }
  Result<Json> FillText(const std::string& text) {
    const bool refers =
        text.size() > 1 && std::string_view("$@#~").contains(text.front()) && text[1] != '{';
    if (!refers) return FillHoles(text);
    // "#case ${i}", "~04-09 10:${i}": what is referred to is put together first.
    if (!text.contains("${")) return Reference(text);
    JD_TRY(const Json whole, FillHoles(text));
    return Reference(whole.AsString());
  }
  Result<Json> FillHoles(const std::string& text) {
    std::string filled;
    std::size_t from = 0;
    while (true) {
      const std::size_t begin = text.find("${", from);
      const std::size_t end = begin == std::string::npos ? begin : text.find('}', begin);
      if (end == std::string::npos) return Json(filled + text.substr(from));
      std::string name = text.substr(begin + 2, end - begin - 2);
      if (!std::string_view("@#~").contains(name.empty() ? ' ' : name.front())) {
        name.insert(0, "$");
      }
      JD_TRY(const Json value, Reference(name));
      filled += text.substr(from, begin - from);
      filled += value.IsText() ? value.AsString() : CanonicalJson(value);
      from = end + 1;
    }
  }
  Result<Json> Reference(const std::string& text) {
    const std::string_view name = std::string_view(text).substr(1);
    switch (text.front()) {
      case '#': return Json(demo::DigestOf(name));
      case '~': {
        JD_TRY(const ledger::TimeMs time, ReadScenarioTime(name, names_.year));
        return Json(time);
      }
      case '@': return Member(name);
      default: return Saved(name);
    }
  }
  Result<Json> Member(std::string_view name) {
    if (const auto found = names_.departments.find(name); found != names_.departments.end()) {
      return Json(found->second);
    }
    const auto found = names_.identities.find(name);
    if (found != names_.identities.end()) return Json(found->second);
    return Fail(Errc::kInvalid, "@" + std::string(name) + ": neither department nor identity");
  }
  Result<Json> Saved(std::string_view text) {
    if (text == "i") return Json(index_);
    const std::size_t dot = text.rfind('.');
    const std::string_view name = text.substr(0, dot);
    const std::string_view part = dot == std::string_view::npos ? "" : text.substr(dot + 1);
    if (const auto seen = names_.seen.find(text); seen != names_.seen.end()) return seen->second;
    const auto found = names_.acts.find(name);
    if (found == names_.acts.end()) {
      return Fail(Errc::kInvalid, "$" + std::string(text) + ": nothing was saved under this name");
    }
    const Outcome& act = found->second;
    if (part == "txid") return Json(act.txid);
    if (part == "digest") return Json(act.digest);
    if (part == "height") return Json(act.height);
    for (const Json& born : act.reply.ItemsOf("born")) {
      if (part.empty() || born.TextOr("kind") == part) return Json(born.TextOr("id"));
    }
    return Fail(Errc::kInvalid, "$" + std::string(text) + ": that act brought forth no such thing");
  }
  Result<Json> Use(const Json& json) {
    const std::string name(json.TextOr("$use"));
    const Json* base = templates_.Find(name);
    if (base == nullptr || !base->IsObject()) return Fail(Errc::kInvalid, "no template " + name);
    Json merged = *base;
    for (const Json::Member& member : json.Members()) {
      if (member.name == "$use") continue;
      if (member.value.IsNull()) {
        merged.Remove(member.name);
      } else {
        merged.Set(member.name, member.value);
      }
    }
    return Fill(merged);
  }
  Result<Json> Repeat(const Json& json) {
    const std::int64_t n = json.IntegerOr("$repeat");
    const Json* item = json.Find("item");
    if (n < 0 || n > static_cast<std::int64_t>(kRepeatMax) || item == nullptr) {
      return Fail(Errc::kInvalid, "$repeat: a number up to 4096, and an item");
    }
    const std::int64_t from = json.IntegerOr("from");
    Json filled = Json::MakeArray();
    // "$i" within is that of the innermost repeat, and again the outer one's behind it.
    const std::int64_t outer = index_;
    for (std::int64_t i = from; i < from + n; ++i) {
      index_ = i;
      JD_TRY(Json value, Fill(*item));
      filled.Push(std::move(value));
    }
    index_ = outer;
    return filled;
  }
  Result<Json> Tree(const Json& json) {
    const std::int64_t size = json.IntegerOr("size");
    const std::int64_t index = json.IntegerOr("index");
    if (size < 1 || size > static_cast<std::int64_t>(kRepeatMax) || index < 0 || index >= size) {
      return Fail(Errc::kInvalid, "$tree: a size up to 4096 and an index below it");
    }
    // One leaf may be a record, as contracts hash it: its canonical JSON.
    std::string shown;
    if (const Json* record = json.Find("record"); record != nullptr) {
      JD_TRY(const Json filled, Fill(*record));
      shown = CanonicalJson(filled);
    }
    std::vector<Hash256> leaves;
    for (std::int64_t i = 0; i < size; ++i) {
      const std::string leaf = i == index && !shown.empty()
                                   ? shown
                                   : std::string(json.TextOr("label")) + " " + std::to_string(i);
      leaves.push_back(crypto::MerkleLeafHash(AsBytes(leaf)));
    }
    const std::string_view part = json.TextOr("$tree");
    const auto n = static_cast<std::uint64_t>(index);
    if (part == "root") return Json(HexEncode(crypto::MerkleRoot(leaves).View()));
    if (part == "leaf") return Json(HexEncode(leaves[n].View()));
    Json path = Json::MakeArray();
    for (const Hash256& hash : crypto::MerkleInclusionProof(leaves, n)) {
      path.Push(HexEncode(hash.View()));
    }
    return path;
  }
  Result<Json> Commit(const Json& json) {
    Bytes bytes = ToBytes(AsBytes(crypto::kTagCommit));
    for (const Json& part : json.ItemsOf("$commit")) {
      JD_TRY(const Json filled, Fill(part));
      if (!filled.IsText()) return Fail(Errc::kInvalid, "$commit: texts only");
      const std::string& text = filled.AsString();
      const auto hex = HexDecode(text);
      Append(bytes, hex && text.size() == 64 ? ByteView(*hex) : AsBytes(text));
    }
    return Json(HexEncode(crypto::Sha256(bytes).View()));
  }

  Result<Json> HeightAt(const Json& json) {
    JD_TRY(const ledger::TimeMs time, ReadScenarioTime(json.TextOr("$height"), names_.year));
    if (!names_.height_at) return Fail(Errc::kInvalid, "$height: only while a network runs");
    return Json(names_.height_at(time));
  }

  const Json& templates_;
  const ScenarioNames& names_;
  std::int64_t index_ = 0;
  std::size_t filled_bytes_ = 0;
};

}  // namespace

Result<Json> FillIn(const Json& json, const Json& templates, const ScenarioNames& names) {
  return Filler(templates, names).Fill(json);
}

}  // namespace jiandu::cli
