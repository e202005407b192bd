// Segments: what is written can be read, whatever the crash; damage is named, never cut.
#include "ledger/store/segments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/crc32c.h"
#include "ledger/store/segment_format.h"
#include "tests/ledger/store/segments_support.h"
#include "tests/support/temp_folder.h"

namespace jiandu::store {
namespace {

using support::TempFolder;

// The records without the reserved zeros behind them.
Bytes TailTrimmed(Bytes file) {
  while (!file.empty() && file.back() == 0) file.pop_back();
  return file;
}

TEST(Segments, BlocksAreReadBackAfterReopening) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path());
    EXPECT_EQ(segments->DecidedHeight(), 0U);
    EXPECT_EQ(segments->FirstHeight(), 0U);
    for (ledger::Height h = 1; h <= 9; ++h) AppendDecided(*segments, h);
    EXPECT_EQ(segments->DecidedHeight(), 9U);
  }
  const auto segments = MustOpen(dir.Path());
  // The last block alone may be a candidate: only a commit can tell.
  EXPECT_EQ(segments->DecidedHeight(), 8U);
  ASSERT_EQ(segments->Candidates().size(), 1U);
  EXPECT_EQ(segments->Candidates()[0].block, BlockOf(9));
  ASSERT_TRUE(segments->Decide(9, IdOf(9)));
  for (ledger::Height h = 1; h <= 9; ++h) {
    const auto block = segments->Read(h);
    ASSERT_TRUE(block.has_value());
    EXPECT_EQ(block->bytes, BlockOf(h));
    EXPECT_EQ(block->id, IdOf(h));
  }
  EXPECT_EQ(segments->Read(10).error().code, Errc::kNotFound);
  EXPECT_EQ(segments->Read(0).error().code, Errc::kNotFound);
  EXPECT_EQ(segments->FirstHeight(), 1U);
  EXPECT_TRUE(segments->Check());
}

TEST(Segments, HeightsOutOfTurnAreRefused) {
  const TempFolder dir;
  const auto segments = MustOpen(dir.Path());
  EXPECT_EQ(segments->Append(0, IdOf(0), BlockOf(0)).error().code, Errc::kConflict);
  AppendDecided(*segments, 1);
  EXPECT_EQ(segments->Append(1, IdOf(1), BlockOf(1)).error().code, Errc::kConflict);
  EXPECT_EQ(segments->Append(3, IdOf(3), BlockOf(3)).error().code, Errc::kConflict);
  EXPECT_EQ(segments->Append(2, IdOf(2), {}).error().code, Errc::kTooLarge);
  EXPECT_EQ(segments->Decide(2, IdOf(2)).error().code, Errc::kNotFound);
  AppendDecided(*segments, 2);
}

TEST(Segments, TheSameCandidateTwiceIsOneRecord) {
  const TempFolder dir;
  const auto segments = MustOpen(dir.Path());
  ASSERT_TRUE(segments->Append(1, IdOf(1), BlockOf(1)));
  ASSERT_TRUE(segments->Append(1, IdOf(1), BlockOf(1)));
  EXPECT_EQ(segments->Candidates().size(), 1U);
}

