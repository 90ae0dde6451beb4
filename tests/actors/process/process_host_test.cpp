// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/actors/process/process_fixture.hpp"

namespace dunlin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ProcessHost : public ProcessFixture {};

std::string text_of(const bytes& raw) { return std::string{as_text(raw)}; }

errc code_of(const child_report& report) {
  const auto end = verdict(report);
  return end ? errc::none : end.error().code;
}

TEST_F(ProcessHost, ReportsOutputAndExitCode) {
  const auto fine = run(child({"say", "two words"}));
  const auto bad = run(child({"exit", "3"}));

  EXPECT_TRUE(verdict(fine));
  EXPECT_EQ(text_of(fine.output), "two words\n");
  EXPECT_EQ(fine.exit_code, 0);
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_THAT(verdict(bad).error().context, HasSubstr("exited with code 3"));
}

TEST_F(ProcessHost, TakesArgumentsAsTheyAre) {
  EXPECT_EQ(text_of(run(child({"say", "$(id); * > x"})).output), "$(id); * > x\n");
  EXPECT_EQ(text_of(run(child({"name"})).output), "test-child\n");
}

TEST_F(ProcessHost, KillsAHangAtItsDeadline) {
  auto options = child({"hang"});
  options.timeout = 30ms;

  const auto report = run(options);

  EXPECT_EQ(code_of(report), errc::timeout);
  EXPECT_EQ(report.signal, SIGTERM);
  EXPECT_GE(report.wall_ns, 30'000'000U);
}

TEST_F(ProcessHost, KillsWhoIgnoresTheFirstSignal) {
  auto options = child({"deaf"});
  options.timeout = 100ms;
  options.grace = 30ms;

  const auto report = run(options);

  EXPECT_EQ(code_of(report), errc::timeout);
  EXPECT_EQ(report.signal, SIGKILL);
}

TEST_F(ProcessHost, ReportsACrashWithSignalAndLastLines) {
  const auto report = run(child({"segfault"}));

  EXPECT_EQ(report.signal, SIGSEGV);
  EXPECT_EQ(code_of(report), errc::crashed);
  EXPECT_THAT(verdict(report).error().context, HasSubstr("SIGSEGV (Segmentation fault)"));
  EXPECT_THAT(verdict(report).error().context, HasSubstr("pivot 3 is \\x1b[31mzero"));
}

