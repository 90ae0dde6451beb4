// SPDX-License-Identifier: Apache-2.0
#include "actors/process/child_agent.hpp"

#include "coordination/codec/wire_text.hpp"

namespace dunlin {

std::shared_ptr<child_agent> child_agent::make(process_host& host, child_options program) {
  program.channel = true;
  program.keep_output = false;
  program.timeout = {};
  return std::shared_ptr<child_agent>(new child_agent(host, std::move(program)));
}

child_agent::child_agent(process_host& host, child_options program) : host_(host), program_(std::move(program)) {}

result<void> child_agent::run(child_order order, std::chrono::milliseconds timeout, child_task_events events) {
  if (busy_.exchange(true)) return fail(errc::conflict, "the agent runs another task");
  auto taken = host_.post([self = shared_from_this(), order = std::move(order), timeout,
                           events = std::move(events)]() mutable { self->begin(order, timeout, std::move(events)); });
  if (!taken) busy_ = false;
  return taken;
}

void child_agent::cancel(errc why) {
  static_cast<void>(host_.post([self = shared_from_this(), why] {
    if (self->task_) self->host_.kill(self->child_, why);
  }));
}

void child_agent::stop() {
  static_cast<void>(host_.post([self = shared_from_this()] {
    if (!self->task_ && self->child_) self->host_.kill(self->child_, errc::cancelled);
  }));
}

void child_agent::begin(const child_order& order, std::chrono::milliseconds timeout, child_task_events events) {
  task_ = task{std::move(events), ++tasks_, clock::now(), 0};
  if (auto there = ensure_child(); !there) return finish(ended(fail(std::move(there.error()))));
  task_->cpu_before = host_.cpu_ns(child_);
  host_.limit(child_, timeout);
  host_.write(child_, to_frame(order));
}

result<void> child_agent::ensure_child() {
  if (child_ && !host_.is_ending(child_)) return {};
  frames_ = {};
  auto self = shared_from_this();
  // A child may still speak while it is being killed and the next one runs, so each event names its own.
  auto mine = std::make_shared<child_id>();
  child_events events;
  events.channel = [self, mine](bytes_view raw) { self->on_bytes(*mine, raw); };
  events.end = [self, mine](const child_report& report) { self->on_end(*mine, report); };
  auto started = host_.start(program_, std::move(events));
  if (!started) return fail(std::move(started.error()));
  child_ = *mine = *started;
  return {};
}

void child_agent::on_bytes(child_id child, bytes_view raw) {
  if (child != child_) return;
  frames_.feed(raw);
  for (;;) {
    const auto cut = frames_.next(max_agent_frame_bytes);
    if (cut && !*cut) return;
    const auto frame = cut.and_then([](const auto& whole) { return to_agent_frame(*whole); });
    if (!frame || !on_frame(*frame)) return host_.kill(child_, errc::protocol_violation);
  }
}

// Returns false for what a child may not say.
bool child_agent::on_frame(const agent_frame& frame) {
  if (!task_) return false;
  if (auto progress = frame.as<child_progress>()) {
    if (task_->events.progress) task_->events.progress(std::move(progress->progress));
    return true;
  }
  if (auto checkpoint = frame.as<child_checkpoint>()) {
    if (task_->events.checkpoint) task_->events.checkpoint(std::move(checkpoint->state));
    return true;
  }
  if (auto question = frame.as<child_question>()) {
    on_question(std::move(*question));
    return true;
  }
  auto outcome = frame.as<child_outcome>();
  return outcome && on_outcome(std::move(*outcome));
}

bool child_agent::on_outcome(child_outcome outcome) {
  host_.limit(child_, {});
  if (outcome.code == errc::none)
    finish(ended(std::move(outcome.output)));
  else
    finish(ended(fail(outcome.code, std::move(outcome.text))));
  return true;
}

void child_agent::on_question(child_question question) {
  const auto number = task_->number;
  if (!task_->events.question)
    return answer(number, fail(errc::not_supported, "an agent in a process cannot ask '" + question.type + "' here"));
  child_reply reply = [self = shared_from_this(), number](result<bytes> with) {
    static_cast<void>(self->host_.post([self, number, with = std::move(with)] { self->answer(number, with); }));
  };
  task_->events.question(std::move(question.type), std::move(question.body), std::move(reply));
}

void child_agent::answer(std::uint64_t task_number, result<bytes> with) {
  if (!task_ || task_->number != task_number) return;
  child_answer out;
  if (with) {
    out.body = std::move(*with);
  } else {
    out.code = with.error().code == errc::none ? errc::internal : with.error().code;
    out.text = as_wire_text(std::move(with.error().context));
  }
  host_.write(child_, to_frame(out));
}

void child_agent::on_end(child_id child, const child_report& report) {
  if (child != child_) return;
  if (!task_) return void(child_ = {});
  auto fine = verdict(report);
  auto end = ended(fail(errc::crashed, "the agent's process returned without an answer"));
  if (!fine) end.outcome = fail(std::move(fine.error()));
  // A program that leaves by itself in the middle of a task crashed, whatever its exit code says.
  if (end.outcome.error().code == errc::handler_failed) end.outcome.error().code = errc::crashed;
  end.crashed = end.outcome.error().code == errc::crashed;
  end.usage.peak_bytes = report.peak_rss_bytes;
  child_ = {};
  if (report.cpu_ns > task_->cpu_before) end.usage.cpu_ns = report.cpu_ns - task_->cpu_before;
  finish(std::move(end));
}

child_task_end child_agent::ended(result<bytes> outcome) const {
  child_task_end end;
  end.outcome = std::move(outcome);
  end.usage.run_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(clock::now() - task_->began).count());
  const auto cpu = host_.cpu_ns(child_);
  if (cpu > task_->cpu_before) end.usage.cpu_ns = cpu - task_->cpu_before;
  return end;
}

void child_agent::finish(child_task_end end) {
  const auto done = std::move(task_->events.done);
  task_.reset();
  busy_ = false;
  done(std::move(end));
}

}  // namespace dunlin
