// The two slots of safety.rec: round trip, size, and every kind of damage.
#include "consensus/safety_record.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/consensus/core_test_net.h"

namespace jiandu::consensus::test {
namespace {

Certificate QuorumOf(const ValidatorSet& set, Certificate::Kind kind, Height height, Round round,
                     const BlockId& id) {
  Certificate certificate;
  certificate.kind = kind;
  certificate.height = height;
  certificate.round = round;
  certificate.id = id;
  for (const Validator& validator : set.List()) {
    Vote vote =
        MakeVote(kind == Certificate::Kind::kPolka ? VoteType::kPrevote : VoteType::kPrecommit,
                 height, round, id, validator.address);
    vote.signature.bytes.fill(0xEE);
    vote.time = Time::FromMs(1'790'000'000'123);
    certificate.votes.push_back(vote);
  }
  return certificate;
}

SafetyRecord MakeRecord(std::size_t validators, std::uint64_t seq = 7) {
  const ValidatorSetPtr set = MakeSet(validators);
  const Address me = Seats(*set)[0];
  const BlockId id = IdOf("block");
  SafetyRecord record;
  record.seq = seq;
  record.chain_id = std::string(limits::kChainIdBytesMax, 'c');
  record.key.bytes.fill(9);
  SafetyState& state = record.state;
  state.height = 1'000'000'000'000;
  state.round = 3;
  state.step = Step::kPrecommit;
  state.locked_round = 3;
  state.locked_id = id;
  state.valid_round = 3;
  state.valid_id = id;
  state.polka = QuorumOf(*set, Certificate::Kind::kPolka, state.height, 3, id);
  state.last_proposal = MakeProposal(state.height, 3, 2, id, me);
  state.last_prevote = MakeVote(VoteType::kPrevote, state.height, 3, id, me);
  state.last_precommit = MakeVote(VoteType::kPrecommit, state.height, 3, id, me);
  state.seen_commit =
      QuorumOf(*set, Certificate::Kind::kCommit, state.height - 1, 0, IdOf("before"));
  return record;
}

Bytes Slot(const SafetyRecord& record) {
  Bytes slot = *EncodeSafetySlot(record);
  slot.resize(limits::kSafetySlotBytes);
  return slot;
}

TEST(SafetyRecord, ComesBackAsItWasWritten) {
  for (const std::size_t validators : {1U, 4U, 7U}) {
    const SafetyRecord record = MakeRecord(validators);
    EXPECT_EQ(*DecodeSafetySlot(Slot(record)), record);
  }
  SafetyRecord empty;
  empty.seq = 1;
  empty.chain_id = "x";
  EXPECT_EQ(*DecodeSafetySlot(Slot(empty)), empty);
}

TEST(SafetyRecord, OfTheLargestSetFitsIntoASlot) {
  const SafetyRecord record = MakeRecord(limits::kValidatorsMax);
  const auto slot = EncodeSafetySlot(record);
  ASSERT_TRUE(slot.has_value()) << slot.error().detail;
  EXPECT_LE(slot->size(), limits::kSafetySlotBytes);
  EXPECT_EQ(DecodeSafetySlot(*slot)->state, record.state);
}

TEST(SafetyRecord, GivesAReproposalItsPolkaBack) {
  SafetyRecord record = MakeRecord(4);
  record.state.step = Step::kPropose;
  record.state.last_prevote.reset();
  record.state.last_precommit.reset();
  record.state.last_proposal->round = 4;
  record.state.round = 4;
  record.state.last_proposal->pol_round = 3;
  record.state.last_proposal->polka = record.state.polka;
  EXPECT_EQ(*DecodeSafetySlot(Slot(record)), record);
}

TEST(SafetyRecord, EverySingleFlippedBitIsNoticed) {
  const SafetyRecord record = MakeRecord(1);
  const Bytes clean = *EncodeSafetySlot(record);
  for (std::size_t bit = 0; bit < clean.size() * 8; ++bit) {
    Bytes slot = clean;
    slot[bit / 8] = static_cast<std::uint8_t>(slot[bit / 8] ^ (1U << (bit % 8)));
    const auto decoded = DecodeSafetySlot(slot);
    ASSERT_FALSE(decoded.has_value()) << bit;
    EXPECT_EQ(decoded.error().code, Errc::kCorrupt);
  }
}

TEST(SafetyRecord, EveryTruncationIsNoticed) {
  const Bytes clean = *EncodeSafetySlot(MakeRecord(2));
  for (std::size_t size = 1; size < clean.size(); ++size) {
    EXPECT_EQ(DecodeSafetySlot(ByteView(clean).first(size)).error().code, Errc::kCorrupt) << size;
  }
  EXPECT_EQ(DecodeSafetySlot({}).error().code, Errc::kNotFound);
}

TEST(SafetyRecord, AnySubsetOfTornSectorsLeavesTheOtherSlotsRecord) {
  // Old content of the slot, new content, and every combination of their first eight sectors.
  SafetyRecord older = MakeRecord(8, 5);
  SafetyRecord newer = MakeRecord(8, 7);
  newer.state.round = 4;
  const SafetyRecord other = MakeRecord(8, 6);
  const Bytes was = Slot(older);
  const Bytes wanted = Slot(newer);
  const Bytes exact = Slot(other);
  constexpr std::size_t kSector = 512;
  const std::size_t sectors = (EncodeSafetySlot(newer)->size() + kSector - 1) / kSector;
  ASSERT_GE(sectors, 3U);
  ASSERT_LE(sectors, 10U);
  for (std::size_t mask = 0; mask < (std::size_t{1} << sectors); ++mask) {
    Bytes torn = was;
    for (std::size_t sector = 0; sector < sectors; ++sector) {
      if ((mask >> sector & 1U) == 0) continue;
      const auto from = static_cast<std::ptrdiff_t>(sector * kSector);
      std::copy_n(wanted.begin() + from, kSector, torn.begin() + from);
    }
    const auto choice = ChooseSafetySlot({exact, torn}, other.chain_id, other.key);
    ASSERT_TRUE(choice.has_value()) << mask;
    if (torn == wanted) {
      EXPECT_EQ(choice->record, newer);
    } else {
      EXPECT_EQ(choice->record, other) << mask;
    }
  }
}

TEST(SafetyRecord, TheNewestValidSlotIsChosen) {
  const SafetyRecord a = MakeRecord(2, 4);
  const SafetyRecord b = MakeRecord(2, 5);
  const Bytes slot_a = Slot(a);
  const Bytes slot_b = Slot(b);
  const Bytes zero(limits::kSafetySlotBytes, 0);
  const Bytes junk(limits::kSafetySlotBytes, 0x55);
  const auto choose = [&](const Bytes& first, const Bytes& second) {
    return ChooseSafetySlot({first, second}, a.chain_id, a.key);
  };
  EXPECT_EQ(choose(slot_a, slot_b)->record.seq, 5U);
  EXPECT_EQ(choose(slot_b, slot_a)->record.seq, 5U);
  EXPECT_EQ(choose(slot_a, slot_b)->other, SafetyChoice::Other::kOlder);
  EXPECT_EQ(choose(slot_a, zero)->other, SafetyChoice::Other::kEmpty);
  EXPECT_EQ(choose(junk, slot_a)->other, SafetyChoice::Other::kDamaged);
  EXPECT_EQ(choose(zero, zero).error().code, Errc::kNotFound);
  EXPECT_EQ(choose(junk, zero).error().code, Errc::kCorrupt);
  EXPECT_EQ(choose(junk, junk).error().code, Errc::kCorrupt);
}

TEST(SafetyRecord, AnotherChainOrKeyOrADoubledNumberIsRefused) {
  const SafetyRecord record = MakeRecord(2);
  const Bytes slot = Slot(record);
  const Bytes zero(limits::kSafetySlotBytes, 0);
  EXPECT_EQ(ChooseSafetySlot({slot, zero}, "other", record.key).error().code, Errc::kConflict);
  EXPECT_EQ(ChooseSafetySlot({slot, zero}, record.chain_id, {}).error().code, Errc::kConflict);
  SafetyRecord twin = record;
  twin.state.round = 9;
  EXPECT_EQ(ChooseSafetySlot({slot, Slot(twin)}, record.chain_id, record.key).error().code,
            Errc::kCorrupt);
  EXPECT_TRUE(ChooseSafetySlot({slot, slot}, record.chain_id, record.key).has_value());
}

}  // namespace
}  // namespace jiandu::consensus::test
