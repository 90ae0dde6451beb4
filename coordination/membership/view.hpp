// SPDX-License-Identifier: Apache-2.0
// Who is in the swarm, as the leader sees it. Any sign of life renews a node; silence makes it suspect, longer silence
// makes it down; a reset connection plus a failed redial makes it down at once. Suspicion only stops new grants.
//
// Invariants: at most one life (incarnation) of a name is a member; every life that joined leaves by exactly one
// node_down or node_left; a name that is down or left comes back only by a join.
// Lateness: an owner whose own tick is late has not read its messages, so it multiplies all timeouts by 1 + how many
// ticks it was late (at most `max_stretch`), and trusts its clock again step by step. One that slept longer than that
// knows nothing about anybody and counts silence anew.
// Source: Dadgar, Phillips, Currey, Lifeguard: Local Health Awareness for More Accurate Failure Detection, 2018, IV.A.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

enum class node_state : std::uint8_t { alive, suspect, down, left };

/// Returns `alive`, `suspect`, `down` or `left`.
[[nodiscard]] DUNLIN_EXPORT std::string_view to_string(node_state state) noexcept;

/// Stop new grants to this node.
struct node_suspect {
  std::string node;
  incarnation life;
  duration silent_for{0};
};

/// It was suspect and lives.
struct node_back {
  std::string node;
  incarnation life;
};

/// This life of the node is over: fence it, take its tasks back when their leases allow.
struct node_down {
  std::string node;
  incarnation life;
  std::string reason;
};

/// It left on purpose.
struct node_left {
  std::string node;
  incarnation life;
  std::string why;
};

using membership_effect = std::variant<node_suspect, node_back, node_down, node_left>;

/// In order; appended to, never cleared by the view.
using membership_effects = std::vector<membership_effect>;

/// A node in the view.
struct cluster_member {
  std::string name;
  incarnation life;
  node_state state = node_state::alive;
  bool draining = false;
  bool connected = true;
  time_point joined{};
  time_point last_heard{};
  std::string reason;  ///< why it is down or left

  /// True if it may get new work.
  [[nodiscard]] bool takes_work() const noexcept { return state == node_state::alive && !draining && connected; }
  /// True if it has not ended.
  [[nodiscard]] bool is_member() const noexcept { return state == node_state::alive || state == node_state::suspect; }
};

struct membership_timing {
  duration tick = 250ms;  ///< how often the owner means to call `tick`
  duration suspect_after = 1s;
  duration down_after = 2'500ms;
  double max_stretch = 8;            ///< bound of the factor 1 + lateness
  std::size_t max_remembered = 256;  ///< ended nodes kept for the record
};

/// What a join meant.
enum class join_kind : std::uint8_t {
  fresh,     ///< first life under this name, or the first after an earlier one ended
  replaced,  ///< an earlier life was still a member and is down now
  rejoined,  ///< the same life, over a new connection
};

/// The leader's list of nodes. Thread: the owner's.
class DUNLIN_EXPORT membership_view {
 public:
  explicit membership_view(const membership_timing& timing = {});

  /// Takes a node in. A new life under a known name ends the old life at once, unless that one is live: connected and
  /// heard within `suspect_after`. Errors: duplicate_name, invalid_argument.
  [[nodiscard]] result<join_kind> join(std::string_view name, incarnation life, time_point now,
                                       membership_effects& out);

  /// Any message of this life counts as a sign of life. Errors: not_found, fenced_off (another life, or declared down:
  /// it has to join again).
  result<void> heard(std::string_view name, incarnation life, time_point now, membership_effects& out);

  /// Its connection ended; it gets no new work until it is back.
  void connection_lost(std::string_view name, incarnation life);

  /// An attempt to reach it again failed: down at once if the connection is lost.
  void redial_failed(std::string_view name, incarnation life, std::string_view cause, membership_effects& out);

  /// It said goodbye.
  void leaving(std::string_view name, incarnation life, std::string_view why, membership_effects& out);

  /// It takes no new work but stays a member. Errors: not_found.
  result<void> drain(std::string_view name);

  /// Judges silence. Call every `tick`; being late is noticed here.
  void tick(time_point now, membership_effects& out);

  /// Returns the factor on all timeouts now, 1 to `max_stretch`.
  [[nodiscard]] double stretch() const noexcept { return stretch_; }

  /// Returns the newest life under this name, or null.
  [[nodiscard]] const cluster_member* find(std::string_view name) const;

  /// Returns every known node, by name.
  [[nodiscard]] std::vector<cluster_member> list() const;

 private:
  using members = std::map<std::string, cluster_member, std::less<>>;
  [[nodiscard]] cluster_member* find_life(std::string_view name, incarnation life);
  [[nodiscard]] duration stretched(duration timeout) const noexcept;
  static join_kind rejoin(cluster_member& known, time_point now, membership_effects& out);
  static void note_alive(cluster_member& who, time_point now, membership_effects& out);
  static void end(cluster_member& who, node_state how, std::string reason, membership_effects& out);
  void judge(cluster_member& who, time_point now, membership_effects& out);
  void measure_lateness(time_point now);
  void excuse_silence(time_point now);
  void forget_oldest();

  membership_timing timing_;
  members members_;
  std::optional<time_point> last_tick_;
  double stretch_ = 1;
};

}  // namespace dunlin
