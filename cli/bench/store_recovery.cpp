// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/store_recovery.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

#include "coordination/orchestration/orchestration.hpp"
#include "store/sqlite_store.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

result<std::uint64_t> recover(const std::string& path) {
  auto store = sqlite_store::open({.path = path});
  if (!store) return fail(std::move(store.error()));
  const auto term = (*store)->next_term();
  if (!term) return fail(error{term.error()});
  auto leader = orchestration::make({}, 1, *term);
  if (!leader) return fail(std::move(leader.error()));
  const instant at{time_point{std::chrono::hours{1}}, 1'700'000'001'000};
  std::uint64_t count = 0;
  result<void> restored;
  auto visited = (*store)->visit_all([&](task_record&& record) {
    ++count;
    if (auto one = (*leader)->restore(std::move(record), at); !one) restored = std::move(one);
  });
  for (auto* step : {&visited, &restored})
    if (!*step) return fail(std::move(step->error()));
  leader_effects out;
  (*leader)->finish_restore(at, out);
  (*leader)->flush(at, out);
  return count;
}

}  // namespace

result<recovery_time> time_recovery(const std::string& path, std::uint64_t tasks) {
  const auto from = clock_type::now();
  const auto cpu_from = std::clock();
  const auto count = recover(path);
  const auto cpu = std::clock() - cpu_from;
  const std::chrono::duration<double> took = clock_type::now() - from;
  if (!count) return fail(error{count.error()});
  if (*count != tasks) return fail(errc::internal, "recovered " + std::to_string(*count) + " tasks");
  return recovery_time{took.count(), static_cast<double>(cpu) / CLOCKS_PER_SEC};
}

void drop_from_page_cache(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  ::close(fd);
}

}  // namespace dunlin::bench
