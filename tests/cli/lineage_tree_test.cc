// A lineage as people see it: every line fits the page, a diamond is drawn once, a cycle ends.
#include "cli/lineage_tree.h"

#include <gtest/gtest.h>

#include "cli/text.h"

namespace jiandu::cli {
namespace {

Json Node(const std::string& id, int depth, const std::string& name) {
  return Json::MakeObject({{"entity", id},
                           {"kind", "resource"},
                           {"depth", depth},
                           {"name", name},
                           {"code", "C-" + id},
                           {"department_name", "市公安局"}});
}
Json Edge(const std::string& from, const std::string& to) {
  Json items = Json::MakeArray();
  Json in = Json::MakeArray();
  in.Push("plate");
  items.Push(Json::MakeObject({{"out_item", "verdict"}, {"from", std::move(in)}}));
  Json derivations = Json::MakeArray();
  derivations.Push(Json::MakeObject({{"event", Json::MakeObject({{"index", 7}, {"time", 0}})},
                                     {"kind", "COMPARE"},
                                     {"input_version", 1},
                                     {"out_version", 2},
                                     {"items", std::move(items)}}));
  return Json::MakeObject({{"from", from},
                           {"to", to},
                           {"kind", "derivation"},
                           {"begun", Json::MakeObject({{"index", 7}, {"time", 0}})},
                           {"derivations", std::move(derivations)}});
}
Json AnswerOf(std::initializer_list<Json> nodes, std::initializer_list<Json> edges) {
  Json answer = Json::MakeObject({{"entity", "0"}, {"direction", "down"}, {"height", 9}});
  Json node_list = Json::MakeArray();
  for (const Json& node : nodes) node_list.Push(node);
  Json edge_list = Json::MakeArray();
  for (const Json& edge : edges) edge_list.Push(edge);
  answer.Set("total", std::uint64_t{node_list.Items().size()});
  answer.Set("nodes", std::move(node_list)).Set("edges", std::move(edge_list));
  return answer;
}
std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}
void ExpectFits(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    EXPECT_LE(DisplayWidth(text.substr(at, end - at)), kColumns) << text.substr(at, end - at);
    at = end + 1;
  }
}

TEST(LineageTree, ADiamondIsDrawnOnceAndThenNamed) {
  const Output out;
  const std::string text = LineageTree(
      out,
      AnswerOf({Node("0", 0, "源"), Node("1", 1, "左"), Node("2", 1, "右"), Node("3", 2, "合"),
                Node("4", 3, "末")},
               {Edge("0", "1"), Edge("0", "2"), Edge("1", "3"), Edge("2", "3"), Edge("3", "4")}));
  EXPECT_EQ(Count(text, "合 [C-3]"), 2U) << text;
  EXPECT_EQ(Count(text, "末 [C-4]"), 1U) << text;
  EXPECT_EQ(Count(text, "(see above 见上)"), 1U) << text;
  EXPECT_NE(text.find("├─ 左"), std::string::npos) << text;
  EXPECT_NE(text.find("└─ 右"), std::string::npos) << text;
  EXPECT_NE(text.find("verdict<-plate"), std::string::npos) << text;
  ExpectFits(text);
}

TEST(LineageTree, ACycleEnds) {
  const Output out;
  const std::string text = LineageTree(
      out, AnswerOf({Node("0", 0, "甲"), Node("1", 1, "乙")}, {Edge("0", "1"), Edge("1", "0")}));
  EXPECT_EQ(Count(text, "甲 [C-0]"), 2U) << text;
  EXPECT_EQ(Count(text, "(see above 见上)"), 1U) << text;
}

TEST(LineageTree, LongNamesAndDeepLevelsFitThePage) {
  const Output out;
  Json nodes = Json::MakeArray();
  Json edges = Json::MakeArray();
  const std::string name = "营运车辆动态监管与检验状态核验结果汇聚资源目录信息库第一分册补充";
  for (int i = 0; i < 60; ++i) {
    nodes.Push(Node(std::to_string(i), i, name));
    if (i > 0) edges.Push(Edge(std::to_string(i - 1), std::to_string(i)));
  }
  Json answer = AnswerOf({}, {});
  answer.Set("nodes", std::move(nodes)).Set("edges", std::move(edges)).Set("total", 60);
  const std::string text = LineageTree(out, answer);
  EXPECT_EQ(Count(text, "营运车辆"), 60U);
  ExpectFits(text);
}

TEST(LineageTree, SaysWhatIsNotShown) {
  const Output out;
  Json answer = AnswerOf({Node("0", 0, "源")}, {});
  answer.Set("withheld", 3).Set("left_out", 2).Set("total", 8);
  answer.Set("truncated", Json::MakeObject({{"why", "depth"},
                                            {"detail", "there is more beyond depth 1"},
                                            {"detail_zh", "第 1 层之外还有内容"}}));
  const std::string text = LineageTree(out, answer);
  EXPECT_NE(text.find("3 not followed"), std::string::npos) << text;
  EXPECT_NE(text.find("2 outside"), std::string::npos) << text;
  EXPECT_NE(text.find("1 of 8 nodes"), std::string::npos) << text;
  EXPECT_NE(text.find("truncated: there is more"), std::string::npos) << text;
  ExpectFits(text);
}

// Whoever registers a resource chooses its name; whoever reads it has a terminal.
TEST(LineageTree, NoNameCommandsTheTerminal) {
  const Output out;
  Json held = Node("1", 1, "x");
  held.Set("kind", "pair").Set("department_name", "\x1b]0;y\x07");
  Json items = Json::MakeArray();
  items.Push("\x1b[8m");
  held.Set("items", std::move(items));
  const Json answer = AnswerOf({Node("0", 0, "a\x1b[2Jb\nc"), held}, {Edge("0", "1")});
  for (const std::string& text : {LineageTree(out, answer), LineageDot(answer)}) {
    EXPECT_EQ(text.find_first_of("\x1b\x07"), std::string::npos) << text;
    EXPECT_NE(text.find("u001b[2Jb"), std::string::npos) << text;
  }
}

TEST(LineageTree, SaysOfWhichHeightTheStatusesAre) {
  const Output out;
  Json answer = AnswerOf({Node("0", 0, "源")}, {});
  answer.Set("status_height", 9);
  EXPECT_EQ(Count(LineageTree(out, answer), "statuses"), 0U) << "those of the moment itself";
  answer.Set("status_height", 12);
  EXPECT_EQ(Count(LineageTree(out, answer), "statuses as of height 名称与状态截至高度 12"), 1U);
}

TEST(LineageDot, QuotesWhatStandsInNames) {
  const std::string text = LineageDot(AnswerOf({Node("0", 0, "a\"b\\c")}, {}));
  EXPECT_NE(text.find("a\\\"b\\\\c"), std::string::npos) << text;
}

}  // namespace
}  // namespace jiandu::cli
