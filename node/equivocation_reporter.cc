// From two messages to one transaction.
#include "node/equivocation_reporter.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "consensus/canonical.h"
#include "contracts/double_sign.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"

namespace jiandu::node {
namespace {

constexpr const char* kOp = "node.equivocation";
constexpr std::int64_t kLifetimeMs = 10LL * 60 * 1000;
constexpr std::size_t kPieceBytes = 128;  // of a member of the form

struct PlaceName {
  consensus::Height height = 0;
  consensus::Round round = 0;
  std::string type;
};

PlaceName NameOf(const consensus::SignedMessage& message) {
  if (const auto* vote = std::get_if<consensus::Vote>(&message)) {
    const bool is_prevote = vote->type == consensus::VoteType::kPrevote;
    return {
        .height = vote->height, .round = vote->round, .type = is_prevote ? "PREVOTE" : "PRECOMMIT"};
  }
  const auto& proposal = std::get<consensus::Proposal>(message);
  return {.height = proposal.height, .round = proposal.round, .type = "PROPOSAL"};
}

// The signature, then what was signed.
Json Pieces(const std::string& chain, const consensus::SignedMessage& message) {
  Bytes bytes;
  if (const auto* vote = std::get_if<consensus::Vote>(&message)) {
    bytes = ToBytes(vote->signature.View());
    Append(bytes, consensus::VoteSignBytes(chain, *vote));
  } else {
    const auto& proposal = std::get<consensus::Proposal>(message);
    bytes = ToBytes(proposal.signature.View());
    Append(bytes, consensus::ProposalSignBytes(chain, proposal));
  }
  Json pieces = Json::MakeArray();
  for (ByteView rest = bytes; !rest.empty();) {
    const ByteView piece = rest.first(std::min(rest.size(), kPieceBytes));
    pieces.Push(HexEncode(piece));
    rest = rest.subspan(piece.size());
  }
  return pieces;
}

}  // namespace

EquivocationReporter::EquivocationReporter(ReporterOptions options, ReporterEvents events,
                                           Logger log)
    : options_(std::move(options)), events_(std::move(events)), log_(std::move(log)) {}

Json EquivocationReporter::BodyOf(const std::string& chain, const std::string& offender,
                                  const consensus::EquivocationProof& proof,
                                  const crypto::Ed25519PublicKey& key) {
  const PlaceName name = NameOf(proof.First());
  return Json::MakeObject({{"validator", HexEncode(key.View())},
                           {"offender", offender},
                           {"height", static_cast<std::int64_t>(name.height)},
                           {"round", static_cast<std::int64_t>(name.round)},
                           {"type", name.type},
                           {"first", Pieces(chain, proof.First())},
                           {"second", Pieces(chain, proof.Second())}});
}

// Who begins changes with the height, so that one node that is down, or has no system key, delays
// reports but now and then. The offender itself does not report.
std::int64_t EquivocationReporter::TurnOf(const consensus::ValidatorSet& set,
                                          const consensus::Address& offender,
                                          consensus::Height height) const {
  std::vector<consensus::Address> others;
  for (const consensus::Validator& one : set.List()) {
    if (one.address != offender) others.push_back(one.address);
  }
  const auto me = std::ranges::find(others, *options_.me);
  if (me == others.end()) return -1;
  const std::size_t n = others.size();
  return static_cast<std::int64_t>(
      (static_cast<std::size_t>(me - others.begin()) + n - height % n) % n);
}

void EquivocationReporter::OnEquivocation(const consensus::SignedMessage& first,
                                          const consensus::SignedMessage& second,
                                          const consensus::ValidatorSet& set) {
  const auto proof = consensus::EquivocationProof::From(first, second);
  if (!proof) return;  // the core emits no such pair
  const consensus::Validator* validator = set.Find(proof->Offender());
  const auto department = options_.departments.find(proof->Offender());
  if (validator == nullptr || department == options_.departments.end()) return;
  const PlaceName name = NameOf(proof->First());
  const Place place{proof->Offender(), name.height, name.round, name.type};
  if (places_.contains(place)) return;
  ++seen_;
  const bool is_own = options_.me == proof->Offender();
  const std::string where = "at height " + std::to_string(name.height) + ", round " +
                            std::to_string(name.round) + " (" + name.type + ")";
  const std::string where_zh =
      "在高度 " + std::to_string(name.height) + " 第 " + std::to_string(name.round) + " 轮";
  events_.on_alarm((is_own ? "our own key" : "the validator of " + department->second) +
                   " signed two different messages " + where + ": two machines with one key? / " +
                   (is_own ? "本节点的密钥" : department->second + " 的验证节点") + where_zh +
                   "签署了两份不同的消息：是否两台机器共用一把密钥？");
  if (is_own || !options_.me) return;
  if (!options_.system) {
    log_.Warn("not reported: this node has no keys.system", {{"offender", department->second}});
    return;
  }
  const std::int64_t turn = TurnOf(set, proof->Offender(), name.height);
  if (turn < 0 || places_.size() >= kPlacesMax) return;
  places_.emplace(place,
                  Report{.body = BodyOf(options_.chain, department->second, *proof, validator->key),
                         .turn_ms = turn * kTurnMs,
                         .due_ms = std::nullopt});
}

void EquivocationReporter::Tick(const ledger::StateView& view, ledger::Height height,
                                std::int64_t now_ms, std::int64_t wall_ms) {
  for (auto at = places_.begin(); at != places_.end();) {
    auto& [place, report] = *at;
    const auto& [offender, told, round, type] = place;
    const Bytes key =
        contracts::EquivocationKey(report.body.TextOr("validator"), told, round, type);
    if (view.Get(key)) {
      log_.Info("equivocation on record", {{"height", told}, {"type", type}});
      at = places_.erase(at);
      continue;
    }
    // The contract takes it in a later block than that of the messages: turns begin there, or after
    // a long height all would report at once.
    if (!report.due_ms && height >= told) report.due_ms = now_ms + report.turn_ms;
    if (report.due_ms && now_ms >= *report.due_ms) {
      if (report.tries++ >= kTriesMax) {
        events_.on_alarm("an equivocation of " + std::string(report.body.TextOr("offender")) +
                         " at height " + std::to_string(told) + " could not be reported");
        at = places_.erase(at);
        continue;
      }
      report.due_ms = now_ms + kAgainMs;
      Send(place, report, wall_ms);
    }
    ++at;
  }
}

Result<Bytes> EquivocationReporter::MakeTransaction(const Json& body, std::int64_t wall_ms) const {
  std::array<std::uint8_t, 8> nonce{};
  crypto::FillRandom(nonce);
  const ledger::KeyId id = crypto::MakeKeyId(options_.system->PublicKey());
  const ledger::Payload payload{.chain = options_.chain,
                                .op = kOp,
                                .department = options_.department,
                                .signers = {{.key = id, .role = ledger::SignerRole::kSystem}},
                                .nonce = HexEncode(nonce),
                                .exp = wall_ms + kLifetimeMs,
                                .at = wall_ms,
                                .body = body};
  const std::string bytes = ledger::EncodePayload(payload);
  const Hash256 digest = crypto::Sha256(ledger::PreAuthEncoding(AsBytes(bytes)));
  Bytes stored = ledger::EncodeStored(
      AsBytes(bytes), {{.key = id, .signature = options_.system->SignDigest(digest)}});
  JD_TRY([[maybe_unused]] const ledger::Transaction read, ledger::DecodeStored(stored));
  return stored;
}

void EquivocationReporter::Send(const Place& place, Report& report, std::int64_t wall_ms) {
  auto stored = MakeTransaction(report.body, wall_ms);
  if (!stored) {
    log_.Error("equivocation not reported", {{"why", stored.error().detail}});
    return;
  }
  log_.Warn("reporting an equivocation", {{"offender", report.body.TextOr("offender")},
                                          {"height", std::get<consensus::Height>(place)}});
  events_.submit(std::move(*stored),
                 [post = events_.post, alive = std::weak_ptr(alive_),
                  this](std::expected<gateway::TxSubmitter::Accepted, gateway::Refusal> answer) {
                   if (answer) return;
                   const std::string why = answer.error().code != nullptr
                                               ? std::string(answer.error().code->name)
                                               : answer.error().error.detail;
                   post([this, alive, why] {
                     if (alive.expired()) return;
                     events_.on_alarm("the report of an equivocation was refused (" + why +
                                      "): is keys.system a system of this department? / "
                                      "双签报告被拒绝，请检查 keys.system");
                   });
                 });
}

}  // namespace jiandu::node
