// SPDX-License-Identifier: Apache-2.0
// Streams: the handshake of a link, then bytes of nobody's but those who use them.
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <cstring>
#include <future>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

constexpr int patience_ms = 10'000;

/// Keeps the first stream that comes.
class stream_record final : public net::link_events {
 public:
  struct arrival {
    link::identity peer;
    net::stream_key key;
    net::byte_stream stream;
  };

  arrival wait() {
    auto come = arrived_.get_future();
    if (come.wait_for(std::chrono::seconds{10}) != std::future_status::ready) throw std::runtime_error{"no stream"};
    return come.get();
  }

 private:
  void on_peer_up(const link::identity&) override {}
  void on_peer_down(const link::identity&, const error&) override {}
  void on_message(const link::identity&, std::string_view, bytes_view) override {}
  void on_refused(const error&, bool) override {}
  void on_stream(const link::identity& peer, const net::stream_key& key, net::byte_stream&& stream) override {
    arrived_.set_value({peer, key, std::move(stream)});
  }

  std::promise<arrival> arrived_;
};

net::stream_key key_of(std::string_view text) {
  net::stream_key out{};
  std::memcpy(out.data(), text.data(), text.size());
  return out;
}

result<net::byte_stream> open_stream(net::link_host& from, std::uint16_t port, std::string_view key) {
  auto promised = std::make_shared<std::promise<result<net::byte_stream>>>();
  auto answer = promised->get_future();
  auto called = from.open_stream("127.0.0.1", port, key_of(key), [promised](result<net::byte_stream> stream) {
    promised->set_value(std::move(stream));
  });
  if (!called) return fail(std::move(called.error()));
  if (answer.wait_for(std::chrono::seconds{10}) != std::future_status::ready) return fail(errc::timeout);
  return answer.get();
}

std::string receive(net::byte_stream& from, std::size_t count) {
  std::string out(count, ' ');
  std::size_t have = 0;
  while (have < count) {
    pollfd waiting{from.descriptor(), POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) != 1) return "nothing came";
    const auto got = from.receive_some(std::as_writable_bytes(std::span{out}).subspan(have));
    if (!got) return to_string(got.error());
    have += *got;
  }
  return out;
}

void send(net::byte_stream& to, std::string_view text) {
  const bytes_view part = as_bytes(text);
  ASSERT_EQ(to.send_some({&part, 1}).value(), text.size());
}

TEST(LinkStream, CarriesBytesBothWaysWithoutALink) {
  stream_record record;
  auto host = net::link_host::start(link_config_of("a", 1), record).value();
  link_node b{"b", 2};

  auto opened = open_stream(*b.host, host->port(), "what it is for");
  auto came = record.wait();

  ASSERT_TRUE(opened) << to_string(opened.error());
  EXPECT_EQ(came.key, key_of("what it is for"));
  EXPECT_EQ(came.peer.node, "b");
  send(*opened, "there");
  EXPECT_EQ(receive(came.stream, 5), "there");
  send(came.stream, "and back");
  EXPECT_EQ(receive(*opened, 8), "and back");
}

TEST(LinkStream, OutlivesTheHosts) {
  stream_record record;
  auto host = net::link_host::start(link_config_of("a", 1), record).value();
  auto b = std::make_unique<link_node>("b", 2);
  auto opened = open_stream(*b->host, host->port(), "key");
  ASSERT_TRUE(opened);
  auto came = record.wait();

  b.reset();
  host.reset();

  send(*opened, "still there");
  EXPECT_EQ(receive(came.stream, 11), "still there");
  opened->close();
  std::byte one{};
  pollfd waiting{came.stream.descriptor(), POLLIN, 0};
  ASSERT_EQ(::poll(&waiting, 1, patience_ms), 1);
  const auto after = came.stream.receive_some({&one, 1});
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, errc::link_down);
}

TEST(LinkStream, ANodeWithAnotherSecretGetsNone) {
  link_node a{"a", 1};
  auto config = link_config_of("b", 2);
  config.secret = "another one";
  link_node b{std::move(config)};

  const auto opened = open_stream(*b.host, a.host->port(), "key");

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::bad_secret);
}

TEST(LinkStream, WhereNobodyListensIsUnreachable) {
  link_node b{"b", 2};
  std::uint16_t port = 0;
  {
    const link_node gone{"a", 1};
    port = gone.host->port();
  }

  const auto opened = open_stream(*b.host, port, "key");

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::unreachable);
}

TEST(LinkStream, AnotherMachineIsRefusedWithoutTls) {
  link_node b{"b", 2};

  const auto called = b.host->open_stream("192.0.2.1", 1, {}, [](const result<net::byte_stream>&) {});

  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, errc::address_refused);
}

TEST(LinkStream, WhoNeverSaysWhatItIsForIsClosed) {
  auto config = link_config_of("a", 1);
  config.times.handshake_within = 300ms;
  config.times.tick = 20ms;
  link_node a{std::move(config)};
  scripted_peer mute{a.host->port(), {.role = link::channel::stream}};
  ASSERT_TRUE(mute.shake_hands());

  // It is closed without a word, since nothing but the key may travel there.
  const auto from = std::chrono::steady_clock::now();
  EXPECT_FALSE(mute.read());
  EXPECT_LT(std::chrono::steady_clock::now() - from, 4s) << "nothing came, but it was not closed";
  EXPECT_FALSE(a.host->send("scripted", "k", {}));
}

TEST(LinkStream, AHostThatEndsAnswersWhoWaits) {
  link_node a{"a", 1};
  auto b = std::make_unique<link_node>("b", 2);
  auto promised = std::make_shared<std::promise<result<net::byte_stream>>>();
  auto answer = promised->get_future();
  ASSERT_TRUE(b->host->open_stream("127.0.0.1", a.host->port(), {}, [promised](result<net::byte_stream> stream) {
    promised->set_value(std::move(stream));
  }));

  b.reset();

  EXPECT_EQ(answer.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

}  // namespace
}  // namespace dunlin::test
