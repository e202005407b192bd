// Answers that take long run beside the gateway's thread, and a full queue is told.
#include "gateway/worker.h"

#include <gtest/gtest.h>

#include <future>

#include "gateway/audit_transactions.h"
#include "gateway/held_answers.h"
#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

using Stopping = std::atomic<bool>;

// Each of them another reader's.
Room Offer(Worker& worker, LongJob job) {
  static int readers = 0;
  return worker.Offer(std::to_string(++readers), std::move(job));
}

TEST(Worker, RunsJobsInOrderAndRefusesWhatFindsNoRoom) {
  Worker worker({.waiting_max = 2, .of_reader_max = 1});
  std::promise<void> begun;
  std::promise<void> go_on;
  std::vector<int> done;
  ASSERT_EQ(Room::kTaken, Offer(worker, [&](const Stopping&) {
              begun.set_value();
              go_on.get_future().wait();
              done.push_back(1);
            }));
  begun.get_future().wait();
  std::promise<void> last;
  EXPECT_EQ(Room::kTaken, Offer(worker, [&](const Stopping&) { done.push_back(2); }));
  EXPECT_EQ(Room::kTaken, Offer(worker, [&](const Stopping&) {
              done.push_back(3);
              last.set_value();
            }));
  EXPECT_EQ(Room::kFull, Offer(worker, [&](const Stopping&) { done.push_back(4); }));
  go_on.set_value();
  last.get_future().wait();
  EXPECT_EQ(done, (std::vector<int>{1, 2, 3}));
}

TEST(Worker, OutlivesAJobThatThrows) {
  Worker worker({.waiting_max = 4, .of_reader_max = 1});
  std::promise<void> done;
  EXPECT_EQ(Room::kTaken, Offer(worker, [](const Stopping&) { throw std::bad_alloc(); }));
  EXPECT_EQ(Room::kTaken, Offer(worker, [&done](const Stopping&) { done.set_value(); }));
  done.get_future().wait();
}

TEST(Worker, DropsWhatWaitsWhenItStops) {
  Worker worker({.waiting_max = 4, .of_reader_max = 1});
  std::promise<void> begun;
  std::promise<void> go_on;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> waiting = held;
  ASSERT_EQ(Room::kTaken, Offer(worker, [&](const Stopping&) {
              begun.set_value();
              go_on.get_future().wait();
            }));
  begun.get_future().wait();
  EXPECT_EQ(Room::kTaken, Offer(worker, [held = std::move(held)](const Stopping&) {}));
  go_on.set_value();
  worker.Stop();
  EXPECT_TRUE(waiting.expired());
  EXPECT_EQ(Room::kFull, Offer(worker, [](const Stopping&) {}));
}

// One who asks much leaves room for the others.
TEST(Worker, GivesEachReaderAShare) {
  Worker worker({.waiting_max = 64, .of_reader_max = 2});
  std::promise<void> begun;
  std::promise<void> go_on;
  EXPECT_EQ(Room::kTaken, worker.Offer("a", [&](const Stopping&) {
    begun.set_value();
    go_on.get_future().wait();
  }));
  begun.get_future().wait();
  std::promise<void> second;
  EXPECT_EQ(Room::kTaken, worker.Offer("a", [&](const Stopping&) { second.set_value(); }));
  EXPECT_EQ(Room::kNoShare, worker.Offer("a", [](const Stopping&) {}));
  std::promise<void> third;
  EXPECT_EQ(Room::kTaken, worker.Offer("b", [&](const Stopping&) { third.set_value(); }));
  go_on.set_value();
  second.get_future().wait();
  third.get_future().wait();  // then both of a's have been done, and its share is free
  EXPECT_EQ(Room::kTaken, worker.Offer("a", [](const Stopping&) {}));
}

// A job that asks for it ends at once when the gateway does.
TEST(Worker, TellsTheJobThatRunsToLeaveOff) {
  Worker worker({.waiting_max = 4, .of_reader_max = 1});
  std::promise<void> begun;
  std::atomic<bool> left_off = false;
  EXPECT_EQ(Room::kTaken, worker.Offer("a", [&](const Stopping& stopping) {
    begun.set_value();
    stopping.wait(false);
    left_off = true;
  }));
  begun.get_future().wait();
  worker.Stop();
  EXPECT_TRUE(left_off);
}

// Once nobody waits for it, an answer has read enough.
TEST(LongAnswers, AreLeftOffWhenNobodyWaits) {
  Call call;
  auto client = std::make_shared<int>(1);
  call.alive = client;
  const ReadBudget budget(call);
  std::atomic<bool> stopping = false;
  call.stopping = &stopping;
  EXPECT_FALSE(budget.IsSpent());
  stopping = true;
  EXPECT_TRUE(budget.IsSpent());
  stopping = false;
  EXPECT_FALSE(budget.IsSpent());
  client.reset();
  EXPECT_TRUE(budget.IsSpent());
  call.stopping = nullptr;  // on the gateway's own thread
  EXPECT_FALSE(budget.IsSpent());
}

