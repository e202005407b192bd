// A receipt as JSON for people and files, and as wire for machines.
#include "ledger/model/receipt.h"

#include "base/hex.h"
#include "base/limits.h"
#include "base/wire.h"
#include "ledger/model/fork_proof.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kFormat = "jiandu-receipt-1";
constexpr std::size_t kPathMax = 64;           // a log has at most 2^64 entries
constexpr std::size_t kEntryBytesMax = 65535;  // C2SP tlog-tiles: entries have a 16-bit length
constexpr std::size_t kHeaderBytesMax = HeadProof::kHeaderBytesMax;
constexpr std::size_t kSetBytesMax = HeadProof::kSetBytesMax;

std::uint64_t TakeNumber(JsonFields& fields, std::string_view name) {
  return static_cast<std::uint64_t>(fields.Integer(name, 0, limits::kJsonIntegerMax));
}

// A bytes field that must not be empty.
Result<Bytes> TakeBytes(WireReader& reader, std::uint32_t field, std::size_t size_max) {
  JD_TRY(const ByteView bytes, reader.BytesField(field, size_max));
  if (bytes.empty()) return Fail(Errc::kInvalid, "receipt: a part is missing");
  return ToBytes(bytes);
}

Result<std::vector<EpochStep>> DecodeEpochs(WireReader& reader, std::uint32_t field) {
  std::vector<EpochStep> epochs;
  while (reader.NextIs(field)) {
    if (epochs.size() >= Receipt::kEpochsMax) return Fail(Errc::kTooLarge, "receipt: epochs");
    JD_TRY(const ByteView message, reader.Message(field));
    WireReader one(message);
    EpochStep step;
    JD_TRY(step.header, TakeBytes(one, 1, kHeaderBytesMax));
    JD_TRY(step.commit, TakeBytes(one, 2, kSetBytesMax));
    JD_TRY(step.next_set, TakeBytes(one, 3, kSetBytesMax));
    JD_CHECK(one.Finish());
    epochs.push_back(std::move(step));
  }
  return epochs;
}

}  // namespace

Json Receipt::ToJson() const {
  Json siblings = Json::MakeArray();
  for (const Hash256& hash : path) siblings.Push(HexEncode(hash.View()));
  Json json = Json::MakeObject();
  json.Set("chain", chain).Set("commit", Base64Encode(commit));
  json.Set("entry", Base64Encode(entry)).Set("epochs", EpochsToJson(epochs)).Set("format", kFormat);
  json.Set("genesis_hash", HexEncode(genesis_hash.View())).Set("header", Base64Encode(header));
  json.Set("index", index).Set("log_root", HexEncode(log_root.View())).Set("log_size", log_size);
  json.Set("path", std::move(siblings)).Set("state_root", HexEncode(state_root.View()));
  json.Set("transaction", Base64Encode(transaction));
  return json;
}

Result<Receipt> Receipt::FromJson(std::string_view text) {
  JD_TRY(const Json json, ParseJson(text, kJsonBytesMax));
  JsonFields fields(json, "");
  Receipt receipt;
  receipt.chain = fields.Text("chain", limits::kChainIdBytesMax);
  if (receipt.chain.empty()) fields.Problem("chain", "empty");
  receipt.commit = TakeBase64(fields, "commit", kSetBytesMax);
  receipt.entry = TakeBase64(fields, "entry", kEntryBytesMax);
  const auto epochs = fields.Array("epochs", kEpochsMax);
  if (fields.Text("format", limits::kIdBytesMax) != kFormat) {
    fields.Problem("format", "not jiandu-receipt-1");
  }
  receipt.genesis_hash = fields.Hex<32>("genesis_hash");
  receipt.header = TakeBase64(fields, "header", kHeaderBytesMax);
  receipt.index = TakeNumber(fields, "index");
  receipt.log_root = fields.Hex<32>("log_root");
  receipt.log_size = TakeNumber(fields, "log_size");
  for (const Json& sibling : fields.Array("path", kPathMax)) {
    auto hash = sibling.IsText() ? HexDecodeFixed<32>(sibling.AsString())
                                 : Result<Hash256>(Fail(Errc::kInvalid, "not a string"));
    if (!hash.has_value()) {
      fields.Problem("path", "not a list of hashes");
      break;
    }
    receipt.path.push_back(*hash);
  }
  receipt.state_root = fields.Hex<32>("state_root");
  receipt.transaction = TakeBase64(fields, "transaction", limits::kBatchTxBytesMax);
  JD_CHECK(fields.Finish());
  JD_TRY(receipt.epochs, EpochsFromJson(epochs));
  return receipt;
}

Bytes Receipt::Encode() const {
  WireWriter writer;
  writer.Text(1, chain);
  writer.BytesField(2, genesis_hash.View());
  writer.BytesField(3, transaction);
  writer.Varint(4, index);
  writer.BytesField(5, entry);
  for (const Hash256& hash : path) writer.Element(6, hash.View());
  writer.Varint(7, log_size);
  writer.BytesField(8, log_root.View());
  writer.BytesField(9, state_root.View());
  for (const EpochStep& step : epochs) {
    WireWriter one;
    one.BytesField(1, step.header);
    one.BytesField(2, step.commit);
    one.BytesField(3, step.next_set);
    writer.Message(10, one.Written());
  }
  writer.BytesField(11, header);
  writer.BytesField(12, commit);
  return writer.Take();
}

Result<Receipt> Receipt::Decode(ByteView bytes) {
  WireReader reader(bytes);
  Receipt receipt;
  JD_TRY(const std::string_view name, reader.Text(1, limits::kChainIdBytesMax));
  if (name.empty()) return Fail(Errc::kInvalid, "receipt: no chain");
  receipt.chain = name;
  JD_TRY(receipt.genesis_hash, reader.Fixed<32>(2));
  JD_TRY(receipt.transaction, TakeBytes(reader, 3, limits::kBatchTxBytesMax));
  JD_TRY(receipt.index, reader.Varint(4));
  JD_TRY(receipt.entry, TakeBytes(reader, 5, kEntryBytesMax));
  while (reader.NextIs(6)) {
    if (receipt.path.size() >= kPathMax) return Fail(Errc::kTooLarge, "receipt: path");
    JD_TRY(const ByteView element, reader.Message(6));
    const auto hash = Hash256::From(element);
    if (!hash.has_value()) return Fail(Errc::kInvalid, "receipt: path");
    receipt.path.push_back(*hash);
  }
  JD_TRY(receipt.log_size, reader.Varint(7));
  JD_TRY(receipt.log_root, reader.Fixed<32>(8));
  JD_TRY(receipt.state_root, reader.Fixed<32>(9));
  JD_TRY(receipt.epochs, DecodeEpochs(reader, 10));
  JD_TRY(receipt.header, TakeBytes(reader, 11, kHeaderBytesMax));
  JD_TRY(receipt.commit, TakeBytes(reader, 12, kSetBytesMax));
  JD_CHECK(reader.Finish());
  constexpr std::uint64_t kNumberMax = limits::kJsonIntegerMax;  // so that ToJson is total
  if (receipt.index > kNumberMax || receipt.log_size > kNumberMax) {
    return Fail(Errc::kInvalid, "receipt: number out of range");
  }
  return receipt;
}

}  // namespace jiandu::ledger
