// See log_policy.h.
#include "ledger/model/log_policy.h"

#include <algorithm>
#include <charconv>

namespace jiandu::ledger {
namespace {

constexpr std::string_view kNone = "none";

std::unexpected<Error> Refuse(std::size_t line, std::string_view why) {
  return Fail(Errc::kInvalid, "policy, line " + std::to_string(line) + ": " + std::string(why));
}

// Words parted by spaces and tabs; a comment has none.
std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || (words.empty() && line[begin] == '#')) return words;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

// One line after another, with the names that stand before it.
class Reading {
 public:
  explicit Reading(LogPolicy& policy) : policy_(&policy) {}

  Result<void> Take(std::size_t number, std::string_view line) {
    const auto words = WordsOf(line);
    if (words.empty()) return {};
    if (++lines_ > LogPolicy::kNamesMax) return Refuse(number, "over 1,024 definitions");
    if (words[0] == "log") return TakeLog(number, words);
    if (words[0] == "witness") return TakeWitness(number, words);
    if (words[0] == "group") return TakeGroup(number, words);
    if (words[0] == "quorum") return TakeQuorum(number, words);
    return Refuse(number, "neither log, witness, group nor quorum");
  }
  [[nodiscard]] Result<void> Finish() const {
    if (!has_quorum_) return Fail(Errc::kInvalid, "policy: no quorum line");
    return {};
  }

 private:
  using Words = std::vector<std::string_view>;

  Result<void> TakeLog(std::size_t number, const Words& words) {
    if (words.size() < 2 || words.size() > 3) return Refuse(number, "write: log <vkey> [<url>]");
    const auto key = crypto::NoteKey::Parse(words[1]);
    if (!key || key->type != crypto::NoteKeyType::kLog) return Refuse(number, "no key of a log");
    if (!log_keys_.insert(key->key).second) return Refuse(number, "this key stands twice");
    policy_->logs.push_back(*key);
    return {};
  }
  Result<void> TakeWitness(std::size_t number, const Words& words) {
    if (words.size() < 3 || words.size() > 4) {
      return Refuse(number, "write: witness <name> <vkey> [<url>]");
    }
    const auto key = crypto::NoteKey::Parse(words[2]);
    if (!key || key->type != crypto::NoteKeyType::kCosigner) {
      return Refuse(number, "no key of a cosigner");
    }
    if (!witness_keys_.insert(key->key).second) return Refuse(number, "this key stands twice");
    JD_CHECK(Name(number, words[1]));
    policy_->witnesses.push_back({.name = std::string(words[1]), .key = *key});
    return {};
  }
  Result<void> TakeGroup(std::size_t number, const Words& words) {
    if (words.size() < 4) return Refuse(number, "write: group <name> all|any|<k> <name>...");
    LogPolicy::Group group{.name = std::string(words[1]), .needed = 1, .members = {}};
    for (std::size_t i = 3; i < words.size(); ++i) {
      if (!names_.contains(words[i])) return Refuse(number, "a member is not defined before it");
      if (!grouped_.emplace(words[i]).second) return Refuse(number, "a name is a member twice");
      group.members.emplace_back(words[i]);
    }
    if (words[2] == "all") {
      group.needed = group.members.size();
    } else if (words[2] != "any") {
      const auto [end, error] =
          std::from_chars(words[2].data(), words[2].data() + words[2].size(), group.needed);
      if (error != std::errc() || end != words[2].data() + words[2].size() || group.needed == 0 ||
          group.needed > group.members.size()) {
        return Refuse(number, "a threshold is all, any, or 1 to the number of members");
      }
    }
    JD_CHECK(Name(number, words[1]));
    policy_->groups.push_back(std::move(group));
    return {};
  }
  Result<void> TakeQuorum(std::size_t number, const Words& words) {
    if (words.size() != 2 || has_quorum_) return Refuse(number, "write once: quorum <name>");
    if (words[1] != kNone && !names_.contains(words[1])) {
      return Refuse(number, "the quorum is not defined before it");
    }
    has_quorum_ = true;
    policy_->quorum = words[1];
    return {};
  }
  Result<void> Name(std::size_t number, std::string_view name) {
    if (name == kNone || !names_.emplace(name).second) {
      return Refuse(number, "this name is taken already");
    }
    return {};
  }

  LogPolicy* policy_;
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> grouped_;
  std::set<crypto::Ed25519PublicKey> log_keys_;
  std::set<crypto::Ed25519PublicKey> witness_keys_;
  std::size_t lines_ = 0;
  bool has_quorum_ = false;
};

}  // namespace

