// The description, the embedded text and the route table say the same.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "gateway/openapi_document.h"
#include "gateway/router.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

constexpr std::size_t kDocumentMax = std::size_t{1} << 20U;

Json Document() {
  auto json = ParseJson(OpenApiDocument(), kDocumentMax);
  EXPECT_TRUE(json.has_value()) << json.error().detail;
  return json ? *json : Json();
}

const Json& Resolve(const Json& document, const Json& node) {
  const std::string_view reference = node.TextOr("$ref");
  if (!reference.starts_with("#/")) return node;
  const Json* at = &document;
  std::string_view rest = reference.substr(2);
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    at = at->Find(rest.substr(0, slash));
    if (at == nullptr) {
      ADD_FAILURE() << "dangling " << reference;
      return node;
    }
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  return *at;
}

void VisitReferences(const Json& document, const Json& node) {
  if (node.IsArray()) {
    for (const Json& item : node.Items()) VisitReferences(document, item);
  }
  if (!node.IsObject()) return;
  (void)Resolve(document, node);
  for (const Json::Member& member : node.Members()) VisitReferences(document, member.value);
}

std::set<std::string> Lower(std::string_view method) {
  std::string lower;
  for (const char c : method) lower.push_back(static_cast<char>(c | 0x20));
  return {lower};
}

TEST(OpenApi, TheEmbeddedTextIsTheFile) {
  std::ifstream file(std::string(JIANDU_SOURCE_DIR) + "/gateway/openapi.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto json = ParseJson(text.str(), kDocumentMax);
  ASSERT_TRUE(json.has_value()) << json.error().detail;
  EXPECT_TRUE(*json == Document()) << "run tools/embed_openapi.py";
  EXPECT_EQ(Document().TextOr("openapi").substr(0, 3), "3.1");
}

TEST(OpenApi, EveryRouteIsDescribedAndEveryDescriptionIsARoute) {
  const Json document = Document();
  std::set<std::string> routes;
  std::set<std::string> described;
  for (const Route& route : Routes()) {
    routes.insert(*Lower(route.method).begin() + " " + std::string(route.path));
  }
  const Json* paths = document.Find("paths");
  ASSERT_NE(paths, nullptr);
  for (const Json::Member& path : paths->Members()) {
    for (const Json::Member& operation : path.value.Members()) {
      described.insert(operation.name + " " + path.name);
    }
  }
  EXPECT_EQ(routes, described);
}

TEST(OpenApi, ParametersMediaTypesAndAccessAreThoseOfTheTable) {
  const Json document = Document();
  for (const Route& route : Routes()) {
    const Json* path = document.Find("paths")->Find(route.path);
    ASSERT_NE(path, nullptr) << route.path;
    const Json* operation = path->Find(*Lower(route.method).begin());
    ASSERT_NE(operation, nullptr) << route.path;
    std::set<std::string> query;
    for (const Json& item : operation->ItemsOf("parameters")) {
      const Json& parameter = Resolve(document, item);
      if (parameter.TextOr("in") == "query") query.emplace(parameter.TextOr("name"));
    }
    EXPECT_EQ(query, std::set<std::string>(route.parameters.begin(), route.parameters.end()))
        << route.path;
    std::set<std::string> consumes;
    if (const Json* body = operation->Find("requestBody")) {
      for (const Json::Member& type : body->Find("content")->Members()) consumes.insert(type.name);
    }
    EXPECT_EQ(consumes, std::set<std::string>(route.consumes.begin(), route.consumes.end()))
        << route.path;
    std::set<std::string> produces;
    if (const Json* ok = operation->Find("responses")->Find("200")) {
      for (const Json::Member& type : ok->Find("content")->Members()) produces.insert(type.name);
      EXPECT_EQ(produces, std::set<std::string>(route.produces.begin(), route.produces.end()))
          << route.path;
    }
    const Json* security = operation->Find("security");
    EXPECT_EQ(security != nullptr && security->Items().empty(), route.access == Access::kOpen)
        << route.path;
  }
}

TEST(OpenApi, EveryReferenceLeadsSomewhere) {
  const Json document = Document();
  VisitReferences(document, document);
}

TEST(OpenApi, IsServedToAnybody) {
  Harness harness;
  const Response response = harness.Get("/v1/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, OpenApiDocument());
}

}  // namespace
}  // namespace jiandu::gateway::test
