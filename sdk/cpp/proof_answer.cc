// Step 10 of docs/proof-format.md: what the bundle answers, by its query.
#include <algorithm>

#include "base/hex.h"
#include "ledger/model/codes.h"
#include "ledger/model/state_view.h"
#include "sdk/cpp/ascii_json.h"
#include "sdk/cpp/proof_walk.h"

namespace jiandu::sdk {
namespace {

using ledger::EntityId;

// "1 entity": of counts, which are most often small.
std::string Count(std::uint64_t count, const char* one, const char* many) {
  return Number(count) + " " + (count == 1 ? one : many);
}

class Answering {
 public:
  explicit Answering(ProofWalk& walk)
      : walk_(walk),
        query_(walk.bundle.query),
        height_(Number(static_cast<std::uint64_t>(walk.verdict.as_of))) {}

  bool Check() {
    if (!OnlyWhatIsAsked()) return false;
    return std::visit([this](const auto& query) { return Answer(query); }, query_);
  }

 private:
  bool Fails(std::string en, std::string zh) {
    return walk_.steps.Fails("answer", std::move(en), std::move(zh));
  }
  bool Answered(std::string en, std::string zh) {
    walk_.steps.Holds("answer", en, zh);
    walk_.verdict.proven.push_back({.en = std::move(en), .zh = std::move(zh)});
    return true;
  }

  // Rows beside the question are keys' records; a bundle proves nothing in passing.
  bool OnlyWhatIsAsked() {
    const bool is_lineage = std::holds_alternative<ledger::LineageQuery>(query_);
    const std::vector<Bytes> asked = AskedKeys();
    for (const auto& [key, value] : walk_.rows) {
      if (HasPrefix(key, AsBytes("key/"))) continue;
      if (std::ranges::binary_search(asked, key)) continue;
      if (is_lineage && TakeMember(key)) continue;
      return Fails("a row of the state that nobody asked for", "状态中含未询问的行");
    }
    for (const Bytes& key : asked) {
      if (walk_.rows.contains(key)) continue;
      return Fails("the row of the state that was asked for is missing", "缺少所询问的状态行");
    }
    return true;
  }

  // Ascending.
  [[nodiscard]] std::vector<Bytes> AskedKeys() const {
    std::vector<Bytes> keys;
    if (const auto* history = std::get_if<ledger::HistoryQuery>(&query_)) {
      keys.push_back(ledger::LeafKey(history->entity));
    } else if (const auto* histories = std::get_if<ledger::HistoriesQuery>(&query_)) {
      for (const EntityId& id : histories->entities) keys.push_back(ledger::LeafKey(id));
    } else if (const auto* absence = std::get_if<ledger::AbsenceQuery>(&query_)) {
      keys = absence->Present();
      keys.push_back(absence->Key());
      std::ranges::sort(keys);
    }
    return keys;
  }

  // A row of an entity that the bundle counts to the lineage.
  bool TakeMember(ByteView key) {
    constexpr std::string_view kPrefix = "ent/";
    if (!HasPrefix(key, AsBytes(kPrefix))) return false;
    const auto id = EntityId::From(key.subspan(kPrefix.size()));
    if (!id.has_value() || members_.size() == ledger::kProofEntitiesMax) return false;
    members_.push_back(*id);
    return true;
  }

  bool Answer(const ledger::TransactionQuery& query) {
    const auto& events = walk_.verdict.events;
    if (events.size() != 1 || !events[0].stub.has_value() || events[0].stub->txid != query.txid) {
      return Fails("the event of this transaction is not in the bundle",
                   "证明包中没有该交易的事件");
    }
    const ledger::Stub& stub = *events[0].stub;
    if (stub.height > walk_.verdict.as_of) {
      return Fails("the event claims a height after what is proven", "事件高度超出范围");
    }
    const auto* code = ledger::FindCode(stub.code);
    const std::string result =
        stub.code == 0 ? "accepted"
                       : "rejected with " + (code != nullptr ? std::string(code->name)
                                                             : "code " + Number(stub.code));
    const std::string what = stub.op + " " + HexEncode(stub.txid.View());
    const std::string at = Number(static_cast<std::uint64_t>(stub.height));
    return Answered(what + " is recorded in block " + at + ", " + result,
                    what + " 记录于第 " + at + " 块，" + (stub.code == 0 ? "已接受" : "已驳回"));
  }

