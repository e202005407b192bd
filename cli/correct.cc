// `jiandu correct`: doubts about data and what became of them (校核更正).

#include "cli/verbs.h"

namespace jiandu::cli {

void AddCorrect(CLI::App& root, Context& context) {
  auto* noun = root.add_subcommand("correct", "Doubts about data, and corrections / 校核更正");
  noun->require_subcommand(1);
  AddReadVerbs(*noun, context,
               {.path = "corrections",
                .help_list = "Corrections you are a party of / 列出",
                .help_show = "One correction with its course / 查看"});
  AddOpVerb(*noun, context,
            {.name = "file",
             .op = "correction.file",
             .subject = "resource",
             .help = "Report a doubt about data / 提出疑义",
             .fields = {{"kind", "WRONG, MISSING, OUTDATED, DUPLICATE"},
                        {"item_ids", "Items, separated by commas"},
                        {"version_seen", "Version of the data"},
                        {"observed_digest", "SHA-256 of what was seen, or @FILE"},
                        {"evidence_digest", "SHA-256 of the evidence, or @FILE"},
                        {"seen_grant", "Grant under which it was seen"},
                        {"severity", "LOW, MEDIUM, HIGH"}}});
  AddOpVerb(*noun, context,
            {.name = "accept",
             .op = "correction.accept",
             .subject = "correction",
             .help = "The provider takes it up / 受理"});
  AddOpVerb(*noun, context,
            {.name = "forward",
             .op = "correction.forward",
             .subject = "correction",
             .help = "To the authoritative source / 转交数源部门",
             .fields = {{"source", "Code of the department"}}});
  AddOpVerb(*noun, context,
            {.name = "resolve",
             .op = "correction.resolve",
             .subject = "correction",
             .help = "The provider's answer, with the head's key / 校核结论",
             .fields = {{"verdict", "FIXED, NOT_WRONG, PARTLY"},
                        {"new_version", "Version that holds the correction"},
                        {"change_digest", "SHA-256 of the change, or @FILE"},
                        {"reason_code", "Why nothing was wrong"},
                        {"reason_digest", "SHA-256 of the reasons, or @FILE"},
                        {"evidence_digest", "SHA-256 of the evidence, or @FILE"}}});
  AddOpVerb(*noun, context,
            {.name = "confirm",
             .op = "correction.confirm",
             .subject = "correction",
             .help = "The consumer's last word / 确认",
             .fields = {{"confirmed", "true or false"},
                        {"reason_digest", "SHA-256 of the reasons, or @FILE"}}});
  AddOpVerb(*noun, context,
            {.name = "withdraw",
             .op = "correction.withdraw",
             .subject = "correction",
             .help = "Withdraw the own report / 撤回"});
}

}  // namespace jiandu::cli
