// SPDX-License-Identifier: Apache-2.0
// A group whose members are threads of the test, each as if in a process of its own: streams between them are pairs of
// sockets, which can be severed as the death of a process would.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/collective/collective_seat.hpp"

namespace dunlin::testing {

class circle {
 public:
  explicit circle(std::uint32_t members);
  ~circle();
  circle(const circle&) = delete;
  circle& operator=(const circle&) = delete;

  group_limits limits{20s, 1};
  /// Before every wait of that member.
  std::map<std::uint32_t, std::function<void()>> before_wait;

  /// Has every member join and work, each on its thread, until all have returned. Member 0 convenes; ranks are as
  /// numbered. Returns what `work` returned, or why a member could not join, by number.
  std::vector<result<void>> run(const std::function<result<void>(collective_seat&, std::uint32_t)>& work);

  /// Ends every stream from and to that member, as if its process had died. Thread: any.
  void sever(std::uint32_t member);

  /// Ends the streams that carry elements between the two.
  void sever_between(std::uint32_t one, std::uint32_t other);

  /// Told before and after a member waits for the others, on its thread; may be empty.
  std::function<void(std::uint32_t member, bool rests)> when_resting;

  /// Time stands still but for this. Thread: any.
  void pass(duration time) { passed_ += time.count(); }

  [[nodiscard]] meeting_place& place(std::uint32_t member) { return *places_[member]; }

 private:
  friend class circle_opener;
  struct joint {
    std::uint32_t from;
    std::uint32_t to;
    bool has_elements;
    int descriptor;  ///< its own of the pair
  };
  result<net::byte_stream> connect(std::uint32_t from, std::uint32_t to, const net::stream_key& key);
  result<void> take_part(const group_invitation& group, std::uint32_t member,
                         const std::function<result<void>(collective_seat&, std::uint32_t)>& work);

  std::atomic<duration::rep> passed_{0};
  std::vector<std::unique_ptr<meeting_place>> places_;
  std::mutex mutex_;
  std::vector<joint> joints_;
  std::vector<bool> is_dead_;
};

}  // namespace dunlin::testing
