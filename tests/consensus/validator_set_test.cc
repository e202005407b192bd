// The validator set: CometBFT's order and hash, quorums, changes, wire form.
#include "consensus/validator_set.h"

#include "base/limits.h"
#include "crypto/merkle.h"
#include "tests/consensus/formats_support.h"

namespace jiandu::consensus {
namespace {

using testing::ExpectStrict;
using testing::Hex;
using testing::KeyOf;
using testing::TestNet;

Validator Member(std::string_view key, Power power) {
  return {.address = {}, .key = Hex<32>(key), .power = power};
}

// informalsystems/tendermint-rs, rpc/tests/kvstore_fixtures/v0_38: genesis.json and the
// validators_hash of block_at_height_1.json.
TEST(ValidatorSet, HashesAsARealCometBftChainOfOne) {
  const auto set = ValidatorSet::From(
      {Member("6cd3651a5b39476e700b749df3bdb417fdfeec8641857703db630d16d3e4fefd", 10)});
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->List()[0].address, Hex<20>("2dd9f44fd9067555c322243c3c913ba7b51d2be0"));
  EXPECT_EQ(set->Hash(),
            Hex<32>("33415effceda5bd0a3a443a727457d9f7b9e38389bf27a936fedf749a7b7566e"));
}

// tendermint-rs, light-client/tests/support/model_based/single_step/MC4_4_faulty_TestSuccess.json,
// third step: members in the file's order, which is not set order.
TEST(ValidatorSet, SortsBeforeHashing) {
  const std::vector<Validator> members = {
      Member("190102fc7078b030405611ed533cafe3272df591a7b9d68fdb4f504014937d24", 50),
      Member("2e4e339b67093b8169cd7145f56515f4dcce2dfaf98d5fa9b3b121c140ca9593", 50),
      Member("df07fad0289d41cb083bb4e4b17cc466c25e7cc50517bde4ea73f561e128f6da", 50),
      Member("93077cb6b67cb79012c2051b0440270eae3d9d146bacabedda89e14b82527d03", 50)};
  const Hash256 expected =
      Hex<32>("5a69acb73672274a2c020c7fae539b2086d30f3b7e5b168a8031a21931fca07d");
  std::vector<Validator> order = members;
  std::ranges::sort(order);
  do {
    const auto set = ValidatorSet::From(order);
    ASSERT_TRUE(set.has_value());
    EXPECT_EQ(set->Hash(), expected);
    EXPECT_EQ(set->List()[0].address, Hex<20>("0616a636e7d0579a632ec37ed3c3f2b7e8522a0a"));
    EXPECT_EQ(set->List()[3].address, Hex<20>("c479db6f37ab9757035cfbe10b687e27668ee7df"));
  } while (std::ranges::next_permutation(order).found);
}

TEST(ValidatorSet, OrdersByPowerThenAddress) {
  const TestNet net(1, {1, 5, 1, 5, 3});
  const auto list = net.set.List();
  for (std::size_t i = 1; i < list.size(); ++i) {
    const bool falls = list[i - 1].power > list[i].power;
    const bool tied = list[i - 1].power == list[i].power && list[i - 1].address < list[i].address;
    EXPECT_TRUE(falls || tied);
  }
  EXPECT_EQ(net.set.Total(), 15U);
}

TEST(ValidatorSet, FindsMembersAndNobodyElse) {
  const TestNet net(1, {1, 5, 1, 5, 3});
  for (const Address& address : net.addresses) {
    ASSERT_NE(net.set.Find(address), nullptr);
    EXPECT_EQ(net.set.Find(address)->address, address);
    EXPECT_EQ(net.set.List()[*net.set.IndexOf(address)].address, address);
  }
  EXPECT_EQ(net.set.Find(AddressOf(KeyOf(99).PublicKey())), nullptr);
  EXPECT_FALSE(net.set.IndexOf(Address{}).has_value());
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_LT(net.set.BySeat(i - 1).address, net.set.BySeat(i).address);
  }
}

