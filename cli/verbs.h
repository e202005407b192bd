// Verbs that most nouns have: do an op, list entities, show one.
//
// A noun is a table of these plus what it has of its own. One thread.
#pragma once

#include <string>
#include <vector>

#include "cli/acting.h"

namespace jiandu::cli {

// A verb that submits one op.
struct OpVerb {
  std::string name;
  std::string op;
  std::string subject;  // field of the body given as the only positional; "" for none
  std::string help;
  // Options that are fields of the form: "--verdict" sets `verdict`, where no option of all acts
  // has that name; else "--form-department".
  std::vector<std::pair<std::string, std::string>> fields{};  // name of the field, help
};
void AddOpVerb(CLI::App& noun, Context& context, const OpVerb& verb);

// `list` and `show` over /v1/<collection>.
struct Collection {
  const char* path;  // "resources"
  const char* help_list;
  const char* help_show;
  bool by_resource = true;  // may be filtered by resource
};
void AddReadVerbs(CLI::App& noun, Context& context, const Collection& collection);

// An entity for people: head, parties, form, terms, what happened.
[[nodiscard]] std::string EntityText(const Output& out, const Json& entity);
// One event of a history or of the accesses.
[[nodiscard]] std::string EventText(const Output& out, const Json& row);

// `text` as part of an address: all but letters, digits, - . _ ~ as %XX.
[[nodiscard]] std::string UrlPart(std::string_view text);

struct PageOptions {
  std::size_t limit = 50;
  bool all = false;
  [[nodiscard]] std::size_t Limit() const { return all ? 0 : limit; }
};
void AddPageOptions(CLI::App& command, PageOptions& options);
// The list as the result: JSON {items, height, more}, or one text a row.
using RowText = std::string (*)(const Output&, const Json&);
[[nodiscard]] Exit TellRows(const Output& out, const Acting::Rows& rows, RowText text,
                            const std::string& what);

}  // namespace jiandu::cli
