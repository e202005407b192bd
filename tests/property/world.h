// A network under random load: blocks applied one after the other, what was born, every body as it
// stands, and the blocks themselves, so that they can be replayed.
//
// Knows nothing of the rules: bodies are read back from what the contracts wrote.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "contracts/admission.h"
#include "contracts/block_apply.h"
#include "ledger/model/body.h"
#include "ledger/model/code_numbers.h"
#include "ledger/model/key_record.h"
#include "ledger/model/op.h"
#include "tests/support/contract_world.h"

namespace jiandu::contracts::property {

using ledger::Code;
using ledger::DepartmentId;
using ledger::EntityBody;
using ledger::EntityId;
using ledger::EntityKind;
using ledger::SignerRole;
using testing::kDayMs;
using testing::kHourMs;

inline constexpr std::int64_t kMinuteMs = 60'000;

struct Signing {
  std::string name;
  SignerRole role = SignerRole::kMaker;
};

// A transaction as the generator means it, before it has bytes.
struct Draft {
  const ledger::OpInfo* op = nullptr;
  DepartmentId department;
  std::vector<Signing> signings;
  Json body = Json::MakeObject();
  EntityId subject;  // the case it is about; zero: none
  std::int64_t skew = 0;
};

struct Block {
  BlockContext context;
  std::vector<TransactionPtr> transactions;
  Hash256 digest;  // of its writes
  std::vector<ledger::Stub> stubs;
};

struct Done {
  TransactionPtr transaction;
  Code code = Code::kAccepted;
  std::uint64_t flags = 0;
  ledger::Height height = 0;
  std::int64_t time = 0;
};

class World {
 public:
  World(std::string_view profile, const Json& settings, testing::Above above)
      : profile_(profile), settings_(settings), above_(above), world_(profile, settings, above) {
    Adopt(GenesisBodies());
  }

  // As admission hands it on; nothing when admission would not have it.
  [[nodiscard]] TransactionPtr Make(const Draft& draft);
  BlockOutcome Apply(const std::vector<TransactionPtr>& transactions);
  void Advance(std::int64_t ms) { time_ += ms; }

  [[nodiscard]] const testing::MemoryView& View() const { return world_.View(); }
  [[nodiscard]] std::int64_t Time() const { return time_; }
  [[nodiscard]] ledger::Height Height() const { return height_; }
  [[nodiscard]] BlockContext NextContext() const {
    return {.chain = std::string(testing::kChain),
            .height = height_ + 1,
            .time = time_,
            .log_size = log_size_};
  }
  [[nodiscard]] const std::map<EntityId, EntityBody>& Bodies() const { return bodies_; }
  [[nodiscard]] const EntityBody* Body(const EntityId& id) const {
    const auto found = bodies_.find(id);
    return found != bodies_.end() ? &found->second : nullptr;
  }
  [[nodiscard]] const std::vector<EntityId>& Of(EntityKind kind) { return by_kind_[kind]; }
  [[nodiscard]] const std::vector<Block>& Blocks() const { return blocks_; }
  [[nodiscard]] const std::vector<Done>& Log() const { return log_; }
  // Bodies as they were before the last block, of those it changed.
  [[nodiscard]] const std::map<EntityId, EntityBody>& Before() const { return before_; }
  [[nodiscard]] const std::set<EntityId>& Changed() const { return changed_; }
  // The state with which it began, for a replay.
  [[nodiscard]] testing::TestWorld Fresh() const {
    return testing::TestWorld(profile_, settings_, above_);
  }

  // Departments and their people, those of genesis and those who came.
  [[nodiscard]] const std::vector<DepartmentId>& Departments() const { return departments_; }
  [[nodiscard]] const std::vector<std::string>& PeopleOf(std::string_view department) const;
  [[nodiscard]] std::optional<ledger::KeyRecord> Key(const std::string& name) const;
  [[nodiscard]] const testing::Person& Who(const std::string& name) const {
    return world_.Who(name);
  }
  // The private key of a name exists before anybody registers it.
  std::string NewPerson(std::string_view department);
  void AddDepartment(const DepartmentId& code) { departments_.push_back(code); }

 private:
  [[nodiscard]] std::map<EntityId, EntityBody> GenesisBodies() const;
  void Adopt(std::map<EntityId, EntityBody> bodies);

  std::string profile_;
  Json settings_;
  testing::Above above_;
  testing::TestWorld world_;
  std::int64_t time_ = testing::kStart;
  ledger::Height height_ = 0;
  ledger::LogIndex log_size_ = 1;
  std::uint64_t nonce_ = 0;
  int people_added_ = 0;
  std::vector<DepartmentId> departments_;
  std::map<std::string, std::vector<std::string>, std::less<>> people_;
  std::map<EntityId, EntityBody> bodies_;
  std::map<EntityId, EntityBody> before_;
  std::set<EntityId> changed_;
  std::map<EntityKind, std::vector<EntityId>> by_kind_;
  std::vector<Block> blocks_;
  std::vector<Done> log_;
};

}  // namespace jiandu::contracts::property
