// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/collective/circle.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "gpu/kernels/scalar_backend.hpp"

namespace dunlin::testing {

namespace {

std::uint32_t number_of(const member_place& place) { return static_cast<std::uint32_t>(place.life.value - 1); }

}  // namespace

/// One member's way to the others.
class circle_opener final : public stream_opener {
 public:
  circle_opener(circle& all, std::uint32_t from) : all_(all), from_(from) {}
  result<net::byte_stream> open(const member_place& to, const net::stream_key& key, const wait_terms&) override {
    return all_.connect(from_, number_of(to), key);
  }

 private:
  circle& all_;
  std::uint32_t from_;
};

circle::circle(std::uint32_t members) : is_dead_(members) {
  for (std::uint32_t i = 0; i < members; ++i) {
    member_place own;
    own.node = "node" + std::string(1, static_cast<char>('a' + i));
    own.life = {i + 1};
    places_.push_back(std::make_unique<meeting_place>(own, std::make_shared<circle_opener>(*this, i),
                                                      [this] { return time_point{} + 1h + duration{passed_}; }));
  }
}

circle::~circle() {
  for (const auto& one : joints_) ::close(one.descriptor);
}

result<net::byte_stream> circle::connect(std::uint32_t from, std::uint32_t to, const net::stream_key& key) {
  auto ends = net::byte_stream::make_pair();
  if (!ends) return fail(std::move(ends.error()));
  {
    const std::lock_guard lock{mutex_};
    if (is_dead_[from] || is_dead_[to]) return fail(errc::unreachable, "its process has died");
    const bool has_elements = purpose_of(key).to != to_convener;
    joints_.push_back({from, to, has_elements, ::fcntl(ends->first.descriptor(), F_DUPFD_CLOEXEC, 0)});
  }
  places_[to]->on_stream({from + 1}, purpose_of(key), std::move(ends->second));
  return std::move(ends->first);
}

void circle::sever(std::uint32_t member) {
  const std::lock_guard lock{mutex_};
  is_dead_[member] = true;
  for (const auto& one : joints_)
    if (one.from == member || one.to == member) ::shutdown(one.descriptor, SHUT_RDWR);
}

void circle::sever_between(std::uint32_t one, std::uint32_t other) {
  const std::lock_guard lock{mutex_};
  for (const auto& joint : joints_)
    if (joint.has_elements && std::minmax(joint.from, joint.to) == std::minmax(one, other))
      ::shutdown(joint.descriptor, SHUT_RDWR);
}

result<void> circle::take_part(const group_invitation& group, std::uint32_t member,
                               const std::function<result<void>(collective_seat&, std::uint32_t)>& work) {
  auto& place = *places_[member];
  const joining_terms terms{limits.deadline};
  auto joined = member == 0 ? gather(place, group, terms) : join(place, group, terms);
  if (!joined) return fail(std::move(joined.error()));
  scalar_backend kernels;
  seat_surroundings around;
  around.kernels = [&kernels]() -> kernel_backend& { return kernels; };
  around.cancelled = [hook = before_wait[member]] {
    if (hook) hook();
    return false;
  };
  const auto rests = [this, member](bool whether) {
    if (when_resting) when_resting(member, whether);
  };
  around.rest = [&rests] { return rests(true), result<void>{}; };
  around.resume = [&rests]() -> result<void> {
    rests(false);
    return {};
  };
  collective_seat seat{place, group, std::move(*joined), std::move(around), limits};
  return work(seat, member);
}

std::vector<result<void>> circle::run(const std::function<result<void>(collective_seat&, std::uint32_t)>& work) {
  const auto group = invite(*places_[0], static_cast<std::uint32_t>(places_.size())).value();
  std::vector<result<void>> out(places_.size());
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    before_wait[i];  // made here: the threads only read
  }
  std::vector<std::jthread> threads;
  threads.reserve(places_.size());
  for (std::uint32_t i = 0; i < places_.size(); ++i)
    threads.emplace_back([this, i, &group, &work, &out] { out[i] = take_part(group, i, work); });
  threads.clear();
  return out;
}

}  // namespace dunlin::testing
