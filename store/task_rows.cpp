// SPDX-License-Identifier: Apache-2.0
#include "store/task_rows.hpp"

#include <array>

#include "store/history.hpp"
#include "store/stored_form.hpp"

namespace dunlin {

namespace {

constexpr std::size_t largest_in_row = 2'000;  ///< of a payload: half a page

using id_key = std::array<unsigned char, 16>;

id_key key_of(const task_id& id) {
  id_key out{};
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<unsigned char>(id.high >> (56 - 8 * i));
    out[8 + i] = static_cast<unsigned char>(id.low >> (56 - 8 * i));
  }
  return out;
}

void bind_blob(SQLite::Statement& statement, int index, bytes_view raw) {
  if (raw.empty())
    statement.bind(index);
  else
    statement.bindNoCopy(index, static_cast<const void*>(raw.data()), static_cast<int>(raw.size()));
}

void bind_number(SQLite::Statement& statement, int index, std::int64_t value) { statement.bind(index, value); }

/// Returns how many rows it changed.
int run(SQLite::Statement& statement) {
  const int changed = statement.exec();
  statement.reset();
  statement.clearBindings();
  return changed;
}

void store_list_in(bytes& out, const task_record& record) {
  out.clear();
  if (!record.dependencies.empty()) store_in(out, record.id, id_list{record.dependencies});
}

/// Each run of the store counts its events from a higher number than every earlier one, so that none is searched for.
std::uint64_t first_event_of_this_run(SQLite::Database& database) {
  database.exec("UPDATE meta SET value = value + 4294967296 WHERE key = 'events'");
  return static_cast<std::uint64_t>(database.execAndGet("SELECT value FROM meta WHERE key = 'events'").getInt64());
}

}  // namespace

void bind_id(SQLite::Statement& statement, int index, const task_id& id) {
  const auto key = key_of(id);
  statement.bind(index, key.data(), static_cast<int>(key.size()));
}

task_row_writer::task_row_writer(SQLite::Database& database)
    : database_(database),
      last_event_(first_event_of_this_run(database)),
      insert_(
          database,
          "INSERT INTO tasks(id, kind, name, state, submitted, finished, status, spec, dependencies, payload, output) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database, "UPDATE tasks SET state = ?2, finished = ?3, status = ?4, output = ?5 WHERE id = ?1"),
      progress_(database, "UPDATE tasks SET progress = ?2 WHERE id = ?1"),
      checkpoint_(database, "UPDATE tasks SET checkpoint = ?2 WHERE id = ?1"),
      payload_(database, "INSERT INTO payloads VALUES(?, ?)"),
      erase_payload_(database, "DELETE FROM payloads WHERE row = (SELECT row FROM tasks WHERE id = ?1)"),
      erase_(database, "DELETE FROM tasks WHERE id = ?1"),
      erase_events_(database, "DELETE FROM events WHERE task = ?1"),
      event_(database, "INSERT INTO events VALUES(?, ?, ?)") {}

void task_row_writer::write(const task_write& write) {
  std::visit([this](const auto& one) { write_one(one); }, write);
}

void task_row_writer::reset() noexcept {
  for (auto* each :
       {&insert_, &update_, &progress_, &checkpoint_, &payload_, &erase_payload_, &erase_, &erase_events_, &event_})
    each->tryReset();
}

void task_row_writer::write_one(const insert_task& write) {
  const auto& record = *write.record;
  store_in(status_, record.id, record.status, record.status.output);
  store_in(spec_, record.id, record.spec, record.spec.payload, record.submitted);
  store_list_in(small_, record);
  bind_id(insert_, 1, record.id);
  insert_.bindNoCopy(2, record.spec.shape.kind);
  insert_.bindNoCopy(3, record.spec.name);
  bind_number(insert_, 4, static_cast<std::int64_t>(record.status.state));
  bind_number(insert_, 5, record.submitted);
  bind_number(insert_, 6, record.status.finished);
  bind_blob(insert_, 7, status_);
  bind_blob(insert_, 8, spec_);
  bind_blob(insert_, 9, small_);
  const bool lies_apart = record.spec.payload.size() > largest_in_row;
  bind_blob(insert_, 10, lies_apart ? bytes_view{} : record.spec.payload);
  bind_blob(insert_, 11, record.status.output);
  run(insert_);
  if (lies_apart) add_payload(record.spec.payload);
  add_event(event_of(write, ++last_event_));
  // A new task has neither, as a rule.
  if (record.progress != task_progress{}) write_one(update_progress{record.id, record.progress});
  if (!record.checkpoint.empty()) write_one(update_checkpoint{record.id, record.checkpoint});
}

void task_row_writer::write_one(const update_task& write) {
  store_in(status_, write.id, write.status, write.status.output);
  bind_id(update_, 1, write.id);
  bind_number(update_, 2, static_cast<std::int64_t>(write.status.state));
  bind_number(update_, 3, write.status.finished);
  bind_blob(update_, 4, status_);
  bind_blob(update_, 5, write.status.output);
  if (run(update_) > 0) add_event(event_of(write, ++last_event_));  // a task that was forgotten has no history
}

void task_row_writer::write_one(const update_progress& write) {
  store_in(small_, write.id, write.progress);
  bind_id(progress_, 1, write.id);
  bind_blob(progress_, 2, small_);
  run(progress_);
}

void task_row_writer::write_one(const update_checkpoint& write) {
  small_ = write.state;
  if (!small_.empty()) seal(small_, write.id);
  bind_id(checkpoint_, 1, write.id);
  bind_blob(checkpoint_, 2, small_);
  run(checkpoint_);
}

void task_row_writer::add_payload(bytes_view payload) {
  bind_number(payload_, 1, database_.getLastInsertRowid());
  bind_blob(payload_, 2, payload);
  run(payload_);
}

void task_row_writer::write_one(const erase_task& write) {
  bind_id(erase_payload_, 1, write.id);
  run(erase_payload_);
  bind_id(erase_, 1, write.id);
  run(erase_);
  bind_id(erase_events_, 1, write.id);
  run(erase_events_);
}

void task_row_writer::add_event(const task_event& event) {
  store_in(small_, event.id, event);
  bind_id(event_, 1, event.id);
  bind_number(event_, 2, static_cast<std::int64_t>(event.sequence));
  bind_blob(event_, 3, small_);
  run(event_);
}

}  // namespace dunlin
