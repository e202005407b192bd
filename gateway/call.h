// One request on its way through the API, and what handlers share.
//
// A Call is owned by whoever works on it: the pipeline, then a handler, then a callback of the
// node. Gateway thread; only Services::post may be used from elsewhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http_types.h"
#include "gateway/ports.h"
#include "gateway/problem.h"
#include "gateway/read_auth.h"
#include "gateway/settings.h"
#include "gateway/target.h"
#include "gateway/worker.h"

namespace jiandu::gateway {

struct Route;
using Answer = std::expected<Response, Problem>;

struct Call {
  Request request;
  Target target;
  const Route* route = nullptr;
  std::vector<std::string> captures;               // values of the template's {names}, in order
  std::shared_ptr<const LedgerSnapshot> snapshot;  // routes that read
  std::shared_ptr<const LedgerSnapshot> newest;    // the same, but for `as_of`: who may ask now
  std::optional<Reader> reader;                    // who reads, when known
  std::weak_ptr<void> alive;
  Responder respond;
  std::int64_t now_ms = 0;
  // While it is answered elsewhere: set when the gateway stops.
  const std::atomic<bool>* stopping = nullptr;

  // Nobody waits for the answer any more: what takes long asks this and leaves off. Never on the
  // gateway thread.
  [[nodiscard]] bool IsAbandoned() const {
    return stopping != nullptr && (*stopping || alive.expired());
  }
};

// Runs work on the gateway thread; from any thread. Work posted after Stop is dropped.
using Post = std::function<void(std::move_only_function<void()>)>;

// Runs a job of a reader on another thread than the gateway's, or says why not. From the gateway
// thread.
using Elsewhere = std::function<Room(std::string_view reader, LongJob job)>;

struct Services {
  const GatewaySettings* settings = nullptr;
  TxSubmitter* submitter = nullptr;
  LedgerReader* reader = nullptr;
  NodeStatus* status = nullptr;
  Post post;
  Elsewhere elsewhere;  // none: long answers are given on the gateway thread
  // Shared by handlers; gateway thread only.
  std::shared_ptr<std::atomic<std::size_t>> waiters = std::make_shared<std::atomic<std::size_t>>(0);
};

// A place among the limits::kHttpWaitersMax calls that wait for the ledger; freed when it goes,
// with the callback that holds it.
class WaiterSlot {
 public:
  WaiterSlot() = default;  // no place
  // Nothing when all are taken.
  [[nodiscard]] static std::optional<WaiterSlot> Take(const Services& services);
  WaiterSlot(WaiterSlot&&) noexcept = default;
  WaiterSlot& operator=(WaiterSlot&&) noexcept = delete;
  WaiterSlot(const WaiterSlot&) = delete;
  WaiterSlot& operator=(const WaiterSlot&) = delete;
  ~WaiterSlot();

 private:
  explicit WaiterSlot(std::shared_ptr<std::atomic<std::size_t>> count) : count_(std::move(count)) {}
  std::shared_ptr<std::atomic<std::size_t>> count_;
};

// Sends the answer: problems become documents, If-None-Match and HEAD are honoured.
void Reply(Call call, Answer answer);

[[nodiscard]] Response JsonResponse(const Json& json, int status = 200);
// Bytes as they are; of an address that has both, for who accepts them and no JSON.
[[nodiscard]] Response OctetResponse(ByteView bytes);
[[nodiscard]] bool WantsOctets(const Call& call);
// What reading behind authorisation carries: height, entity tag, no caching.
void MarkAsRead(Response& response, const LedgerSnapshot& snapshot, std::string_view tag);
// The tag of a view of the state: "h<height>-<first 8 digits of the app hash>".
[[nodiscard]] std::string StateTag(const LedgerSnapshot& snapshot);
// A problem with one parameter of the query.
[[nodiscard]] Problem BadParameter(std::string_view name, std::string_view detail);

}  // namespace jiandu::gateway
