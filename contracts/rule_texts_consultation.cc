// Texts of the machines CN and XU (docs/contracts.md 4.7, 4.9).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kConsultations[] = {
    {.op = "consultation.open",
     .number = "CN1",
     .asks = "resource NOT_SHARED; legal opinion; the profile knows consultation, or the basis of "
             "the prohibition allows it case by case; else as RQ1",
     .asks_zh = "资源属不予共享；附法律意见；策略允许会商，或者禁止依据允许个案处理；其余同RQ1",
     .effect = "D11 on all three; D21 on the manager",
     .effect_zh = "三方会商期限D11、主管部门召集期限D21起算",
     .codes = kOf<kDuplicate, kSelfRequest, kResNotPublished, kClassMismatch, kNotSharedFinal,
                  kItemUnknown, kModeNotOffered, kModeReasonRequired, kAccountsRequired,
                  kSystemNotOwned, kSafeguardRequired>,
     .source = "S0 6.3.3",
     .to = "OPEN"},
    {.op = "consultation.convene",
     .number = "CN2",
     .asks = "date of the meeting and who takes part",
     .asks_zh = "确定会商日期和参加单位",
     .effect = "D21 satisfied; lateness is the manager's",
     .effect_zh = "D21完成；逾期责任在主管部门",
     .flags = kOf<kLate>,
     .source = "S0 6.3.3"},
    {.op = "consultation.statement",
     .number = "CN3",
     .asks = "a participant or somebody invited",
     .asks_zh = "参加单位或者受邀单位",
     .effect = "digest on record",
     .effect_zh = "意见摘要记录在案"},
    {.op = "consultation.resolve",
     .number = "CN4",
     .asks = "heads of consumer, manager and provider on one digest, three departments (manager "
             "is a side: the government's head in its seat); legal basis; a single case: uses_max, "
             "90 days at most",
     .asks_zh =
         "需求部门、主管部门、提供部门负责人对同一决议摘要签署，三方不得重合（主管部门为当事"
         "一方的，由本级政府负责人代之）；有法定依据；一事一议，限定使用次数，期限不超过九十日",
     .effect = "D11 satisfied; D16 on the opener, who opens a ONE_OFF grant",
     .effect_zh = "D11完成；开通方D16起算，开通一事一议权限",
     .codes = kOf<kThreeSignaturesRequired, kBasisRequired, kOneOffTerms>,
     .source = "S0 6.3.3",
     .to = "AGREED"},
    {.op = "consultation.refuse",
     .number = "CN5",
     .asks = "reasons",
     .asks_zh = "说明理由",
     .effect = "final; a dispute may be about procedure only",
     .effect_zh = "终结；仅可就程序提出争议",
     .codes = kOf<kReasonRequired>,
     .source = "S0 6.3.3"},
    {.number = "CN6",
     .asks = "D11 passed",
     .asks_zh = "D11届满",
     .effect = "final; may be opened again with new facts",
     .effect_zh = "终结；有新事实的可再次提起",
     .source = "local",
     .with = "consultation.open",
     .from = "OPEN, IN_SESSION",
     .to = "LAPSED"},
    {.op = "consultation.withdraw",
     .number = "CN7",
     .effect = "clocks end",
     .effect_zh = "各期限终止"},
    {.number = "CN8",
     .asks = "grant.open by GT1",
     .asks_zh = "按GT1开通权限",
     .effect = "final; names the grant that used it; a second opening: SOURCE_CONSUMED",
     .effect_zh = "终结；注明所开通的权限；再次开通的以SOURCE_CONSUMED驳回",
     .codes = kOf<kSourceConsumed>,
     .with = "consultation.resolve",
     .from = "AGREED",
     .to = "GRANTED"},
};

constexpr RuleText kThirdParties[] = {
    {.op = "third_party.ask",
     .number = "XU1",
     .asks = "an active grant of its own, not ONE_OFF or EMERGENCY and not on a NOT_SHARED "
             "resource; the profile knows consent (hangzhou: never); a recipient that can request "
             "by itself does",
     .asks_zh = "本部门持有效权限，非一事一议、应急权限，资源非不予共享；策略允许经同意提供"
                "（hangzhou不允许）；接收方能自行申请的应自行申请",
     .effect = "D20 on the provider",
     .effect_zh = "提供部门答复期限D20起算",
     .codes = kOf<kNotHolder, kThirdPartyForbidden>,
     .source = "S0 6.2.2; 809 Art. 25",
     .to = "ASKED"},
    {.op = "third_party.decide",
     .number = "XU2",
     .asks = "provider, then (combined) the manager's head; a refusal needs reasons; self-dealing "
             "as RQ4",
     .asks_zh = "提供部门答复，其后（combined）主管部门负责人答复；不同意须说明理由；主管部门为当事"
                "一方的同RQ4",
     .effect = "consent until valid_to; it ends or rests with its grant; D20 satisfied",
     .effect_zh = "同意在有效期内有效，随权限终止或者暂停；D20完成",
     .codes = kOf<kApprovalOrder, kPeerRequired, kReasonRequired>,
     .flags = kOf<kLate, kSelfDealing>,
     .source = "809 Art. 25",
     .to = "ASKED, CONSENTED, REFUSED"},
    {.op = "third_party.report",
     .number = "XU3",
     .asks = "grant, recipient, items, rows and when",
     .asks_zh = "写明权限、接收方、数据项、行数和时间",
     .effect = "flagged unless a consent living then covers recipient and items",
     .effect_zh = "发生时无有效同意覆盖接收方和数据项的，予以标注",
     .flags = kOf<kThirdParty, kWhileSuspended>,
     .source = "809 Art. 40(3)"},
};

}  // namespace

std::span<const RuleText> ConsultationTexts() { return kConsultations; }
std::span<const RuleText> ThirdPartyTexts() { return kThirdParties; }

}  // namespace jiandu::contracts