TEST(Segments, TheDecidedOfSeveralCandidatesStandsAloneAndFirst) {
  for (int chosen = 0; chosen < 3; ++chosen) {
    const TempFolder dir;
    const TempFolder plain;
    {
      const auto segments = MustOpen(dir.Path());
      AppendDecided(*segments, 1);
      for (int v = 0; v < 3; ++v) ASSERT_TRUE(segments->Append(2, IdOf(2, v), BlockOf(2, v)));
      ASSERT_TRUE(segments->Decide(2, IdOf(2, chosen)));
      EXPECT_EQ(segments->Read(2)->bytes, BlockOf(2, chosen));
      AppendDecided(*segments, 3);
      const auto other = MustOpen(plain.Path());
      AppendDecided(*other, 1);
      ASSERT_TRUE(other->Append(2, IdOf(2, chosen), BlockOf(2, chosen)));
      ASSERT_TRUE(other->Decide(2, IdOf(2, chosen)));
      AppendDecided(*other, 3);
    }
    const auto segments = MustOpen(dir.Path());
    EXPECT_TRUE(segments->Damage().empty());
    EXPECT_EQ(segments->DecidedHeight(), 2U);
    EXPECT_EQ(segments->Read(2)->bytes, BlockOf(2, chosen));
    // Records are byte for byte those of a node that saw one candidate only.
    const Bytes mine = ReadFile(dir.Path() / SegmentName(1));
    const Bytes others = TailTrimmed(ReadFile(plain.Path() / SegmentName(1)));
    EXPECT_TRUE(HasPrefix(mine, others));
  }
}

TEST(Segments, AnyFirstHeightMayBeginAFreshDirectory) {
  const TempFolder dir;
  const auto segments = MustOpen(dir.Path());
  AppendDecided(*segments, 500);
  AppendDecided(*segments, 501);
  EXPECT_EQ(segments->FirstHeight(), 500U);
  EXPECT_EQ(segments->Read(499).error().code, Errc::kNotFound);
  EXPECT_EQ(segments->Read(501)->bytes, BlockOf(501));
}

// Put there by hand, or by another program: read as ours, every message would blame another file.
TEST(Segments, AStrayFileIsNamedAndNothingIsTouched) {
  for (const bool sealed : {false, true}) {
    const TempFolder dir;
    {
      const auto segments = MustOpen(dir.Path(), sealed ? kSmall : kPlain);
      for (ledger::Height h = 1; h <= 4; ++h) AppendDecided(*segments, h);
      ASSERT_TRUE(!sealed || segments->Seal());
    }
    const Bytes before = ReadFile(dir.Path() / SegmentName(1));
    for (const Bytes& junk : {ToBytes("junk"), Bytes(), Bytes(5000, 0x55)}) {
      WriteFile(dir.Path() / SegmentName(900), junk);
      const auto opened = Segments::Open(dir.Path(), kPlain);
      ASSERT_FALSE(opened.has_value());
      EXPECT_TRUE(opened.error().detail.contains(SegmentName(900) + ": holds no block"))
          << opened.error().detail;
      EXPECT_TRUE(opened.error().detail.contains("请将其移走"));
      EXPECT_EQ(ReadFile(dir.Path() / SegmentName(900)), junk);
      EXPECT_EQ(ReadFile(dir.Path() / SegmentName(1)), before);
    }
    std::filesystem::remove(dir.Path() / SegmentName(900));
    if (!sealed) continue;  // else begun where the one before ends, and cut at once: ours
    WriteFile(dir.Path() / SegmentName(5), ToBytes("torn"));
    EXPECT_EQ(MustOpen(dir.Path())->DecidedHeight(), 4U);
  }
}

// A seal that cannot be read says nothing of where its file ends: the blocks do.
TEST(Segments, AFileBegunBehindADamagedSealIsNoStray) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path(), kSmall);
    for (ledger::Height h = 1; h <= 4; ++h) AppendDecided(*segments, h);
    ASSERT_TRUE(segments->Seal());
  }
  WriteFile(dir.Path() / SealName(1), ToBytes("no seal"));
  WriteFile(dir.Path() / SegmentName(5), {});
  EXPECT_EQ(MustOpen(dir.Path())->DecidedHeight(), 4U);
}

// What a power cut leaves of the last write: the file cut, or zeros, from any byte on.
class TornTail : public testing::TestWithParam<bool> {};

