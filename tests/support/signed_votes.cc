#include "tests/support/signed_votes.h"

#include <algorithm>

#include "base/hex.h"
#include "base/wire.h"

namespace jiandu::contracts::testing {

Bytes SignBytes(const Said& said) {
  const bool is_proposal = said.type == 32;
  WireWriter writer;
  writer.Varint(1, said.type);
  writer.Sfixed64(2, said.height);
  writer.Sfixed64(3, said.round);
  if (is_proposal) writer.Int64(4, -1);
  const std::uint32_t field = is_proposal ? 5 : 4;
  if (!said.block.empty()) {
    writer.Nested(field, [&](WireWriter& id) { id.BytesField(1, Bytes(32, said.block[0])); });
  }
  writer.Nested(field + 1, [&](WireWriter& time) { time.Int64(1, said.second); });
  writer.Text(field + 2, said.chain);
  Bytes out;
  AppendVarint(out, writer.Written().size());
  Append(out, writer.Written());
  return out;
}

Json Pieces(ByteView message) {
  Json pieces = Json::MakeArray();
  while (!message.empty()) {
    const ByteView piece = message.first(std::min<std::size_t>(message.size(), 128));
    pieces.Push(HexEncode(piece));
    message = message.subspan(piece.size());
  }
  return pieces;
}

Json SignedPieces(const Said& said, std::string_view by) {
  const Bytes sign_bytes = SignBytes(said);
  Bytes message = ToBytes(NodeKey(by).Sign(sign_bytes).View());
  Append(message, sign_bytes);
  return Pieces(message);
}

}  // namespace jiandu::contracts::testing
