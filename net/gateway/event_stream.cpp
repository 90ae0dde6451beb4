// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/event_stream.hpp"

#include <utility>

#include "net/gateway/exchange.hpp"
#include "net/json/codec.hpp"

namespace dunlin::net {

namespace {

constexpr std::uint32_t events_a_look = 256;

/// Source: WHATWG HTML, section 9.2.5 (event stream). Our JSON holds no line breaks.
std::string block(std::string_view name, std::string_view id, std::string_view data) {
  std::string out;
  if (!id.empty()) ((out += "id: ") += id) += '\n';
  ((out += "event: ") += name) += '\n';
  ((out += "data: ") += data) += "\n\n";
  return out;
}

/// `list` is the one query that leaves payload and output out; the ids after the one before are this one first.
task_filter only(task_id id) {
  task_filter out;
  out.after = id.low == 0 ? task_id{id.high - 1, UINT64_MAX} : task_id{id.high, id.low - 1};
  out.limit = 1;
  return out;
}

}  // namespace

void event_stream::look(const done_function& done) {
  auto self = shared_from_this();
  swarm_.events(id_, after_, events_a_look,
                at_home<std::vector<task_event>>(
                    home_, [self, done](const std::vector<task_event>& events) { self->on_events(events, done); },
                    [done](const error& why) {
                      done({block("error", {}, json::to_json(why)), true});
                    }));
}

void event_stream::on_events(const std::vector<task_event>& events, const done_function& done) {
  if (events.empty()) return look_at_progress(done);
  event_piece out;
  for (const auto& each : events) {
    out.text += block(to_string(each.what), std::to_string(each.sequence), json::to_json(each));
    after_ = each.sequence;
  }
  out.last = is_terminal(events.back().state) && events.size() < events_a_look;
  if (out.last) out.text += block("end", {}, "{}");
  done(std::move(out));
}

void event_stream::look_at_progress(const done_function& done) {
  auto self = shared_from_this();
  swarm_.list(only(id_),
              at_home<std::vector<task_record>>(
                  home_, [self, done](const std::vector<task_record>& found) { self->on_record(found, done); },
                  [done](const error& why) {
                    done({block("error", {}, json::to_json(why)), true});
                  }));
}

void event_stream::on_record(const std::vector<task_record>& found, const done_function& done) {
  if (found.empty() || found.front().id != id_) return done({block("end", {}, "{}"), true});
  const auto& record = found.front();
  event_piece out;
  if (record.progress != seen_) out.text = block("progress", {}, json::to_json(record.progress));
  seen_ = record.progress;
  out.last = std::exchange(ended_, is_terminal(record.status.state)) && ended_;
  if (out.last) out.text += block("end", {}, "{}");
  done(std::move(out));
}

}  // namespace dunlin::net
