// The steps of docs/proof-format.md, "Fraud proof", in its order.
#include "sdk/cpp/fraud_verifier.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "consensus/commit.h"
#include "ledger/model/state_view.h"

namespace jiandu::sdk {
namespace {

std::string Number(std::uint64_t number) { return std::to_string(number); }

// The entity of a query about one.
std::optional<ledger::EntityId> AskedOf(const ledger::ProofQuery& query) {
  if (const auto* history = std::get_if<ledger::HistoryQuery>(&query)) return history->entity;
  if (const auto* absence = std::get_if<ledger::AbsenceQuery>(&query)) {
    if (const auto* id = std::get_if<ledger::EntityId>(&absence->what)) return *id;
  }
  return std::nullopt;
}

class Walk {
 public:
  Walk(const ledger::FraudProof& proof, const ledger::Genesis& genesis)
      : proof_(proof), genesis_(genesis) {
    verdict_.entity = proof.entity;
  }

  FraudVerdict Run() {
    verdict_.verified = Event() && State() && Contradiction();
    verdict_.steps = std::move(steps_.list);
    return std::move(verdict_);
  }

 private:
  // All steps of a bundle, named after its part.
  void Take(const ProofVerdict& verdict, const std::string& part) {
    for (const VerifyStep& step : verdict.steps) {
      VerifyStep named = step;
      named.name = part + "/" + step.name;
      steps_.list.push_back(std::move(named));
    }
  }

  bool Event() {
    const ProofVerdict verdict = VerifyProof(proof_.event, genesis_);
    Take(verdict, "event");
    if (!verdict.verified) return false;
    verdict_.event_as_of = verdict.as_of;
    if (!std::holds_alternative<ledger::TransactionQuery>(proof_.event.query)) {
      return steps_.Fails("event", "the first bundle is not of a transaction",
                          "第一个证明包不是交易证明");
    }
    const ProvenEvent& event = verdict.events.front();  // such a bundle has one, and shows it
    const auto touched =
        std::ranges::find(event.stub->touched, proof_.entity, &ledger::Touch::entity);
    if (touched == event.stub->touched.end()) {
      return steps_.Fails("event", "the event does not name the entity", "该事件未涉及所指实体");
    }
    verdict_.index = event.index;
    verdict_.seq = touched->seq;
    return steps_.Holds(
        "event",
        "entry " + Number(event.index) + " of the log is event " + Number(touched->seq) +
            " of entity " + ledger::ToHex(proof_.entity),
        "日志第 " + Number(event.index) + " 条是该实体的第 " + Number(touched->seq) + " 项事件");
  }

  // The row counts, whether or not the bundle answers its own question.
  bool State() {
    const ProofVerdict verdict = VerifyProof(proof_.state, genesis_);
    const bool rows_hold = verdict.verified || verdict.steps.back().name == "answer";
    Take(verdict, "state");
    if (!rows_hold) return false;
    if (!verdict.steps.back().holds) steps_.list.pop_back();  // not what is asked here
    verdict_.state_as_of = verdict.as_of;
    if (AskedOf(proof_.state.query) != proof_.entity) {
      return steps_.Fails("state", "the second bundle is not about the entity",
                          "第二个证明包与该实体无关");
    }
    const auto row = std::ranges::find(proof_.state.leaves, ledger::LeafKey(proof_.entity),
                                       &ledger::ProofLeaf::key);
    if (row == proof_.state.leaves.end()) {
      return steps_.Fails("state", "the entity's row is not there", "缺少该实体的状态行");
    }
    if (row->value.has_value()) {
      const auto leaf = ledger::EntityLeaf::Decode(*row->value);
      if (!leaf) return steps_.Fails("state", leaf.error().detail, "实体状态无法读取");
      verdict_.size = leaf->size;
    }
    const auto commit = consensus::Commit::Decode(proof_.state.head.commit);
    if (commit.has_value()) verdict_.signers = SignersOf(*commit, genesis_);
    return steps_.Holds(
        "state",
        verdict_.size.has_value()
            ? "the state gives it a history of " + Number(*verdict_.size) + " events"
            : "the state has no such entity",
        verdict_.size.has_value() ? "状态所载历史为 " + Number(*verdict_.size) + " 项"
                                  : "状态中没有该实体");
  }

  bool Contradiction() {
    if (verdict_.state_as_of < verdict_.event_as_of) {
      return steps_.Fails("contradiction",
                          "the state is older than the log: it need not have the event",
                          "状态早于日志，不必含有该事件");
    }
    if (verdict_.size.has_value() && *verdict_.size > verdict_.seq) {
      return steps_.Fails("contradiction", "the history counts the event: there is no fraud here",
                          "历史已计入该事件，不构成欺诈");
    }
    return steps_.Holds("contradiction", "the state denies an event of its own log",
                        "状态否认了自身日志中的事件");
  }

  const ledger::FraudProof& proof_;
  const ledger::Genesis& genesis_;
  FraudVerdict verdict_;
  VerifySteps steps_;
};

}  // namespace

Sentence FraudVerdict::Statement() const {
  if (!verified) {
    return {.en = "Not verified: this proves no fraud.", .zh = "未通过验证：不能证明欺诈。"};
  }
  const std::string names = NamesOf(signers);
  return {.en = "FRAUD: entry " + Number(index) + " is in the log as of height " +
                Number(event_as_of) + ", and the state of height " + Number(state_as_of) +
                " denies it. More than a third of the validators are faulty; the state was signed "
                "by " +
                names + ".",
          .zh = "欺诈：日志第 " + Number(index) + " 条截至第 " + Number(event_as_of) +
                " 块已入账，第 " + Number(state_as_of) +
                " 块的状态却予以否认。作恶验证节点超过三分之一；签署该状态者：" + names + "。"};
}

FraudVerdict VerifyFraud(const ledger::FraudProof& proof, const ledger::Genesis& genesis) {
  return Walk(proof, genesis).Run();
}

}  // namespace jiandu::sdk
