// A port that is held is nobody else's.
#include "cli/held_port.h"

#include <gtest/gtest.h>

namespace jiandu::cli {
namespace {

TEST(HeldPort, IsHeldByOneAlone) {
  int port = 0;
  {
    const HeldPort first(0);
    port = first.Port();
    ASSERT_GT(port, 0);
    EXPECT_EQ(HeldPort(port).Port(), 0);
  }
  EXPECT_EQ(HeldPort(port).Port(), port);
}

}  // namespace
}  // namespace jiandu::cli
