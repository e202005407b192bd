// Codes and flags: the list of the domain reference, retyped, so that none is lost or moved.
#include "ledger/model/codes.h"

#include <gtest/gtest.h>

#include "ledger/model/code_numbers.h"

namespace jiandu::ledger {
namespace {

constexpr std::string_view kCodeNames[] = {"MALFORMED",
                                           "WRONG_CHAIN",
                                           "TX_EXPIRED",
                                           "NONCE_REUSED",
                                           "REJECTION_LIMIT",
                                           "PERSONAL_DATA_IN_TEXT",
                                           "FIELD_REQUIRED",
                                           "FIELD_INVALID",
                                           "UNKNOWN_KEY",
                                           "BAD_SIGNATURE",
                                           "ID_REVOKED",
                                           "ROLE_DENIED",
                                           "DEPARTMENT_SUSPENDED",
                                           "SAME_PERSON_DUAL",
                                           "HEAD_SIGNATURE_REQUIRED",
                                           "DELEGATION_INVALID",
                                           "UNKNOWN_REF",
                                           "DUPLICATE",
                                           "BAD_STATE",
                                           "PENDING_EXPIRED",
                                           "PENDING_VOID",
                                           "NOT_APPROVED",
                                           "SOURCE_CONSUMED",
                                           "APPROVAL_ORDER",
                                           "DEPARTMENT_CODE_INVALID",
                                           "MANAGER_EXISTS",
                                           "REASON_REQUIRED",
                                           "REORG_INCOMPLETE",
                                           "SUCCESSOR_INACTIVE",
                                           "KEY_IN_USE",
                                           "DUTY_CONFLICT",
                                           "CERT_EXPIRED",
                                           "COMPROMISE_TOO_OLD",
                                           "RECONFIRM_LATE",
                                           "QUORUM_NOT_MET",
                                           "NOTICE_REQUIRED",
                                           "CALENDAR_PAST",
                                           "EFFECTIVE_IN_PAST",
                                           "CATALOG_INCOMPLETE",
                                           "BASIS_REQUIRED",
                                           "GRADE_TOO_LOW",
                                           "SECRET_DATA_FORBIDDEN",
                                           "CORE_DATA_FORBIDDEN",
                                           "CONSENT_REQUIRED",
                                           "SOURCE_CONFLICT",
                                           "EVIDENCE_REQUIRED",
                                           "SUSPEND_TOO_LONG",
                                           "OPEN_CASES",
                                           "RES_RECLASSED",
                                           "CATALOG_HAS_ITEM",
                                           "MODE_NOT_ALLOWED",
                                           "LETTER_REQUIRED",
                                           "SELF_REQUEST",
                                           "RES_NOT_PUBLISHED",
                                           "NOT_SHARED",
                                           "NOT_SHARED_FINAL",
                                           "CLASS_MISMATCH",
                                           "OUT_OF_SCOPE",
                                           "ITEM_UNKNOWN",
                                           "MODE_NOT_OFFERED",
                                           "MODE_REASON_REQUIRED",
                                           "ACCOUNTS_REQUIRED",
                                           "SYSTEM_NOT_OWNED",
                                           "SAFEGUARD_REQUIRED",
                                           "RETURN_TWICE",
                                           "LIST_NOT_COVERED",
                                           "ITEM_NOT_REQUESTED",
                                           "SUBSTITUTE_NOT_ALLOWED",
                                           "EXT_LATE",
                                           "EXT_LIMIT",
                                           "TERRITORY_MISMATCH",
                                           "SCOPE_CHANGE_FORBIDDEN",
                                           "RENEW_NOT_ALLOWED",
                                           "ERRATUM_SCOPE",
                                           "PEER_REQUIRED",
                                           "THREE_SIGNATURES_REQUIRED",
                                           "ONE_OFF_TERMS",
                                           "TERMS_EXCEED_DECISION",
                                           "ASSESSMENT_REQUIRED",
                                           "GROUND_REQUIRED",
                                           "TERM_REQUIRED",
                                           "RECTIFY_OPEN",
                                           "RECTIFY_NOT_DUE",
                                           "NEGOTIATION_REQUIRED",
                                           "NOTICE_TOO_SHORT",
                                           "NOT_HOLDER",
                                           "THIRD_PARTY_FORBIDDEN",
                                           "OPENING_INVALID",
                                           "WITNESS_REQUIRED",
                                           "DERIVED_NOT_LISTED",
                                           "EVIDENCE_HELD",
                                           "SOURCE_MISMATCH",
                                           "VERSION_REQUIRED",
                                           "EMERG_NOT_ENABLED",
                                           "EMERG_TOO_LONG",
                                           "NO_EMERGENCY",
                                           "EMERG_SCOPE",
                                           "NOT_INVOLVED",
                                           "NO_ENGAGEMENT",
                                           "BOTH_REQUIRED",
                                           "WRONG_LEVEL",
                                           "CONFLICT_OF_INTEREST"};
constexpr std::string_view kFlagNames[] = {"NO_GRANT",
                                           "DEPARTMENT_MISMATCH",
                                           "NOT_YET_VALID",
                                           "EXPIRED",
                                           "WHILE_SUSPENDED",
                                           "IP_NOT_ALLOWED",
                                           "SYSTEM_NOT_ALLOWED",
                                           "ACCOUNT_NOT_ALLOWED",
                                           "ITEM_NOT_GRANTED",
                                           "OUTSIDE_HOURS",
                                           "OVER_DAILY_CAP",
                                           "OVER_RATE",
                                           "OVER_ROWS",
                                           "OVER_BYTES",
                                           "OVER_USES",
                                           "MASK_MISSING",
                                           "PURPOSE_MISMATCH",
                                           "STALE_VERSION",
                                           "LATE_EVIDENCE",
                                           "DIGEST_MISMATCH",
                                           "STRADDLES",
                                           "BATCH_NOT_ALLOWED",
                                           "EMERGENCY",
                                           "CLOCK_SKEW",
                                           "FIELD_MISSING",
                                           "OLD_KEY",
                                           "LATE",
                                           "CLASS_TIGHTENED",
                                           "STALE_SOURCE",
                                           "EXTRA_CONDITION",
                                           "RETURN_FLOW_CONDITION",
                                           "UNCONDITIONAL_REFUSAL",
                                           "RETURN_FIRST",
                                           "RETURN_LATE",
                                           "MANAGER_REFUSAL_GROUND",
                                           "SUBSTITUTED",
                                           "SELF_DEALING",
                                           "NOT_AGREED",
                                           "UNILATERAL_STOP",
                                           "THIRD_PARTY",
                                           "NO_GRANT_INPUT",
                                           "DERIVE_NOT_ALLOWED",
                                           "GRADE_BELOW_INPUT",
                                           "CYCLE",
                                           "WITNESS_MISSING",
                                           "DERIVED_UNLISTED",
                                           "NOT_A_USER",
                                           "OUTSIDE_ENGAGEMENT"};
constexpr std::string_view kDerivedNames[] = {"OVERDUE",
                                              "SIGNED_WHILE_COMPROMISED",
                                              "SAFEGUARD_GAP",
                                              "DENY_IGNORED",
                                              "PROVISIONAL",
                                              "ONE_SIDED",
                                              "GAP",
                                              "DENIED_BURST",
                                              "DAY_OVER_CAP",
                                              "AVG_OVER",
                                              "NOT_PRODUCED",
                                              "ACK_OVERDUE",
                                              "ACCEPT_OVERDUE",
                                              "NO_USE_REPORT",
                                              "STALE",
                                              "DISPUTED"};

TEST(Codes, AreThoseOfTheDomainInItsOrder) {
  ASSERT_EQ(AllCodes().size(), std::size(kCodeNames));
  for (std::size_t i = 0; i < std::size(kCodeNames); ++i) {
    EXPECT_EQ(AllCodes()[i].name, kCodeNames[i]);
  }
}

TEST(Codes, NumbersAscendFromTheStartOfTheirStep) {
  const std::pair<std::string_view, std::uint32_t> starts[] = {
      {"1a", 1}, {"1b", 20}, {"2", 30}, {"3", 40}, {"4", 60}, {"5", 70}, {"6", 90}, {"7", 100}};
  for (const auto& [step, start] : starts) {
    std::uint32_t next = start;
    for (const CodeInfo& code : AllCodes()) {
      if (code.step != step) continue;
      EXPECT_EQ(code.number, next++) << code.name;
    }
    EXPECT_GT(next, start) << step;
  }
}

TEST(Codes, SpeakBothLanguagesAndAreFoundBothWays) {
  for (const CodeInfo& code : AllCodes()) {
    EXPECT_FALSE(code.message.empty());
    EXPECT_TRUE(code.message.ends_with(".")) << code.name;
    EXPECT_TRUE(code.message_zh.ends_with("。")) << code.name;
    EXPECT_EQ(FindCode(code.number), &code);
    EXPECT_EQ(FindCode(code.name), &code);
  }
  EXPECT_EQ(FindCode(0), nullptr);
  EXPECT_EQ(FindCode(7), nullptr);
  EXPECT_EQ(FindCode(999), nullptr);
  EXPECT_EQ(FindCode("NOTHING"), nullptr);
}

TEST(Codes, NamesInCppAreTheNumbersOfTheTable) {
  const auto name = [](Code code) { return FindCode(static_cast<std::uint32_t>(code))->name; };
  EXPECT_EQ(name(Code::kMalformed), "MALFORMED");
  EXPECT_EQ(name(Code::kFieldInvalid), "FIELD_INVALID");
  EXPECT_EQ(name(Code::kIdRevoked), "ID_REVOKED");
  EXPECT_EQ(name(Code::kUnknownRef), "UNKNOWN_REF");
  EXPECT_EQ(name(Code::kSourceConsumed), "SOURCE_CONSUMED");
  EXPECT_EQ(name(Code::kApprovalOrder), "APPROVAL_ORDER");
  EXPECT_EQ(name(Code::kDepartmentCodeInvalid), "DEPARTMENT_CODE_INVALID");
  EXPECT_EQ(name(Code::kConflictOfInterest), "CONFLICT_OF_INTEREST");
}

TEST(Codes, NotSharedPointsToTheLawAndTheConsultation) {
  const CodeInfo* code = FindCode("NOT_SHARED");
  EXPECT_EQ(code->clause, "S0 6.3.3");
  EXPECT_EQ(code->article, "809 Art. 14(3)");
  EXPECT_EQ(code->hint, "consultation.open");
}

TEST(Flags, AreThoseOfTheDomainAndTheirBitsTheirPlaces) {
  ASSERT_EQ(AllFlags().size(), std::size(kFlagNames));
  for (std::size_t i = 0; i < std::size(kFlagNames); ++i) {
    EXPECT_EQ(AllFlags()[i].name, kFlagNames[i]);
    EXPECT_EQ(AllFlags()[i].bit, i);
    EXPECT_FALSE(AllFlags()[i].message_zh.empty());
    EXPECT_EQ(FindFlag(kFlagNames[i]), &AllFlags()[i]);
  }
  EXPECT_LE(AllFlags().size(), 64U);
  EXPECT_EQ(FindFlag("CLOCK_SKEW")->bit, static_cast<std::uint32_t>(Flag::kClockSkew));
  EXPECT_EQ(FindFlag("OUTSIDE_ENGAGEMENT")->bit,
            static_cast<std::uint32_t>(Flag::kOutsideEngagement));
}

TEST(Flags, DerivedOnesHaveNoBit) {
  ASSERT_EQ(DerivedFlags().size(), std::size(kDerivedNames));
  for (std::size_t i = 0; i < std::size(kDerivedNames); ++i) {
    EXPECT_EQ(DerivedFlags()[i].name, kDerivedNames[i]);
    EXPECT_EQ(DerivedFlags()[i].bit, kNoBit);
    EXPECT_EQ(FindFlag(kDerivedNames[i]), nullptr);
  }
}

}  // namespace
}  // namespace jiandu::ledger
