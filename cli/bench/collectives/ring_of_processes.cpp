// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/collectives/ring_of_processes.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace dunlin::bench {

result<ring_of_processes> ring_of_processes::start(const std::vector<std::string>& program, std::uint32_t members,
                                                   std::size_t array_bytes, const std::string& secret_file) {
  ring_of_processes out;
  std::vector<std::string> orders;
  for (std::uint32_t i = 0; i < members; ++i) {
    auto started = peer_process::start(program);
    if (!started) return fail(std::move(started.error()));
    out.members_.push_back(std::move(*started));
    orders.push_back("ring " + std::to_string(i) + ' ' + std::to_string(array_bytes) + ' ' + secret_file);
  }
  const auto ports = out.ask_all(orders);
  if (!ports) return fail(error{ports.error()});
  const auto invitation = out.members_[0]->ask("invite " + std::to_string(members));
  if (!invitation) return fail(error{invitation.error()});
  for (std::uint32_t i = 0; i < members; ++i) orders[i] = "join " + *invitation + ' ' + (*ports)[(i + 1) % members];
  const auto ready = out.ask_all(orders);
  if (!ready) return fail(error{ready.error()});
  for (const auto& one : *ready)
    if (one != "ready") return fail(errc::internal, "a member of the ring: " + one);
  return out;
}

result<std::vector<std::string>> ring_of_processes::ask_all(const std::vector<std::string>& orders) {
  std::vector<std::string> out(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i)
    if (auto told = members_[i]->tell(orders[i]); !told) return fail(std::move(told.error()));
  for (std::size_t i = 0; i < orders.size(); ++i) {
    auto answer = members_[i]->answer(orders[i]);
    if (!answer) return fail(std::move(answer.error()));
    out[i] = std::move(*answer);
  }
  return out;
}

double ring_of_processes::slowest(const std::string& order) {
  const auto answers = ask_all(std::vector<std::string>(members_.size(), order));
  if (!answers) return -1;
  double out = 0;
  for (const auto& one : *answers) {
    const auto took = std::strtod(one.c_str(), nullptr);
    if (took <= 0) return -1;
    out = std::max(out, took);
  }
  return out;
}

double ring_of_processes::all_reduce(std::size_t bytes, bool in_place) {
  return slowest("reduce " + std::to_string(bytes / sizeof(float)) + (in_place ? " 1" : " 0"));
}

double ring_of_processes::move_bare(std::size_t bytes, const raw_way& way) {
  return slowest("raw " + std::to_string(moved_by(bytes)) + ' ' + std::to_string(way.threads) + ' ' +
                 std::to_string(way.block) + (way.large_buffers ? " 1" : " 0"));
}

}  // namespace dunlin::bench
