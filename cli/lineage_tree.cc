#include "cli/lineage_tree.h"

#include <map>
#include <set>
#include <span>
#include <vector>

#include "cli/text.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kStep = 3;        // columns a level is indented by
constexpr std::size_t kIndentMax = 33;  // deeper ones begin with their depth instead

// Names are what departments wrote: none of them may command the terminal.
std::string TextOf(const Json& json, std::string_view name) { return Harmless(json.TextOr(name)); }
std::string Words(const std::span<const Json> texts, std::string_view between) {
  std::string words;
  for (const Json& one : texts) {
    if (!words.empty()) words += between;
    if (one.IsText()) words += Harmless(one.AsString());
  }
  return words;
}

// What a node is called, without its id.
std::string LabelOf(const Json& node) {
  const std::string kind = TextOf(node, "kind");
  std::string who = TextOf(node, "department_name");
  if (who.empty()) who = TextOf(node, "department");
  if (kind == "grant") return "grant 授权 -> " + who;
  if (kind == "pair") return "held by 持有 " + who;
  std::string label = TextOf(node, "name");
  if (label.empty()) label = kind;
  if (const std::string code = TextOf(node, "code"); !code.empty()) label += " [" + code + "]";
  return who.empty() ? label : label + "  " + who;
}

std::string EventText(const Json& event) {
  std::string text = "#" + std::to_string(event.IntegerOr("index"));
  if (event.IntegerOr("time") > 0) text = TimeText(event.IntegerOr("time")) + " " + text;
  return text;
}

std::string ItemsText(const Json& derivation) {
  std::string text;
  for (const Json& item : derivation.ItemsOf("items")) {
    text += text.empty() ? "" : ", ";
    text += TextOf(item, "out_item") + "<-" + Words(item.ItemsOf("from"), "+");
  }
  return text;
}

// What an edge says, as lines before they are broken.
std::vector<std::string> EdgeLines(const Json& edge) {
  std::vector<std::string> lines;
  for (const Json& one : edge.ItemsOf("derivations")) {
    const Json* event = one.Find("event");
    std::string line = one.BoolOr("refreshed") ? "refreshed 更新" : TextOf(one, "kind");
    line += " v" + std::to_string(one.IntegerOr("input_version")) + " -> v" +
            std::to_string(one.IntegerOr("out_version"));
    if (event != nullptr && event->IsObject()) line += "  " + EventText(*event);
    if (const std::string items = ItemsText(one); !items.empty()) line += "  " + items;
    lines.push_back(std::move(line));
  }
  if (edge.BoolOr("more_derivations")) lines.emplace_back("and more 以及更多");
  const Json* begun = edge.Find("begun");
  if (lines.empty() && begun != nullptr && begun->IsObject()) {
    lines.push_back("since 自 " + EventText(*begun));
  }
  const Json* ended = edge.Find("ended");
  if (ended != nullptr && ended->IsObject()) lines.push_back("ended 止于 " + EventText(*ended));
  return lines;
}

std::vector<std::string> NodeLines(const Json& node) {
  std::vector<std::string> lines = {TextOf(node, "entity")};
  if (TextOf(node, "kind") == "grant") {
    std::string line = TextOf(node, "status");
    if (node.IntegerOr("valid_to") > 0) {
      line += ", to 至 " + TimeText(node.IntegerOr("valid_to") - 1);
    }
    lines.push_back(std::move(line));
  }
  const std::string items = Words(node.ItemsOf("items"), ", ");
  if (!items.empty()) lines.push_back("items 数据项: " + items);
  return lines;
}

// Words in lines of `width` columns; a word that is longer is cut, for the ids stand alone.
std::vector<std::string> Broken(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = Shorten(text.substr(at, end - at), width);
    if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!word.empty()) line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

class Tree {
 public:
  Tree(const Output& out, const Json& answer) : out_(out), answer_(answer) {
    const bool down = TextOf(answer, "direction") != "up";
    for (const Json& node : answer.ItemsOf("nodes")) nodes_[TextOf(node, "entity")] = &node;
    for (const Json& edge : answer.ItemsOf("edges")) {
      const std::string near = TextOf(edge, down ? "from" : "to");
      const std::string far = TextOf(edge, down ? "to" : "from");
      below_[near].push_back({.entity = far, .edge = &edge});
    }
  }

  std::string Draw() {
    const std::string root = TextOf(answer_, "entity");
    const auto node = nodes_.find(root);
    if (node != nodes_.end()) {
      drawn_.insert(root);
      text_ += out_.Bold(Shorten(LabelOf(*node->second), kColumns)) + "\n";
      const bool leads_on = below_.contains(root);
      for (const std::string& line : NodeLines(*node->second)) {
        Write(leads_on ? "│  " : "   ", line);
      }
      DrawBelow(root, "");
    }
    return std::move(text_);
  }

 private:
  struct Branch {
    std::string entity;
    const Json* edge = nullptr;
  };

  [[nodiscard]] std::int64_t DepthOf(const std::string& entity) const {
    const auto node = nodes_.find(entity);
    return node == nodes_.end() ? -1 : node->second->IntegerOr("depth");
  }

  // The rails of the levels above; those too deep for the page are counted instead.
  [[nodiscard]] static std::string Rails(const std::string& rails) {
    if (DisplayWidth(rails) <= kIndentMax) return rails;
    return Pad("(" + std::to_string(DisplayWidth(rails) / kStep + 1) + ")", kIndentMax);
  }