  bool Answer(const ledger::HistoryQuery& query) {
    const std::string id = ledger::ToHex(query.entity);
    const std::string count = Number(walk_.verdict.events.size());
    return Complete({query.entity}) &&
           Answered(
               "these " + count + " events are all of entity " + id + " as of height " + height_,
               "截至第 " + height_ + " 块，实体 " + id + " 的全部事件即此 " + count + " 项");
  }

  bool Answer(const ledger::HistoriesQuery& query) {
    const std::string count = Number(walk_.verdict.events.size());
    const std::string entities = Number(query.entities.size());
    return Complete(query.entities) &&
           Answered("these " + count + " events are all of " +
                        Count(query.entities.size(), "entity", "entities") + " as of height " +
                        height_,
                    "截至第 " + height_ + " 块，所列 " + entities + " 个实体的全部事件即此 " +
                        count + " 项");
  }

  bool Answer(const ledger::LineageQuery& query) {
    if (!ledger::IsCase(ledger::KindOf(query.entity))) {
      return Fails("the lineage of what has none", "该类实体没有谱系");
    }
    if (!Complete(members_) || !CheckLineage(walk_, query, members_)) return false;
    const std::string id = ledger::ToHex(query.entity);
    const std::string members = Count(members_.size(), "entity", "entities");
    const std::string count = Number(members_.size());
    const std::string events = Number(walk_.verdict.events.size());
    const bool down = query.direction == ledger::LineageDirection::kDown;
    const bool is_open = walk_.verdict.withheld > 0;
    const std::string whole = is_open ? "what can be seen of the " : "the whole ";
    return Answered(members + " are " + whole + (down ? "downstream" : "upstream") +
                        " lineage of " + id + ", and these " + events +
                        " events all of theirs, as of height " + height_,
                    "截至第 " + height_ + " 块，" + id + " 的" + (down ? "下游" : "上游") + "谱系" +
                        (is_open ? "可见部分" : "") + "共 " + count + " 个实体，其全部事件即此 " +
                        events + " 项");
  }

  bool Complete(const std::vector<EntityId>& entities) {
    walk_.verdict.complete = true;
    if (!CheckHistories(walk_, entities)) return false;
    walk_.verdict.entities = entities;
    return CheckNamed(walk_);
  }

  bool Answer(const ledger::AbsenceQuery& query) {
    if (walk_.rows.at(query.Key()).has_value()) {
      return Fails("it exists: the bundle shows its row", "该项存在");
    }
    if (!walk_.verdict.events.empty()) return Fails("events of what is absent", "事件多余");
    if (const auto* pair = std::get_if<ledger::Untouched>(&query.what)) {
      return Answer(*pair, query.Present());
    }
    const auto* name = std::get_if<std::string>(&query.what);
    const std::string what = name != nullptr
                                 ? "name " + AsciiJson(*name)
                                 : "entity " + ledger::ToHex(std::get<EntityId>(query.what));
    walk_.NotProven("that this " + std::string(name != nullptr ? "name" : "id") +
                        " is the right one: a mistyped one is absent as well, and of the id of a "
                        "pair nothing here says which department and resource it is of",
                    "所询名称或编号书写无误：误写者同样不存在；若为部门与资源组合的编号，"
                    "此证明包亦未说明属于哪个部门、哪项资源");
    return Answered("there is no " + what + " as of height " + height_,
                    "截至第 " + height_ + " 块，不存在 " + what);
  }

  bool Answer(const ledger::Untouched& pair, const std::vector<Bytes>& present) {
    for (const Bytes& key : present) {
      if (walk_.rows.at(key).has_value()) continue;
      return Fails("there is no such resource, or no such department", "不存在该资源或该部门");
    }
    const std::string resource = ledger::ToHex(pair.resource);
    return Answered("department " + pair.department + " never touched resource " + resource +
                        " as of height " + height_ + ", when both exist",
                    "截至第 " + height_ + " 块，部门 " + pair.department + " 从未涉及资源 " +
                        resource + "；该部门与该资源均已登记在账");
  }

  ProofWalk& walk_;
  const ledger::ProofQuery& query_;
  std::string height_;
  std::vector<EntityId> members_;  // of a lineage, ascending as their rows
};

}  // namespace

bool CheckAnswer(ProofWalk& walk) { return Answering(walk).Check(); }

}  // namespace jiandu::sdk
