// SPDX-License-Identifier: Apache-2.0
// The parts of the bench between two processes: the second process, and the floor of a round trip.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <sstream>
#include <thread>

#include "cli/bench/bench_peer.hpp"
#include "cli/bench/peer_process.hpp"

extern "C" int tcp_ping_listen(std::uint16_t* port);
extern "C" void tcp_ping_serve(int listener);
extern "C" int tcp_ping_connect(std::uint16_t port);
extern "C" double tcp_ping_once(int socket);

namespace dunlin::bench {
namespace {

bool is_there(pid_t pid) { return ::kill(pid, 0) == 0; }

TEST(PeerProcess, AnswersWhatItIsAsked) {
  auto cat = peer_process::start({"cat"});
  ASSERT_TRUE(cat);
  EXPECT_EQ((*cat)->ask("first"), "first");
  EXPECT_EQ((*cat)->ask("second"), "second");
}

TEST(PeerProcess, EndsWithItsOwner) {
  auto cat = peer_process::start({"cat"});
  auto deaf = peer_process::start({"sleep", "1000"}, peer_process::manners::deaf);
  ASSERT_TRUE(cat && deaf);
  const auto first = (*cat)->pid();
  const auto second = (*deaf)->pid();
  EXPECT_TRUE(is_there(first) && is_there(second));

  cat->reset();
  deaf->reset();

  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

TEST(PeerProcess, OneThatEndedIsReported) {
  for (const auto* program : {"false", "/no/such/program"}) {
    auto gone = peer_process::start({program});
    ASSERT_TRUE(gone);
    std::signal(SIGPIPE, SIG_IGN);  // as the program does
    const auto answer = (*gone)->ask("hello");
    ASSERT_FALSE(answer) << program;
    EXPECT_TRUE(answer.error().code == errc::crashed || answer.error().code == errc::io_failed);
  }
}

TEST(BenchPeer, SaysWhyItCannotBeWhatItIsTold) {
  for (const auto* order : {"", "juggler\n", "node 1 2\n", "echo 1 /no/such/secret\n", "nats 1\n"}) {
    std::istringstream in{order};
    std::ostringstream out;
    EXPECT_FALSE(serve_bench_peer(in, out)) << order;
    EXPECT_THAT(out.str(), testing::EndsWith("\n"));
    EXPECT_THAT(out.str(), testing::Not(testing::HasSubstr("ready"))) << order;
  }
}

TEST(TcpFloor, SixtyFourBytesComeBack) {
  std::uint16_t port = 0;
  const auto listener = tcp_ping_listen(&port);
  ASSERT_GE(listener, 0);
  std::jthread server{[listener] { tcp_ping_serve(listener); }};
  const auto socket = tcp_ping_connect(port);
  ASSERT_GE(socket, 0);

  for (int i = 0; i < 100; ++i) EXPECT_GT(tcp_ping_once(socket), 0);

  ::close(socket);
}

}  // namespace
}  // namespace dunlin::bench
