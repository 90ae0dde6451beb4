// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/bargain_messages.hpp"

#include <gtest/gtest.h>

#include "coordination/codec/fields.hpp"

namespace dunlin {
namespace {

template <class Message>
void comes_back(const Message& sent) {
  const auto got = codec::from_wire<Message>(codec::to_wire(sent));
  ASSERT_TRUE(got) << Message::wire_name;
  EXPECT_EQ(*got, sent) << Message::wire_name;
}

TEST(BargainMessages, ComeBackFromTheWireAsTheyWere) {
  comes_back(call_for_bids{3, device_id{1}, 132, 3, 50ms});
  comes_back(share_bid{3, agent_id{7}, 200, 800, 2s, {90, 40, 0}});
  comes_back(share_offer{3, 2, agent_id{7}, 450, 1 << 30, share_class::guaranteed, 50ms});
  comes_back(share_answer{3, 2, agent_id{7}, false, 600, 1'430});
}

TEST(BargainMessages, AClassThatIsNoneIsRefused) {
  const auto wrong = codec::to_wire(share_offer{3, 2, agent_id{7}, 450, 0, static_cast<share_class>(2), 50ms});
  EXPECT_EQ(codec::from_wire<share_offer>(wrong).error().code, errc::wrong_type);
}

}  // namespace
}  // namespace dunlin
