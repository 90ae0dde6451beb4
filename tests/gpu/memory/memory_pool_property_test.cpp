// SPDX-License-Identifier: Apache-2.0
// Random histories of a pool against a list of what it handed out.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <map>

#include "gpu/memory/memory_pool.hpp"
#include "gpu/memory/memory_stream.hpp"
#include "tests/gpu/memory/counted_pages.hpp"

namespace dunlin::testing {
namespace {

struct handed_out {
  std::uint64_t bytes;
  std::size_t stream;
};

/// A pool of a few streams over pages that are written down.
class history {
 public:
  history(std::uint64_t page, pool_options options, std::size_t streams)
      : page_(page), pool_(memory_pool::make(std::make_unique<counted_pages>(book_, 4'096, page), options).value()) {
    for (std::size_t i = 0; i < streams; ++i) streams_.push_back(pool_->open_stream());
  }

  void allocate() {
    const auto bytes =
        *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 300), rc::gen::inRange<std::uint64_t>(0, 20'000),
                        rc::gen::element<std::uint64_t>(64, 4'096, 40'000, 200'000));
    const auto alignment = std::uint64_t{1} << *rc::gen::inRange(0, 13);
    const auto stream = *rc::gen::inRange<std::size_t>(0, streams_.size());
    auto* place = static_cast<std::byte*>(streams_[stream]->try_allocate(bytes, alignment));
    if (place == nullptr) return;
    RC_ASSERT(reinterpret_cast<std::uintptr_t>(place) % alignment == 0);
    const auto after = live_.lower_bound(place);
    RC_ASSERT(after == live_.end() || place + granted(bytes) <= after->first);
    if (after != live_.begin()) {
      const auto& [before, what] = *std::prev(after);
      RC_ASSERT(before + granted(what.bytes) <= place);
    }
    live_.emplace(place, handed_out{bytes, stream});
  }

  void free() {
    if (live_.empty()) return;
    auto at = std::next(live_.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(live_.size())));
    streams_[at->second.stream]->deallocate(at->first, at->second.bytes);
    live_.erase(at);
  }

  void close_a_stream() {
    const auto stream = *rc::gen::inRange<std::size_t>(0, streams_.size());
    streams_[stream] = pool_->open_stream();
    std::erase_if(live_, [&](const auto& one) { return one.second.stream == stream; });
  }

  void collect() { pool_->collect(); }

  /// Every page that a block touches is backed, and the books add up.
  void check() const {
    RC_ASSERT(!book_->is_broken);
    std::uint64_t asked = 0;
    const auto base = std::bit_cast<std::byte*>(std::uintptr_t{1} << 40);
    for (const auto& [place, what] : live_) {
      asked += what.bytes;
      const auto first = static_cast<std::uint64_t>(place - base) / page_;
      const auto last = (static_cast<std::uint64_t>(place - base) + granted(what.bytes) - 1) / page_;
      for (auto page = first; page <= last; ++page) RC_ASSERT(book_->backed[page]);
    }
    const auto now = pool_->statistics().now;
    RC_ASSERT(now.asked == asked);
    RC_ASSERT(now.reserved == book_->pages * page_);
    RC_ASSERT(now.asked + now.internal + now.cached + now.external == now.reserved);
    RC_ASSERT(now.reserved <= pool_->options().max_bytes);
    RC_ASSERT(now.reserved >= pool_->options().min_bytes);
    RC_ASSERT(pool_->statistics().blocks == live_.size());
  }

  void end() {
    while (!live_.empty()) free();
    pool_->collect();
    RC_ASSERT(pool_->statistics().now.reserved == granted_pages(pool_->options().min_bytes));
  }

 private:
  static std::uint64_t granted(std::uint64_t bytes) { return bytes == 0 ? 16 : (bytes + 15) / 16 * 16; }
  [[nodiscard]] std::uint64_t granted_pages(std::uint64_t bytes) const { return (bytes + page_ - 1) / page_ * page_; }

  std::uint64_t page_;
  std::shared_ptr<page_book> book_ = std::make_shared<page_book>();
  std::shared_ptr<memory_pool> pool_;
  std::vector<std::shared_ptr<memory_stream>> streams_;
  std::map<std::byte*, handed_out> live_;
};

RC_GTEST_PROP(MemoryPoolProperty, HandsNothingOutTwiceAndBacksWhatItHandsOut, ()) {
  const auto page = *rc::gen::element<std::uint64_t>(4'096, 65'536);
  pool_options options;
  options.max_bytes = page * *rc::gen::element<std::uint64_t>(20, 200, 4'096);
  options.min_bytes = *rc::gen::element<std::uint64_t>(0, 3 * page);
  options.growth_factor = *rc::gen::element(1.0, 1.5);
  history run{page, options, *rc::gen::inRange<std::size_t>(1, 4)};
  const auto steps = *rc::gen::inRange(1, 200);
  for (int step = 0; step < steps; ++step) {
    const auto what = *rc::gen::inRange(0, 40);
    if (what < 22)
      run.allocate();
    else if (what < 38)
      run.free();
    else if (what == 38)
      run.close_a_stream();
    else
      run.collect();
    run.check();
  }
  run.end();
}

}  // namespace
}  // namespace dunlin::testing
