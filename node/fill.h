// How full something bounded is: a queue, a cache, a window. Plain value.
//
// What every part can say of itself, so that a test that runs whole nodes can hold it to its bound
// at any moment (docs/simulator.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace jiandu::node {

struct Fill {
  std::string name;
  std::size_t now = 0;
  std::size_t most = 0;
};
using Fills = std::vector<Fill>;

}  // namespace jiandu::node
