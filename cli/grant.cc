// `jiandu grant`: grants and what becomes of them (共享权限).

#include "cli/verbs.h"

namespace jiandu::cli {
namespace {

void AddOpening(CLI::App& noun, Context& context) {
  AddOpVerb(noun, context,
            {.name = "open",
             .op = "grant.open",
             .subject = "request",
             .help = "Open the grant of a decided request / 开通",
             .fields = {{"duty_agreement_digest", "SHA-256 of the agreement on duties, or @FILE"},
                        {"purpose_code", "Purpose"},
                        {"disposal_method", "DELETE, RETURN, ANONYMIZE, ARCHIVE, CHANNEL_CACHE"},
                        {"valid_to", "Last day, yyyymmdd"},
                        {"daily_cap", "Calls a day at most"},
                        {"rate_per_min", "Calls a minute at most"},
                        {"rows_per_call_max", "Rows a call at most"},
                        {"bytes_per_day", "Bytes a day at most"},
                        {"daily_window", "Hours, 08:00-20:00"}}});
  AddOpVerb(noun, context,
            {.name = "acknowledge",
             .op = "grant.acknowledge",
             .subject = "grant",
             .help = "The consumer's head accepts the duties / 确认责任",
             .fields = {{"duty_agreement_digest", "SHA-256 of the agreement accepted, or @FILE"}}});
  AddOpVerb(noun, context,
            {.name = "ready",
             .op = "grant.service_ready",
             .subject = "grant",
             .help = "The provider's system says the service is there / 服务已就绪",
             .fields = {{"endpoint_digest", "SHA-256 of the address, or @FILE"}}});
  AddOpVerb(noun, context,
            {.name = "decline",
             .op = "grant.decline",
             .subject = "grant",
             .help = "The consumer does not want it / 不接受",
             .fields = {{"reason_code", "Why"}}});
}

void AddSupervision(CLI::App& noun, Context& context) {
  AddOpVerb(noun, context,
            {.name = "suspend",
             .op = "grant.suspend",
             .subject = "grant",
             .help = "Suspend, with a rectification order / 暂停",
             .fields = {{"ground", "MISUSE_27_2, INCIDENT_35, SAFEGUARD"},
                        {"evidence", "Transactions that show it, separated by commas"},
                        {"order.term", "MISUSE_27_2: until when to mend it, 2026-12-01T17:00"},
                        {"order.measures_digest", "SHA-256 of what is demanded, or @FILE"},
                        {"review_at", "Else: when it is looked at again, 2026-12-01T17:00"}}});
  AddOpVerb(noun, context,
            {.name = "resume",
             .op = "grant.resume",
             .subject = "grant",
             .help = "The cause is removed / 恢复",
             .fields = {{"cause_removed", "true"}, {"evidence_digest", "SHA-256, or @FILE"}}});
  AddOpVerb(noun, context,
            {.name = "terminate",
             .op = "grant.terminate",
             .subject = "grant",
             .help = "End it for good / 终止",
             .fields = {{"reason_digest", "SHA-256 of the reasons, or @FILE"}}});
  AddOpVerb(noun, context,
            {.name = "relinquish",
             .op = "grant.relinquish",
             .subject = "grant",
             .help = "The consumer needs it no more / 退还",
             .fields = {{"reason", "PURPOSE_DONE, IMPOSSIBLE, NOT_NEEDED"}}});
}

// The order that comes with a suspension: what it asks of the consumer, and the answer.
void AddRectification(CLI::App& noun, Context& context) {
  AddOpVerb(noun, context,
            {.name = "order",
             .op = "rectification.order",
             .subject = "grant",
             .help = "Order the consumer to mend what is wrong / 责令整改",
             .fields = {{"ground", "MISUSE_27_2, INCIDENT_35, SAFEGUARD, ART_39, ART_40, ART_41"},
                        {"evidence", "Transactions that show it, separated by commas"},
                        {"term", "Until when, 2026-12-01T17:00"},
                        {"measures_digest", "SHA-256 of what is demanded, or @FILE"}}});
  AddOpVerb(noun, context,
            {.name = "report",
             .op = "rectification.report",
             .subject = "rectification",
             .help = "The consumer's head reports what was mended / 报告整改情况",
             .fields = {{"report_digest", "SHA-256 of the report, or @FILE"},
                        {"refused", "true: the consumer will not mend it"}}});
  AddOpVerb(noun, context,
            {.name = "accept",
             .op = "rectification.accept",
             .subject = "rectification",
             .help = "Who ordered it is content: the grant may be resumed / 整改通过",
             .fields = {{"opinion_digest", "SHA-256 of the opinion, or @FILE"}}});
  AddOpVerb(noun, context,
            {.name = "fail",
             .op = "rectification.fail",
             .subject = "rectification",
             .help = "Who ordered it is not content: the grant may be ended / 整改不通过",
             .fields = {{"reason_code", "LAW, SAFETY, FORM, QUALITY, ... (see `tx new`)"},
                        {"reason_digest", "SHA-256 of the reasons, or @FILE"}}});
  auto* orders = noun.add_subcommand("orders", "Rectification orders / 整改通知");
  orders->require_subcommand(1);
  AddReadVerbs(*orders, context,
               {.path = "rectifications",
                .help_list = "Orders you are a party of / 列出整改通知",
                .help_show = "One order with its course / 查看整改通知",
                .by_resource = false});
}

}  // namespace

void AddGrant(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("grant", "Grants / 共享权限");
  noun->require_subcommand(1);
  AddReadVerbs(*noun, context,
               {.path = "grants",
                .help_list = "Grants you are a party of / 列出权限",
                .help_show = "One grant with its terms and course / 查看权限"});
  AddOpening(*noun, context);
  AddSupervision(*noun, context);
  AddRectification(*noun, context);
}

}  // namespace jiandu::cli
