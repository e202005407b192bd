// /log: who sees what of the log, what may be cached, and addresses that are none.
#include <gtest/gtest.h>

#include "tests/gateway/harness.h"

namespace jiandu::gateway::test {
namespace {

using ledger::TileAt;

const ledger::DepartmentId kAudit = "11330100MB0000004D";

// A log of 300 entries; tiles say which they are.
class FakeLog final : public LogReader {
 public:
  std::optional<Published> Newest() const override {
    if (!has_checkpoint) return std::nullopt;
    return Published{.size = 300, .note = "o\n300\nroot\n\n— o AAAAAAAA\n"};
  }
  Result<Bytes> HashTile(std::uint32_t level, const TileAt& tile) const override {
    return There("hashes " + std::to_string(level) + " ", tile);
  }
  Result<Bytes> EntryBundle(const TileAt& tile) const override { return There("entries ", tile); }
  Result<std::string> Proof(ledger::LogIndex index) const override {
    if (index >= 300) return Fail(Errc::kNotFound, "secret detail");
    return "proof " + std::to_string(index);
  }
  Result<std::string> Policy() const override { return "quorum none\n"; }
  bool has_checkpoint = true;
  bool is_broken = false;

 private:
  Result<Bytes> There(const std::string& what, const TileAt& tile) const {
    if (is_broken) return Fail(Errc::kCorrupt, "secret detail");
    if (tile.End() > 300) return Fail(Errc::kNotFound, "secret detail");
    return ToBytes(what + tile.ToPath());
  }
};

class Log : public ::testing::Test {
 protected:
  Log() {
    harness_.api->ServeLog(&log_);
    harness_.node.AddDepartment(kAudit, "AUDITOR,DEPARTMENT");
    auditor_ = MakeOfficer(9, kAudit);
    harness_.node.AddKey(*auditor_);
    member_token_ = harness_.SignIn(harness_.police);
    auditor_token_ = harness_.SignIn(*auditor_);
  }
  Response Member(const std::string& path) { return harness_.Get(path, member_token_); }
  Response Auditor(const std::string& path) { return harness_.Get(path, auditor_token_); }

  Harness harness_;
  FakeLog log_;
  std::optional<Officer> auditor_;
  std::string member_token_, auditor_token_;
};

TEST_F(Log, MembersReadCheckpointsHashesAndProofs) {
  const Response checkpoint = Member("/log/checkpoint");
  EXPECT_EQ(checkpoint.status, 200);
  EXPECT_EQ(checkpoint.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(checkpoint.body, log_.Newest()->note);
  EXPECT_EQ(checkpoint.Header("Cache-Control"), "private, no-store");
  const Response tile = Member("/log/tile/0/000");
  EXPECT_EQ(tile.status, 200);
  EXPECT_EQ(tile.content_type, "application/octet-stream");
  EXPECT_EQ(tile.body, "hashes 0 000");
  EXPECT_EQ(tile.Header("Cache-Control"), "private, max-age=31536000, immutable");
  EXPECT_EQ(tile.Header("Vary"), "Authorization");
  EXPECT_EQ(Member("/log/tile/1/000.p/1").body, "hashes 1 000.p/1");
  EXPECT_EQ(Member("/log/tile/0/001.p/44").body, "hashes 0 001.p/44");
  EXPECT_EQ(Member("/log/proof/299.tlog-proof").body, "proof 299");
  EXPECT_EQ(Member("/log/policy").body, "quorum none\n");
}

TEST_F(Log, StrangersReadNothing) {
  for (const char* path : {"/log/checkpoint", "/log/policy", "/log/tile/0/000",
                           "/log/tile/entries/000", "/log/proof/1.tlog-proof"}) {
    EXPECT_EQ(harness_.Get(path).status, 401) << path;
  }
}

TEST_F(Log, EntriesAreForAuditorsAloneAndForOthersDoNotExist) {
  EXPECT_EQ(Auditor("/log/tile/entries/000").body, "entries 000");
  EXPECT_EQ(Auditor("/log/tile/entries/001.p/44").body, "entries 001.p/44");
  const Response manager = harness_.Get("/log/tile/entries/000", harness_.SignIn(harness_.manager));
  const Response member = Member("/log/tile/entries/000");
  EXPECT_EQ(manager.status, 404);
  EXPECT_EQ(member.status, 404);
  // As what does not exist for anybody: no word more.
  EXPECT_EQ(Harness::Parse(member).TextOr("detail"),
            Harness::Parse(Member("/log/tile/entries/999")).TextOr("detail"));
}

TEST_F(Log, WhatIsNotThereIs404) {
  for (const char* path :
       {"/log/tile/0/002", "/log/tile/0/0", "/log/tile/0/x000/001", "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256", "/log/tile/64/000", "/log/tile/00/000", "/log/tile/0/../000",
        "/log/tile/0/000/", "/log/tile/entries", "/log/tile/0", "/log/tile/entries/1",
        "/log/proof/300.tlog-proof", "/log/proof/1", "/log/proof/01.tlog-proof",
        "/log/proof/-1.tlog-proof", "/log", "/log/", "/log/tile//000"}) {
    const Response response = Auditor(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body.find("secret"), std::string::npos) << path;
    EXPECT_TRUE(response.Header("Cache-Control").find("immutable") == std::string_view::npos);
  }
}

TEST_F(Log, BeforeTheFirstCheckpointItIsSaidWhatIsMissing) {
  log_.has_checkpoint = false;
  const Response response = Member("/log/checkpoint");
  EXPECT_EQ(response.status, 404);
  EXPECT_NE(response.body.find("quorum"), std::string::npos);
  EXPECT_NE(response.body.find("联署"), std::string::npos);
}

TEST_F(Log, ABrokenDiskIsNotCached) {
  log_.is_broken = true;
  const Response response = Member("/log/tile/0/000");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST_F(Log, ANodeWithoutALogSaysSo) {
  harness_.api->ServeLog(nullptr);
  EXPECT_EQ(Member("/log/checkpoint").status, 404);
}

TEST_F(Log, OtherMethodsAreRefused) {
  EXPECT_EQ(harness_.Send("POST", "/log/checkpoint", {}, "x").status, 405);
  EXPECT_EQ(harness_.Send("HEAD", "/log/tile/0/000", {{"authorization", "Bearer " + member_token_}})
                .status,
            200);
}

}  // namespace
}  // namespace jiandu::gateway::test