  void Write(const std::string& prefix, const std::string& line) {
    const std::size_t width = kColumns - DisplayWidth(prefix);
    for (const std::string& part : Broken(line, width)) text_ += prefix + out_.Dim(part) + "\n";
  }

  // Levels are as many as the depth asked for, at most 256.
  void DrawBelow(const std::string& entity, const std::string& rails) {
    const auto below = below_.find(entity);
    if (below == below_.end()) return;
    const std::vector<Branch>& branches = below->second;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      DrawBranch(entity, branches[i], rails, i + 1 == branches.size());
    }
  }

  void DrawBranch(const std::string& parent, const Branch& branch, const std::string& rails,
                  bool is_last) {
    const auto node = nodes_.find(branch.entity);
    if (node == nodes_.end()) return;
    const bool is_place = DepthOf(branch.entity) == DepthOf(parent) + 1;
    const bool is_first = is_place && drawn_.insert(branch.entity).second;
    const std::string start = Rails(rails) + (is_last ? "└─ " : "├─ ");
    const std::string next = rails + (is_last ? "   " : "│  ");
    std::string label = LabelOf(*node->second);
    // The same node by another way: named, and drawn in one place only.
    const std::string again =
        is_first ? ""
                 : (drawn_.contains(branch.entity) ? " (see above 见上)" : " (see below 见下)");
    label = Shorten(label, kColumns - DisplayWidth(start) - DisplayWidth(again));
    text_ += start + out_.Bold(label) + again + "\n";
    const bool leads_on = is_first && below_.contains(branch.entity);
    const std::string under = Rails(next) + (leads_on ? "│  " : "   ");
    if (is_first) {
      for (const std::string& line : NodeLines(*node->second)) Write(under, line);
    }
    for (const std::string& line : EdgeLines(*branch.edge)) Write(under, line);
    if (is_first) DrawBelow(branch.entity, next);
  }

  const Output& out_;
  const Json& answer_;
  std::map<std::string, const Json*> nodes_;
  std::map<std::string, std::vector<Branch>> below_;
  std::set<std::string> drawn_;
  std::string text_;
};

std::string Foot(const Json& answer) {
  const std::size_t shown = answer.ItemsOf("nodes").size();
  const std::int64_t total = answer.IntegerOr("total");
  std::string text = std::to_string(shown) + " of " + std::to_string(total) +
                     (total == 1 ? " node" : " nodes") + " 个节点, as of height 截至高度 " +
                     std::to_string(answer.IntegerOr("height")) + ", " +
                     TimeText(answer.IntegerOr("time"));
  text = Wrapped(text);
  const std::int64_t told_at = answer.IntegerOr("status_height");
  if (told_at > answer.IntegerOr("height")) {
    text +=
        Wrapped("names and statuses as of height 名称与状态截至高度 " + std::to_string(told_at));
  }
  if (static_cast<std::int64_t>(shown) < total) {
    text += Wrapped("more with --limit N (0: all) 其余可用 --limit N 查看");
  }
  if (const std::int64_t withheld = answer.IntegerOr("withheld"); withheld > 0) {
    const std::string count = std::to_string(withheld);
    text +=
        Wrapped(count + " not followed: they are others' (" + count + " 条属于其他部门, 未予显示)");
  }
  if (const std::int64_t left_out = answer.IntegerOr("left_out"); left_out > 0) {
    const std::string count = std::to_string(left_out);
    text += Wrapped(count + " outside the engagement's scope (" + count +
                    " 条不在审计任务范围内, 未予显示)");
  }
  const Json* truncated = answer.Find("truncated");
  if (truncated != nullptr && truncated->IsObject()) {
    text += Wrapped("truncated: " + TextOf(*truncated, "detail"));
    text += Wrapped("已截断: " + TextOf(*truncated, "detail_zh"));
  }
  if (answer.BoolOr("more_edges")) {
    text += Wrapped("not all edges of every node are shown 部分节点的边未全部显示");
  }
  return text;
}

// A text between quotes as dot reads it.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string DotLabel(const Json& edge) {
  std::string label;
  for (const std::string& line : EdgeLines(edge)) label += (label.empty() ? "" : "\n") + line;
  return label;
}

}  // namespace

std::string LineageTree(const Output& out, const Json& answer) {
  const bool down = TextOf(answer, "direction") != "up";
  return std::string(down ? "What became of it 去向\n" : "What it came from 来源\n") +
         Tree(out, answer).Draw() + Foot(answer);
}

std::string LineageDot(const Json& answer) {
  std::string text = "digraph lineage {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n";
  for (const Json& node : answer.ItemsOf("nodes")) {
    const std::string kind = TextOf(node, "kind");
    const char* shape = kind == "grant" ? "note" : kind == "pair" ? "ellipse" : "box";
    text += "  " + Quoted(TextOf(node, "entity")) + " [shape=" + shape +
            ", label=" + Quoted(LabelOf(node)) + "];\n";
  }
  for (const Json& edge : answer.ItemsOf("edges")) {
    const bool ended = edge.Find("ended") != nullptr;
    text += "  " + Quoted(TextOf(edge, "from")) + " -> " + Quoted(TextOf(edge, "to")) +
            " [label=" + Quoted(DotLabel(edge)) + (ended ? ", style=dashed" : "") + "];\n";
  }
  return text + "}\n";
}

}  // namespace jiandu::cli
