// SPDX-License-Identifier: Apache-2.0
// What the tests of child processes run: each mode behaves, or misbehaves, in one way.
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <stdexcept>
#include <string>

#include "actors/process/serve_agent_child.hpp"

extern char** environ;

namespace {

using namespace dunlin;

[[noreturn]] void hang() {
  for (;;) ::pause();
}

[[noreturn]] void crash() {
  std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would make an exit code of it
  std::raise(SIGSEGV);
  std::abort();
}

void say(const char* text) {
  std::fputs(text, stdout);
  std::fflush(stdout);
}

int print_environment() {
  for (char** entry = environ; *entry != nullptr; ++entry) std::puts(*entry);
  return 0;
}

int print_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  while (const auto* entry = ::readdir(folder))
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder)) std::puts(entry->d_name);
  ::closedir(folder);
  return 0;
}

int print_confinement() {
  char here[4096];
  struct stat status {};
  ::stat(".", &status);
  const auto mask = ::umask(0);
  rlimit core{}, files{};
  ::getrlimit(RLIMIT_CORE, &core);
  ::getrlimit(RLIMIT_NOFILE, &files);
  std::printf("home=%s\nmode=%o\numask=%o\nsession=%d\nno_new_privs=%d\ncore=%llu\nfiles=%llu\n",
              ::getcwd(here, sizeof here), status.st_mode & 0777U, mask, ::getsid(0) == ::getpid() ? 1 : 0,
              ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), static_cast<unsigned long long>(core.rlim_cur),
              static_cast<unsigned long long>(files.rlim_cur));
  return 0;
}

int ignore_termination() {
  std::signal(SIGTERM, SIG_IGN);
  say("deaf\n");
  hang();
}

int segfault() {
  say("before the end\n");
  std::fputs("pivot 3 is \x1b[31mzero\n", stderr);
  crash();
}

int flood() {
  const std::string block(64 * 1024, 'x');
  for (;;)
    if (std::fwrite(block.data(), 1, block.size(), stdout) == 0) return 1;
}

int repeat(const char* word, int times) {
  for (int i = 0; i < times; ++i) std::puts(word);
  return 0;
}

long long cpu_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

int burn() {
  const auto end = cpu_ns() + 50'000'000;
  while (cpu_ns() < end) {
  }
  return 0;
}

// Leaves a child of its own behind and says its number.
int leave_orphan(bool wait) {
  const pid_t orphan = ::fork();
  if (orphan == 0) {
    std::signal(SIGTERM, SIG_IGN);
    hang();
  }
  std::printf("%d\n", static_cast<int>(orphan));
  std::fflush(stdout);
  if (wait) hang();
  return 0;
}

int fork_bomb() {
  for (int i = 0; i < 50; ++i)
    if (::fork() == 0)
      for (int j = 0; j < 3; ++j) ::fork();
  hang();
}

std::string text_of(const bytes& raw) { return std::string{as_text(raw)}; }

result<bytes> handle(const child_order& order, child_link& link) {
  static int served = 0;
  ++served;
  const auto what = text_of(order.payload);
  if (what == "echo") return order.payload;
  if (what == "count") return to_bytes(std::to_string(served));
  if (what == "pid") return to_bytes(std::to_string(::getpid()));
  if (what == "facts")
    return to_bytes(order.kind + " " + to_string(order.id) + " " + std::to_string(order.attempt) + " " +
                    std::to_string(order.epoch) + " " + std::to_string(order.deadline_ms) + " " +
                    text_of(order.checkpoint));
  if (what == "refuse") return fail(errc::invalid_argument, "seven is odd");
  if (what == "babble") return fail(errc::handler_failed, std::string(300'000, 'b') + "\xff end");
  if (what == "mumble") return fail(errc::handler_failed, "a \xff and no more");
  if (what == "ask") return link.ask("double", to_bytes("21"));
  if (what == "throw") throw std::runtime_error("out of luck");
  if (what == "hang") hang();
  if (what == "segfault") segfault();
  if (what == "exit") std::_Exit(0);
  if (what == "huge") return bytes(max_inline_bytes + 1);
  if (what == "burn") return burn(), bytes{};
  if (what == "garbage") {
    const auto raw = to_bytes("\xff\xff\xff\xff not a frame");
    static_cast<void>(link.send(raw));
    hang();
  }
  if (what == "stages") {
    link.progress({50, "half", 1, 2});
    if (auto kept = link.save_checkpoint(to_bytes("stage 1")); !kept) return fail(kept.error());
    link.progress({100, "whole", 2, 2});
    return bytes{};
  }
  return fail(errc::unknown_kind, "no mode " + what);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "serve") return serve_agent_child(child_channel_fd, handle);
  if (mode == "environment") return print_environment();
  if (mode == "descriptors") return print_descriptors();
  if (mode == "confinement") return print_confinement();
  if (mode == "hang") hang();
  if (mode == "deaf") return ignore_termination();
  if (mode == "segfault") return segfault();
  if (mode == "flood") return flood();
  if (mode == "burn") return burn();
  if (mode == "orphan") return leave_orphan(false);
  if (mode == "parent") return leave_orphan(true);
  if (mode == "bomb") return fork_bomb();
  if (mode == "exit") return std::atoi(argv[2]);
  if (mode == "say") return std::puts(argv[2]), 0;
  if (mode == "repeat") return repeat(argv[2], std::atoi(argv[3]));
  if (mode == "name") return std::puts(argv[0]), 0;
  return 99;
}
