// See pack.h.
#include "evidence/pack.h"

#include <algorithm>

#include "base/hex.h"
#include "crypto/hash.h"
#include "evidence/report.h"

namespace jiandu::evidence {
namespace {

using ledger::CaseMaterials;
using ledger::EntityBody;
using ledger::EntityId;

constexpr std::string_view kDoctype = "<!DOCTYPE html>";
constexpr std::string_view kGenerator = "content=\"jiandu evidence pack 1\"";
constexpr std::string_view kBegin = "<pre id=\"materials\">\n";

// What was proven, and everything a report needs of it.
struct Proven {
  sdk::ProofVerdict verdict;
  ledger::ProvenRecord record = {};
  std::map<EntityId, EntityBody> bodies = {};
};

void Step(sdk::ProofVerdict& verdict, std::string name, bool holds, std::string en,
          std::string zh) {
  verdict.steps.push_back({.name = std::move(name),
                           .holds = holds,
                           .detail = std::move(en),
                           .detail_zh = std::move(zh)});
  if (!holds) {
    verdict.verified = false;
    verdict.proven.clear();
  }
}

// Each is the one that its leaf in the state binds, of an entity that was asked for.
Result<std::map<EntityId, EntityBody>> BodiesOf(const CaseMaterials& materials,
                                                const ledger::ProvenRecord& record) {
  std::map<EntityId, EntityBody> bodies;
  for (const auto& [id, stored] : materials.bodies) {
    const auto leaf = record.complete.find(id);
    if (leaf == record.complete.end()) {
      return Fail(Errc::kInvalid, "the body of " + ledger::ToHex(id) + ", which nobody asked for");
    }
    if (crypto::Sha256(stored) != leaf->second.body_hash) {
      return Fail(Errc::kInvalid, "the body of " + ledger::ToHex(id) + " is not the recorded one");
    }
    JD_TRY(EntityBody body, EntityBody::Decode(stored));
    bodies.emplace(id, std::move(body));
  }
  return bodies;
}

Proven Prove(const CaseMaterials& materials, const ledger::Genesis& genesis) {
  Proven proven{.verdict = sdk::VerifyProof(materials.bundle, genesis)};
  if (!proven.verdict.verified) return proven;
  auto record = ledger::ProvenRecord::From(materials.bundle);
  if (!record || !record->complete.contains(materials.subject)) {
    Step(proven.verdict, "bodies", false,
         record ? "a pack holds the history of a case" : record.error().detail,
         "证据包须含案件的全部记录");
    return proven;
  }
  proven.record = *std::move(record);
  auto bodies = BodiesOf(materials, proven.record);
  if (!bodies) {
    Step(proven.verdict, "bodies", false, bodies.error().detail, "所附实体内容与状态不符");
    return proven;
  }
  proven.bodies = *std::move(bodies);
  const std::string n = std::to_string(proven.bodies.size());
  Step(proven.verdict, "bodies", true, n + " bodies are those the state binds",
       "所附实体内容 " + n + " 份与状态一致");
  return proven;
}

std::string Page(const Proven& proven, const ledger::Genesis& genesis, const EntityId& subject,
                 const std::string& text) {
  ReportInput input{.record = proven.record,
                    .verdict = proven.verdict,
                    .bodies = proven.bodies,
                    .genesis = genesis,
                    .subject = subject,
                    .proof_hash = HexEncode(crypto::Sha256(AsBytes(text)).View())};
  ReadCalendars(input);
  std::string page = ReportBegin(input);
  page += text;
  page += ReportEnd();
  return page;
}

// Nothing of it is read as markup: base64, hex and names of ours.
bool IsPlain(std::string_view text) {
  return text.find_first_of("<>&\r") == std::string_view::npos;
}

}  // namespace

Result<std::string> MakePack(const CaseMaterials& materials, const ledger::Genesis& genesis) {
  const Proven proven = Prove(materials, genesis);
  if (!proven.verdict.verified) {
    const sdk::VerifyStep& step = proven.verdict.steps.back();
    return Fail(Errc::kInvalid, step.name + ": " + step.detail);
  }
  const std::string text = materials.ToText();
  if (!IsPlain(text)) return Fail(Errc::kInvalid, "the proof holds markup");
  if (text.size() > CaseMaterials::kBytesMax) {
    return Fail(Errc::kTooLarge, "the case is larger than a pack; take the proof alone");
  }
  std::string page = Page(proven, genesis, materials.subject, text);
  if (page.size() > kPackBytesMax) return Fail(Errc::kTooLarge, "the report is over 256 MiB");
  return page;
}

bool LooksLikePack(std::string_view file) {
  return file.starts_with(kDoctype) && file.substr(0, 1024).contains(kGenerator);
}

PackVerdict VerifyPack(std::string_view file, const ledger::Genesis& genesis) {
  PackVerdict pack;
  const std::size_t begin = file.rfind(kBegin);
  if (begin == std::string_view::npos || !file.ends_with(ReportEnd()) ||
      begin + kBegin.size() + ReportEnd().size() > file.size()) {
    Step(pack.proof, "form", false, "the proof is not where a pack has it; get the file again",
         "未找到所附证明，文件不完整或已被改动");
    return pack;
  }
  std::string_view text = file.substr(begin + kBegin.size());
  text.remove_suffix(ReportEnd().size());
  const auto materials =
      IsPlain(text) ? CaseMaterials::FromText(text)
                    : Result<CaseMaterials>(Fail(Errc::kInvalid, "the proof holds markup"));
  if (!materials) {
    Step(pack.proof, "form", false, materials.error().detail, "所附证明格式无效或已被改动");
    return pack;
  }
  pack.subject = materials->subject;
  Proven proven = Prove(*materials, genesis);
  const std::string page = proven.verdict.verified
                               ? Page(proven, genesis, materials->subject, std::string(text))
                               : std::string();
  pack.proof = std::move(proven.verdict);
  if (!pack.proof.verified) return pack;
  if (page != file) {
    const auto at = std::ranges::mismatch(page, file).in2 - file.begin();
    Step(pack.proof, "report", false,
         "the report is not what the proof says, from byte " + std::to_string(at) + " on",
         "报告内容与证明不符，自第 " + std::to_string(at) + " 字节起");
    return pack;
  }
  Step(pack.proof, "report", true, "every byte of the report follows from the proof",
       "报告逐字节由证明生成");
  return pack;
}

}  // namespace jiandu::evidence
