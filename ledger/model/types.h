// The ledger's small words. Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "crypto/ecdsa.h"

namespace jiandu::ledger {

using Height = std::uint64_t;
using TimeMs = std::int64_t;     // milliseconds since 1970, as in header.time
using LogIndex = std::uint64_t;  // place in the log; 0 is the genesis entry
using TxId = Hash256;            // SHA-256("JIANDU-TX-1\0" || PAE)
using EnvHash = Hash256;         // SHA-256 of the stored transaction; CometBFT's data_hash leaf
using KeyId = crypto::KeyId;
using DepartmentId = std::string;  // 统一社会信用代码, 18 characters

// The role in which a key signs (docs/adr/0001 (Transactions)). MAKER 经办人, HEAD 负责人, PEER the
// head of another department, SYSTEM a machine.
enum class SignerRole : std::uint8_t { kMaker = 1, kHead = 2, kPeer = 3, kSystem = 4 };

}  // namespace jiandu::ledger