TEST_P(TornTail, AtEveryByteIsCutOffAndNothingElseIsLost) {
  const bool zeros = GetParam();
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path());
    for (ledger::Height h = 1; h <= 3; ++h) AppendDecided(*segments, h);
  }
  const std::filesystem::path path = dir.Path() / SegmentName(1);
  const Bytes whole = ReadFile(path);
  const std::size_t begin = 2 * kRecordHeadBytes + BlockOf(1).size() + BlockOf(2).size();
  const std::size_t end = begin + kRecordHeadBytes + BlockOf(3).size();
  for (std::size_t cut = begin; cut <= end; ++cut) {
    Bytes torn(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
    if (zeros) torn.resize(whole.size());
    WriteFile(path, torn);
    const auto segments = MustOpen(dir.Path());
    EXPECT_TRUE(segments->Damage().empty()) << cut;
    if (cut == end) {
      ASSERT_EQ(segments->Candidates().size(), 1U);
      EXPECT_EQ(segments->Candidates()[0].height, 3U);
      EXPECT_EQ(segments->TornBytes(), 0U);
      continue;
    }
    ASSERT_EQ(segments->Candidates().size(), 1U) << cut;
    EXPECT_EQ(segments->Candidates()[0].height, 2U);
    EXPECT_EQ(segments->Candidates()[0].block, BlockOf(2));
    ASSERT_TRUE(segments->Decide(2, IdOf(2)));
    AppendDecided(*segments, 3);
    EXPECT_EQ(segments->Read(3)->bytes, BlockOf(3));
    EXPECT_TRUE(segments->Check());
  }
}
INSTANTIATE_TEST_SUITE_P(CutAndZeroed, TornTail, testing::Bool());

TEST(Segments, AFlippedBitInsideIsNamedWithFileAndHeightAndNothingIsPutBehindIt) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path());
    for (ledger::Height h = 1; h <= 4; ++h) AppendDecided(*segments, h);
  }
  const std::filesystem::path path = dir.Path() / SegmentName(1);
  const Bytes whole = ReadFile(path);
  const std::size_t begin = kRecordHeadBytes + BlockOf(1).size();
  const std::size_t end = begin + kRecordHeadBytes + BlockOf(2).size();
  for (std::size_t at = begin; at < end; ++at) {
    Bytes flipped = whole;
    flipped[at] ^= 0x10;
    WriteFile(path, flipped);
    const auto segments = MustOpen(dir.Path());
    ASSERT_EQ(segments->Damage().size(), 1U) << at;
    const SegmentDamage damage = segments->Damage()[0];
    EXPECT_EQ(damage.file, SegmentName(1));
    EXPECT_EQ(damage.height, 2U);
    EXPECT_EQ(damage.offset, begin);
    EXPECT_EQ(damage.size, end - begin);
    EXPECT_NE(damage.detail.find("height 2"), std::string::npos);
    // Nothing was cut, and the others can be read.
    EXPECT_EQ(segments->TornBytes(), 0U);
    EXPECT_EQ(segments->Read(1)->bytes, BlockOf(1));
    EXPECT_EQ(segments->Read(2).error().code, Errc::kCorrupt);
    EXPECT_EQ(segments->Read(3)->bytes, BlockOf(3));
    EXPECT_EQ(segments->Check().error().code, Errc::kCorrupt);
    ASSERT_TRUE(segments->Decide(4, IdOf(4)));
    EXPECT_EQ(segments->Append(5, IdOf(5), BlockOf(5)).error().code, Errc::kCorrupt);
    EXPECT_TRUE(segments->IsTailDamaged());
  }
}

