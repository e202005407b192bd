#include "tests/support/temp_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/error.h"

namespace jiandu::support {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "jiandu-test-XXXXXX").string();
  JD_ASSERT(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace jiandu::support
