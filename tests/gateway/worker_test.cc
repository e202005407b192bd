// Answers that take long run beside the gateway's thread, and a full queue is told.
#include "gateway/worker.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

TEST(Worker, RunsJobsInOrderAndRefusesWhatFindsNoRoom) {
  Worker worker(2);
  std::promise<void> begun;
  std::promise<void> go_on;
  std::vector<int> done;
  ASSERT_TRUE(worker.Offer([&] {
    begun.set_value();
    go_on.get_future().wait();
    done.push_back(1);
  }));
  begun.get_future().wait();
  std::promise<void> last;
  EXPECT_TRUE(worker.Offer([&] { done.push_back(2); }));
  EXPECT_TRUE(worker.Offer([&] {
    done.push_back(3);
    last.set_value();
  }));
  EXPECT_FALSE(worker.Offer([&] { done.push_back(4); }));
  go_on.set_value();
  last.get_future().wait();
  EXPECT_EQ(done, (std::vector<int>{1, 2, 3}));
}

TEST(Worker, OutlivesAJobThatThrows) {
  Worker worker(4);
  std::promise<void> done;
  EXPECT_TRUE(worker.Offer([] { throw std::bad_alloc(); }));
  EXPECT_TRUE(worker.Offer([&done] { done.set_value(); }));
  done.get_future().wait();
}

TEST(Worker, DropsWhatWaitsWhenItStops) {
  Worker worker(4);
  std::promise<void> begun;
  std::promise<void> go_on;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> waiting = held;
  ASSERT_TRUE(worker.Offer([&] {
    begun.set_value();
    go_on.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(worker.Offer([held = std::move(held)] {}));
  go_on.set_value();
  worker.Stop();
  EXPECT_TRUE(waiting.expired());
  EXPECT_FALSE(worker.Offer([] {}));
}

// The gateway's thread answers others while a query waits for the worker.
TEST(LongAnswers, AreAnsweredElsewhere) {
  Harness harness;
  std::vector<Worker::Job> jobs;
  bool is_full = false;
  harness.api->RunElsewhere([&](Worker::Job job) {
    if (is_full) return false;
    jobs.push_back(std::move(job));
    return true;
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
  jobs.front()();
  EXPECT_EQ(answer.status, 200);
  is_full = true;
  const Response full = harness.Get("/v1/audit/queries/q4", token);
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.Header("Retry-After"), "1");
}

TEST(LongAnswers, OfAClientThatHasGoneAreNotAnswered) {
  Harness harness;
  std::vector<Worker::Job> jobs;
  harness.api->RunElsewhere([&jobs](Worker::Job job) {
    jobs.push_back(std::move(job));
    return true;
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
  jobs.front()();
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace jiandu::gateway::test
