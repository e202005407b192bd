// What a compromised key has signed (docs/contracts.md 4.1 DP6, DP7).
//
// Nothing is written to the cases when a key is revoked as COMPROMISED. A step keeps who signed it
// ("signed/<n>" of its case); from the key records follows that it is suspended until its
// department confirms it within D27, and void afterwards: then it is open again and its deadline
// runs anew. Kept are the answers of requests and corrections, and of grants the opening,
// amendment, renewal and resumption. Pure; the thread of the block.
#pragma once

#include <optional>
#include <vector>

#include "contracts/case_table.h"

namespace jiandu::contracts {

// A key signed this after it had been compromised: SIGNED_WHILE_COMPROMISED.
[[nodiscard]] bool WasCompromised(const ledger::KeyRecord& record, ledger::TimeMs committed_at);

// The state of the case before a step, to go back to when the step is void.
struct SignedStep {
  std::int64_t number = 0;  // of the chain
  std::uint32_t status = 0;
  std::string clock;  // the deadline the step answered
  std::string terms;
  std::string request;  // of an amendment or renewal: the request it rests on, in hex
};
// Nothing for ops whose signers are not kept.
[[nodiscard]] std::optional<SignedStep> StepBefore(const Case& judged);
void KeepStep(Case& judged, const SignedStep& before);

// The act of the step that was taken back last.
inline constexpr std::string_view kVoidAct = "void_act";
// Some step of the case waits for its confirmation.
[[nodiscard]] bool HasSuspendedStep(BlockState& state, const ledger::EntityBody& body);
// Acts of the case that a compromised key signed, confirmed or not: SIGNED_WHILE_COMPROMISED.
struct CompromisedAct {
  std::string txid;                 // hex
  ledger::DepartmentId department;  // of the key
};
[[nodiscard]] std::vector<CompromisedAct> CompromisedActs(BlockState& state,
                                                          const ledger::EntityBody& body);
// Goes back to before the first step that is void; true when there was one.
bool ReopenVoidStep(BlockState& state, ledger::EntityBody& body);

// D27 of each act that a compromised key signed: owed since the key was revoked, satisfied when the
// act was confirmed. What is void has none: its own deadline runs anew.
[[nodiscard]] std::vector<ledger::Clock> ConfirmationClocks(BlockState& state,
                                                            const ledger::EntityBody& body);
// A grant is SUSPENDED as long as its opening, or what widened or resumed it since, or a step of
// the requests these rest on, waits for its confirmation, however late that comes: nothing of it
// can be decided anew.
[[nodiscard]] bool IsInDoubt(BlockState& state, const ledger::EntityBody& grant,
                             ledger::TimeMs time);
// The history of its status with these times in it, as accesses are judged by.
[[nodiscard]] Bytes TimelineOf(BlockState& state, const ledger::EntityId& id,
                               const ledger::EntityBody& grant);
// Settled cases of a resource that are open again, because the step that settled them is void or
// waits for its confirmation. Nobody has acted on them since, so they are not among its open cases.
struct Reopened {
  std::vector<ledger::EntityId> cases;  // ascending
  bool complete = true;                 // there are no more of them
};
// At most `count`; whoever asks whether there are more than some number asks for one more.
[[nodiscard]] Reopened ReopenedCases(BlockState& state, const ledger::EntityId& resource,
                                     std::size_t count);
// When a block ends: a case changed, settled or not, is found by those who signed its steps.
void NoteSigners(BlockState& state, const ledger::EntityId& id, const ledger::EntityBody& body);
// Whoever acts on one of these has it counted among the open cases again, and a correction shown as
// disputed.
void CountReopened(BlockState& state, const ledger::EntityId& id);

// A government has decided the case instead of its chain: what the steps rest on is of no moment.
void ForgetSteps(ledger::EntityBody& body);

// The step that an act belongs to, for identity.reconfirm.
// Who took it; "" when the act is no step. Acts make room for newer ones, steps do not.
[[nodiscard]] std::string DepartmentOfStep(const ledger::EntityBody& body, std::string_view txid);
enum class StepState : std::uint8_t { kNone, kStands, kSuspended, kVoid };
[[nodiscard]] StepState StateOfAct(BlockState& state, const ledger::EntityBody& body,
                                   std::string_view txid);
void ConfirmAct(BlockState& state, const ledger::EntityId& id, std::string_view txid);

}  // namespace jiandu::contracts
