// Texts of the machine DE (docs/contracts.md 4.4).
#include "contracts/rule_texts.h"

namespace jiandu::contracts {
namespace {

using enum ledger::Code;
using enum ledger::Flag;

constexpr RuleText kDemands[] = {
    {.op = "demand.submit",
     .number = "DE1",
     .asks = "no published resource that the department may see offers all elements, unless an "
             "insufficiency_code says why it will not do",
     .asks_zh =
         "本部门可见的已发布目录中没有覆盖全部数据元的资源，注明现有资源不能满足的原因的除外",
     .effect = "D25 on the manager",
     .effect_zh = "主管部门分派期限D25起算",
     .codes = kOf<kCatalogHasItem>,
     .source = "S0 6.2.3; 809 Art. 19",
     .to = "SUBMITTED"},
    {.op = "demand.assign",
     .number = "DE2",
     .asks = "ASSIGN names a provider; REJECT and CLOSE need reasons",
     .asks_zh = "分派须指定提供部门；不予分派或者办结须说明理由",
     .effect = "assigned: D10 on the provider; D25 satisfied",
     .effect_zh = "分派的，提供部门答复期限D10起算；D25完成",
     .codes = kOf<kReasonRequired>,
     .flags = kOf<kLate>,
     .source = "S0 6.4",
     .to = "ASSIGNED, REJECTED, CLOSED"},
    {.op = "demand.answer",
     .number = "DE3",
     .asks = "A_PROVIDE by BATCH or API",
     .asks_zh = "答复提供：采用批量交换或者服务接口方式",
     .effect = "D10 satisfied; D26 on the provider",
     .effect_zh = "D10完成；提供部门交付期限D26起算",
     .codes = kOf<kModeNotAllowed>,
     .flags = kOf<kLate>,
     .source = "S0 6.4 a",
     .to = "PROVIDING"},
    {.op = "demand.answer",
     .number = "DE4",
     .asks = "B_SUPERIOR with the superior body, its system and the digest of the statement",
     .asks_zh = "答复属上级系统：写明上级单位、系统和说明摘要",
     .effect = "D10 satisfied; D24 on the manager",
     .effect_zh = "D10完成；主管部门统一申请期限D24起算",
     .codes = kOf<kFieldRequired>,
     .flags = kOf<kLate>,
     .source = "S0 6.4 b",
     .to = "SUPERIOR"},
    {.op = "demand.unified_apply",
     .number = "DE5",
     .asks = "case number of the other side and digest of the letter",
     .asks_zh = "附对方受理编号和函件摘要",
     .effect = "D24 satisfied",
     .effect_zh = "D24完成",
     .flags = kOf<kLate>,
     .source = "S0 6.4 b; 809 Art. 24"},
    {.op = "demand.unified_result",
     .number = "DE5",
     .effect = "obtained: the manager may publish a resource",
     .effect_zh = "获得数据的，主管部门可编目发布",
     .source = "S0 6.4 b; 809 Art. 24",
     .to = "OBTAINED, REFUSED"},
    {.op = "demand.answer",
     .number = "DE6",
     .asks = "C_UNABLE with number and digest of the letter",
     .asks_zh = "答复无法提供：附函件文号和摘要",
     .effect = "back to the manager (DE2); dispute open",
     .effect_zh = "退主管部门处理（DE2）；可提出争议",
     .codes = kOf<kLetterRequired>,
     .flags = kOf<kLate>,
     .source = "S0 6.4 c",
     .to = "UNABLE"},
    {.op = "collect.deliver",
     .number = "DE7",
     .asks = "digest of what was delivered",
     .asks_zh = "附交付内容摘要",
     .effect = "D26 satisfied",
     .effect_zh = "D26完成",
     .codes = kOf<kDuplicate>,
     .flags = kOf<kLate, kDigestMismatch>,
     .source = "S0 6.4 a"},
    {.op = "collect.acknowledge",
     .number = "DE7",
     .asks = "digest of what was received",
     .asks_zh = "附接收内容摘要",
     .effect = "fulfilled once both sides agree and the resource is published; the consumer may "
               "request it",
     .effect_zh = "资源已发布且双方摘要一致的，归集完成；需求部门可申请共享",
     .codes = kOf<kDuplicate>,
     .flags = kOf<kDigestMismatch>,
     .source = "S0 6.4 a",
     .to = "FULFILLED"},
    {.op = "demand.withdraw", .number = "DE8", .effect = "clocks end", .effect_zh = "各期限终止"},
};

}  // namespace

std::span<const RuleText> DemandTexts() { return kDemands; }

}  // namespace jiandu::contracts