TEST_F(ProcessHost, KillsAtTheOutputCap) {
  auto options = child({"flood"});
  options.output_cap_bytes = 100'000;

  const auto report = run(options);

  EXPECT_EQ(code_of(report), errc::output_too_large);
  EXPECT_EQ(report.output.size(), 100'000U);
}

TEST_F(ProcessHost, GivesACleanEnvironment) {
  ::setenv("DUNLIN_CANARY", "secret", 1);
  auto options = child({"environment"});
  options.environment = task_environment({1, 2}, 3, make_epoch(1, 4));
  options.environment.emplace_back("COLOUR", "blue");

  const auto text = text_of(run(options).output);
  ::unsetenv("DUNLIN_CANARY");

  EXPECT_THAT(text, Not(HasSubstr("CANARY")));
  EXPECT_THAT(text, StartsWith("PATH=/usr/local/bin:/usr/bin:/bin\n"));
  EXPECT_THAT(text, HasSubstr("DUNLIN_TASK_ID=" + to_string(task_id{1, 2}) + "\n"));
  EXPECT_THAT(text, HasSubstr("DUNLIN_ATTEMPT=3\nDUNLIN_EPOCH=4294967300\nCOLOUR=blue\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8);
}

TEST_F(ProcessHost, LeavesNoDescriptorOpen) {
  const int leaky = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as a library might

  const auto without = text_of(run(child({"descriptors"})).output);
  auto options = child({"descriptors"});
  options.channel = true;
  const auto with = text_of(run(options).output);
  ::close(leaky);

  EXPECT_EQ(without, "0\n1\n2\n");
  EXPECT_EQ(with, "0\n1\n2\n3\n");
}

TEST_F(ProcessHost, ConfinesTheChild) {
  const auto text = text_of(run(child({"confinement"})).output);

  EXPECT_THAT(text, HasSubstr("home=" + work_root + "/child-"));
  EXPECT_THAT(text, HasSubstr("mode=700\numask=77\nsession=1\nno_new_privs=1\ncore=0\nfiles=1024\n"));
}

TEST_F(ProcessHost, RemovesTheHomeAtTheEnd) {
  run(child({"confinement"}));

  EXPECT_TRUE(std::filesystem::is_empty(work_root));
}

TEST_F(ProcessHost, KillsWhatAChildLeavesBehind) {
  const auto report = run(child({"orphan"}));

  EXPECT_EQ(report.exit_code, 0);
  EXPECT_TRUE(dies(std::atoi(text_of(report.output).c_str())));
}

TEST_F(ProcessHost, KillsTheWholeGroupAtTheDeadline) {
  auto options = child({"parent"});
  options.timeout = 100ms;

  const auto report = run(options);

  EXPECT_EQ(code_of(report), errc::timeout);
  EXPECT_TRUE(dies(std::atoi(text_of(report.output).c_str())));
}

TEST_F(ProcessHost, EndsAForkBomb) {
  auto options = child({"bomb"});
  options.timeout = 100ms;
  options.grace = 30ms;

  EXPECT_EQ(code_of(run(options)), errc::timeout);
  EXPECT_EQ(run(child({"exit", "0"})).exit_code, 0);
}

TEST_F(ProcessHost, SaysThatAnExecutableIsMissing) {
  auto options = child({});
  options.executable = "/nowhere/at/all";

  const auto report = run(options);

  EXPECT_EQ(code_of(report), errc::not_found);
  EXPECT_THAT(verdict(report).error().context, HasSubstr("cannot run /nowhere/at/all: No such file or directory"));
  EXPECT_TRUE(std::filesystem::is_empty(work_root));
}

TEST_F(ProcessHost, MeasuresCpuTimeAndMemory) {
  const auto report = run(child({"burn"}));

  EXPECT_GE(report.cpu_ns, 50'000'000U);
  EXPECT_GE(report.peak_rss_bytes, 500'000U);
}

TEST_F(ProcessHost, KillsOnRequestWithTheReason) {
  child_id id;
  auto report = start(child({"hang"}), &id);

  host->kill(id, errc::cancelled);

  EXPECT_EQ(code_of(soon(std::move(report))), errc::cancelled);
}

TEST_F(ProcessHost, RefusesMoreChildrenThanAllowed) {
  process_host_options two;
  two.max_children = 2;
  two.work_root = work_root;
  host = process_host::make(two).value();
  child_id first;
  auto one = start(child({"hang"}), &first);
  auto other = start(child({"hang"}));

  child_events events;
  events.end = [](const child_report&) {};
  EXPECT_EQ(host->start(child({"hang"}), events).error().code, errc::overloaded);

  host->kill(first, errc::cancelled);
  soon(std::move(one));
  EXPECT_EQ(run(child({"exit", "0"})).exit_code, 0);
}

TEST_F(ProcessHost, EndsEveryChildWhenItIsDestroyed) {
  auto report = start(child({"deaf"}));
  auto orphaned = start(child({"parent"}));

  host.reset();

  EXPECT_EQ(code_of(soon(std::move(report))), errc::shutting_down);
  EXPECT_EQ(code_of(soon(std::move(orphaned))), errc::shutting_down);
  EXPECT_TRUE(std::filesystem::is_empty(work_root));
}

TEST_F(ProcessHost, StartsManyAtOnce) {
  std::vector<std::future<child_report>> reports;
  reports.reserve(40);
  for (int i = 0; i < 40; ++i) reports.push_back(start(child({"say", std::to_string(i)})));

  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(text_of(soon(std::move(reports[static_cast<std::size_t>(i)])).output), std::to_string(i) + "\n");
}

TEST(PrintableTail, KeepsTheEndAndEscapesTheRest) {
  EXPECT_EQ(printable_tail("a\nb\nc\nd\n", 2), "c\nd");
  EXPECT_EQ(printable_tail("0123456789", 5, 4), "6789");
  EXPECT_EQ(printable_tail("\x1b[2J\xff\r"), "\\x1b[2J\\xff\\x0d");
  EXPECT_EQ(printable_tail(""), "");
}

}  // namespace
}  // namespace dunlin::testing
