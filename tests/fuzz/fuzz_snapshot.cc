// Snapshots of the state: manifests, chunks and proofs that are taken are written back byte for
// byte. Links: jiandu_node
#include "ledger/store/snapshot_format.h"
#include "node/snapshot_proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace jiandu {
namespace {

void CheckChunk(ByteView bytes) {
  Bytes again;
  store::SnapshotCutter cutter([&again](ByteView chunk) -> Result<void> {
    Append(again, chunk);
    return {};
  });
  Bytes last;
  const auto rows = store::ReadSnapshotChunk(bytes, last, [&](ByteView key, ByteView value) {
    JD_ASSERT(cutter.Add(key, value).has_value());
  });
  if (!rows) return;
  JD_ASSERT(cutter.Finish().has_value());
  JD_ASSERT(cutter.Rows() == *rows && Equal(again, bytes));
}

void Check(ByteView bytes) {
  if (const auto manifest = store::SnapshotManifest::Decode(bytes)) {
    JD_ASSERT(Equal(manifest->Encode(), bytes));
    JD_ASSERT(!manifest->chunks.empty() && manifest->RowBytes() > 0);
  }
  CheckChunk(bytes);
  if (const auto proof = node::SnapshotProof::Decode(bytes)) {
    JD_ASSERT(Equal(proof->Encode(), bytes));
  }
}

}  // namespace
}  // namespace jiandu

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  jiandu::Check(jiandu::ByteView(data, size));
  return 0;
}
