// Plain requests and responses, and who handles them. No Boost here: only two files see sockets.
//
// Plain values. Handlers run on the gateway thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace jiandu::gateway {

struct Field {
  std::string name;
  std::string value;
  bool operator==(const Field&) const = default;
};

// A request that passed the head guard. Field names are lower-case; the target is in origin form
// (or "*" for OPTIONS).
struct Request {
  std::string id;  // 32 hex digits, ours
  std::string method;
  std::string target;
  std::vector<Field> fields;
  std::string body;
  std::string peer;  // address of the other end, without its port

  // Of the first field of that name, or "" when there is none.
  [[nodiscard]] std::string_view Header(std::string_view lower_name) const {
    for (const Field& field : fields) {
      if (field.name == lower_name) return field.value;
    }
    return {};
  }
};

// What goes out. The server adds Date, Server, Content-Length and Connection.
struct Response {
  int status = 200;
  std::string content_type;  // empty: no body
  std::vector<Field> fields;
  std::string body;
  bool close = false;  // the connection ends after this answer
  // Let go when the answer is written or its connection has ended; nothing: not counted.
  std::shared_ptr<void> held = nullptr;

  [[nodiscard]] std::string_view Header(std::string_view name) const {
    for (const Field& field : fields) {
      if (field.name == name) return field.value;
    }
    return {};
  }
  void Set(std::string_view name, std::string value) {
    fields.push_back(Field{.name = std::string(name), .value = std::move(value)});
  }
};

// One line for the access log, for whoever the settings name.
struct AccessLine {
  std::string_view request_id;
  std::string_view peer;
  std::string_view method;
  std::string_view target;
  int status = 0;
  std::size_t bytes_in = 0;
  std::size_t bytes_out = 0;
  std::int64_t micros = 0;
};

// Called once, from any thread. An answer that never comes ends in the session's deadline.
using Responder = std::move_only_function<void(Response)>;

// Implemented by the API and by the metrics listener. Called on the thread that owns the session.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // `alive` expires when the client has gone.
  virtual void Handle(Request request, std::weak_ptr<void> alive, Responder respond) = 0;
  // What every answer carries, those of the parser too.
  virtual void Finish(Response& response) = 0;
};

}  // namespace jiandu::gateway
