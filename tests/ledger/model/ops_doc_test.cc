// docs/ops.md says what the tables say. JIANDU_UPDATE_DOCS=1 writes it anew.
#include "ledger/model/ops_doc.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace jiandu::ledger {
namespace {

TEST(OpsDocument, IsTheCommittedOne) {
  const std::string path = std::string(JIANDU_SOURCE_DIR) + "/docs/ops.md";
  if (std::getenv("JIANDU_UPDATE_DOCS") != nullptr) std::ofstream(path) << OpsDocument();
  std::ifstream file(path);
  const std::string committed((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(committed, OpsDocument()) << "run the test with JIANDU_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace jiandu::ledger
