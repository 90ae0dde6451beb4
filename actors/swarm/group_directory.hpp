// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "actors/collective/take_seat.hpp"
#include "coordination/collective/open_groups.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

namespace net {
class link_host;
}
struct link_desk;
struct local_node_parts;

/// Where handlers find groups by name: the leader knows them all, the others ask it. Thread: any.
class DUNLIN_EXPORT group_directory final : public group_finder {
 public:
  group_directory(link_desk& desk, std::function<time_point()> now) : desk_(desk), now_(std::move(now)) {}

  result<group_invitation> find(const std::string& name, const group_invitation& own, const wait_terms& terms) override;

  void give_up(const std::string& name, const group_invitation& own) override;

  /// At the leader: a node's member comes no more.
  void on_given_up(const group_given_up& news);

  /// At the leader: a node asks.
  [[nodiscard]] group_found on_sought(const group_sought& question);

  /// The leader has answered.
  void on_found(group_found&& answer);

  /// Nobody answers any more.
  void on_leader_down();

  /// That node convenes nothing any more.
  void on_node_down(incarnation life);

 private:
  /// Returns the question.
  request_id ask(const std::string& name, const group_invitation& own, completion<group_invitation> done);
  std::pair<std::string, std::shared_ptr<net::link_host>> way_to_leader();

  link_desk& desk_;
  std::function<time_point()> now_;
  std::mutex mutex_;
  open_groups open_;                                             ///< the leader's
  std::map<std::uint64_t, completion<group_invitation>> asked_;  ///< by question
  std::uint64_t last_question_ = 0;
};

/// Gives the node of this process a place for streams of groups, and the desk its directory of groups.
void open_meetings(const std::shared_ptr<link_desk>& desk, local_node_parts& node);

}  // namespace dunlin
