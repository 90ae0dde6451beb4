// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/group_directory.hpp"

#include <chrono>
#include <utility>

#include "actors/collective/link_streams.hpp"
#include "actors/swarm/link_ends.hpp"

namespace dunlin {

namespace {

constexpr duration patience = 3s;

time_point monotonic_now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

result<group_invitation> group_directory::find(const std::string& name, const group_invitation& own,
                                               const wait_terms& terms) {
  if (desk_.leader != nullptr) {
    const std::lock_guard lock{mutex_};
    return open_.on_sought(name, own, now_());
  }
  const auto answer = std::make_shared<awaited<group_invitation>>();
  const auto question = ask(name, own, [answer](result<group_invitation> group) { answer->give(std::move(group)); });
  auto found = answer->wait(terms.within(now_() + patience), now_);
  {
    const std::lock_guard lock{mutex_};
    asked_.erase(question.value);  // it is there still if nobody answered
  }
  if (!found && found.error().code == errc::timeout)
    return fail(errc::timeout, "the leader does not say who convenes group '" + name + "'");
  return found;
}

void group_directory::give_up(const std::string& name, const group_invitation& own) {
  if (desk_.leader != nullptr) return on_given_up({name, own});
  const auto [leader, host] = way_to_leader();
  if (host) static_cast<void>(host->send(leader, group_given_up::wire_name, codec::to_wire(group_given_up{name, own})));
}

void group_directory::on_given_up(const group_given_up& news) {
  const std::lock_guard lock{mutex_};
  open_.on_given_up(news.name, news.own);
}

/// Returns null where there is none.
std::pair<std::string, std::shared_ptr<net::link_host>> group_directory::way_to_leader() {
  const std::lock_guard lock{desk_.mutex};
  return {desk_.leader_name, desk_.leader_name.empty() ? nullptr : desk_.host};
}

request_id group_directory::ask(const std::string& name, const group_invitation& own,
                                completion<group_invitation> done) {
  const auto [leader, host] = way_to_leader();
  request_id question;
  if (!host) {
    done(fail(errc::unreachable, "the leader, who knows the groups, is away"));
    return question;
  }
  {
    const std::lock_guard lock{mutex_};
    question.value = ++last_question_;
    asked_[question.value] = std::move(done);
  }
  const auto said = host->send(leader, group_sought::wire_name, codec::to_wire(group_sought{question, name, own}));
  if (!said) on_found({question, {}, said.error()});
  return question;
}

group_found group_directory::on_sought(const group_sought& question) {
  const std::lock_guard lock{mutex_};
  const auto group = open_.on_sought(question.name, question.own, now_());
  if (!group) return {question.question, {}, group.error()};
  return {question.question, *group, error{errc::none}};
}

void group_directory::on_found(group_found&& answer) {
  completion<group_invitation> done;
  {
    const std::lock_guard lock{mutex_};
    const auto asked = asked_.find(answer.question.value);
    if (asked == asked_.end()) return;  // it was waited for too long
    done = std::move(asked->second);
    asked_.erase(asked);
  }
  if (answer.why.code != errc::none) return done(fail(std::move(answer.why)));
  done(std::move(answer.group));
}

void group_directory::on_leader_down() {
  std::map<std::uint64_t, completion<group_invitation>> asked;
  {
    const std::lock_guard lock{mutex_};
    asked.swap(asked_);
  }
  for (const auto& [question, done] : asked) done(fail(errc::link_down, "the leader, who knows the groups, is gone"));
}

void group_directory::on_node_down(incarnation life) {
  const std::lock_guard lock{mutex_};
  open_.on_node_down(life);
}

void open_meetings(const std::shared_ptr<link_desk>& desk, local_node_parts& node) {
  const auto host = [desk = std::weak_ptr{desk}]() -> std::shared_ptr<net::link_host> {
    const auto here = desk.lock();
    if (!here) return nullptr;
    const std::lock_guard lock{here->mutex};
    return here->host;
  };
  const member_place own{desk->node, desk->life};
  desk->meeting =
      std::make_shared<meeting_place>(own, std::make_shared<link_streams>(host, monotonic_now), monotonic_now);
  desk->groups = std::make_shared<group_directory>(*desk, monotonic_now);
  node.meeting = desk->meeting;
  node.groups = {desk, desk->groups.get()};
}

}  // namespace dunlin
