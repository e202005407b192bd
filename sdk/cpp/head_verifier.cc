// The steps from the genesis document to the roots that a certified header binds.
#include "sdk/cpp/head_verifier.h"

#include <chrono>
#include <optional>

#include "base/hex.h"
#include "consensus/commit.h"
#include "ledger/model/stub.h"

namespace jiandu::sdk {
namespace {

// Walks the steps; every method returns false after recording why.
class Walk {
 public:
  Walk(const ledger::HeadProof& head, const ledger::Genesis& genesis, VerifySteps& steps)
      : head_(head), genesis_(genesis), steps_(steps) {}

  std::optional<consensus::Header> Run() {
    if (Genesis() && Epochs() && Header() && Certificate() && Opening()) return header_;
    return std::nullopt;
  }

 private:
  bool Genesis() {
    if (head_.chain != genesis_.chain || head_.genesis_hash != genesis_.hash) {
      return steps_.Fails("genesis",
                          "the proof is of network " + head_.chain + " " +
                              ShortHex(head_.genesis_hash.View()) + ", the genesis document of " +
                              genesis_.chain + " " + ShortHex(genesis_.hash.View()),
                          "证明与创世文件不属于同一网络");
    }
    auto set = GenesisValidatorSet(genesis_);
    if (!set) return steps_.Fails("genesis", set.error().detail, "创世文件中的验证节点无效");
    set_ = std::move(*set);
    return steps_.Holds(
        "genesis",
        "network " + genesis_.chain + ", " + std::to_string(set_->List().size()) + " validators",
        "网络 " + genesis_.chain + "，验证节点 " + std::to_string(set_->List().size()) + " 个");
  }

  // The header and its commit, under the set that is current now.
  Result<consensus::Header> CheckCertified(ByteView header_bytes, ByteView commit_bytes) {
    JD_TRY(consensus::Header header, consensus::Header::Decode(header_bytes));
    if (header.chain_id != genesis_.chain) return Fail(Errc::kConflict, "header of another chain");
    if (header.validators_hash != set_->Hash()) {
      return Fail(Errc::kConflict, "header names another validator set");
    }
    JD_TRY(const consensus::Commit commit, consensus::Commit::Decode(commit_bytes));
    if (commit.id.hash != header.Hash()) return Fail(Errc::kConflict, "commit of another header");
    JD_CHECK(consensus::VerifyCommit(genesis_.chain, commit, *set_, header.height, commit.id));
    return header;
  }

  bool Epochs() {
    consensus::Height last = 0;
    for (const ledger::EpochStep& step : head_.epochs) {
      const std::string where = "after height " + std::to_string(last) + ": ";
      auto header = CheckCertified(step.header, step.commit);
      if (!header)
        return steps_.Fails("epochs", where + header.error().detail, "验证节点变更无法证实");
      auto next = consensus::ValidatorSet::Decode(step.next_set);
      if (!next)
        return steps_.Fails("epochs", where + next.error().detail, "新的验证节点集合无法读取");
      if (header->height <= last || next->Hash() != header->next_validators_hash ||
          header->next_validators_hash == header->validators_hash) {
        return steps_.Fails("epochs", where + "the step is out of order or names another set",
                            "验证节点变更顺序或集合不符");
      }
      last = header->height;
      set_ = std::move(*next);
    }
    last_epoch_ = last;
    return steps_.Holds(
        "epochs", std::to_string(head_.epochs.size()) + " changes of the validator set followed",
        "已核对验证节点变更 " + std::to_string(head_.epochs.size()) + " 次");
  }

  bool Header() {
    auto header = consensus::Header::Decode(head_.header);
    if (!header) return steps_.Fails("header", header.error().detail, "区块头无法读取");
    if (header->chain_id != genesis_.chain) {
      return steps_.Fails("header", "header of chain " + header->chain_id, "区块头属于另一条链");
    }
    if (header->height <= last_epoch_ || header->validators_hash != set_->Hash()) {
      return steps_.Fails("header", "header names another validator set",
                          "区块头所列验证节点集合不符");
    }
    header_ = std::move(*header);
    const std::string time = UtcText(header_.time.Ms());
    return steps_.Holds("header", "height " + std::to_string(header_.height) + ", time " + time,
                        "高度 " + std::to_string(header_.height) + "，时间 " + time);
  }

  bool Certificate() {
    const auto certified = CheckCertified(head_.header, head_.commit);
    if (!certified) return steps_.Fails("certificate", certified.error().detail, "多数签名不成立");
    return steps_.Holds("certificate", "signed by more than two thirds of the validators",
                        "超过三分之二的验证节点已签名");
  }

  bool Opening() {
    if (ledger::AppHash(head_.log_size, head_.log_root, head_.state_root) != header_.app_hash) {
      return steps_.Fails("opening",
                          "log size, log root and state root do not hash to the header's app_hash",
                          "日志与状态根与区块头不符");
    }
    return steps_.Holds("opening",
                        "the header binds a log of " + std::to_string(head_.log_size) + " entries",
                        "区块头绑定的日志共 " + std::to_string(head_.log_size) + " 条");
  }

  const ledger::HeadProof& head_;
  const ledger::Genesis& genesis_;
  VerifySteps& steps_;
  std::optional<consensus::ValidatorSet> set_;
  consensus::Height last_epoch_ = 0;
  consensus::Header header_;
};

}  // namespace

std::string UtcText(ledger::TimeMs time) {
  using std::chrono::milliseconds, std::chrono::seconds, std::chrono::days;
  const std::chrono::sys_time<milliseconds> point{milliseconds(time)};
  const auto day = std::chrono::floor<days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<seconds>(point) - day};
  const auto two = [](auto number) {
    const std::string text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         " " + two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
         two(clock.seconds().count()) + " UTC";
}

std::string ShortHex(ByteView bytes) {
  return HexEncode(bytes.first(std::min<std::size_t>(8, bytes.size())));
}

bool VerifySteps::Holds(std::string name, std::string detail, std::string detail_zh) {
  list.push_back({std::move(name), true, std::move(detail), std::move(detail_zh)});
  return true;
}
bool VerifySteps::Fails(std::string name, std::string detail, std::string detail_zh) {
  list.push_back({std::move(name), false, std::move(detail), std::move(detail_zh)});
  return false;
}

Result<consensus::ValidatorSet> GenesisValidatorSet(const ledger::Genesis& genesis) {
  std::vector<consensus::Validator> validators;
  validators.reserve(genesis.validators.size());
  for (const ledger::GenesisValidator& seat : genesis.validators) {
    validators.push_back({.address = {}, .key = seat.consensus_key, .power = seat.power});
  }
  return consensus::ValidatorSet::From(std::move(validators));
}

std::optional<consensus::Header> VerifyHead(const ledger::HeadProof& head,
                                            const ledger::Genesis& genesis, VerifySteps& steps) {
  return Walk(head, genesis, steps).Run();
}

}  // namespace jiandu::sdk
