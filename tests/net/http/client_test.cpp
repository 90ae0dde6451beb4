// SPDX-License-Identifier: Apache-2.0
#include "net/http/client.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "tests/net/http/house.hpp"

namespace dunlin::net {
namespace {

using test::http_house;
using testing::HasSubstr;

http_client client_of(const http_house& house, std::string token = std::string{test::test_token}) {
  client_config config;
  config.port = house.port();
  config.token = std::move(token);
  return http_client{std::move(config)};
}

task_spec spec_of(std::string kind) {
  task_spec out;
  out.shape.kind = std::move(kind);
  return out;
}

/// A listener that takes connections and never speaks.
struct mute_listener {
  mute_listener() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&here), size), 0);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&here), &size);
    port = ntohs(here.sin_port);
  }
  ~mute_listener() { ::close(socket); }
  int socket;
  std::uint16_t port = 0;
};

TEST(HttpClient, SubmitsAndFinds) {
  const http_house house;
  auto client = client_of(house);
  auto spec = spec_of("echo");
  spec.payload = {std::byte{0xff}};

  const auto answers = client.submit({spec, spec_of("other")});
  ASSERT_TRUE(answers) << to_string(answers.error());
  const auto found = client.find(answers->at(0).id);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->spec, spec);
  EXPECT_EQ(found->id, answers->at(0).id);
}

TEST(HttpClient, ListsWithEveryFilter) {
  http_house house;
  auto client = client_of(house);
  auto spec = spec_of("a");
  spec.name = "name & more=%";
  ASSERT_TRUE(client.submit({spec, spec_of("b")}));
  task_filter filter;
  filter.kind = "a";
  filter.name = spec.name;
  filter.states = {task_state::pending, task_state::running};
  filter.limit = 1;

  const auto page = client.list(filter);

  ASSERT_TRUE(page) << to_string(page.error());
  ASSERT_EQ(page->tasks.size(), 1U);
  EXPECT_EQ(page->tasks[0].spec.name, spec.name);
  filter.after = *page->next;
  EXPECT_TRUE(client.list(filter)->tasks.empty());
}

TEST(HttpClient, CancelsExplainsAndErases) {
  http_house house;
  auto client = client_of(house);
  const auto id = house.swarm.put();
  const auto old = house.swarm.put();
  house.swarm.advance(old, transition::succeed, task_state::succeeded);

  EXPECT_EQ(client.explain(id)->summary, "it waits for capacity");
  EXPECT_EQ(client.erase(id).error().code, errc::conflict);
  EXPECT_EQ(client.cancel(id)->status.state, task_state::cancelled);
  EXPECT_EQ(client.events(id)->size(), 2U);
  EXPECT_EQ(client.events(id, 3)->size(), 1U);
  EXPECT_EQ(client.erase(id), 1U);
  EXPECT_EQ(client.erase({task_state::succeeded}, std::chrono::seconds{1}), 1U);
}

TEST(HttpClient, ReadsTheCluster) {
  http_house house;
  house.swarm.node_list.resize(1);
  house.swarm.node_list[0].name = "n1";
  house.swarm.agent_list.resize(2);
  house.swarm.device_list.resize(3);
  auto client = client_of(house);

  EXPECT_EQ(client.nodes()->at(0).name, "n1");
  EXPECT_EQ(client.agents()->size(), 2U);
  EXPECT_EQ(client.devices()->size(), 3U);
  EXPECT_THAT(*client.metrics(), HasSubstr("dunlin_http_requests_total"));
  EXPECT_TRUE(client.drain("n1"));
  EXPECT_EQ(client.drain("n2").error().code, errc::not_found);
  EXPECT_TRUE(client.shut_down());
  EXPECT_TRUE(house.swarm.stopped);
}

/// Writes down what it is told; `until` ends it early.
struct diary final : task_watcher {
  bool on_event(const task_event& event) override {
    events.push_back(event.what);
    if (on_news) on_news();
    return events.size() < until;
  }
  bool on_progress(const task_progress& now) override {
    progress.push_back(now.percent);
    if (on_news) on_news();
    return true;
  }
  std::vector<transition> events;
  std::vector<int> progress;
  std::size_t until = 100;
  std::function<void()> on_news;
};

TEST(HttpClient, WatchesATaskToItsEnd) {
  http_house house;
  const auto id = house.swarm.put();
  diary told;
  told.on_news = [&, step = 0]() mutable {
    if (++step == 1) house.swarm.set_progress(id, {50, {}, 0, 0});
    if (step == 2) house.swarm.advance(id, transition::succeed, task_state::succeeded);
  };

  ASSERT_TRUE(client_of(house).watch(id, 0, told));

  EXPECT_EQ(told.events, (std::vector{transition::submit, transition::succeed}));
  EXPECT_EQ(told.progress, std::vector<int>{50});
}

