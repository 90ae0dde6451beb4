// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/lease_round_trip.hpp"

#include <caf/all.hpp>
#include <chrono>
#include <future>
#include <utility>

#include "actors/node/coordinator.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr agent_id asking{1};

/// The trips of one measurement, from a thread that waits to an actor and back.
struct trips {
  std::uint64_t left = 0;
  clock_type::time_point from;  ///< of bare ones
  std::promise<double> took;    ///< microseconds each; 0 = a question was refused

  void end(clock_type::duration all, std::uint64_t count) {
    took.set_value(std::chrono::duration<double, std::micro>(all).count() / static_cast<double>(count));
  }
};

struct lap {
  std::shared_ptr<trips> over;
  std::uint64_t count = 0;
};

}  // namespace

}  // namespace dunlin::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::bench::lap)

namespace dunlin::bench {

namespace {

struct asker_state {
  coordinator_handle coordinator;
  lap now;
  clock_type::time_point asked;
  clock_type::duration waited{0};  ///< for all grants of the lap together
};

using again_atom = caf::atom_constant<caf::atom("again")>;

/// Stands where a node's dispatcher does: asks for a lease, gives it back when it is granted and, once that is done,
/// asks for the next one.
caf::behavior asker(caf::stateful_actor<asker_state>* self) {
  const auto ask = [self] {
    self->state.asked = clock_type::now();
    self->send(self->state.coordinator, share_ask{asking, 5, {}, 0, false});
  };
  const auto give_back = [self](lease_id lease) {
    const auto& coordinator = self->state.coordinator;
    self->send(coordinator, share_return{asking, lease});
    const auto again = [me = caf::actor_cast<caf::actor>(self)](const device_load&) {
      caf::anon_send(me, again_atom::value);
    };
    self->send(coordinator, load_query{again});
  };
  return {
      [self](const coordinator_handle& whom) { self->state.coordinator = whom; },
      [self, ask](const lap& begun) {
        self->state.now = begun;
        self->state.now.over->left = begun.count;
        self->state.waited = {};
        ask();
      },
      [self, give_back](const lease_granted& granted) {
        self->state.waited += clock_type::now() - self->state.asked;
        give_back(granted.lease);
      },
      [self, ask](again_atom) {
        auto& now = self->state.now;
        if (--now.over->left > 0) return ask();
        now.over->end(self->state.waited, now.count);
        now = {};
      },
      [self](const lease_lost&) { self->state.now.over->took.set_value(0); },
  };
}

caf::behavior echo(caf::event_based_actor* self, std::uint32_t) {
  return {[self](const lease_granted& one) { self->send(caf::actor_cast<caf::actor>(self->current_sender()), one); }};
}

/// Sends one message and gets it back, again and again.
caf::behavior pinger(caf::stateful_actor<lap>* self, const caf::actor& other) {
  return {
      [=](const lap& begun) {
        self->state = begun;
        self->state.over->left = begun.count;
        self->state.over->from = clock_type::now();
        self->send(other, lease_granted{asking, {}, {}, 0});
      },
      [=](const lease_granted& one) {
        auto& now = self->state;
        if (--now.over->left > 0) return self->send(other, one);
        now.over->end(clock_type::now() - now.over->from, now.count);
        now = {};
      },
  };
}

/// A node's context as far as a coordinator looks at it.
node_context_pointer context_of(std::shared_ptr<device_port> device, const caf::actor& dispatcher) {
  auto node = std::make_shared<node_context>();
  node->devices.push_back(std::move(device));
  node->has_host_memory.push_back(true);
  node->busy_ns.push_back(std::make_unique<std::atomic<std::uint64_t>>(0));
  node->now = [] { return time_point{std::chrono::duration_cast<duration>(clock_type::now().time_since_epoch())}; };
  node->dispatcher = caf::actor_cast<dispatcher_handle>(dispatcher);
  return node;
}

/// Both pairs of actors in one system.
class lease_desk {
 public:
  explicit lease_desk(std::shared_ptr<device_port> device) {
    config_.set("scheduler.policy", caf::atom("sharing"));
    config_.set("scheduler.max-threads", std::size_t{1});  // or it is chance which messages wake a thread
    system_ = std::make_unique<caf::actor_system>(config_);
    asker_ = system_->spawn(asker);
    coordinator_ = spawn_coordinator(*system_, context_of(std::move(device), asker_), 0);
    caf::anon_send(asker_, coordinator_);
    echo_ = system_->spawn(echo, 0U);
    pinger_ = system_->spawn(pinger, echo_);
  }
  ~lease_desk() {
    for (const auto& one : {asker_, echo_, pinger_}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(coordinator_, caf::exit_reason::user_shutdown);
    asker_ = echo_ = pinger_ = nullptr;
    coordinator_ = nullptr;
  }
  lease_desk(const lease_desk&) = delete;
  lease_desk& operator=(const lease_desk&) = delete;

  /// Microseconds of one; 0 if that many did not come back in time.
  double lease_us(std::uint64_t count) { return time(asker_, count); }
  double raw_us(std::uint64_t count) { return time(pinger_, count); }

 private:
  static double time(const caf::actor& who, std::uint64_t count) {
    auto over = std::make_shared<trips>();
    auto took = over->took.get_future();
    caf::anon_send(who, lap{over, count});
    return took.wait_for(std::chrono::seconds{30}) == std::future_status::ready ? took.get() : 0;
  }

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor asker_;
  caf::actor echo_;
  caf::actor pinger_;
  coordinator_handle coordinator_;
};

}  // namespace

result<void> add_lease_round_trip(bench_report& out, std::shared_ptr<device_port> device,
                                  const coordination_options& options) {
  lease_desk desk{std::move(device)};
  const std::uint64_t count = options.round_trips;
  if (desk.lease_us(count) == 0 || desk.raw_us(count) == 0)  // warm
    return fail(errc::timeout, "a lease was not granted in time");
  const auto sides = measure_abba(
      std::max(3U, options.rounds / 4), [&] { return desk.lease_us(count); }, [&] { return desk.raw_us(count); });
  add_comparison(out, "lease_round_trip_us", "raw_round_trip_us", "us", sides);
  out.figures.back().note = "one message there and one back";
  (out.figures.end() - 2)->note =
      "from the question to the grant; nobody else wants the device; one thread runs the actors";
  return {};
}

}  // namespace dunlin::bench
