// What is signed to read at a node, and what is not.
#include "cli/sign_in.h"

#include <gtest/gtest.h>

#include <string>

namespace jiandu::cli {
namespace {

const std::string kKey(64, 'a');
const std::string kGood =
    "Jiandu: sign in to read\ndomain: 127.0.0.1:8440\nchain: linjiang-1\nidentity: " + kKey +
    "\nnonce: 00\nissued: 1\nexpires: 2\nserver: 00\n";
const SignInAsked kAsked{.host = "127.0.0.1:8440", .chain = "linjiang-1", .key = kKey};

TEST(CheckChallenge, OneOfTheNodeThatWasCalledIsSigned) {
  EXPECT_TRUE(CheckChallenge(kGood, kAsked).has_value());
  SignInAsked any_chain = kAsked;
  any_chain.chain = "";
  EXPECT_TRUE(CheckChallenge(kGood, any_chain).has_value());
}

TEST(CheckChallenge, OneOfAnotherAddressChainOrKeyIsNot) {
  for (const SignInAsked& asked :
       {SignInAsked{.host = "127.0.0.1:8441", .chain = "linjiang-1", .key = kKey},
        SignInAsked{.host = "127.0.0.1", .chain = "linjiang-1", .key = kKey},
        SignInAsked{.host = "127.0.0.1:8440", .chain = "linjiang", .key = kKey},
        SignInAsked{.host = "127.0.0.1:8440", .chain = "linjiang-1", .key = "b"}}) {
    const auto checked = CheckChallenge(kGood, asked);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, Errc::kForbidden);
  }
}

// A line that stands twice, or elsewhere, might be read by the node as another.
TEST(CheckChallenge, ALineInAnotherPlaceIsNoLine) {
  const std::string title = "Jiandu: sign in to read\n";
  const std::string rest = kGood.substr(title.size());
  for (const std::string& text :
       {std::string(), title, rest, "x" + kGood, title + "domain: node:1\n" + rest,
        title + "\n" + rest, kGood.substr(0, kGood.find("nonce") - 1)}) {
    EXPECT_FALSE(CheckChallenge(text, kAsked).has_value()) << text;
  }
}

}  // namespace
}  // namespace jiandu::cli
