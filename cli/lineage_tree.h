// A lineage drawn for people: a tree of 80 columns, and a graph in the language of Graphviz (dot).
//
// Takes an answer of GET /v1/lineage/{id}, all of its pages put together. A node is drawn with what
// follows from it once, on the shortest way to it; wherever else it comes up it is only named.
// Pure.
#pragma once

#include <string>

#include "base/json.h"
#include "cli/output.h"

namespace jiandu::cli {

[[nodiscard]] std::string LineageTree(const Output& out, const Json& answer);
[[nodiscard]] std::string LineageDot(const Json& answer);

}  // namespace jiandu::cli
