// Bodies of new identities for tests of the contracts: keys that prove themselves.
#pragma once

#include "tests/support/contract_fixture.h"

namespace jiandu::contracts::testing {

Json NewIdentity(TestNet& net, const std::string& name, std::string_view department,
                 std::string_view kind, Json duties);

Json Duties(std::initializer_list<std::string_view> names);

}  // namespace jiandu::contracts::testing
