// Prometheus' own counters behind our handles.
#include "node/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "base/error.h"

namespace jiandu::node {
namespace {

constexpr double kMicrosecondsPerSecond = 1e6;

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries kSeconds{
      0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
      0.1,    0.2,    0.5,    1,     2,     5,     10,   30};
  return kSeconds;
}

}  // namespace

void Counter::Add(std::uint64_t by) const {
  if (counter_ != nullptr) counter_->Increment(static_cast<double>(by));
}
std::uint64_t Counter::Value() const {
  return counter_ == nullptr ? 0 : static_cast<std::uint64_t>(counter_->Value());
}

void Gauge::Set(std::int64_t value) const {
  if (gauge_ != nullptr) gauge_->Set(static_cast<double>(value));
}
void Gauge::Add(std::int64_t by) const {
  if (gauge_ != nullptr) gauge_->Increment(static_cast<double>(by));
}
std::int64_t Gauge::Value() const {
  return gauge_ == nullptr ? 0 : static_cast<std::int64_t>(gauge_->Value());
}

void Histogram::ObserveUs(std::int64_t microseconds) const {
  if (histogram_ != nullptr) {
    histogram_->Observe(static_cast<double>(microseconds) / kMicrosecondsPerSecond);
  }
}

class Metrics::State {
 public:
  // The same name again gives the same family instead of an exception.
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::Metrics(Metrics&&) noexcept = default;
Metrics& Metrics::operator=(Metrics&&) noexcept = default;
Metrics::~Metrics() = default;

Counter Metrics::MakeCounter(const std::string& name, const std::string& help,
                             const MetricLabels& labels) {
  JD_ASSERT(name.starts_with("jiandu_") && name.ends_with("_total"));
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
  return Counter(&family.Add(labels));
}

Gauge Metrics::MakeGauge(const std::string& name, const std::string& help,
                         const MetricLabels& labels) {
  JD_ASSERT(name.starts_with("jiandu_"));
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
  return Gauge(&family.Add(labels));
}

Histogram Metrics::MakeHistogram(const std::string& name, const std::string& help,
                                 const MetricLabels& labels) {
  JD_ASSERT(name.starts_with("jiandu_") && name.ends_with("_seconds"));
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry);
  return Histogram(&family.Add(labels, Buckets()));
}

std::string Metrics::Render() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, state_->registry.Collect());
  return std::move(out).str();
}

}  // namespace jiandu::node
