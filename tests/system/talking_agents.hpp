// SPDX-License-Identifier: Apache-2.0
// Two agents of a user's program that exchange a message type of its own.
#pragma once

#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <tuple>

#include "actors/agent.hpp"
#include "tests/system/poll.hpp"

namespace dunlin::test {

struct question {
  static constexpr const char* wire_name = "test.question";
  std::string text;
  std::string mark;  ///< file to write once the question has arrived; then no answer comes
  static auto fields(auto& m) { return std::tie(m.text, m.mark); }
};

struct answer {
  static constexpr const char* wire_name = "test.answer";
  std::string text;
  std::uint64_t count = 0;
  static auto fields(auto& m) { return std::tie(m.text, m.count); }
};

/// Answers questions; counts them.
class answering_agent final : public agent {
 public:
  result<bytes> handle(task_context&) override { return bytes{}; }

  result<bytes> receive(const agent_message& message) override {
    const auto asked = message.as<question>();
    if (!asked) return fail(asked.error());
    if (!asked->mark.empty()) {
      std::ofstream{asked->mark} << "arrived";
      eventually([] { return false; }, std::chrono::minutes{5});
    }
    return codec::to_wire(answer{asked->text + ", you asked", ++count_});
  }

 private:
  std::uint64_t count_ = 0;
};

/// Does not come back from its first attempt, on a thread that its node needs for itself: async handlers must not.
class frozen_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    if (task.attempt() == 1) eventually([] { return false; }, std::chrono::minutes{5});
    return to_bytes("thawed");
  }
};

/// Asks the answering agent of a node. Payload: the node, and after a space the file for `mark`.
class asking_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const std::string text{as_text(task.payload())};
    const auto space = text.find(' ');
    const auto to = task.find("answering", text.substr(0, space));
    if (!to) return fail(to.error());
    const question asked{"what", space == std::string::npos ? "" : text.substr(space + 1)};
    const auto told = task.ask<answer>(*to, asked, std::chrono::minutes{5});
    if (!told) return fail(told.error());
    return to_bytes(told->text + " #" + std::to_string(told->count));
  }
};

/// Does what its payload says, none of it well.
class misbehaving_agent final : public agent {
 public:
  result<bytes> handle(task_context& task) override {
    const auto what = as_text(task.payload());
    if (what == "throw") throw std::runtime_error("thrown on purpose");
    if (what == "hang") eventually([] { return false; }, std::chrono::minutes{5});
    if (what == "die") {
      std::fputs("last words\n", stderr);
      std::raise(SIGSEGV);
    }
    if (what == "flood") return bytes(200 * 1'024);
    return to_bytes("well");
  }
};

}  // namespace dunlin::test
