// SPDX-License-Identifier: Apache-2.0
// Agents that share a device in steps: some go on until they are told to stop, some come to a bad end.
#pragma once

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/agent.hpp"
#include "coordination/sharing/collaborative/measured_bidder.hpp"
#include "tests/system/poll.hpp"

namespace dunlin::test {

/// Works for about a millisecond.
inline void work_a_little() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{1};
  while (std::chrono::steady_clock::now() < until) {
  }
}

inline void never_come_back() {
  eventually([] { return false; }, std::chrono::minutes{5});
}

/// Steps until the file of its payload exists.
class steady_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const std::string stop{as_text(task.payload())};
    while (!std::filesystem::exists(stop)) {
      work_a_little();
      if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
    }
    return to_bytes("done");
  }
};

/// Comes to the end that its payload says, `throw FILE` or `hang FILE`, after a few steps: writes the file first. A
/// second attempt ends well.
class doomed_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    if (task.attempt() > 1) return to_bytes("again");
    const std::string how{as_text(task.payload())};
    for (int i = 0; i < 5; ++i)
      if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
    std::ofstream{how.substr(how.find(' ') + 1)} << "now";
    if (how.starts_with("throw")) throw std::runtime_error("the end came in a step");
    never_come_back();
    return to_bytes("thawed");
  }
};

/// In a process of its own: writes its number into the file of its payload and waits for its end. A second attempt ends
/// well.
class doomed_process final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    if (task.attempt() > 1) return to_bytes("again");
    const std::string mark{as_text(task.payload())};
    std::ofstream{mark + ".part"} << ::getpid();
    std::filesystem::rename(mark + ".part", mark);  // whoever sees it sees all of it
    never_come_back();
    return to_bytes("thawed");
  }
};

/// Serves a stage: `read FILE` puts items until the file exists; `infer` passes them on, `infer FILE` takes one, writes
/// the file and throws; `write` takes them to their end.
class stage_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const std::string payload{as_text(task.payload())};
    const auto space = payload.find(' ');
    const auto file = space == std::string::npos ? "" : payload.substr(space + 1);
    auto stage = task.join_stage(payload.substr(0, space));
    if (!stage) return fail(std::move(stage.error()));
    return payload.starts_with("read") ? read(*stage, file) : take_all(*stage, file);
  }

 private:
  static result<bytes> read(pipeline_stage& stage, const std::string& stop) {
    std::uint64_t count = 0;
    for (; !std::filesystem::exists(stop); ++count)
      if (auto put = stage.put(bytes(8)); !put) return fail(std::move(put.error()));
    return to_bytes(std::to_string(count));
  }

  /// Returns how many arrived well, and how many as failures.
  static result<bytes> take_all(pipeline_stage& stage, const std::string& end) {
    std::uint64_t well = 0, failed = 0;
    while (true) {
      auto item = stage.take();
      if (!item) return fail(std::move(item.error()));
      if (!*item) return to_bytes(std::to_string(well) + " and " + std::to_string(failed));
      if (!end.empty()) {
        std::ofstream{end} << "now";
        throw std::runtime_error("the end came with an item");
      }
      (*item)->failure ? ++failed : ++well;
      work_a_little();
      if (auto put = stage.put(bytes(8)); !put) return fail(std::move(put.error()));
    }
  }
};

/// Where the hagglers of this process write down that they were called.
class haggling_mark {
 public:
  static void set(std::string path) {
    const std::lock_guard lock{mutex_};
    path_ = std::move(path);
  }
  static void write() {
    const std::lock_guard lock{mutex_};
    if (!path_.empty()) std::ofstream{path_} << "called";
  }

 private:
  static inline std::mutex mutex_;
  static inline std::string path_;
};

/// Thinks long about each bid.
class slow_bidder final : public bidder {
 public:
  slow_bidder(agent_id agent, const share_wish& wish) : usual_(agent, wish) {}

  share_bid bid(const call_for_bids& call, time_point now) override {
    haggling_mark::write();
    eventually([] { return false; }, std::chrono::milliseconds{300});
    return usual_.bid(call, now);
  }
  share_answer answer(const share_offer& offer, time_point now) override { return usual_.answer(offer, now); }

 private:
  measured_bidder usual_;
};

/// Steps for good, and bargains slowly. Payload: the file that says that it bargains.
class haggling_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    if (task.attempt() > 1) return to_bytes("again");
    haggling_mark::set(std::string{as_text(task.payload())});
    while (true) {
      work_a_little();
      if (auto next = task.next_step(); !next) return fail(std::move(next.error()));
    }
  }
};

inline agent_kind haggling_kind() {
  auto out = kind_of<haggling_agent>("haggling");
  out.make_bidder = [](agent_id agent, const share_wish& wish) { return std::make_unique<slow_bidder>(agent, wish); };
  return out;
}

}  // namespace dunlin::test
