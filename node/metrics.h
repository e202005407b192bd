// Figures for Prometheus: counters, gauges and histograms named jiandu_*.
//
// Made at start, updated from any thread without a lock, rendered by the gateway. No label may come
// from outside (no txid, no person). Handles are cheap copies that must not outlive Metrics.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace jiandu::node {

using MetricLabels = std::map<std::string, std::string>;

class Counter {
 public:
  Counter() = default;
  void Add(std::uint64_t by = 1) const;
  [[nodiscard]] std::uint64_t Value() const;

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  prometheus::Counter* counter_ = nullptr;  // null: counts nothing
};

class Gauge {
 public:
  Gauge() = default;
  void Set(std::int64_t value) const;
  void Add(std::int64_t by) const;
  [[nodiscard]] std::int64_t Value() const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  prometheus::Gauge* gauge_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  void ObserveUs(std::int64_t microseconds) const;  // exported in seconds

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  prometheus::Histogram* histogram_ = nullptr;
};

class Metrics {
 public:
  Metrics();
  Metrics(Metrics&&) noexcept;
  Metrics& operator=(Metrics&&) noexcept;
  ~Metrics();

  // `name` begins with "jiandu_"; counters end in "_total". The same name with other labels is
  // another line of the same family; the same name and labels give the same handle.
  [[nodiscard]] Counter MakeCounter(const std::string& name, const std::string& help,
                                    const MetricLabels& labels = {});
  [[nodiscard]] Gauge MakeGauge(const std::string& name, const std::string& help,
                                const MetricLabels& labels = {});
  // `name` ends in "_seconds"; buckets from 100 us to 30 s.
  [[nodiscard]] Histogram MakeHistogram(const std::string& name, const std::string& help,
                                        const MetricLabels& labels = {});
  // Prometheus text format 0.0.4.
  [[nodiscard]] std::string Render() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace jiandu::node
