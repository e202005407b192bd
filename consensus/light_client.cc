// The light client's two steps.
#include "consensus/light_client.h"

#include <utility>

namespace jiandu::consensus {

LightClient::LightClient(std::string chain_id, ValidatorSet set, Height height)
    : chain_id_(std::move(chain_id)), set_(std::move(set)), height_(height) {}

Result<void> LightClient::Advance(const Header& header, const Commit& commit,
                                  ValidatorSet next_set) {
  if (header.next_validators_hash == header.validators_hash) {
    return Fail(Errc::kInvalid, "light client: the header announces no new set");
  }
  if (next_set.Hash() != header.next_validators_hash) {
    return Fail(Errc::kConflict, "light client: the set is not the announced one");
  }
  JD_CHECK(VerifyHead(header, commit));
  set_ = std::move(next_set);
  height_ = header.height;
  return {};
}

Result<void> LightClient::VerifyHead(const Header& header, const Commit& commit) const {
  if (header.version_block != kBlockProtocol) {
    return Fail(Errc::kInvalid, "light client: unknown block protocol");
  }
  if (header.chain_id != chain_id_) {
    return Fail(Errc::kConflict, "light client: header of another chain");
  }
  if (header.height <= height_) {
    return Fail(Errc::kConflict, "light client: heights do not rise");
  }
  if (header.validators_hash != set_.Hash()) {
    return Fail(Errc::kConflict, "light client: not the set that signs here");
  }
  // The part set does not follow from the header: the commit names it, its signatures cover it.
  BlockId id = commit.id;
  id.hash = header.Hash();
  return VerifyCommit(chain_id_, commit, set_, header.height, id);
}

}  // namespace jiandu::consensus
