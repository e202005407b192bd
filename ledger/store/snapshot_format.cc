// Manifest and chunks of a snapshot.
#include "ledger/store/snapshot_format.h"

#include <utility>

#include "base/snapshot_limits.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "ledger/model/write_set.h"

namespace jiandu::store {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kChunkEntryBytes = 4 + Hash256::kSize;
constexpr std::string_view kTag{"JIANDU-SNAPSHOT-1\0", 18};

std::unexpected<Error> Bad(const char* what) {
  return Fail(Errc::kInvalid, std::string("snapshot: ") + what);
}

// A minimal varint of at most 32 bits; `rest` moves behind it.
Result<std::uint32_t> TakeVarint(ByteView& rest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    if (i == rest.size()) return Bad("a chunk ends within a length");
    const std::uint8_t byte = rest[i];
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80U) != 0) continue;
    if ((byte == 0 && i != 0) || value > 0xffff'ffffU) return Bad("a length in another form");
    rest = rest.subspan(i + 1);
    return static_cast<std::uint32_t>(value);
  }
  return Bad("a length without end");
}

Result<ByteView> TakeSized(ByteView& rest, std::size_t size_max) {
  JD_TRY(const std::uint32_t size, TakeVarint(rest));
  if (size > size_max || size > rest.size()) return Bad("a row longer than its chunk");
  const ByteView taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

Result<std::vector<SnapshotManifest::Chunk>> DecodeChunks(ByteView list) {
  if (list.empty() || list.size() % kChunkEntryBytes != 0) return Bad("no list of chunks");
  std::vector<SnapshotManifest::Chunk> chunks;
  chunks.reserve(list.size() / kChunkEntryBytes);
  for (std::size_t at = 0; at < list.size(); at += kChunkEntryBytes) {
    const std::uint32_t size = ReadU32Be(list.subspan(at));
    if (size == 0 || size > limits::kSnapshotChunkBytesMax) return Bad("a chunk of no such length");
    chunks.push_back(
        {.size = size, .digest = *Hash256::From(list.subspan(at + 4, Hash256::kSize))});
  }
  return chunks;
}

}  // namespace

std::uint64_t SnapshotManifest::RowBytes() const {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks) bytes += chunk.size;
  return bytes;
}

Bytes SnapshotManifest::Encode() const {
  Bytes list;
  list.reserve(chunks.size() * kChunkEntryBytes);
  for (const Chunk& chunk : chunks) {
    AppendU32Be(list, chunk.size);
    Append(list, chunk.digest.View());
  }
  WireWriter writer;
  writer.Varint(1, kFormat);
  writer.Message(2, meta.Encode());
  writer.Varint(3, rows);
  writer.BytesField(4, list);
  return writer.Take();
}

Result<SnapshotManifest> SnapshotManifest::Decode(ByteView bytes) {
  if (bytes.size() > limits::kSnapshotManifestBytesMax) {
    return Fail(Errc::kTooLarge, "snapshot: manifest too long");
  }
  WireReader reader(bytes);
  SnapshotManifest manifest;
  JD_TRY(const std::uint64_t format, reader.Varint(1));
  if (format != kFormat) {
    return Fail(Errc::kConflict, "snapshot: format " + std::to_string(format) +
                                     ", this program reads " + std::to_string(kFormat));
  }
  JD_TRY(const ByteView meta, reader.Message(2));
  JD_TRY(manifest.meta, MetaRow::Decode(meta));
  JD_TRY(manifest.rows, reader.Varint(3));
  JD_TRY(const ByteView list, reader.BytesField(4, limits::kSnapshotChunksMax * kChunkEntryBytes));
  JD_CHECK(reader.Finish());
  JD_TRY(manifest.chunks, DecodeChunks(list));
  // A row of the database may be written in two ways; of a manifest there is one.
  if (!manifest.meta.seen_commit.empty() || manifest.meta.height == 0 ||
      !Equal(manifest.meta.Encode(), meta)) {
    return Bad("not the row of a height");
  }
  return manifest;
}

Hash256 SnapshotDigest(ByteView manifest) { return crypto::Sha256({AsBytes(kTag), manifest}); }

Result<void> SnapshotCutter::Add(ByteView key, ByteView value) {
  Bytes row;
  row.reserve(key.size() + value.size() + 10);
  AppendVarint(row, key.size());
  Append(row, key);
  AppendVarint(row, value.size());
  Append(row, value);
  if (key.empty() || key.size() > limits::kSnapshotKeyBytesMax ||
      row.size() > limits::kSnapshotChunkBytesMax) {
    return Fail(Errc::kTooLarge,
                "snapshot: a row of " + std::to_string(row.size()) + " bytes fits no chunk");
  }
  if (!open_.empty() && open_.size() + row.size() > limits::kSnapshotChunkBytes) JD_CHECK(Close());
  Append(open_, row);
  ++rows_;
  return {};
}

Result<void> SnapshotCutter::Close() {
  if (chunks_.size() == limits::kSnapshotChunksMax) {
    return Fail(Errc::kTooLarge, "snapshot: more chunks than a manifest has room for");
  }
  chunks_.push_back(
      {.size = static_cast<std::uint32_t>(open_.size()), .digest = crypto::Sha256(open_)});
  JD_CHECK(on_chunk_(open_));
  open_.clear();
  return {};
}

Result<void> SnapshotCutter::Finish() { return open_.empty() ? Result<void>() : Close(); }

Result<std::uint64_t> ReadSnapshotChunk(ByteView chunk, Bytes& last,
                                        const SnapshotRowVisitor& visit) {
  if (chunk.empty()) return Bad("an empty chunk");
  const ledger::BytesLess less;
  std::uint64_t rows = 0;
  while (!chunk.empty()) {
    JD_TRY(const ByteView key, TakeSized(chunk, limits::kSnapshotKeyBytesMax));
    JD_TRY(const ByteView value, TakeSized(chunk, limits::kSnapshotChunkBytesMax));
    if (key.empty() || !less(last, key)) return Bad("keys do not ascend");
    if (Equal(key, MetaKey())) return Bad("the newest height's own row stands in the manifest");
    last.assign(key.begin(), key.end());
    visit(key, value);
    ++rows;
  }
  return rows;
}

}  // namespace jiandu::store
