// Core::Step with any sequence of inputs: it never crashes, its memory is bounded, it never asks to
// sign one place twice, and it decides a height at most once.
//
// Every few bytes of the input make one input of the core, over a small world of four members,
// three blocks, a few rounds and heights, so that interesting sequences are short. Links:
// jiandu_consensus
#include "tests/consensus/core_test_net.h"

namespace {

using namespace jiandu::consensus;        // NOLINT: a program of its own
using namespace jiandu::consensus::test;  // NOLINT

constexpr std::size_t kInputsMax = 300;

class Bytewise {
 public:
  Bytewise(const std::uint8_t* data, std::size_t size) : data_(data, size) {}
  [[nodiscard]] bool AtEnd() const { return at_ >= data_.size(); }
  // Below `limit`; zeros after the end.
  std::size_t Below(std::size_t limit) { return AtEnd() ? 0 : data_[at_++] % limit; }

 private:
  std::span<const std::uint8_t> data_;
  std::size_t at_ = 0;
};

class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size)
      : bytes_(data, size), solo_(4, bytes_.Below(4), MakeParams()) {}

  void Go() {
    for (std::size_t i = 0; i < kInputsMax && !bytes_.AtEnd(); ++i) Give(Next());
  }

 private:
  static Params MakeParams() {
    Params params;
    params.min_interval_ms = 0;
    return params;
  }
  BlockId Id() {
    static const std::array<BlockId, 3> kIds{IdOf("a"), IdOf("b"), IdOf("c")};
    return kIds.at(bytes_.Below(3));
  }
  std::optional<BlockId> Value() {
    return bytes_.Below(3) == 0 ? std::nullopt : std::optional<BlockId>(Id());
  }
  Height AnyHeight() { return solo_.core.View().height + bytes_.Below(4) - (bytes_.Below(8) == 7); }
  Round AnyRound() {
    static constexpr std::array<Round, 12> kRounds{0, 0, 0, 1,  1,       2,
                                                   3, 4, 9, -1, 1 << 20, 2147483647};
    return kRounds.at(bytes_.Below(12));
  }
  Vote AnyVote(Height height, Round round) {
    return MakeVote(bytes_.Below(2) == 0 ? VoteType::kPrevote : VoteType::kPrecommit, height, round,
                    Value(), solo_.seats[bytes_.Below(4)]);
  }
  Certificate AnyCertificate() {
    Certificate certificate;
    certificate.kind = static_cast<Certificate::Kind>(1 + bytes_.Below(4));
    certificate.height = AnyHeight();
    certificate.round = AnyRound();
    if (bytes_.Below(4) != 0) certificate.id = Id();
    const VoteType type =
        certificate.kind == Certificate::Kind::kPolka ? VoteType::kPrevote : VoteType::kPrecommit;
    for (std::size_t seat = 0; seat < 2 + bytes_.Below(3); ++seat) {
      certificate.votes.push_back(bytes_.Below(8) == 0
                                      ? AnyVote(certificate.height, certificate.round)
                                      : MakeVote(type, certificate.height, certificate.round,
                                                 certificate.id, solo_.seats[seat % 4]));
    }
    return certificate;
  }
  Proposal AnyProposal() {
    const Round round = AnyRound();
    const Height height = AnyHeight();
    const Address from = bytes_.Below(8) == 0 || round < 0
                             ? solo_.seats[bytes_.Below(4)]
                             : SeatRotation().ProposerOf(height, round, *solo_.set);
    Proposal proposal =
        MakeProposal(height, round, bytes_.Below(2) == 0 ? -1 : AnyRound(), Id(), from);
    if (bytes_.Below(3) == 0) proposal.polka = AnyCertificate();
    return proposal;
  }
  StartHeight AnyStart() {
    StartHeight start;
    start.height = AnyHeight();
    start.set = bytes_.Below(16) == 0 ? nullptr : solo_.set;
    start.needs_proof = bytes_.Below(2) == 0 ? Work::kNone : Work::kPending;
    if (bytes_.Below(8) == 0) {
      SafetyState record;
      record.height = AnyHeight();
      record.round = AnyRound();
      record.step = static_cast<Step>(bytes_.Below(5));
      record.locked_id = Value();
      if (record.locked_id) record.locked_round = AnyRound();
      record.valid_id = Value();
      if (record.valid_id) record.valid_round = AnyRound();
      if (bytes_.Below(2) == 0) record.polka = AnyCertificate();
      if (bytes_.Below(2) == 0) record.last_proposal = AnyProposal();
      if (bytes_.Below(2) == 0) record.last_prevote = AnyVote(record.height, record.round);
      start.restored = record;
    }
    return start;
  }

  Input Next() {
    switch (bytes_.Below(16)) {
      case 0: return AnyStart();
      case 1:
      case 2: return ProposalIn{.proposal = AnyProposal(), .timely = bytes_.Below(4) != 0};
      case 3: return CertificateIn{.certificate = AnyCertificate()};
      case 4:
        return TimeoutIn{.timeout = {.kind = static_cast<Timeout::Kind>(bytes_.Below(6)),
                                     .height = AnyHeight(),
                                     .round = AnyRound()}};
      case 5: {
        if (asked_.empty()) return WorkAvailable{.height = AnyHeight()};
        return SignedOwn{.message = asked_[bytes_.Below(asked_.size())]};
      }
      case 6: return SyncedBlock{.commit = AnyCertificate(), .id = Id()};
      case 7: return WorkAvailable{.height = AnyHeight()};
      case 8: return Built{.height = AnyHeight(), .round = AnyRound(), .id = Id()};
      case 9: return Checked{.height = AnyHeight(), .id = Id(), .valid = bytes_.Below(4) != 0};
      case 10: return Finalized{.height = AnyHeight(), .id = Id()};
      case 11: {  // the current round's timers, which matter most
        const CoreView view = solo_.core.View();
        return TimeoutIn{.timeout = {.kind = static_cast<Timeout::Kind>(bytes_.Below(4)),
                                     .height = view.height,
                                     .round = view.round}};
      }
      default: {
        const CoreView view = solo_.core.View();
        return VoteIn{.vote =
                          AnyVote(view.height, view.round + static_cast<Round>(bytes_.Below(2)))};
      }
    }
  }

  void Give(const Input& input) {
    if (std::holds_alternative<StartHeight>(input) &&
        std::get<StartHeight>(input).restored.has_value()) {
      places_.clear();  // another run of the node: SignGuard stands between the two
    }
    for (const Effect& effect : solo_.core.Step(input)) {
      if (const auto* ask = std::get_if<SignAndPersist>(&effect)) {
        JD_ASSERT(places_.insert({ask->state.height, ask->state.round, ask->state.step}).second);
        if (asked_.size() < 64) asked_.push_back(ask->unsigned_message);
      } else if (const auto* decide = std::get_if<Decide>(&effect)) {
        JD_ASSERT(decided_.insert(decide->height).second);
      }
    }
    JD_ASSERT(solo_.core.ItemsKept() <= Core::ItemsKeptMax(4));
  }

  Bytewise bytes_;
  Solo solo_;
  std::vector<std::variant<Proposal, Vote>> asked_;
  std::set<std::tuple<Height, Round, Step>> places_;
  std::set<Height> decided_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(data, size).Go();
  return 0;
}
