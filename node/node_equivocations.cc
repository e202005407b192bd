// Equivocations in the node: what the core has seen goes in, transactions and alarms come out.

#include <utility>

#include "node/node_state.h"

namespace jiandu::node {

void Node::State::MakeReporter() {
  ReporterOptions options{.chain = genesis_.chain,
                          .department = config_.node.department,
                          .me = me_,
                          .system = std::move(keys_->system),
                          .departments = names_};
  ReporterEvents events;
  events.submit = [this](Bytes stored, gateway::TxSubmitter::OnSubmitted done) {
    intake_->Submit(std::move(stored), std::move(done));
  };
  events.post = [this](std::function<void()> task) { OnLoop(std::move(task)); };
  events.on_alarm = [this](const std::string& what) { OnAlarm(what); };
  reporter_ = std::make_unique<EquivocationReporter>(std::move(options), std::move(events),
                                                     log_->Module("equivocations"));
}

void Node::State::TickReporter() {
  const store::LedgerViewPtr view = board_->Latest()->view;
  reporter_->Tick(*view, view->Height(), EventLoop::SteadyMs(), EventLoop::WallMs());
  figures_.reports.Set(static_cast<std::int64_t>(reporter_->UnderWay()));
}

}  // namespace jiandu::node
