// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.hpp"

#include <utility>

#include "store/file_lock.hpp"
#include "store/group_writer.hpp"
#include "store/sqlite_reader.hpp"
#include "store/sqlite_schema.hpp"

namespace dunlin {

/// Destroyed in reverse: the lock goes last, when the file is closed.
struct sqlite_store::parts {
  file_lock lock;
  std::unique_ptr<group_writer> writer;
  sqlite_reader reader;
  sqlite_reader lister;  ///< a long list holds up nobody who asks for one task
};

namespace {

error with_path(error why, const std::string& path) {
  why.context = "'" + path + "': " + why.context;
  return why;
}

}  // namespace

result<std::unique_ptr<sqlite_store>> sqlite_store::open(const sqlite_options& options) {
  auto lock = file_lock::take(options.path + ".lock");
  if (!lock) return fail(std::move(lock.error()));
  if (auto made = make_private(options.path); !made) return fail(std::move(made.error()));
  try {
    auto writer = group_writer::open(options);
    if (!writer) return fail(with_path(std::move(writer.error()), options.path));
    std::unique_ptr<parts> opened{
        new parts{std::move(*lock), std::move(*writer), sqlite_reader{options.path}, sqlite_reader{options.path}}};
    return std::unique_ptr<sqlite_store>{new sqlite_store{std::move(opened)}};
  } catch (const SQLite::Exception& thrown) {
    return fail(store_error(thrown, options.path));
  }
}

sqlite_store::sqlite_store(std::unique_ptr<parts> opened) : parts_(std::move(opened)) {}
sqlite_store::~sqlite_store() = default;

void sqlite_store::commit(transaction&& writes, completion<void> done) {
  parts_->writer->commit(std::move(writes), std::move(done));
}

result<std::uint32_t> sqlite_store::next_term() { return parts_->writer->next_term(); }

std::uint64_t sqlite_store::groups() const noexcept { return parts_->writer->groups(); }

result<void> sqlite_store::visit_all(const std::function<void(task_record&&)>& visit) {
  return parts_->reader.visit_all(visit);
}

result<task_record> sqlite_store::find(const task_id& id) { return parts_->reader.find(id); }

result<std::vector<task_record>> sqlite_store::list(const task_filter& filter) { return parts_->lister.list(filter); }

result<std::vector<task_event>> sqlite_store::events(const task_id& id, std::uint64_t after, std::uint32_t limit) {
  return parts_->reader.events(id, after, limit);
}

}  // namespace dunlin
