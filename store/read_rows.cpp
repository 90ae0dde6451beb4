// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "store/stored_form.hpp"
#include "store/task_rows.hpp"

namespace dunlin {

namespace {

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

/// Turns the columns of one row into a record; the first thing that is wrong sticks.
class record_reader {
 public:
  explicit record_reader(SQLite::Statement& row) : row_(row) { out_.id = id_of(blob(row.getColumn(0))); }

  result<task_record> read() {
    id_list dependencies;
    out_.submitted = row_.getColumn(1).getInt64();
    const auto output_sum = message_without(2, out_.status);
    message(3, out_.progress);
    const auto payload_sum = message_without(4, out_.spec, out_.submitted);
    message(5, dependencies);
    out_.dependencies = std::move(dependencies.ids);
    if (row_.getColumnCount() > 6) {
      large(6, payload_sum, out_.spec.payload);
      large(7, output_sum, out_.status.output);
      checkpoint(8);
    }
    if (why_.code != errc::none) return fail(std::move(why_));
    return std::move(out_);
  }

 private:
  template <class T>
  T or_default(result<T>&& read) {
    if (read) return std::move(*read);
    if (why_.code == errc::none) why_ = std::move(read.error());
    return T{};
  }

  template <class... Number>
  bytes_view sealed(int column, Number... beside) {
    return or_default(open_seal(out_.id, blob(row_.getColumn(column)), beside...));
  }

  template <class Message>
  void message(int column, Message& into) {
    if (row_.getColumn(column).isNull()) return;
    const auto raw = sealed(column);
    if (why_.code == errc::none) into = or_default(read_message<Message>(raw));
  }

  /// Returns the sum of the large part, which lies in another column.
  template <class Message, class... Number>
  std::uint32_t message_without(int column, Message& into, Number... beside) {
    auto raw = sealed(column, beside...);
    if (why_.code != errc::none) return 0;
    const auto sum = or_default(cut_sum(raw));
    if (why_.code == errc::none) into = or_default(read_message<Message>(raw));
    return sum;
  }

  void large(int column, std::uint32_t sum, bytes& into) {
    const auto raw = blob(row_.getColumn(column));
    if (why_.code == errc::none && sum != sum_of(out_.id, raw))
      why_ = error{errc::corrupt, "stored bytes of task " + to_string(out_.id) + " fail their checksum"};
    into.assign(raw.begin(), raw.end());
  }

  void checkpoint(int column) {
    if (row_.getColumn(column).isNull()) return;
    const auto raw = sealed(column);
    out_.checkpoint.assign(raw.begin(), raw.end());
  }

  SQLite::Statement& row_;
  task_record out_;
  error why_{errc::none};
};

}  // namespace

result<task_record> read_record(SQLite::Statement& row) { return record_reader{row}.read(); }

result<task_event> read_event(const task_id& id, SQLite::Statement& row) {
  const auto raw = open_seal(id, blob(row.getColumn(0)));
  if (!raw) return fail(error{raw.error()});
  return read_message<task_event>(*raw);
}

}  // namespace dunlin
