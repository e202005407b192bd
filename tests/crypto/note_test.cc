// Signed notes: the standard's own example, cosignatures, and what no reader may take.
#include "crypto/note.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "tests/support/vectors.h"

namespace jiandu::crypto {
namespace {

Ed25519PrivateKey KeyOf(std::string_view name) {
  return Ed25519PrivateKey::From(Sha256({AsBytes("note key "), AsBytes(name)}));
}
NoteKey As(std::string_view name, NoteKeyType type, const Ed25519PrivateKey& key) {
  return {.name = std::string(name), .type = type, .key = key.PublicKey()};
}

// C2SP signed-note.md, "Verifier keys", with the key it publishes.
constexpr std::string_view kSpecKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kSpecNote =
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

TEST(Note, TheStandardsExampleHolds) {
  const auto key = NoteKey::Parse(kSpecKey);
  ASSERT_TRUE(key.has_value()) << key.error().detail;
  EXPECT_EQ(key->ToText(), kSpecKey);
  const auto note = Note::Parse(kSpecNote);
  ASSERT_TRUE(note.has_value()) << note.error().detail;
  EXPECT_EQ(note->text, "This is an example message.\n");
  EXPECT_EQ(note->ToText(), kSpecNote);
  EXPECT_TRUE(VerifyNote(note->text, note->signatures.at(0), *key));
  EXPECT_FALSE(VerifyNote("This is an example message!\n", note->signatures.at(0), *key));
}

TEST(Note, ExamplesOfTheStandardsParseAndComeBack) {
  const auto file = testing::VectorsFolder("c2sp") / "spec-examples.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no C2SP vectors here";
  int read = 0;
  const Json json = testing::ReadVectors(testing::ReadText(file));
  for (const Json& example : json.ItemsOf("examples")) {
    const std::string_view spec = example.TextOr("spec");
    if (example.Find("elided")->AsBool() || spec == "tlog-policy") continue;
    const auto note = Note::Parse(example.TextOr("text"));
    ASSERT_TRUE(note.has_value()) << spec << ": " << note.error().detail;
    EXPECT_EQ(note->ToText(), example.TextOr("text"));
    ++read;
  }
  EXPECT_GE(read, 4);
}

TEST(Note, ALogAndACosignerSignWithTypesOfTheirOwn) {
  const Ed25519PrivateKey private_key = KeyOf("a");
  const NoteKey log = As("example.com/log", NoteKeyType::kLog, private_key);
  const NoteKey cosigner = As("example.com/log", NoteKeyType::kCosigner, private_key);
  EXPECT_NE(log.Id(), cosigner.Id());
  EXPECT_EQ(NoteKey::Parse(cosigner.ToText()), cosigner);
  const NoteSignature by_log = SignNote(private_key, log, "text\n");
  const NoteSignature by_cosigner = SignNote(private_key, cosigner, "text\n", 1679315147);
  EXPECT_EQ(by_log.signature.size(), 64U);
  EXPECT_EQ(by_cosigner.signature.size(), 72U);
  EXPECT_EQ(CosignatureTime(by_cosigner, cosigner), 1679315147U);
  EXPECT_TRUE(VerifyNote("text\n", by_log, log));
  EXPECT_TRUE(VerifyNote("text\n", by_cosigner, cosigner));
  // One is never taken for the other, whatever id it claims.
  NoteSignature disguised = by_log;
  disguised.id = cosigner.Id();
  EXPECT_FALSE(VerifyNote("text\n", disguised, cosigner));
  disguised = by_cosigner;
  disguised.id = log.Id();
  EXPECT_FALSE(VerifyNote("text\n", disguised, log));
}

// tlog-cosignature.md, "Ed25519 signed message".
TEST(Note, TheCosignedMessageIsTheStandards) {
  EXPECT_EQ(CosignedMessage("example.com/behind-the-sofa\n20852163\n"
                            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
                            1679315147),
            "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
            "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
}

TEST(Note, AnyByteOfASignatureCounts) {
  const Ed25519PrivateKey private_key = KeyOf("a");
  const NoteKey key = As("w", NoteKeyType::kCosigner, private_key);
  const NoteSignature good = SignNote(private_key, key, "text\n", 7);
  for (std::size_t i = 0; i < good.signature.size(); ++i) {
    NoteSignature bad = good;
    bad.signature[i] ^= 1U;
    EXPECT_FALSE(VerifyNote("text\n", bad, key)) << i;
  }
  NoteSignature bad = good;
  bad.id ^= 1U;
  EXPECT_FALSE(VerifyNote("text\n", bad, key));
  bad = good;
  bad.name = "v";
  EXPECT_FALSE(VerifyNote("text\n", bad, key));
  bad = good;
  bad.signature.pop_back();
  EXPECT_FALSE(VerifyNote("text\n", bad, key));
  // 2^63 and above is no time.
  bad = SignNote(private_key, key, "text\n", std::uint64_t{1} << 63U);
  EXPECT_FALSE(VerifyNote("text\n", bad, key));
}

TEST(Note, FormsThatAreNoneAreRefused) {
  const std::string good(kSpecNote);
  const std::string line = good.substr(good.find("— "));
  const std::vector<std::string> wrong{std::string(),
                                       std::string("text\n"),
                                       good.substr(0, good.size() - 1),
                                       "text\n\n",
                                       "text\r\n\n" + line,
                                       "te\x01xt\n\n" + line,
                                       "\xc0\xaf\n\n" + line,
                                       "text\n\n- example.com/foo AAAAAAA=\n",
                                       "text\n\n— example.com/foo\n",
                                       "text\n\n— exam+ple AAAAAAA=\n",
                                       "text\n\n—  AAAAAAA=\n",
                                       "text\n\n— a AAAA\n",
                                       "text\n\n— a AAAAAAAA!\n",
                                       "text\n\n— a\xe3\x80\x80"
                                       "b AAAAAAAA\n",
                                       "text\n\n" + line + "more\n"};
  for (const std::string& bad : wrong) {
    EXPECT_FALSE(Note::Parse(bad).has_value()) << bad;
  }
  // Empty lines belong to the text; the last one parts it from the signatures.
  const auto two = Note::Parse("a\n\nb\n\n" + line);
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->text, "a\n\nb\n");
}

TEST(Note, SixteenSignaturesAreReadAndAHundredButNoMore) {
  const std::string good(kSpecNote);
  const std::string line = good.substr(good.find("— "));
  std::string note = "text\n\n";
  for (int i = 0; i < 16; ++i) note += line;
  EXPECT_EQ(Note::Parse(note)->signatures.size(), 16U);
  for (int i = 16; i < 100; ++i) note += line;
  EXPECT_EQ(Note::Parse(note)->signatures.size(), 100U);
  EXPECT_EQ(Note::Parse(note + line).error().code, Errc::kTooLarge);
}

TEST(NoteKey, OfAnotherFormTypeOrIdIsRefused) {
  const std::string good(kSpecKey);
  for (const std::string& bad : {std::string(), std::string("name"), std::string("name+530d903a"),
                                 good + "A", good.substr(1), "example.com/fop" + good.substr(15),
                                 good.substr(0, 16) + "530d903b" + good.substr(24),
                                 good.substr(0, 25) + "B" + good.substr(26)}) {
    EXPECT_FALSE(NoteKey::Parse(bad).has_value()) << bad;
  }
  EXPECT_FALSE(IsNoteKeyName(""));
  EXPECT_FALSE(IsNoteKeyName("a b"));
  EXPECT_FALSE(IsNoteKeyName("a+b"));
  EXPECT_FALSE(
      IsNoteKeyName("a\xe2\x80\x8a"
                    "b"));  // U+200A
  EXPECT_TRUE(IsNoteKeyName("简牍.example/链"));
}

}  // namespace
}  // namespace jiandu::crypto
