// What contracts cost one core, per transaction type, and whether it grows with the open cases.
//
// A state in LevelDB with 10^4, 10^5 and 10^6 open requests (or the sizes given), then some
// thousand cases of each type through their whole lives, in blocks of 1,000. No network; signatures
// count as checked. Times are CPU time of the thread, for the machine may be shared; a type's
// figure is the median of its blocks. Prints a table for each size; "ratio" is to the smallest
// size, whose blocks are played by turns with those of the others: the median of such pairs
// ("populate" is not by turns). "write" is the share of the time in which the store took the rows
// of the blocks, which in a node another thread does while the next block is judged. Beside it
// stands what does not depend on the machine, per transaction: keys asked for ("absent": that were
// not there), scans begun, rows and bytes written. Where these are the same at every size, a
// contract costs the same, and what differs in time is the store's.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "bench/contract_bench.h"
#include "crypto/hash.h"
#include "ledger/model/clock_index.h"

namespace jiandu::contracts {
namespace {

using ledger::EntityId;
using testing::Hash;
using testing::Head;
using testing::Maker;
using testing::Ref;
using testing::System;
using testing::TestCase;

// Bodies of a case, one after another.
class Cases {
 public:
  Cases(Bench& bench, std::size_t n) : bench_(bench), test_(bench.Test()), n_(n) {}

