// One walk: a network, a seed, and blocks of transactions drawn at random.
//
// The next op is drawn by how often it was accepted before, its case among those whose status lets
// it start: so the deep ends of the machines are reached. About one in nine is spoiled.
#pragma once

#include "tests/property/hints.h"
#include "tests/property/sign.h"

namespace jiandu::contracts::property {

class Walk {
 public:
  explicit Walk(std::uint64_t seed);

  // One block of 1 to 20 transactions; nothing when none could be made.
  struct Step {
    std::vector<TransactionPtr> transactions;
    BlockOutcome outcome;
  };
  [[nodiscard]] Step Next();

  [[nodiscard]] World& Net() { return world_; }
  [[nodiscard]] const std::map<std::string, int>& Unmakeable() const { return unmakeable_; }

 private:
  struct Choice {
    const ledger::OpInfo* op = nullptr;
    const CaseRow* row = nullptr;
    EntityId subject;
  };
  [[nodiscard]] Choice Choose();
  [[nodiscard]] Choice ChooseBusy();
  [[nodiscard]] bool FindSubject(Choice& choice);
  [[nodiscard]] TransactionPtr Compose(const Choice& choice);
  void Learn(const Step& step);
  void PassTime();

  Dice dice_;
  World world_;
  Filler filler_;
  Kit kit_;
  std::map<std::string_view, int> accepted_;
  std::map<std::string_view, int> tried_;
  std::map<std::string, int> unmakeable_;  // refused at admission, by op
};

}  // namespace jiandu::contracts::property
