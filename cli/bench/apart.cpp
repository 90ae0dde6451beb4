// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/apart.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

namespace dunlin::bench {

namespace {

constexpr char figures_follow = 'f';
constexpr char reason_follows = 'e';

void write_all(int to, const void* from, std::size_t size) {
  const auto* next = static_cast<const char*>(from);
  while (size > 0) {
    const auto written = ::write(to, next, size);
    if (written <= 0) return;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
}

std::string read_all(int from) {
  std::string out;
  std::array<char, 4'096> part{};
  for (auto got = ::read(from, part.data(), part.size()); got > 0; got = ::read(from, part.data(), part.size()))
    out.append(part.data(), static_cast<std::size_t>(got));
  return out;
}

[[noreturn]] void be_the_child(int to, const std::function<result<std::vector<double>>()>& measure) {
  const auto measured = measure();
  write_all(to, measured ? &figures_follow : &reason_follows, 1);
  if (measured) {
    write_all(to, measured->data(), measured->size() * sizeof(double));
  } else {
    const auto why = to_string(measured.error());
    write_all(to, why.data(), why.size());
  }
  ::_exit(0);  // what the parent had open is the parent's to close
}

result<std::vector<double>> figures_of(const std::string& said) {
  if (said.empty()) return fail(errc::crashed, "the measuring process ended without a word");
  if (said.front() == reason_follows) return fail(errc::internal, said.substr(1));
  std::vector<double> out((said.size() - 1) / sizeof(double));
  std::memcpy(out.data(), said.data() + 1, out.size() * sizeof(double));
  return out;
}

}  // namespace

result<std::vector<double>> measure_apart(const std::function<result<std::vector<double>>()>& measure) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return fail(errc::io_failed, std::string{"pipe: "} + std::strerror(errno));
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    be_the_child(ends[1], measure);
  }
  ::close(ends[1]);
  const auto said = child < 0 ? std::string{} : read_all(ends[0]);
  ::close(ends[0]);
  if (child < 0) return fail(errc::io_failed, "the measuring process could not be started");
  ::waitpid(child, nullptr, 0);
  return figures_of(said);
}

double resident_bytes() {
  auto* statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr) return 0;
  unsigned long total = 0;
  unsigned long resident = 0;
  const auto got = std::fscanf(statm, "%lu %lu", &total, &resident);
  std::fclose(statm);
  return got == 2 ? static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0;
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace dunlin::bench
