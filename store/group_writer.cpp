// SPDX-License-Identifier: Apache-2.0
#include "store/group_writer.hpp"

#include <vector>

#include "store/sqlite_schema.hpp"

namespace dunlin {

namespace {

constexpr int busy_ms = 2'000;

std::size_t large_bytes(const insert_task& write) { return write.record->spec.payload.size(); }
std::size_t large_bytes(const update_task& write) { return write.status.output.size() + write.status.why.size(); }
std::size_t large_bytes(const update_progress& write) { return write.progress.message.size(); }
std::size_t large_bytes(const update_checkpoint& write) { return write.state.size(); }
std::size_t large_bytes(const erase_task&) { return 0; }

/// What a waiting transaction keeps in memory, without what every write costs anyway.
std::size_t large_bytes(const transaction& of) {
  std::size_t sum = 0;
  for (const auto& write : of.writes) sum += std::visit([](const auto& one) { return large_bytes(one); }, write);
  return sum;
}

}  // namespace

group_writer::group_writer(const sqlite_options& options)
    : options_(options), database_(options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms) {}

result<std::unique_ptr<group_writer>> group_writer::open(const sqlite_options& options) {
  std::unique_ptr<group_writer> out{new group_writer{options}};
  if (auto prepared = prepare_schema(out->database_, options.checkpoint_pages); !prepared)
    return fail(std::move(prepared.error()));
  out->begin();
  return out;
}

void group_writer::begin() {
  term_ = static_cast<std::uint32_t>(database_.execAndGet("SELECT value FROM meta WHERE key = 'term'").getInt64());
  rows_ = std::make_unique<task_row_writer>(database_);
  thread_ = std::thread{[this] { run(); }};
}

group_writer::~group_writer() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void group_writer::commit(transaction&& writes, completion<void>&& done) {
  waiting_commit added{std::move(writes), std::move(done), 0, {}};
  added.bytes = large_bytes(added.writes);
  {
    const std::lock_guard lock{mutex_};
    if (auto why = refusal_of(added.writes.writes.size(), added.bytes)) {
      added.writes.writes.clear();  // it keeps its turn: answers come in the order of the calls
      added.bytes = 0;
      added.outcome = fail(std::move(*why));
    }
    waiting_writes_ += added.writes.writes.size();
    waiting_bytes_ += added.bytes;
    waiting_.push_back(std::move(added));
  }
  wake_.notify_one();
}

/// A transaction that finds nothing waiting is taken whatever its size, or it could never be.
std::optional<error> group_writer::refusal_of(std::size_t writes, std::size_t bytes) const {
  if (waiting_writes_ == 0) return std::nullopt;
  if (waiting_writes_ + writes <= options_.max_waiting_writes && waiting_bytes_ + bytes <= options_.max_waiting_bytes)
    return std::nullopt;
  return error{
      errc::overloaded,
      std::to_string(waiting_writes_) + " writes of " + std::to_string(waiting_bytes_) + " bytes wait for the disk",
      "submit more slowly, or use a faster disk"};
}

result<std::uint32_t> group_writer::next_term() {
  const std::lock_guard lock{database_mutex_};
  try {
    database_.exec("UPDATE meta SET value = value + 1 WHERE key = 'term'");
    return ++term_;
  } catch (const SQLite::Exception& thrown) {
    return fail(store_error(thrown, options_.path));
  }
}

void group_writer::run() {
  group taken;
  while (take(taken)) {
    write(taken);
    for (auto& each : taken) each.done(std::move(each.outcome));
    taken.clear();
  }
}

/// Takes at least one transaction, more only up to the size of a group; false at the end.
bool group_writer::take(group& out) {
  std::unique_lock lock{mutex_};
  wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
  std::size_t operations = 0;
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    const auto count = next.writes.writes.size();
    if (operations > 0 && operations + count > options_.group) break;
    operations += count;
    waiting_writes_ -= count;
    waiting_bytes_ -= next.bytes;
    out.push_back(std::move(next));
    waiting_.pop_front();
  }
  return !out.empty();
}

void group_writer::write(group& all) {
  const std::lock_guard lock{database_mutex_};
  refuse_stale(all);
  std::vector<waiting_commit*> parts;
  for (auto& each : all)
    if (each.outcome && !each.writes.writes.empty()) parts.push_back(&each);
  auto outcome = try_write(parts);
  if (!outcome && outcome.error().code == errc::conflict && parts.size() > 1) {
    // One of them is wrong, not the disk: the others must not fail with it.
    for (auto& each : parts) each->outcome = try_write({&each, 1});
    return;
  }
  for (auto* each : parts) each->outcome = outcome;
}

void group_writer::refuse_stale(group& all) const {
  for (auto& each : all)
    if (each.outcome && each.writes.leader_term < term_)
      each.outcome = fail(errc::stale_term, "a leader of term " + std::to_string(term_) + " has taken over");
}

/// Writes them together or not at all.
result<void> group_writer::try_write(std::span<waiting_commit*> parts) {
  if (parts.empty()) return {};
  if (damage_) return fail(error{*damage_});
  try {
    database_.exec("BEGIN IMMEDIATE");
    for (const auto* each : parts)
      for (const auto& one : each->writes.writes) rows_->write(one);
    database_.exec("COMMIT");
    groups_.fetch_add(1, std::memory_order_relaxed);
    return {};
  } catch (const SQLite::Exception& thrown) {
    auto why = store_error(thrown, options_.path);
    if (why.code == errc::corrupt) damage_ = why;
    give_up();
    return fail(std::move(why));
  }
}

void group_writer::give_up() {
  rows_->reset();
  try {
    database_.exec("ROLLBACK");
  } catch (const SQLite::Exception&) {  // SQLite has rolled back by itself
  }
}

}  // namespace dunlin
