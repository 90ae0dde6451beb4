// SPDX-License-Identifier: Apache-2.0
#include "actors/process/child_report.hpp"

#include <cstring>

#include "actors/process/child_options.hpp"

namespace dunlin {

namespace {

std::string with_last_lines(std::string text, const child_report& report) {
  if (!report.last_lines.empty()) text += "; last output:\n" + report.last_lines;
  return text;
}

std::string why_killed(const child_report& report) {
  switch (report.killed) {
    case errc::timeout:
      return "killed: it ran longer than allowed";
    case errc::output_too_large:
      return "killed: it wrote more than its output cap";
    case errc::protocol_violation:
      return "killed: it sent something that is no message";
    case errc::stuck_handler:
      return "the system does not end it, though it was killed";
    default:
      return "killed: " + std::string{to_string(report.killed)};
  }
}

void append_printable(std::string& out, char c) {
  constexpr const char* digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '\n' || c == '\t' || (byte >= 0x20 && byte < 0x7f)) {
    out += c;
  } else {
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

std::size_t start_of_tail(std::string_view raw, std::size_t max_lines, std::size_t max_bytes) {
  std::size_t at = raw.size();
  for (std::size_t lines = 0; at > 0 && raw.size() - at < max_bytes; --at)
    if (raw[at - 1] == '\n' && ++lines >= max_lines) break;
  return at;
}

}  // namespace

result<void> verdict(const child_report& report) {
  if (report.not_started) return fail(*report.not_started);
  if (report.killed != errc::none) return fail(report.killed, with_last_lines(why_killed(report), report));
  if (report.signal != 0)
    return fail(errc::crashed, with_last_lines("ended by " + describe_signal(report.signal), report));
  if (report.exit_code != 0)
    return fail(errc::handler_failed, with_last_lines("exited with code " + std::to_string(report.exit_code), report));
  return {};
}

std::string describe_signal(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* text = sigdescr_np(signal);
  if (name == nullptr || text == nullptr) return "signal " + std::to_string(signal);
  return "SIG" + std::string{name} + " (" + text + ")";
}

std::string printable_tail(std::string_view raw, std::size_t max_lines, std::size_t max_bytes) {
  while (!raw.empty() && raw.back() == '\n') raw.remove_suffix(1);
  raw.remove_prefix(start_of_tail(raw, max_lines, max_bytes));
  std::string out;
  for (const char c : raw) append_printable(out, c);
  return out;
}

std::vector<std::pair<std::string, std::string>> task_environment(const task_id& id, std::uint32_t attempt,
                                                                  fencing_token epoch) {
  return {{"DUNLIN_TASK_ID", to_string(id)},
          {"DUNLIN_ATTEMPT", std::to_string(attempt)},
          {"DUNLIN_EPOCH", std::to_string(epoch)}};
}

}  // namespace dunlin