  void Populate(std::size_t open) {
    bench_.Play("populate", open, [&](std::size_t) { return Request(); });
  }
  void Catalogue() {
    const auto drafts = bench_.Play("resource.draft", n_, [&](std::size_t i) {
      return bench_.Make("resource.draft", testing::kGa, {Maker("ga-c1")},
                         Json::MakeObject({{"content", Content(i)}}));
    });
    const auto act = [&](const char* op, std::string_view who, const char* maker, const char* head,
                         auto fill) {
      bench_.Play(op, n_, [&, fill](std::size_t i) {
        Json body = Ref("resource", drafts[i]);
        fill(body, i);
        return bench_.Make(op, who, {Maker(maker), Head(head)}, std::move(body));
      });
    };
    act("resource.submit", testing::kGa, "ga-c1", "ga-l1",
        [&](Json& body, std::size_t i) { body.Set("content", Content(i)); });
    act("resource.review", testing::kDb, "db-c1", "db-h1",
        [](Json& body, std::size_t) { body.Set("verdict", "OK"); });
    act("resource.publish", testing::kDb, "db-c1", "db-h1", [](Json&, std::size_t) {});
  }
  void Requests() {
    requests_ = bench_.Play("request.submit", n_, [&](std::size_t) { return Request(); });
    const auto decide = [&](const char* name, const std::string& alias, std::string_view who) {
      bench_.Play(name, n_, [&](std::size_t i) {
        Json body = Ref("request", requests_[i]);
        body.Set("verdict", "APPROVE");
        return bench_.Make("decision.submit", who, {Maker(alias + "-c1"), Head(alias + "-h1")},
                           std::move(body));
      });
    };
    decide("decision.submit (provider)", "ga", testing::kGa);
    decide("decision.submit (manager)", "db", testing::kDb);
    grants_ = bench_.Play("grant.open", n_, [&](std::size_t i) {
      test_.request = requests_[i];
      Json body = test_.OpenBody();
      body.Set("rate_per_min", 100'000).Set("bytes_per_day", 1'000'000'000);
      return bench_.Make("grant.open", testing::kDb, {Maker("db-c1"), Head("db-h1")},
                         std::move(body));
    });
    bench_.Play("grant.acknowledge", n_, [&](std::size_t i) {
      Json body = Ref("grant", grants_[i]);
      body.Set("duty_agreement_digest", Hash('9'));
      return bench_.Make("grant.acknowledge", testing::kJt, {Head("jt-h1")}, std::move(body));
    });
  }
  void Accesses() {
    const auto report = [&](const std::string& name, const std::string& prefix, std::size_t over) {
      bench_.Play(name, n_, [&, prefix, over](std::size_t i) {
        test_.grant = grants_[i % over];
        return bench_.Make("access.record", testing::kGa, {System("ga-gw")},
                           test_.LoneRecord(prefix + std::to_string(i)));
      });
    };
    report("access.record, over 50 grants", "over-", 50);
    report("access.record, each of another grant", "acc-", n_);
    bench_.Play("access.acknowledge", n_, [&](std::size_t i) {
      Json body = Ref("grant", grants_[i]);
      body.Set("acc_id", "acc-" + std::to_string(i)).Set("response_digest", Hash('b'));
      return bench_.Make("access.acknowledge", testing::kJt, {System("jt-app")}, std::move(body));
    });
    const auto batches = [&](const std::string& name, std::size_t over, auto id_of) {
      bench_.Play(
          name, 24,
          [&, over, id_of](std::size_t i) {
            Json records = Json::MakeArray();
            for (std::size_t k = 0; k < kBlock; ++k) records.Push(test_.Record(id_of(i, k)));
            Json body = Ref("grant", grants_[i % over]);
            body.Set("batch_id", name.substr(14, 3) + std::to_string(i)).Set("form", "full");
            body.Set("records", std::move(records));
            return bench_.Make("access.batch", testing::kGa, {System("ga-gw")}, std::move(body));
          },
          1, kBlock);
    };
    batches("access.batch, full, records", n_, [](std::size_t i, std::size_t k) {
      return "b" + std::to_string(i) + "-" + std::to_string(k);
    });
    // As random ids are: between any two of them stand some of those there are.
    batches("access.batch, ids strewn, records", 1, [](std::size_t i, std::size_t k) {
      const std::string number = std::to_string(i) + "/" + std::to_string(k);
      return HexEncode(crypto::Sha256(AsBytes(number)).View().first(16));
    });
  }
  void Afterwards() {
    const auto corrections = bench_.Play("correction.file", n_, [&](std::size_t i) {
      Json body = Ref("resource", test_.resource);
      body.Set("version_seen", 0).Set("item_ids", testing::Texts({"status"})).Set("kind", "WRONG");
      body.Set("observed_digest", Hash('d')).Set("evidence_digest", Hash('e'));
      body.Set("seen_grant", ledger::ToHex(grants_[i]));
      return bench_.Make("correction.file", testing::kJt, {Maker("jt-c1")}, std::move(body));
    });
    bench_.Play("correction.resolve", n_, [&](std::size_t i) {
      Json body = Ref("correction", corrections[i]);
      body.Set("verdict", "NOT_WRONG")
          .Set("reason_code", "QUALITY")
          .Set("reason_digest", Hash('f'));
      body.Set("evidence_digest", Hash('2'));
      return bench_.Make("correction.resolve", testing::kGa, {Maker("ga-c1"), Head("ga-h1")},
                         std::move(body));
    });
    bench_.Play("dispute.file", n_, [&](std::size_t i) {
      Json body = Ref("case", corrections[i]);
      body.Set("claim_code", "REFUSAL").Set("claim_digest", Hash('1'));
      return bench_.Make("dispute.file", testing::kJt, {Maker("jt-c1"), Head("jt-h1")},
                         std::move(body));
    });
    bench_.Play("grant.suspend", n_, [&](std::size_t i) {
      Json body = Ref("grant", grants_[i]);
      body.Set("ground", "SAFEGUARD").Set("evidence", Json(Json::Array{Json(Hash('a'))}));
      body.Set("review_at", test_.net.Time() + 3 * testing::kDayMs);
      return bench_.Make("grant.suspend", testing::kDb, {Head("db-h1")}, std::move(body));
    });
  }

 private:
  TransactionPtr Request() {
    Json body = test_.RequestBody();
    body.Set("matter_code", "M-" + std::to_string(++matters_));  // no two alike
    return bench_.Make("request.submit", testing::kJt, {Maker("jt-c1"), Head("jt-h1")},
                       std::move(body));
  }
  static Json Content(std::size_t i) {
    Json content = testing::Content();
    content.Set("code", "R-" + std::to_string(i));
    Json items = content.Release("items");
    for (Json& item : items.MutableItems()) {
      item.Set("element_code", "DE-" + std::to_string(i) + std::string(item.TextOr("item_id")));
    }
    return content.Set("items", std::move(items));
  }

