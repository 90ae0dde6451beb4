// SPDX-License-Identifier: Apache-2.0
#include "tests/support/link_end.hpp"

#include <algorithm>
#include <array>

namespace dunlin::link {

namespace {

constexpr std::array ending_names{"refused", "violated", "timed_out", "silent", "goodbye"};

session_config config_of(const link_end::options& how) {
  session_config out{how.who, how.role, how.dialler, {}, how.times};
  out.challenge.fill(static_cast<std::byte>(how.who.life.value));
  return out;
}

}  // namespace

identity identity_of(std::string name) {
  identity out;
  out.cluster = "flock";
  out.life = incarnation{cluster_tag(name)};
  out.node = std::move(name);
  out.build = "0.1.0";
  out.caf_version = "0.17.6";
  out.message_digest = 77;
  return out;
}

link_end::link_end(options how, time_point now)
    : how_(std::move(how)),
      now_(now),
      session_(config_of(how_), *this, now),
      out_(cluster_tag(how_.who.cluster), how_.who.life) {
  session_.start(effects_);
  perform();
}

void link_end::feed(bytes_view raw, time_point now) {
  now_ = now;
  session_.on_bytes(raw, now, effects_);
  perform();
}

void link_end::tick(time_point now) {
  now_ = now;
  session_.tick(now, out_.take_spoke(), effects_);
  perform();
}

void link_end::consume(const window& amount) {
  session_.consumed(amount, effects_);
  perform();
}

void link_end::say_goodbye(const error& why) {
  session_.say_goodbye(why, effects_);
  perform();
}

mac_tag link_end::sign(bytes_view text) {
  mac_tag out{};
  const auto sum = cluster_tag(how_.secret + std::string{as_text(text)});
  for (std::size_t i = 0; i < sizeof sum; ++i) out[i] = static_cast<std::byte>(sum >> (8 * i));
  return out;
}

bool link_end::verify(bytes_view text, bytes_view tag) { return std::ranges::equal(sign(text), tag); }

result<void> link_end::admit(const hello&) {
  if (how_.turns_away) return fail(*how_.turns_away);
  return {};
}

void link_end::perform() {
  // Consuming says more, so the list grows while it is performed.
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    auto effect = std::move(effects_[i]);
    std::visit([this](auto& e) { see(e); }, effect);
    if (how_.consumes && to_consume_.frames > 0) session_.consumed(std::exchange(to_consume_, {}), effects_);
  }
  effects_.clear();
}

void link_end::see(opened&) {
  out_.open(session_.peer().who.life, session_.peer().room);
  log_.push_back("opened " + session_.peer().who.node);
}

void link_end::see(received& effect) {
  to_consume_ += cost_of(effect.kind, effect.body);
  log_.push_back("received " + std::string{effect.kind} + ' ' + std::string{as_text(effect.body)});
}

void link_end::see(credit_returned& effect) {
  const auto may_try = out_.add_credit(effect.consumed);
  if (!may_try)
    session_.violated(may_try.error(), effects_);
  else
    log_.push_back("credit " + std::to_string(effect.consumed.frames) + (*may_try ? " writable" : ""));
}

void link_end::see(closed& effect) {
  out_.close();
  log_.push_back(std::string{"closed "} + ending_names[static_cast<std::size_t>(effect.how)] + ' ' +
                 to_string(session_.why()));
}

void settle(link_end& one, link_end& other, std::size_t cut) {
  const auto carry = [cut](bytes raw, link_end& to) {
    for (std::size_t at = 0; at < raw.size(); at += std::min(cut, raw.size() - at))
      to.feed(bytes_view{raw}.subspan(at, std::min(cut, raw.size() - at)));
    return !raw.empty();
  };
  for (bool moved = true; moved;) {
    moved = carry(one.take_output(), other);
    moved = carry(other.take_output(), one) || moved;
  }
}

}  // namespace dunlin::link