TEST(ValidatorSet, QuorumIsMoreThanTwoThirdsForEverySize) {
  for (int size = 1; size <= 40; ++size) {
    const TestNet net(1, std::vector<Power>(static_cast<std::size_t>(size), 1));
    for (Power power = 0; power <= static_cast<Power>(size); ++power) {
      EXPECT_EQ(net.set.IsQuorum(power), 3 * power > 2 * net.set.Total()) << size << " " << power;
      EXPECT_EQ(net.set.HasHonest(power), 3 * power > net.set.Total()) << size << " " << power;
    }
  }
}

TEST(ValidatorSet, QuorumDoesNotOverflow) {
  const TestNet net(1, {limits::kTotalPowerMax});
  EXPECT_TRUE(net.set.IsQuorum(limits::kTotalPowerMax));
  EXPECT_FALSE(net.set.IsQuorum(limits::kTotalPowerMax / 3 * 2));
  EXPECT_TRUE(net.set.IsQuorum(~Power{0}));
  EXPECT_FALSE(net.set.HasHonest(limits::kTotalPowerMax / 3));
}

TEST(ValidatorSet, RefusesWhatIsNoSet) {
  const auto key = [](int number) { return KeyOf(number).PublicKey(); };
  const auto member = [&](int number, Power power) {
    return Validator{.address = {}, .key = key(number), .power = power};
  };
  EXPECT_FALSE(ValidatorSet::From({}).has_value());
  EXPECT_FALSE(ValidatorSet::From({member(1, 0)}).has_value());
  EXPECT_FALSE(ValidatorSet::From({member(1, 1), member(1, 2)}).has_value());
  EXPECT_FALSE(ValidatorSet::From({member(1, limits::kTotalPowerMax), member(2, 1)}).has_value());
  EXPECT_FALSE(ValidatorSet::From({member(1, ~Power{0}), member(2, 2)}).has_value());
  std::vector<Validator> many;
  for (int i = 0; i <= static_cast<int>(limits::kValidatorsMax); ++i) many.push_back(member(i, 1));
  EXPECT_FALSE(ValidatorSet::From(many).has_value());
  many.pop_back();
  EXPECT_TRUE(ValidatorSet::From(many).has_value());
}

TEST(ValidatorSet, ChangesAddRaiseAndRemove) {
  const TestNet net(1, {1, 1, 1, 1});
  const auto key = [](int number) { return KeyOf(number).PublicKey(); };
  const auto changed = net.set.With({{{.address = {}, .key = key(1), .power = 0},
                                      {.address = {}, .key = key(2), .power = 7},
                                      {.address = {}, .key = key(9), .power = 2}}});
  ASSERT_TRUE(changed.has_value());
  EXPECT_EQ(changed->List().size(), 4U);
  EXPECT_EQ(changed->Total(), 11U);
  EXPECT_EQ(changed->Find(net.addresses[0]), nullptr);
  EXPECT_EQ(changed->Find(net.addresses[1])->power, 7U);
  EXPECT_NE(changed->Hash(), net.set.Hash());
  const auto same = net.set.With({});
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->Hash(), net.set.Hash());
}

TEST(ValidatorSet, RefusesChangesThatMakeNoSense) {
  const TestNet net(1, {1});
  const auto change = [](int number, Power power) {
    return Validator{.address = {}, .key = KeyOf(number).PublicKey(), .power = power};
  };
  EXPECT_FALSE(net.set.With({{change(1, 0)}}).has_value());                // nobody is left
  EXPECT_FALSE(net.set.With({{change(2, 0)}}).has_value());                // not a member
  EXPECT_FALSE(net.set.With({{change(2, 1), change(2, 1)}}).has_value());  // named twice
  EXPECT_FALSE(net.set.With({{change(2, 1), change(2, 0)}}).has_value());
  EXPECT_TRUE(net.set.With({{change(1, 0), change(2, 1)}}).has_value());  // rotation of a key
}

TEST(ValidatorSet, DecodesOnlyItsOwnBytes) {
  const TestNet net(1, {3, 1, 200, 1});
  ExpectStrict(
      net.set.Encode(), [](const ValidatorSet& set) { return set.Encode(); },
      [](ByteView bytes) { return ValidatorSet::Decode(bytes); });
  EXPECT_EQ(ValidatorSet::Decode(net.set.Encode())->Hash(), net.set.Hash());
  EXPECT_FALSE(ValidatorSet::Decode({}).has_value());
}

}  // namespace
}  // namespace jiandu::consensus
