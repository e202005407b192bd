// Pauses between dials and the score of misbehaviour.
#include "node/peer_book.h"

#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "ledger/model/genesis.h"

namespace jiandu::node {
namespace {

constexpr std::int64_t kBanPoints = 100;
constexpr std::uint32_t kDoublingsMax = 4;
constexpr std::int64_t kQuietMs = 600'000;

}  // namespace

Result<HostPort> ParseHostPort(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return Fail(Errc::kInvalid, "\"" + address + "\" is not host:port");
  }
  HostPort parsed{.host = address.substr(0, colon), .port = 0};
  const char* const begin = address.data() + colon + 1;
  const char* const end = address.data() + address.size();
  const auto [rest, error] = std::from_chars(begin, end, parsed.port);
  if (begin == end || error != std::errc() || rest != end) {
    return Fail(Errc::kInvalid, "\"" + address + "\" has no port from 0 to 65535");
  }
  const bool is_bracketed = parsed.host.front() == '[' && parsed.host.back() == ']';
  if (is_bracketed) parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  if (parsed.host.empty() || (!is_bracketed && parsed.host.contains(':'))) {
    return Fail(Errc::kInvalid, "\"" + address + "\": write an IPv6 address as [::1]:port");
  }
  return parsed;
}

Result<PinnedPeer> ParseFollower(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || !ledger::IsDepartmentCode(text.substr(0, equals))) {
    return Fail(Errc::kInvalid, text + ": not DEPARTMENT=node key");
  }
  const auto bytes = HexDecode(text.substr(equals + 1));
  const auto key = bytes ? crypto::Ed25519PublicKey::From(*bytes) : std::nullopt;
  if (!key) return Fail(Errc::kInvalid, text + ": the key is not 64 hex digits");
  return PinnedPeer{.department = text.substr(0, equals), .key = *key, .address = {}};
}

bool PeerRecord::MayDial(std::int64_t now_ms) const {
  return !pinned_.address.empty() && now_ms >= next_dial_ms_ && BannedMs(now_ms) == 0;
}

void PeerRecord::DialFailed(const PeerTimings& timings, std::int64_t now_ms, std::uint32_t random) {
  const std::uint32_t doublings = std::min(failures_, 10U);
  const std::int64_t pause = std::min(timings.redial_ms_min << doublings, timings.redial_ms_max);
  ++failures_;
  next_dial_ms_ = now_ms + pause / 2 + static_cast<std::int64_t>(random) % (pause / 2 + 1);
}

std::uint32_t PeerRecord::Displaced(const PeerTimings& timings, std::int64_t now_ms,
                                    std::uint32_t random) {
  if (now_ms - displaced_at_ms_ > kQuietMs) displaced_ = 0;
  displaced_at_ms_ = now_ms;
  failures_ = displaced_++;
  DialFailed(timings, now_ms, random);
  return displaced_;
}

bool PeerRecord::Punish(const PeerTimings& timings, std::uint32_t points, std::int64_t now_ms) {
  // What was on its way when it was shut out must not shut it out twice.
  if (BannedMs(now_ms) > 0) return false;
  const std::int64_t faded = (now_ms - points_at_ms_) / 1000;
  points_ = std::max<std::int64_t>(points_ - faded, 0) + points;
  points_at_ms_ = now_ms;
  if (points_ < kBanPoints) return false;
  points_ = 0;
  banned_until_ms_ = now_ms + (timings.ban_ms << std::min(bans_, kDoublingsMax));
  ++bans_;
  return true;
}

std::int64_t PeerRecord::BannedMs(std::int64_t now_ms) const {
  return std::max<std::int64_t>(banned_until_ms_ - now_ms, 0);
}

}  // namespace jiandu::node
