// SPDX-License-Identifier: Apache-2.0
#include "store/task_rows.hpp"

#include <array>

#include "coordination/codec/fields.hpp"
#include "store/history.hpp"

namespace dunlin {

namespace {

/// What a task depends on, as a message.
struct id_list {
  static constexpr const char* wire_name = "id_list";
  std::vector<task_id> ids;
  static auto fields(auto& m) { return std::tie(m.ids); }
};

using id_key = std::array<unsigned char, 16>;

id_key key_of(const task_id& id) {
  id_key out{};
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<unsigned char>(id.high >> (56 - 8 * i));
    out[8 + i] = static_cast<unsigned char>(id.low >> (56 - 8 * i));
  }
  return out;
}

bytes_view blob(const SQLite::Column& column) {
  return {static_cast<const std::byte*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

task_id id_of(bytes_view key) {
  task_id out;
  for (std::size_t i = 0; i < 8 && key.size() == 16; ++i) {
    out.high = (out.high << 8) | std::to_integer<std::uint64_t>(key[i]);
    out.low = (out.low << 8) | std::to_integer<std::uint64_t>(key[8 + i]);
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

void run(SQLite::Statement& statement) {
  statement.exec();
  statement.reset();
  statement.clearBindings();
}

/// The status without the result, which has a column of its own.
bytes status_blob(const task_status& status) {
  if (status.output.empty()) return codec::to_wire(status);
  auto small = status;
  small.output.clear();
  return codec::to_wire(small);
}

bytes spec_blob(const task_spec& spec) {
  if (spec.payload.empty()) return codec::to_wire(spec);
  auto small = spec;
  small.payload.clear();
  return codec::to_wire(small);
}

/// Each run of the store counts its events from a higher number than every earlier one, so that none is searched for.
std::uint64_t first_event_of_this_run(SQLite::Database& database) {
  database.exec("UPDATE meta SET value = value + 4294967296 WHERE key = 'events'");
  return static_cast<std::uint64_t>(database.execAndGet("SELECT value FROM meta WHERE key = 'events'").getInt64());
}

template <class Message>
result<void> decode(const SQLite::Column& column, Message& out) {
  if (column.isNull()) return {};
  auto read = codec::from_wire<Message>(blob(column));
  if (!read) return fail(errc::corrupt, "a stored record does not decode: " + read.error().context);
  out = std::move(*read);
  return {};
}

bytes copy_of(const SQLite::Column& column) {
  const auto raw = blob(column);
  return {raw.begin(), raw.end()};
}

}  // namespace

void bind_id(SQLite::Statement& statement, int index, const task_id& id) {
  const auto key = key_of(id);
  statement.bind(index, key.data(), static_cast<int>(key.size()));
}

task_row_writer::task_row_writer(SQLite::Database& database)
    : last_event_(first_event_of_this_run(database)),
      insert_(database,
              "INSERT INTO tasks(id, kind, name, state, submitted, finished, status, spec, dependencies, payload) "
              "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database, "UPDATE tasks SET state = ?2, finished = ?3, status = ?4 WHERE id = ?1"),
      update_output_(database, "UPDATE tasks SET state = ?2, finished = ?3, status = ?4, output = ?5 WHERE id = ?1"),
      progress_(database, "UPDATE tasks SET progress = ?2 WHERE id = ?1"),
      checkpoint_(database, "UPDATE tasks SET checkpoint = ?2 WHERE id = ?1"),
      erase_(database, "DELETE FROM tasks WHERE id = ?1"),
      erase_events_(database, "DELETE FROM events WHERE task = ?1"),
      event_(database, "INSERT INTO events VALUES(?, ?, ?, ?)") {}

void task_row_writer::write(const task_write& write) {
  std::visit([this](const auto& one) { write_one(one); }, write);
}

void task_row_writer::write_one(const insert_task& write) {
  const auto& record = *write.record;
  const auto status = status_blob(record.status);
  const auto spec = spec_blob(record.spec);
  const auto dependencies = record.dependencies.empty() ? bytes{} : codec::to_wire(id_list{record.dependencies});
  bind_id(insert_, 1, record.id);
  insert_.bindNoCopy(2, record.spec.shape.kind);
  insert_.bindNoCopy(3, record.spec.name);
  bind_number(insert_, 4, static_cast<std::int64_t>(record.status.state));
  bind_number(insert_, 5, record.submitted);
  bind_number(insert_, 6, record.status.finished);
  bind_blob(insert_, 7, status);
  bind_blob(insert_, 8, spec);
  bind_blob(insert_, 9, dependencies);
  bind_blob(insert_, 10, record.spec.payload);
  run(insert_);
  add_event(event_of(write, ++last_event_));
}

void task_row_writer::write_one(const update_task& write) {
  const auto status = status_blob(write.status);
  auto& update = write.status.output.empty() ? update_ : update_output_;
  bind_id(update, 1, write.id);
  bind_number(update, 2, static_cast<std::int64_t>(write.status.state));
  bind_number(update, 3, write.status.finished);
  bind_blob(update, 4, status);
  if (!write.status.output.empty()) bind_blob(update, 5, write.status.output);
  run(update);
  add_event(event_of(write, ++last_event_));
}

void task_row_writer::write_one(const update_progress& write) {
  const auto progress = codec::to_wire(write.progress);
  bind_id(progress_, 1, write.id);
  bind_blob(progress_, 2, progress);
  run(progress_);
}

void task_row_writer::write_one(const update_checkpoint& write) {
  bind_id(checkpoint_, 1, write.id);
  bind_blob(checkpoint_, 2, write.state);
  run(checkpoint_);
}

void task_row_writer::write_one(const erase_task& write) {
  bind_id(erase_, 1, write.id);
  run(erase_);
  bind_id(erase_events_, 1, write.id);
  run(erase_events_);
}

void task_row_writer::add_event(const task_event& event) {
  const auto body = codec::to_wire(event);
  bind_id(event_, 1, event.id);
  bind_number(event_, 2, static_cast<std::int64_t>(event.sequence));
  bind_number(event_, 3, event.at);
  bind_blob(event_, 4, body);
  run(event_);
}

result<task_record> read_record(SQLite::Statement& row) {
  task_record out;
  id_list dependencies;
  out.id = id_of(blob(row.getColumn(0)));
  out.submitted = row.getColumn(1).getInt64();
  for (auto read : {decode(row.getColumn(2), out.status), decode(row.getColumn(3), out.progress),
                    decode(row.getColumn(4), out.spec), decode(row.getColumn(5), dependencies)})
    if (!read) return fail(std::move(read.error()));
  out.dependencies = std::move(dependencies.ids);
  if (row.getColumnCount() <= 6) return out;
  out.spec.payload = copy_of(row.getColumn(6));
  out.status.output = copy_of(row.getColumn(7));
  out.checkpoint = copy_of(row.getColumn(8));
  return out;
}

result<task_event> read_event(SQLite::Statement& row) {
  task_event out;
  if (auto read = decode(row.getColumn(0), out); !read) return fail(std::move(read.error()));
  return out;
}

}  // namespace dunlin