TEST(Segments, ADamagedCandidateIsForgottenAndTheOtherMovesIntoItsPlace) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path());
    AppendDecided(*segments, 1);
    AppendDecided(*segments, 2);
    for (int v = 0; v < 2; ++v) ASSERT_TRUE(segments->Append(3, IdOf(3, v), BlockOf(3, v)));
  }
  const std::filesystem::path path = dir.Path() / SegmentName(1);
  const Bytes whole = ReadFile(path);
  const std::size_t second = kRecordHeadBytes + BlockOf(1).size();
  const std::size_t third = second + kRecordHeadBytes + BlockOf(2).size();
  Bytes flipped = whole;
  flipped[third + 60] ^= 1;
  WriteFile(path, flipped);
  const auto segments = MustOpen(dir.Path());
  EXPECT_TRUE(segments->Damage().empty());
  EXPECT_FALSE(segments->IsTailDamaged());
  ASSERT_EQ(segments->Candidates().size(), 1U);
  ASSERT_TRUE(segments->Decide(3, IdOf(3, 1)));
  AppendDecided(*segments, 4);
  EXPECT_EQ(segments->Read(2)->bytes, BlockOf(2));
  EXPECT_EQ(segments->Read(3)->bytes, BlockOf(3, 1));
  EXPECT_TRUE(segments->Check());
}

TEST(Segments, SealedFilesAreEqualOnNodesThatSawDifferentCandidates) {
  const TempFolder a;
  const TempFolder b;
  for (const TempFolder* dir : {&a, &b}) {
    const auto segments = MustOpen(dir->Path(), kSmall);
    for (ledger::Height h = 1; h <= 9; ++h) {
      if (dir == &b && h % 2 == 0) {
        ASSERT_TRUE(segments->Append(h, IdOf(h, 1), BlockOf(h, 1)));
      }
      AppendDecided(*segments, h);
      EXPECT_EQ(segments->IsSealDue(), h % 4 == 0);
    }
  }
  for (const ledger::Height from : {1U, 5U}) {
    EXPECT_EQ(ReadFile(a.Path() / SegmentName(from)), ReadFile(b.Path() / SegmentName(from)));
    const Bytes seal = ReadFile(a.Path() / SealName(from));
    EXPECT_EQ(seal, ReadFile(b.Path() / SealName(from)));
    const auto read = SegmentSeal::Decode(AsText(seal));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->from, from);
    EXPECT_EQ(read->to, from + 3);
    EXPECT_EQ(read->bytes, ReadFile(a.Path() / SegmentName(from)).size());
  }
  const auto segments = MustOpen(b.Path(), kSmall);
  EXPECT_TRUE(segments->Damage().empty());
  EXPECT_EQ(segments->DecidedHeight(), 8U);
  for (ledger::Height h = 1; h <= 8; ++h) EXPECT_EQ(segments->Read(h)->bytes, BlockOf(h));
  EXPECT_TRUE(segments->Check());
}

TEST(Segments, ASealedLastFileHasNoCandidates) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path(), kSmall);
    EXPECT_EQ(segments->Seal().error().code, Errc::kConflict);
    for (ledger::Height h = 1; h <= 4; ++h) AppendDecided(*segments, h);
    ASSERT_TRUE(segments->Seal());
  }
  const auto segments = MustOpen(dir.Path(), kSmall);
  EXPECT_EQ(segments->DecidedHeight(), 4U);
  EXPECT_TRUE(segments->Candidates().empty());
  AppendDecided(*segments, 5);
  EXPECT_EQ(segments->Read(5)->bytes, BlockOf(5));
}

TEST(Segments, EveryFlippedBitOfASealedFileIsFoundByCheck) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path(), kSmall);
    for (ledger::Height h = 1; h <= 5; ++h) AppendDecided(*segments, h);
  }
  const std::filesystem::path path = dir.Path() / SegmentName(1);
  const Bytes whole = ReadFile(path);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes flipped = whole;
    flipped[at] ^= 1;
    WriteFile(path, flipped);
    const auto segments = MustOpen(dir.Path(), kSmall);
    const auto checked = segments->Check();
    ASSERT_FALSE(checked.has_value()) << at;
    EXPECT_EQ(checked.error().code, Errc::kCorrupt);
    EXPECT_NE(checked.error().detail.find(SegmentName(1)), std::string::npos);
    EXPECT_NE(checked.error().detail.find("height"), std::string::npos);
  }
  WriteFile(path, whole);
  const std::filesystem::path seal = dir.Path() / SealName(1);
  Bytes digest = ReadFile(seal);
  digest[30] = digest[30] == '0' ? '1' : '0';
  WriteFile(seal, digest);
  EXPECT_EQ(MustOpen(dir.Path(), kSmall)->Check().error().code, Errc::kCorrupt);
}