// The gateway's thread answers others while a query waits for the worker.
TEST(LongAnswers, AreAnsweredElsewhere) {
  Harness harness;
  std::vector<LongJob> jobs;
  Room room = Room::kTaken;
  harness.api->RunElsewhere([&](std::string_view, LongJob job) {
    if (room == Room::kTaken) jobs.push_back(std::move(job));
    return room;
  });
  const std::string token = harness.SignIn(harness.manager);
  const std::vector<Field> fields = {{.name = "authorization", .value = "Bearer " + token}};
  Response answer;
  answer.status = 0;
  Request request;
  request.method = "GET";
  request.target = "/v1/audit/queries/q4";
  request.fields = fields;
  harness.api->Handle(request, harness.alive,
                      [&answer](Response given) { answer = std::move(given); });
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(harness.Get("/v1/grants", token).status, 200);
  ASSERT_EQ(jobs.size(), 1U);
  const Stopping stopping = false;
  jobs.front()(stopping);
  EXPECT_EQ(answer.status, 200);
  room = Room::kFull;
  const Response full = harness.Get("/v1/audit/queries/q4", token);
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.Header("Retry-After"), "1");
  room = Room::kNoShare;
  const Response no_share = harness.Get("/v1/audit/queries/q4", token);
  EXPECT_EQ(no_share.status, 429);
  EXPECT_EQ(no_share.Header("Retry-After"), "1");
}

TEST(HeldAnswers, AreBoundedByReaderDepartmentAndAllTogetherUntilTheyGo) {
  HeldAnswers held({.of_reader_max = 2, .of_department_bytes = 50, .bytes_max = 100});
  const HeldAnswers::Owner a{.reader = "a", .department = "one"};
  const HeldAnswers::Owner b{.reader = "b", .department = "one"};
  const HeldAnswers::Owner c{.reader = "c", .department = "two"};
  auto first = held.Hold(a, 10);
  EXPECT_EQ(held.RoomFor(a), Room::kTaken);
  auto second = held.Hold(a, 10);
  EXPECT_EQ(held.RoomFor(a), Room::kNoShare);
  EXPECT_EQ(held.RoomFor(b), Room::kTaken);
  first.reset();
  EXPECT_EQ(held.RoomFor(a), Room::kTaken);
  auto large = held.Hold(b, 40);
  EXPECT_EQ(held.RoomFor(b), Room::kNoShare) << "its department has more than its part";
  EXPECT_EQ(held.RoomFor(a), Room::kNoShare);
  EXPECT_EQ(held.RoomFor(c), Room::kTaken);
  EXPECT_FALSE(held.IsFull());
  auto others = held.Hold(c, 50);
  EXPECT_TRUE(held.IsFull());
  EXPECT_EQ(held.RoomFor({.reader = "d", .department = "three"}), Room::kFull);
  large.reset();
  EXPECT_EQ(held.RoomFor(a), Room::kTaken);
  EXPECT_FALSE(held.IsFull());
}

// Who does not read what was made for him has no more made.
TEST(LongAnswers, CountUntilTheyAreWritten) {
  Harness harness;
  harness.api->RunElsewhere([](std::string_view, LongJob job) {
    const Stopping stopping = false;
    job(stopping);
    return Room::kTaken;
  });
  const std::string token = harness.SignIn(harness.manager);
  std::vector<Response> unread;
  for (int i = 0; i < 2; ++i) {
    unread.push_back(harness.Get("/v1/audit/queries/q4", token));
    EXPECT_EQ(unread.back().status, 200);
  }
  EXPECT_EQ(harness.Get("/v1/audit/queries/q4", token).status, 429);
  EXPECT_EQ(harness.Get("/v1/grants", token).status, 200);
  unread.pop_back();
  EXPECT_EQ(harness.Get("/v1/audit/queries/q4", token).status, 200);
}

TEST(LongAnswers, OfAClientThatHasGoneAreNotAnswered) {
  Harness harness;
  std::vector<LongJob> jobs;
  harness.api->RunElsewhere([&jobs](std::string_view, LongJob job) {
    jobs.push_back(std::move(job));
    return Room::kTaken;
  });
  const std::string token = harness.SignIn(harness.manager);
  Request request;
  request.method = "GET";
  request.target = "/v1/audit/queries/q4";
  request.fields = {{.name = "authorization", .value = "Bearer " + token}};
  auto alive = std::make_shared<int>(1);
  bool answered = false;
  harness.api->Handle(request, alive, [&answered](const Response&) { answered = true; });
  alive.reset();
  ASSERT_EQ(jobs.size(), 1U);
  const Stopping stopping = false;
  jobs.front()(stopping);
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace jiandu::gateway::test
