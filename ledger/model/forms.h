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
extern const Form kResourceNamed;  // only `resource`: publish, discard, amend_withdraw, resume
extern const Form kResourceRetire;
extern const Form kResourceRefresh;
extern const Form kResourceAmend;
extern const Form kResourceGrade;
extern const Form kResourceSuspend;
extern const Form kDesignateSource;
extern const Form kSourceTask;
extern const Form kSourceDone;
extern const Form kExtensionAsk;
extern const Form kExtensionConsent;
extern const Form kExtensionRefuse;

extern const Form kDemandSubmit;  // docs/contracts.md 4.4
extern const Form kDemandAssign;
extern const Form kDemandAnswer;
extern const Form kDemandNamed;  // only `demand`: withdraw
extern const Form kUnifiedApply;
extern const Form kUnifiedResult;
extern const Form kCollectDeliver;
extern const Form kCollectAcknowledge;

extern const Form kSystemUse;      // an entry of `systems`: a system and its networks
extern const Form kPageAccount;    // an entry of `accounts`
extern const Form kRequestSubmit;  // docs/contracts.md 4.5
extern const Form kRequestReturn;
extern const Form kRequestResubmit;
extern const Form kRequestAccept;
extern const Form kRequestEnd;  // decline, withdraw
extern const Form kTerms;       // `terms` of decisions and grants (docs/contracts.md 4.6)
extern const Form kDecisionSubmit;
extern const Form kDecisionSubstitute;
extern const Form kErratum;  // of a request, of a decision

extern const Form kConsultationOpen;  // docs/contracts.md 4.7
extern const Form kConsultationConvene;
extern const Form kConsultationStatement;
extern const Form kConsultationResolve;
extern const Form kConsultationRefuse;
extern const Form kConsultationWithdraw;

extern const Form kGrantOpen;
extern const Form kGrantAcknowledge;
extern const Form kGrantDecline;
extern const Form kServiceReady;
extern const Form kGrantSuspend;
extern const Form kGrantResume;
extern const Form kGrantTerminate;
extern const Form kGrantRelinquish;
extern const Form kGrantAmend;
extern const Form kGrantRenew;
extern const Form kGrantChange;
extern const Form kGrantRecall;
extern const Form kGrantStopReport;

extern const Form kThirdPartyAsk;  // docs/contracts.md 4.9
extern const Form kThirdPartyDecide;
extern const Form kThirdPartyReport;

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
extern const Form kCorrectionPropagate;
extern const Form kCorrectionImpact;

extern const Form kDisposalReport;  // docs/contracts.md 4.11
extern const Form kDisposalAccept;
extern const Form kDisposalReject;
extern const Form kUseReport;
extern const Form kDerivationRecord;  // docs/contracts.md 4.12
extern const Form kDerivationRefresh;
extern const Form kAccessDisclose;
extern const Form kLeafDemand;
extern const Form kLeafProduced;

extern const Form kDisputeFile;
extern const Form kDisputeSettle;
extern const Form kDisputeEscalate;
extern const Form kDisputeMediate;
extern const Form kDisputeDecide;
extern const Form kDisputeWithdraw;

extern const Form kAuditOpen;
extern const Form kAuditLogQuery;
extern const Form kAuditFinding;
extern const Form kAuditReply;
extern const Form kAuditHold;

extern const Form kEmergencyDeclare;
extern const Form kEmergencyRenew;
extern const Form kEmergencyOpenGrant;
extern const Form kEmergencyObject;
extern const Form kEmergencyEnd;
extern const Form kEmergencyReview;

extern const Form kWatermarkRegister;
extern const Form kLeakReport;
extern const Form kLeakTrace;
extern const Form kIncidentReport;
extern const Form kIncidentUpdate;
extern const Form kIncidentClose;
extern const Form kComplaintFile;
extern const Form kComplaintAnswer;
extern const Form kInspectionRequest;
extern const Form kInspectionAnswer;
extern const Form kSanctionNote;
extern const Form kNoticePublish;

}  // namespace jiandu::ledger::forms