TEST(Segments, AMoveInterruptedAnywhereEndsWithTheDecidedBlock) {
  const TempFolder dir;
  Bytes before;
  {
    const auto segments = MustOpen(dir.Path());
    AppendDecided(*segments, 1);
    ASSERT_TRUE(segments->Append(2, IdOf(2, 0), BlockOf(2, 0)));
    ASSERT_TRUE(segments->Append(2, IdOf(2, 1), BlockOf(2, 1)));
    before = ReadFile(dir.Path() / SegmentName(1));
  }
  const Bytes record = EncodeRecord(RecordKind::kBlock, 2, IdOf(2, 1), BlockOf(2, 1));
  const std::size_t tail = kRecordHeadBytes + BlockOf(1).size();
  // The redo file as segments_parts.h has it: checksum, from, offset, record.
  Bytes rest;
  AppendU64Be(rest, 1);
  AppendU64Be(rest, tail);
  Append(rest, record);
  Bytes redo;
  AppendU32Be(redo, Crc32c(rest));
  Append(redo, rest);
  for (std::size_t written = 0; written <= record.size(); ++written) {
    Bytes half = before;
    std::copy_n(record.begin(), written, half.begin() + static_cast<std::ptrdiff_t>(tail));
    WriteFile(dir.Path() / SegmentName(1), half);
    WriteFile(dir.Path() / "move.redo", redo);
    const auto segments = MustOpen(dir.Path());
    EXPECT_TRUE(segments->Damage().empty());
    ASSERT_EQ(segments->Candidates().size(), 1U) << written;
    EXPECT_EQ(segments->Candidates()[0].id, IdOf(2, 1));
    EXPECT_FALSE(std::filesystem::exists(dir.Path() / "move.redo"));
  }
  // A torn redo file: the move had not begun, both candidates stand.
  for (const std::size_t cut : {std::size_t{0}, std::size_t{10}, redo.size() - 1}) {
    WriteFile(dir.Path() / SegmentName(1), before);
    WriteFile(dir.Path() / "move.redo", ByteView(redo).first(cut));
    const auto segments = MustOpen(dir.Path());
    EXPECT_EQ(segments->Candidates().size(), 2U);
  }
}

TEST(Segments, ARedactedRecordKeepsTheSeal) {
  const TempFolder dir;
  {
    const auto segments = MustOpen(dir.Path(), kSmall);
    for (ledger::Height h = 1; h <= 5; ++h) AppendDecided(*segments, h);
  }
  const std::filesystem::path path = dir.Path() / SegmentName(1);
  Bytes file;
  for (ledger::Height h = 1; h <= 4; ++h) {
    const Bytes record = EncodeRecord(RecordKind::kBlock, h, IdOf(h), BlockOf(h));
    if (h != 3) {
      Append(file, record);
      continue;
    }
    const Bytes payload =
        EncodeRedacted({.sha256 = crypto::Sha256(record), .length = record.size()});
    Append(file, EncodeRecord(RecordKind::kRedacted, h, IdOf(h), payload));
  }
  WriteFile(path, file);
  const auto seal = SegmentSeal::Decode(AsText(ReadFile(dir.Path() / SealName(1))));
  ASSERT_TRUE(seal.has_value());
  const auto segments = MustOpen(dir.Path(), kSmall);
  EXPECT_TRUE(segments->Damage().empty());
  EXPECT_EQ(segments->Read(3).error().code, Errc::kUnavailable);
  EXPECT_EQ(segments->Read(4)->bytes, BlockOf(4));
  EXPECT_TRUE(segments->Check());
}

}  // namespace
}  // namespace jiandu::store
