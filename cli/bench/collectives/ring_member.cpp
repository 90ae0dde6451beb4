// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/collectives/ring_member.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <istream>
#include <memory>
#include <ostream>
#include <sstream>
#include <vector>

#include "actors/collective/collective_seat.hpp"
#include "actors/collective/link_streams.hpp"
#include "cli/bench/link_echo.hpp"
#include "gpu/kernels/share_kernels.hpp"
#include "net/secret_file/secret_file.hpp"

/// tests/bench/floor/raw_streams.cpp: nothing of ours is in it, so it has no header of ours.
extern "C" int raw_stream_listen(std::uint16_t* port);
extern "C" int raw_stream_connect(std::uint16_t port, int buffer_bytes);
extern "C" int raw_stream_accept(int listener, int buffer_bytes);
extern "C" double raw_stream_exchange(int out, int in, char* from, char* into, std::size_t array_bytes,
                                      std::size_t bytes, std::size_t block, int threads);

namespace dunlin::bench {

namespace {

constexpr int large_buffer_bytes = 8 << 20;
constexpr std::size_t checked_every = 1'009;

using clock_type = std::chrono::steady_clock;

double seconds_since(clock_type::time_point from) {
  return std::chrono::duration<double>{clock_type::now() - from}.count();
}

time_point now() { return time_point{std::chrono::duration_cast<duration>(clock_type::now().time_since_epoch())}; }

/// Both ends of this process' place in a ring of bare sockets.
struct raw_ends {
  int out = -1;
  int in = -1;
};

class ring_member final : net::link_events {
 public:
  result<void> start(const std::string& order) {
    std::istringstream words{order};
    std::uint32_t number = 0;
    std::size_t bytes = 0;
    std::string secret_file;
    words >> number >> bytes >> secret_file;
    auto secret = net::read_secret(secret_file);
    if (!secret) return fail(std::move(secret.error()));
    auto config = bench_link("member" + std::to_string(number), *secret);
    const member_place own{config.own.node, config.own.life, "127.0.0.1", 0};
    auto host = net::link_host::start(std::move(config), *this);
    if (!host) return fail(std::move(host.error()));
    host_ = std::move(*host);
    auto known = own;
    known.port = host_->port();
    place_ = std::make_unique<meeting_place>(known, std::make_shared<link_streams>([this] { return host_; }, now), now);
    from_.assign(bytes / sizeof(float), static_cast<float>(number + 1));
    into_.assign(bytes / sizeof(float), 0);
    listener_ = raw_stream_listen(&raw_port_);
    return {};
  }

  [[nodiscard]] std::uint16_t raw_port() const noexcept { return raw_port_; }

  result<std::string> obey(const std::string& line) {
    std::istringstream words{line};
    std::string what;
    words >> what;
    if (what == "invite") return invite_others(words);
    if (what == "join") return join_ring(words);
    if (what == "reduce") return in_words(reduce(words));
    if (what == "raw") return in_words(exchange(words));
    return fail(errc::malformed, "a member of a ring does not know '" + what + "'");
  }

 private:
  void on_peer_up(const link::identity&) override {}
  void on_peer_down(const link::identity&, const error&) override {}
  void on_message(const link::identity&, std::string_view, bytes_view) override {}
  void on_refused(const error&, bool) override {}
  void on_stream(const link::identity& peer, const net::stream_key& key, net::byte_stream&& stream) override {
    place_->on_stream(peer.life, purpose_of(key), std::move(stream));
  }

  static std::string in_words(double seconds) {
    std::ostringstream out;
    out.precision(9);
    out << seconds;
    return out.str();
  }

  result<std::string> invite_others(std::istream& words) {
    std::uint32_t members = 0;
    words >> members;
    auto group = invite(*place_, members);
    if (!group) return fail(std::move(group.error()));
    convenes_ = true;
    std::ostringstream out;
    const auto& at = group->convener;
    out << group->high << ' ' << group->low << ' ' << members << ' ' << at.node << ' ' << at.life.value << ' '
        << at.port;
    return out.str();
  }

  result<std::string> join_ring(std::istream& words) {
    group_invitation group;
    auto& at = group.convener;
    std::uint16_t raw_port = 0;
    words >> group.high >> group.low >> group.members >> at.node >> at.life.value >> at.port >> raw_port;
    const joining_terms terms;
    auto joined = convenes_ ? gather(*place_, group, terms) : join(*place_, group, terms);
    if (!joined) return fail(std::move(joined.error()));
    members_ = group.members;
    seat_surroundings around;
    around.kernels = [this]() -> kernel_backend& { return kernels_.here(0); };
    seat_ = std::make_unique<collective_seat>(*place_, group, std::move(*joined), std::move(around), group_limits{});
    for (std::size_t large = 0; large < raw_.size(); ++large) {
      const auto buffers = large == 0 ? 0 : large_buffer_bytes;
      raw_[large].out = raw_stream_connect(raw_port, buffers);
      raw_[large].in = raw_stream_accept(listener_, buffers);
      if (raw_[large].out < 0 || raw_[large].in < 0) return fail(errc::io_failed, "no bare connection to the next");
    }
    return std::string{"ready"};
  }

  double reduce(std::istream& words) {
    std::size_t count = 0;
    bool in_place = false;
    words >> count >> in_place;
    const auto from = std::span{from_}.first(count);
    const auto into = std::span{into_}.first(count);
    if (in_place) std::ranges::copy(from, into.begin());
    for (std::size_t i = 0; i < count && !in_place; i += checked_every) into[i] = 0;  // not the last sum
    if (!seat_->barrier()) return -1;
    const auto begin = clock_type::now();
    const auto done = in_place ? seat_->all_reduce(into) : seat_->all_reduce(from, into);
    const auto took = seconds_since(begin);
    const auto sum = static_cast<float>(members_ * (members_ + 1) / 2);
    for (std::size_t i = 0; i < count; i += checked_every)
      if (into[i] != sum) return -1;
    return done ? took : -1;
  }

  double exchange(std::istream& words) {
    std::size_t bytes = 0;
    raw_way way;
    words >> bytes >> way.threads >> way.block >> way.large_buffers;
    auto& ends = raw_[way.large_buffers ? 1 : 0];
    const auto array = [](std::vector<float>& values) { return reinterpret_cast<char*>(values.data()); };
    if (!seat_->barrier()) return -1;
    return raw_stream_exchange(ends.out, ends.in, array(from_), array(into_), from_.size() * sizeof(float), bytes,
                               way.block, static_cast<int>(way.threads));
  }

  std::unique_ptr<meeting_place> place_;
  share_kernels kernels_;
  std::unique_ptr<collective_seat> seat_;
  std::uint32_t members_ = 0;
  bool convenes_ = false;
  std::vector<float> from_;
  std::vector<float> into_;
  int listener_ = -1;
  std::uint16_t raw_port_ = 0;
  std::array<raw_ends, 2> raw_;           ///< with buffers as the kernel tunes them, and with large ones
  std::shared_ptr<net::link_host> host_;  ///< ends first: it tells the place of streams
};

}  // namespace

result<void> serve_ring_member(const std::string& order, std::istream& in, std::ostream& out) {
  ring_member member;
  if (auto started = member.start(order); !started) return started;
  out << member.raw_port() << std::endl;
  for (std::string line; std::getline(in, line);) {
    auto answer = member.obey(line);
    if (!answer) return fail(std::move(answer.error()));
    out << *answer << std::endl;
  }
  return {};
}

}  // namespace dunlin::bench
