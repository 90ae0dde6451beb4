// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "actors/swarm/swarm_process.hpp"
#include "cli/up/exit_deadline.hpp"
#include "cli/up/ready_line.hpp"
#include "cli/up/stop_signals.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

/// More than the parts of a process give the handlers that they wait for.
constexpr std::chrono::seconds end_patience{10};

/// Turns stop signals into a drain and then a stop, on a thread of its own that costs nothing while there are none.
class signal_thread {
 public:
  signal_thread(stop_signals& signals, swarm_process& process)
      : over_(::eventfd(0, EFD_CLOEXEC)), thread_([this, &signals, &process] { serve(signals, process); }) {}
  ~signal_thread() {
    static_cast<void>(::eventfd_write(over_.get(), 1));
    thread_.join();
  }
  signal_thread(const signal_thread&) = delete;
  signal_thread& operator=(const signal_thread&) = delete;

 private:
  void serve(stop_signals& signals, swarm_process& process) {
    bool draining = false;
    std::array<pollfd, 2> wires{pollfd{signals.fd(), POLLIN, 0}, pollfd{over_.get(), POLLIN, 0}};
    while (true) {
      if (::poll(wires.data(), wires.size(), -1) < 0) continue;
      if (wires[1].revents != 0) return;
      while (signals.take()) {
        if (std::exchange(draining, true))
          process.stop();
        else
          process.drain();
      }
    }
  }

  descriptor over_;
  std::thread thread_;
};

void print(const console& out, const ready_line& ready) {
  if (out.json()) return out.line(to_json(ready));
  out.line(ready.node + " is ready; link on 127.0.0.1:" + std::to_string(ready.link_port));
  if (!ready.url.empty()) out.line("HTTP on " + ready.url + ", token in " + ready.token_file);
  if (!ready.no_gpu.empty()) out.line("no GPU: " + ready.no_gpu);
}

class node_start final : public verb {
 public:
  node_start() : verb("node start", "run one node in this process until it is told to stop", flag_set::node) {}

  result<int> run(verb_context& with) override {
    stop_signals signals;
    auto process = swarm_process::start(with.config.swarm, with.kinds);
    if (!process) return fail(process.error());
    auto& node = **process;
    print(with.out, {with.config.swarm.node, static_cast<std::uint64_t>(::getpid()), node.link_port(), node.http_url(),
                     node.token_file(), node.no_gpu_reason()});
    std::optional<swarm_end> end;
    {
      const signal_thread turns_signals{signals, node};
      while (!end) end = node.wait(std::chrono::hours{1});
    }
    const auto& name = with.config.swarm.node;
    const exit_deadline bound{
        end_patience, [&] {
          with.out.refuse(error{errc::stuck_handler, name + " had to be ended by force: " + end->why,
                                "a handler with isolation async has to return at once"});
        }};
    process->reset();
    if (end->clean) return exit_code::ok;
    return fail(errc::internal, name + " ended: " + end->why);
  }
};

}  // namespace

std::unique_ptr<verb> make_node_start() { return std::make_unique<node_start>(); }

}  // namespace dunlin::cli