TEST(HttpClient, AWatchGoesOnWhereTheServerCutIt) {
  http_house house([](http_limits& limits) { limits.watch_longest = 1ms; });
  const auto id = house.swarm.put();
  diary told;
  told.on_news = [&, step = 0]() mutable {
    ++step;
    if (step == 1) house.swarm.advance(id, transition::grant, task_state::leased);
    if (step == 2) house.swarm.advance(id, transition::start, task_state::running);
    if (step == 3) house.swarm.advance(id, transition::succeed, task_state::succeeded);
  };

  ASSERT_TRUE(client_of(house).watch(id, 0, told));

  EXPECT_EQ(told.events, (std::vector{transition::submit, transition::grant, transition::start, transition::succeed}));
  EXPECT_THAT(house.get("/metrics").body, testing::Not(HasSubstr(R"(events",status="200"} 1)"
                                                                 "\n")));
}

TEST(HttpClient, AWatcherMayHaveEnough) {
  http_house house;
  const auto id = house.swarm.put();
  diary told;
  told.until = 1;

  EXPECT_TRUE(client_of(house).watch(id, 0, told));
  EXPECT_EQ(told.events.size(), 1U);
}

TEST(HttpClient, WatchingAnUnknownTaskSaysSo) {
  const http_house house;
  diary told;
  const auto why = client_of(house).watch({1, 1}, 0, told).error();
  EXPECT_EQ(why.code, errc::not_found) << to_string(why);
}

TEST(HttpClient, AWatchEndsWithItsServer) {
  http_house house;
  const auto id = house.swarm.put();
  auto client = client_of(house);
  diary told;
  std::thread stopper;
  told.on_news = [&] { stopper = std::thread([&] { house.server.reset(); }); };

  const auto ended = client.watch(id, 0, told);
  stopper.join();

  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().code, testing::AnyOf(errc::link_down, errc::unreachable));
}

TEST(HttpClient, ReadinessIsEmptyOrSaysWhatIsMissing) {
  http_house house;
  auto client = client_of(house);
  EXPECT_EQ(client.readiness(), "");

  house.swarm.missing = "no node has joined";
  EXPECT_EQ(client.readiness(), "no node has joined");
}

TEST(HttpClient, TheServersErrorComesWhole) {
  http_house house;
  const error why{errc::infeasible, "no node has 9 GPUs", "ask for less", "tasks[0].resources.gpu_milli"};
  house.swarm.fail_next(why);

  EXPECT_EQ(client_of(house).submit({spec_of("a")}).error(), why);
}

TEST(HttpClient, AWrongTokenIsSaid) {
  const http_house house;
  EXPECT_EQ(client_of(house, "wrong").nodes().error().code, errc::unauthorised);
}

TEST(HttpClient, NobodyListeningIsUnreachableInWords) {
  const mute_listener nobody;  // bound, not listening: the port is surely taken by no server
  client_config config;
  config.port = nobody.port;

  const auto why = http_client{config}.nodes().error();

  EXPECT_EQ(why.code, errc::unreachable);
  EXPECT_THAT(why.context, HasSubstr("127.0.0.1:" + std::to_string(nobody.port)));
  EXPECT_THAT(why.hint, HasSubstr("dunlin up"));
}

TEST(HttpClient, AServerThatNeverAnswersIsATimeout) {
  const mute_listener mute;
  ::listen(mute.socket, 1);
  client_config config;
  config.port = mute.port;
  config.answer_deadline = 50ms;

  EXPECT_EQ(http_client{config}.nodes().error().code, errc::timeout);
}

TEST(HttpClient, AnAddressMustBeNumeric) {
  client_config config;
  config.address = "swarm.test";
  EXPECT_EQ(http_client{config}.nodes().error().code, errc::invalid_argument);
}

TEST(HttpClient, KeepsItsConnection) {
  const http_house house([](http_limits& limits) { limits.connections = 1; });
  auto client = client_of(house);

  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.nodes()) << i;
}

TEST(HttpClient, ReadsAgainWhereTheServerClosedAKeptConnection) {
  const http_house house([](http_limits& limits) { limits.requests_per_connection = 1; });
  auto client = client_of(house);

  for (int i = 0; i < 5; ++i) EXPECT_TRUE(client.nodes()) << i;
}

TEST(HttpClient, FindsARestartedServer) {
  auto house = std::make_unique<http_house>();
  auto client = client_of(*house);
  ASSERT_TRUE(client.nodes());
  net::http_config config;
  config.port = house->port();
  config.token = test::test_token;
  house.reset();
  test::fake_service swarm;
  const auto again = http_server::start(config, swarm);
  ASSERT_TRUE(again);

  EXPECT_TRUE(client.nodes());
}

TEST(HttpClient, ALargeBatchIsRefusedInWords) {
  const http_house house;
  auto spec = spec_of("a");
  spec.payload = to_bytes(std::string(150'000, 'x'));

  EXPECT_EQ(client_of(house).submit(std::vector(20, spec)).error().code, errc::too_large);
}

}  // namespace
}  // namespace dunlin::net
