#include "cli/no_proof.h"

#include "cli/output_file.h"
#include "crypto/key_file.h"
#include "ledger/model/genesis.h"

namespace jiandu::cli {

std::optional<NoProof> AsNoProof(std::string_view text) {
  const bool is_export =
      BeginsAs(text, OutputKind::kProv) || BeginsAs(text, OutputKind::kOpenLineage);
  if (is_export) {
    return NoProof{
        .en = "this is an export (PROV or OpenLineage), which proves nothing by itself",
        .zh = "这是导出文件（PROV 或 OpenLineage），本身不构成证明",
        .next = "verify the proof that was written beside it: the same name, and .jdproof",
        .next_zh = "请验证与其同时写出的证明：同名加 .jdproof"};
  }
  if (crypto::ReadKeyLabel(text).has_value()) {
    return NoProof{
        .en = "this is a sealed key, and no proof",
        .zh = "这是密封的密钥文件，不是证明",
        .next = "give a receipt, a proof or an evidence pack, and give the key to nobody",
        .next_zh = "请给出回执、证明或证据包；密钥文件切勿外传"};
  }
  if (ledger::DecodeGenesis(AsBytes(text)).has_value()) {
    return NoProof{
        .en = "this is a genesis document, by which proofs are verified",
        .zh = "这是创世文件，是验证证明的依据",
        .next =
            "jiandu verify PROOF --genesis THIS_FILE; compare its SHA-256 with your "
            "department's record",
        .next_zh = "用法：jiandu verify 证明 --genesis 该文件；并将其 SHA-256 与本部门记录核对"};
  }
  return std::nullopt;
}

}  // namespace jiandu::cli
