// The forms of all ops by name; their tables stand in forms_*.cc, one file an area.
//
// Internal to ledger/model and the contracts. Constants.
#pragma once

#include "ledger/model/form.h"

namespace jiandu::ledger::forms {

extern const Form kAwait;  // `await`, of every permission

extern const Form kCosign;
extern const Form kDepartmentRegister;
extern const Form kIdentityRegister;
extern const Form kIdentityRotateKey;
extern const Form kIdentityRevoke;
extern const Form kIdentitySetDuties;

extern const Form kVote;  // docs/contracts.md 4.0 to 4.2
extern const Form kCalendarPublish;
extern const Form kProfilePublish;
extern const Form kRulesetActivate;
extern const Form kCaseAssign;
extern const Form kAnchorPublish;
extern const Form kDepartmentSuspend;  // and resume
extern const Form kDepartmentReorg;
extern const Form kIdentityDelegate;
extern const Form kIdentityReconfirm;
extern const Form kNodeAdmit;
extern const Form kNodeRemove;
extern const Form kNodeRotateKey;
extern const Form kLogRotateKey;
extern const Form kNodeEquivocation;

extern const Form kResourceContent;  // `content` of draft and submit (docs/contracts.md 4.3)
extern const Form kResourceDraft;
extern const Form kResourceSubmit;
extern const Form kResourceReview;
extern const Form kResourceNamed;  // only `resource`: publish, discard
extern const Form kResourceRetire;
extern const Form kResourceRefresh;

extern const Form kRequestSubmit;  // docs/contracts.md 4.5
extern const Form kRequestReturn;
extern const Form kRequestResubmit;
extern const Form kRequestAccept;
extern const Form kRequestEnd;  // decline, withdraw
extern const Form kTerms;       // `terms` of decisions and grants (docs/contracts.md 4.6)
extern const Form kDecisionSubmit;

extern const Form kGrantOpen;
extern const Form kGrantAcknowledge;
extern const Form kGrantDecline;
extern const Form kServiceReady;
extern const Form kGrantSuspend;
extern const Form kGrantResume;
extern const Form kGrantTerminate;
extern const Form kGrantRelinquish;
extern const Form kRectificationOrder;
extern const Form kRectificationReport;
extern const Form kRectificationAccept;
extern const Form kRectificationFail;

extern const Form kAccessFields;  // of one record inside a `full` batch
extern const Form kAccessRecord;
extern const Form kAccessBatch;
extern const Form kAccessAcknowledge;

extern const Form kCorrectionFile;
extern const Form kCorrectionNamed;  // only `correction`: accept, withdraw
extern const Form kCorrectionForward;
extern const Form kCorrectionResolve;
extern const Form kCorrectionConfirm;

}  // namespace jiandu::ledger::forms