  Bench& bench_;
  TestCase& test_;
  std::size_t n_;
  std::size_t matters_ = 0;
  std::vector<EntityId> requests_, grants_;
};

// The first page of what is past due, with every populated case overdue.
double OverdueMs(Bench& bench) {
  const ledger::WorkCalendar calendar = ledger::ReadCalendar(bench.View());
  const ledger::TimeMs now = ledger::StartOfDate(20260901);
  std::vector<double> costs;
  for (int i = 0; i < 11; ++i) {
    const std::int64_t before = CpuNs();
    const auto rows = ledger::ListOverdue(bench.View(), calendar, now, "", 100);
    costs.push_back(static_cast<double>(CpuNs() - before) / 1e6);
    if (rows.size() != 100) Die("the list of what is overdue is not full");
  }
  std::ranges::sort(costs);
  return costs[costs.size() / 2];
}

// A state with `open` requests in a folder of its own.
struct Player {
  std::filesystem::path folder;
  std::size_t open = 0;
  std::unique_ptr<Bench> bench;
  std::unique_ptr<Cases> cases;

  void PlayAll() {
    cases->Catalogue();
    cases->Requests();
    cases->Accesses();
    cases->Afterwards();
  }
};

void Print(const Player& player, const Bench& smallest) {
  std::printf("\n%-40s %9s %6s %6s | %5s %6s %5s %5s %6s\n",
              (std::to_string(player.open) + " open cases, LevelDB, one core").c_str(), "tx/s",
              "ratio", "write", "gets", "absent", "scans", "rows", "bytes");
  for (const std::string& name : player.bench->Order()) {
    const Figure& figure = player.bench->Figures().at(name);
    const Traffic& traffic = figure.traffic;
    std::printf("  %-38s %9.0f %6.2f %5.0f%% | %5.1f %6.1f %5.2f %5.1f %6.0f\n", name.c_str(),
                figure.PerSecond(), figure.RatioTo(smallest.Figures().at(name)),
                100 * figure.WriteShare(), figure.Each(traffic.gets), figure.Each(traffic.absent),
                figure.Each(traffic.scans), figure.Each(traffic.rows), figure.Each(traffic.bytes));
  }
  std::printf("  %-38s %9.2f ms\n", "first page of what is overdue", OverdueMs(*player.bench));
  std::fflush(stdout);
}

void Measure(const std::vector<std::size_t>& sizes, std::size_t n) {
  const auto top =
      std::filesystem::temp_directory_path() / ("jiandu-bench-cases-" + std::to_string(::getpid()));
  std::filesystem::remove_all(top);
  std::vector<Player> players;
  Turns turns(sizes.size());
  for (const std::size_t open : sizes) {
    Player& player = players.emplace_back();
    player.folder = top / std::to_string(players.size());
    player.open = open;
    player.bench = std::make_unique<Bench>(player.folder);
    player.cases = std::make_unique<Cases>(*player.bench, n);
    std::fprintf(stderr, "%zu open cases ...\n", open);
    player.cases->Populate(open);
  }
  Bench::Settle();
  std::fprintf(stderr, "each type of transaction, by turns ...\n");
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < players.size(); ++i) {
      players[i].bench->Join(turns, i);
      threads.emplace_back([&player = players[i]] { player.PlayAll(); });
    }
  }
  for (const Player& player : players) Print(player, *players.front().bench);
  players.clear();
  std::filesystem::remove_all(top);
}

}  // namespace
}  // namespace jiandu::contracts

int main(int argc, char** argv) {
  std::vector<std::size_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
  if (std::ranges::find(sizes, 0U) != sizes.end()) {
    jiandu::contracts::Die("give the numbers of open cases, as 10000 1000000");
  }
  jiandu::contracts::Measure(sizes, 8000);
  return 0;
}
