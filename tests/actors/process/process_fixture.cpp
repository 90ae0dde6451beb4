// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/process/process_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

namespace dunlin::testing {

ProcessFixture::ProcessFixture() {
  std::string pattern = ::testing::TempDir() + "dunlin-process-XXXXXX";
  work_root = ::mkdtemp(pattern.data());
  process_host_options options;
  options.work_root = work_root;
  host = process_host::make(options).value();
}

ProcessFixture::~ProcessFixture() {
  host.reset();
  std::filesystem::remove_all(work_root);
}

child_options ProcessFixture::child(std::vector<std::string> arguments) {
  child_options options;
  options.executable = CHILD_PROGRAM;
  options.arguments = std::move(arguments);
  options.arguments.insert(options.arguments.begin(), "test-child");
  options.timeout = std::chrono::seconds(30);
  return options;
}

std::future<child_report> ProcessFixture::start(child_options options, child_id* id) {
  auto promise = std::make_shared<std::promise<child_report>>();
  child_events events;
  events.end = [promise](child_report report) { promise->set_value(std::move(report)); };
  const auto started = host->start(std::move(options), std::move(events));
  if (!started) throw std::runtime_error(to_string(started.error()));
  if (id != nullptr) *id = *started;
  return promise->get_future();
}

child_report ProcessFixture::run(child_options options) { return soon(start(std::move(options))); }

bool is_alive(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(in, text)) return false;
  const auto state = text.rfind(')') + 2;
  return state < text.size() && text[state] != 'Z' && text[state] != 'X';
}

bool dies(int pid) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (is_alive(pid) && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  return !is_alive(pid);
}

}  // namespace dunlin::testing
