// Who votes, what has been cast, and when it is enough.
#include "contracts/proposal.h"

#include <algorithm>

#include "contracts/department.h"
#include "contracts/engine.h"
#include "contracts/live_quorum.h"

namespace jiandu::contracts {
namespace {

using ledger::DepartmentId;
using ledger::EntityBody;
using ledger::ProposalStatus;
using ledger::SignerRole;

bool Holds(const std::vector<DepartmentId>& list, std::string_view department) {
  return std::ranges::find(list, department) != list.end();
}

bool IsElector(const Electorate& electorate, std::string_view department) {
  return Holds(electorate.heads, department) ||
         std::ranges::any_of(electorate.groups,
                             [&](const auto& group) { return Holds(group, department); });
}

// Enough of the heads and one of each group are among those `counts` is true of.
template <typename Predicate>
bool IsEnough(const Electorate& electorate, const Predicate& counts) {
  const auto heads = static_cast<std::size_t>(std::ranges::count_if(electorate.heads, counts));
  return heads >= electorate.needed &&
         std::ranges::all_of(electorate.groups,
                             [&](const auto& group) { return std::ranges::any_of(group, counts); });
}

// Departments whose head signed the payload, and those that voted for it.
std::vector<DepartmentId> YesOf(const Case& judged) {
  std::vector<DepartmentId> yes = judged.votes;
  for (const SignerInfo& signer : judged.signers) {
    if (signer.role == SignerRole::kHead || signer.role == SignerRole::kPeer) {
      yes.push_back(signer.record->department);
    }
  }
  return yes;
}

// Votes cast so far.
struct Cast {
  std::vector<DepartmentId> yes;
  std::vector<DepartmentId> no;
};
Cast ReadCast(const EntityBody& proposal) {
  Cast cast;
  const Json& terms = proposal.Terms();
  for (const Json& vote : terms.ItemsOf("votes")) {
    (vote.BoolOr("yes") ? cast.yes : cast.no).emplace_back(vote.TextOr("department"));
  }
  return cast;
}

void KeepVote(Case& vote, const ledger::EntityId& id, std::uint32_t status) {
  EntityBody& proposal = vote.state.Edit(id);
  Json terms = proposal.Terms();
  Json votes = Json::MakeArray();
  for (const Json& before : terms.ItemsOf("votes")) votes.Push(before);
  votes.Push(Json::MakeObject(
      {{"department", vote.payload.department}, {"yes", vote.Form().BoolOr("yes")}}));
  terms.Set("votes", std::move(votes));
  proposal.terms = ToBytes(CanonicalJson(terms));
  RecordAct(vote, id, status);
}

constexpr CaseRow kVoteRow{.op = "vote", .who = Who::kHead, .await = Await::kNever};

// Steps 1b to 5 of the vote itself; `inner` is what it is about.
Code CheckVote(Case& vote, const EntityBody& proposal, Case& inner) {
  if (proposal.Text("digest") != vote.Text("digest")) return Code::kFieldInvalid;
  if (!IsElector(inner.row.electorate(inner), vote.payload.department)) return Code::kRoleDenied;
  const auto open = To(ProposalStatus::kOpen);
  if (EffectiveStatus(vote.state, vote.subject, proposal, vote.Time()) != open) {
    return Code::kBadState;
  }
  if (std::ranges::any_of(inner.signers, IsLost)) return Code::kPendingVoid;
  const Cast cast = ReadCast(proposal);
  const bool again =
      Holds(YesOf(inner), vote.payload.department) || Holds(cast.no, vote.payload.department);
  return again ? Code::kDuplicate : Code::kAccepted;
}

}  // namespace

Electorate TwoThirdsOfHeads(Case& judged) {
  Electorate electorate{.heads = DepartmentsOf(judged.state, "DEPARTMENT")};
  electorate.needed = std::max<std::size_t>((electorate.heads.size() * 2 + 2) / 3, 1);
  return electorate;
}

bool IsVotingHead(Case& judged, const ledger::KeyRecord& peer) {
  return judged.row.electorate != nullptr &&
         IsElector(judged.row.electorate(judged), peer.department);
}

Code SenderVotes(Case& judged) {
  return IsElector(judged.row.electorate(judged), judged.payload.department) ? Code::kAccepted
                                                                             : Code::kRoleDenied;
}

Code Quorum(Case& judged) {
  const Electorate electorate = judged.row.electorate(judged);
  if (!electorate.IsVoted()) return Code::kAccepted;
  const std::vector<DepartmentId> yes = YesOf(judged);
  judged.is_put_to_vote =
      !IsEnough(electorate, [&](const DepartmentId& code) { return Holds(yes, code); });
  const bool waits = !judged.Form().ItemsOf("await").empty();
  return judged.is_put_to_vote && !waits ? Code::kQuorumNotMet : Code::kAccepted;
}

void OpenProposal(Case& judged, ByteView payload, std::string_view digest) {
  Birth birth = NewEntity(judged, ledger::EntityKind::kProposal);
  birth.body.status = To(ProposalStatus::kOpen);
  birth.body.form = Bytes(payload.begin(), payload.end());
  birth.body.terms =
      ToBytes(CanonicalJson(Json::MakeObject({{"signed", SignaturesOf(judged.signers)}})));
  birth.body.texts = {{"digest", std::string(digest)}, {"op", std::string(judged.op.op)}};
  birth.body.numbers["vote_days"] = judged.state.CurrentProfile().vote_days;
  AddBirth(judged, std::move(birth));
}

ledger::TimeMs LapseOf(BlockState& state, const EntityBody& proposal) {
  return state.Calendar().DueAfter(proposal.born_at, proposal.Number("vote_days")).at;
}

CosignResult ApplyVote(BlockState& state, const ledger::Transaction& transaction) {
  Case vote = LateCase(state, transaction, kVoteRow);
  CosignResult result;
  const auto refuse = [&result](Code code) {
    result.code = code;
    return result;
  };
  if (const Code code = CheckLateForm(vote); code != Code::kAccepted) return refuse(code);
  if (const Code code = CheckSigners(vote); code != Code::kAccepted) return refuse(code);
  if (vote.Signer(SignerRole::kHead) == nullptr) return refuse(Code::kRoleDenied);
  vote.subject = result.pending = vote.Named("proposal");
  const EntityBody* proposal = state.Body(result.pending);
  if (proposal == nullptr) return refuse(Code::kUnknownRef);
  auto payload = ledger::DecodePayload(proposal->form);
  if (!payload) return refuse(Code::kUnknownRef);
  Case inner{.state = state,
             .payload = *payload,
             .txid = transaction.txid,
             .op = *ledger::FindOp(payload->op),
             .row = *FindRow(payload->op),
             .signers = ReadSignatures(state, *proposal),
             .at = transaction.payload.at};
  Cast cast = ReadCast(*proposal);
  inner.votes = cast.yes;
  if (const Code code = CheckVote(vote, *proposal, inner); code != Code::kAccepted) {
    return refuse(code);
  }
  const Electorate electorate = inner.row.electorate(inner);
  vote.note = payload->op;
  if (!vote.Form().BoolOr("yes")) {
    cast.no.push_back(vote.payload.department);
    const bool may_still =
        IsEnough(electorate, [&](const DepartmentId& code) { return !Holds(cast.no, code); });
    KeepVote(vote, result.pending, may_still ? 0 : To(ProposalStatus::kRejected));
    return result;
  }
  inner.votes.push_back(vote.payload.department);
  const std::vector<DepartmentId> yes = YesOf(inner);
  if (!IsEnough(electorate, [&](const DepartmentId& code) { return Holds(yes, code); })) {
    KeepVote(vote, result.pending, 0);
    return result;
  }
  // All rules are asked again: what has become impossible meanwhile refuses the last vote.
  if (const Code code = Judge(inner); code != Code::kAccepted) {
    if (code == Code::kQuorumNotMet) NoteRefusedChange(inner);
    for (const ledger::EntityId& id : inner.also_touched) result.touched[id] |= ledger::touch::kAct;
    return refuse(code);
  }
  KeepVote(vote, result.pending, To(ProposalStatus::kTaken));
  Enact(inner);
  result.flags = inner.flags;
  result.born = inner.born;
  result.touched = TouchedBy(inner);
  return result;
}

}  // namespace jiandu::contracts
