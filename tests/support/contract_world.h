// The departments of the worked scenario, their officers and systems, and the state they begin
// with: what tests, benchmarks and fuzz targets of the contracts stand on.
//
// Without GoogleTest; each holds its state alone and is for one thread. Keys are made from names;
// the proofs of possession in its genesis are constants, which nothing here checks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "ledger/model/genesis.h"

namespace jiandu::contracts::testing {

using ledger::EntityId;

inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kHourMs = 3'600'000;
// Monday 2026-03-02 09:00 in UTC+8.
inline constexpr std::int64_t kStart = 1'772'413'200'000;
inline constexpr std::string_view kChain = "test-1";

inline constexpr std::string_view kDb = "119901000990010105";   // 数据局, manager
inline constexpr std::string_view kGa = "119901000990010292";   // 公安局, provider
inline constexpr std::string_view kJt = "11990100099001037W";   // 交通局, consumer
inline constexpr std::string_view kSw = "11990100099001045P";   // 税务局
inline constexpr std::string_view kSj = "11990100099001061D";   // 审计局, auditor
inline constexpr std::string_view kSdb = "11990000099001117B";  // 省数据局, manager above
inline constexpr std::string_view kSt = "119900000990011256";   // 省交通运输厅
inline constexpr std::string_view kZf = "1199010009900107X5";   // 人民政府

// A state in memory.
class MemoryView final : public ledger::StateView {
 public:
  [[nodiscard]] std::optional<Bytes> Get(ByteView key) const override;
  void Scan(ByteView prefix, ByteView from, const Visitor& visit) const override;
  void Apply(const ledger::WriteSet& writes);
  [[nodiscard]] std::size_t Size() const { return values_.size(); }

 private:
  std::map<Bytes, Bytes, ledger::BytesLess> values_;
};

// A key of the test network, made from its name.
struct Person {
  std::string name;
  std::string department;
  crypto::EcdsaPublicKeyBytes key;
  ledger::KeyId id;
};

crypto::EcdsaPrivateKey PrivateKey(std::string_view name);

// A key of a node, made from its name: "db-node-consensus".
crypto::Ed25519PrivateKey NodeKey(std::string_view name);

// Who is above the managers: the government of db's city, one of the province, nobody.
enum class Above { kGovernment, kProvince, kNobody };

class TestWorld {
 public:
  explicit TestWorld(std::string_view profile = "combined", Json settings = Json::MakeObject(),
                     Above above = Above::kGovernment);
  // In the .cc: three maps to copy and to free are much code for every test that has a world.
  TestWorld(const TestWorld& other);
  TestWorld(TestWorld&& other) noexcept;
  TestWorld& operator=(const TestWorld& other);
  TestWorld& operator=(TestWorld&& other) noexcept;
  ~TestWorld();

  [[nodiscard]] EntityId Identity(const std::string& name) const;
  [[nodiscard]] const Person& Who(const std::string& name) const;
  // Someone whose key is not in genesis.
  void AddPerson(std::string name, std::string_view department);
  [[nodiscard]] const MemoryView& View() const { return view_; }
  void Apply(const ledger::WriteSet& writes) { view_.Apply(writes); }

 private:
  void AddDepartment(ledger::Genesis& genesis, std::string_view code, const std::string& alias,
                     std::string jurisdiction, std::string level, std::vector<std::string> roles);
  void AddIdentity(ledger::Genesis& genesis, std::string_view code, const std::string& name,
                   ledger::IdentityKind kind, std::uint32_t duties);

  static void AddNode(ledger::Genesis& genesis, std::string_view code, const std::string& alias);

  MemoryView view_;
  std::map<std::string, Person> people_;
  std::map<std::string, EntityId> identities_;
};

}  // namespace jiandu::contracts::testing