std::size_t QuorumCount(std::span<const GenesisValidator> validators) {
  std::vector<std::uint64_t> powers;
  std::uint64_t total = 0;
  for (const GenesisValidator& one : validators) {
    powers.push_back(one.power);
    total += one.power;
  }
  std::ranges::sort(powers);  // the weakest first: any others hold no less
  std::uint64_t held = 0;
  for (std::size_t count = 0; count < powers.size(); ++count) {
    held += powers[count];
    // held > 2/3 total, without the product: total is at most limits::kTotalPowerMax.
    if (held > total / 3 * 2 + total % 3 * 2 / 3) return count + 1;
  }
  return powers.size();
}

LogPolicy LogPolicy::Of(std::string_view chain, const crypto::Ed25519PublicKey& log_key,
                        std::span<const GenesisValidator> validators) {
  LogPolicy policy;
  policy.logs.push_back(
      {.name = LogOrigin(chain), .type = crypto::NoteKeyType::kLog, .key = log_key});
  if (validators.empty()) return policy;
  Group group{.name = "validators", .needed = QuorumCount(validators), .members = {}};
  for (const GenesisValidator& one : validators) {
    const std::string name = "V" + std::to_string(policy.witnesses.size() + 1);
    policy.witnesses.push_back({.name = name,
                                .key = {.name = CosignerName(chain, one.department),
                                        .type = crypto::NoteKeyType::kCosigner,
                                        .key = one.cosign_key}});
    group.members.push_back(name);
  }
  policy.quorum = group.name;
  policy.groups.push_back(std::move(group));
  return policy;
}

std::string LogPolicy::ToText() const {
  std::string text;
  for (const crypto::NoteKey& log : logs) text += "log " + log.ToText() + "\n";
  for (const Witness& witness : witnesses) {
    text += "witness " + witness.name + " " + witness.key.ToText() + "\n";
  }
  for (const Group& group : groups) {
    text += "group " + group.name + " " + std::to_string(group.needed);
    for (const std::string& member : group.members) text += " " + member;
    text += "\n";
  }
  return text + "quorum " + quorum + "\n";
}

Result<LogPolicy> LogPolicy::FromText(std::string_view text) {
  if (text.size() > kBytesMax) return Fail(Errc::kTooLarge, "policy: over 256 KiB");
  LogPolicy policy;
  Reading reading(policy);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    ++number;
    const bool is_plain = std::ranges::all_of(line, [](char c) {
      return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
    });
    if (!is_plain) return Refuse(number, "a control character");
    JD_CHECK(reading.Take(number, line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  JD_CHECK(reading.Finish());
  return policy;
}

bool LogPolicy::IsWitnessed(const std::set<std::string, std::less<>>& witnessed) const {
  if (quorum == kNone) return true;
  std::set<std::string, std::less<>> good = witnessed;
  for (const Group& group : groups) {  // members stand before their group
    const auto count = std::ranges::count_if(
        group.members, [&good](const std::string& name) { return good.contains(name); });
    if (static_cast<std::size_t>(count) >= group.needed) good.insert(group.name);
  }
  return good.contains(quorum);
}

Result<LogPolicy::Passed> LogPolicy::Check(const crypto::Note& note) const {
  Passed passed;
  JD_TRY(passed.checkpoint, Checkpoint::FromText(note.text));
  bool is_logs = false;
  std::set<std::string, std::less<>> witnessed;
  for (const crypto::NoteSignature& line : note.signatures) {
    for (const crypto::NoteKey& log : logs) {
      if (log.name != passed.checkpoint.origin || !crypto::IsOf(line, log)) continue;
      if (!crypto::VerifyNote(note.text, line, log)) {
        return Fail(Errc::kConflict, "checkpoint: the log's signature does not hold");
      }
      is_logs = true;
    }
    for (const Witness& witness : witnesses) {
      if (!crypto::IsOf(line, witness.key)) continue;
      if (!crypto::VerifyNote(note.text, line, witness.key)) {
        return Fail(Errc::kConflict,
                    "checkpoint: the cosignature of " + witness.key.name + " does not hold");
      }
      if (!witnessed.insert(witness.name).second) continue;
      const std::uint64_t time_s = crypto::CosignatureTime(line, witness.key);
      passed.oldest_s = passed.witnesses.empty() ? time_s : std::min(passed.oldest_s, time_s);
      passed.witnesses.push_back(witness.name);
    }
  }
  if (!is_logs) {
    return Fail(Errc::kUnauthenticated, "checkpoint: no log of the policy signed it");
  }
  if (!IsWitnessed(witnessed)) {
    return Fail(Errc::kUnauthenticated,
                "checkpoint: " + std::to_string(witnessed.size()) +
                    " of the policy's witnesses cosigned it, which is no quorum");
  }
  return passed;
}

}  // namespace jiandu::ledger
