// SPDX-License-Identifier: Apache-2.0
// Several shared devices in virtual time, with gangs and single requests that work for a while once they have what they
// asked for. Messages between holders and devices take time, in order between each two, as between actors.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/gang/gang_lease.hpp"

namespace dunlin::sim {

struct gang_plan {
  std::vector<gang_part> parts;  ///< one = a single request, as a gang of one device
  std::uint8_t priority = 5;
  duration after{0};  ///< when it comes
  duration work{1ms};
};

struct gang_sim_config {
  std::vector<sharing_pattern> patterns;  ///< of each device
  duration delay{0};                      ///< of the slowest message
  gang_terms terms;
  bool progresses = true;  ///< whenever somebody waits, somebody works; only without delays
};

class gang_sim {
 public:
  explicit gang_sim(const gang_sim_config& config);
  gang_sim(const gang_sim&) = delete;
  gang_sim& operator=(const gang_sim&) = delete;

  void add(const gang_plan& plan);

  /// Shares a device in another way, at some time.
  void switch_at(duration after, std::size_t device, sharing_pattern pattern);

  /// The device is lost at some time: whoever has a part of it loses its gang.
  void lose_at(duration after, std::size_t device);

  /// Runs until nothing happens any more. Returns when that was, since the start.
  duration run();

  struct seen {
    gang_plan plan;
    bool finished = false;
    std::string refused;  ///< why, in words
    bool lost = false;
    std::uint32_t attempts = 0;
  };
  [[nodiscard]] const std::map<agent_id, seen>& holders() const noexcept { return seen_; }

  /// Returns what is wrong now, in words; empty if nothing.
  [[nodiscard]] std::string wrong() const { return wrong_; }

 private:
  struct event {
    time_point at;
    std::uint64_t order;
    std::function<void()> call;
    bool operator>(const event& other) const noexcept { return at != other.at ? at > other.at : order > other.order; }
  };

  struct one_device {
    std::unique_ptr<arbiter> shares;
    device_capacity capacity;
    std::map<agent_id, fencing_token> holders = {};  ///< what its coordinator knows
    bool lost = false;
  };

  struct one_holder {
    std::optional<gang_lease> gang;
    std::uint64_t worked = 0;  ///< rises with every begin and end of work: an old end counts no more
    duration left{0};
    time_point since{};
  };

  void at(time_point when, std::function<void()> call);
  void send(std::uint64_t from, std::uint64_t to, std::function<void()> call);
  void tick();
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  // the devices' side
  void ask(const ask_part& wish);
  void give_back(const return_part& part);
  void perform(std::size_t device, sharing_effects& effects);
  void see(std::size_t device, const share_granted& e);
  void see(std::size_t device, const share_changed& e);
  void see(std::size_t device, const share_parked& e);
  void see(std::size_t device, const share_recalled& e);
  void see(std::size_t device, const share_revoked& e);
  void see(std::size_t device, const share_refused& e);

  // the holders' side
  template <class Call>
  void tell(std::size_t device, agent_id holder, Call call);
  void follow(agent_id holder, gang_effects& effects);
  void begin(agent_id holder);
  void pause(agent_id holder);
  void finish(agent_id holder);

  void check();
  void check_progress();
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] bool has_share(agent_id holder, device_id device) const;

  gang_sim_config config_;
  time_point start_{1'000s};
  time_point now_{1'000s};
  std::uint64_t order_ = 0;
  std::uint64_t dice_ = 0;
  std::vector<one_device> devices_;
  std::map<agent_id, one_holder> holders_;
  std::map<agent_id, seen> seen_;
  std::set<agent_id> working_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, time_point> arrived_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::string wrong_;
};

}  // namespace dunlin::sim
