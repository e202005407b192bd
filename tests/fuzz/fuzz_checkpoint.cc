// Notes, checkpoints, policies, proofs, tile paths and bundles: whatever is read is written back
// the same, and nothing passes a policy that its keys did not sign.
// Links: jiandu_base jiandu_crypto jiandu_ledger_model
#include "ledger/model/log_policy.h"
#include "ledger/model/log_tiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu::ledger {
namespace {

// The key of corpus/fuzz_checkpoint/checkpoint (transparency-dev/tessera, testdata/log).
constexpr std::string_view kKey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

void CheckNote(std::string_view text) {
  const auto note = crypto::Note::Parse(text);
  if (!note) return;
  JD_ASSERT(note->ToText() == text);
  LogPolicy policy;
  policy.logs.push_back(*crypto::NoteKey::Parse(kKey));
  const auto passed = policy.Check(*note);
  if (passed) JD_ASSERT(passed->checkpoint.size <= 15);  // that key signed sizes 0 to 15
}

void Check(std::string_view text) {
  CheckNote(text);
  if (const auto head = Checkpoint::FromText(text)) JD_ASSERT(head->ToText() == text);
  if (const auto key = crypto::NoteKey::Parse(text)) JD_ASSERT(key->ToText() == text);
  if (const auto policy = LogPolicy::FromText(text)) {
    JD_ASSERT(LogPolicy::FromText(policy->ToText()) == *policy);
  }
  if (const auto proof = LogProof::FromText(text)) {
    JD_ASSERT(LogProof::FromText(proof->ToText()) == *proof);
  }
  if (const auto tile = TileAt::FromPath(text)) JD_ASSERT(tile->ToPath() == text);
  if (text.empty()) return;
  const std::size_t count = static_cast<unsigned char>(text.front());
  const ByteView bundle = AsBytes(text.substr(1));
  if (const auto entries = DecodeEntryBundle(bundle, count)) {
    std::vector<Bytes> copies;
    for (const ByteView entry : *entries) copies.push_back(ToBytes(entry));
    JD_ASSERT(Equal(EncodeEntryBundle(copies), bundle));
  }
}

}  // namespace
}  // namespace jiandu::ledger

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  jiandu::ledger::Check(jiandu::AsText(jiandu::ByteView(data, size)));
  return 0;
}
