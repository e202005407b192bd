// Identities whose keys prove themselves.
#include "tests/support/identity_case.h"

namespace jiandu::contracts::testing {

Json NewIdentity(TestNet& net, const std::string& name, std::string_view department,
                 std::string_view kind, Json duties) {
  net.AddPerson(name, department);
  const auto proof = PrivateKey(name).SignDigest(ledger::KeyProofDigest(kChain, department, name));
  Json json = Json::MakeObject({{"name", name},
                                {"kind", kind},
                                {"key", HexEncode(net.Who(name).key.View())},
                                {"key_proof", HexEncode(proof.View())}});
  if (!duties.Items().empty()) json.Set("duties", std::move(duties));
  return json;
}

Json Duties(std::initializer_list<std::string_view> names) {
  Json duties = Json::MakeArray();
  for (const std::string_view name : names) duties.Push(name);
  return duties;
}

}  // namespace jiandu::contracts::testing
