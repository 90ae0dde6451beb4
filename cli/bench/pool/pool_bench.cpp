// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/pool/pool_bench.hpp"

#include <dlfcn.h>
#include <sys/mman.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/bench/pool/trace_recipes.hpp"
#include "cli/bench/pool/trace_replay.hpp"
#include "gpu/memory/host_pages.hpp"
#include "gpu/memory/memory_stream.hpp"

namespace dunlin::bench {

namespace {

using clock_type = std::chrono::steady_clock;

/// Keeps the compiler from leaving out a block that nobody uses.
void use(void* place) noexcept { asm volatile("" : : "r"(place) : "memory"); }

/// Returns nanoseconds of one of `count` runs.
template <class Run>
double ns_each(std::uint32_t count, Run&& run) {
  const auto from = clock_type::now();
  for (std::uint32_t i = 0; i < count; ++i) run();
  return std::chrono::duration<double, std::nano>(clock_type::now() - from).count() / count;
}

void map_touch_unmap(std::size_t bytes) {
  auto* place = static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (place == MAP_FAILED) return;
  for (std::size_t at = 0; at < bytes; at += 4'096) place[at] = 1;
  use(place);
  munmap(place, bytes);
}

struct malloc_and_free {
  void* (*allocate)(std::size_t) = nullptr;
  void (*free)(void*) = nullptr;
};

/// Returns the C library's own, also in a program that brings another allocator; null if there is none.
malloc_and_free allocator_of_libc() {
  void* libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  if (libc == nullptr) return {};
  return {reinterpret_cast<void* (*)(std::size_t)>(dlsym(libc, "malloc")),
          reinterpret_cast<void (*)(void*)>(dlsym(libc, "free"))};
}

struct hot_size {
  std::size_t bytes;
  const char* suffix;
};
constexpr std::array hot_sizes{hot_size{4'096, ""}, hot_size{64, "_64b"}, hot_size{65'536, "_64kib"},
                               hot_size{1 << 20, "_1mib"}};

result<std::string> text_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::string out{std::istreambuf_iterator<char>{in}, {}};
  if (!in) return fail(errc::io_failed, "cannot read " + file, {}, "--trace");
  return out;
}

class pool_bench {
 public:
  explicit pool_bench(const pool_bench_options& options) : options_(options) {}

  result<bench_report> measure() {
    if (auto done = add_speed(); !done) return fail(std::move(done.error()));
    for (const auto& recipe : all_trace_recipes())
      if (auto done = add_trace(std::string{recipe.name}, recipe.make(recipe.seed)); !done)
        return fail(std::move(done.error()));
    for (const auto& file : options_.trace_files)
      if (auto done = add_trace_file(file); !done) return fail(std::move(done.error()));
    return std::move(report_);
  }

 private:
  /// The block beside keeps the pool from ever being empty, as it is in use.
  result<void> add_speed() {
    auto pages = host_pages::make(1ULL << 32, 4'096);
    if (!pages) return fail(std::move(pages.error()));
    auto pool = memory_pool::make(std::move(*pages), {});
    if (!pool) return fail(std::move(pool.error()));
    const auto stream = (*pool)->open_stream();
    std::pmr::memory_resource& memory = *stream;
    void* beside = memory.allocate(1 << 20);
    for (const auto& size : hot_sizes) add_hot(memory, size);
    add_hot_set(memory);
    memory.deallocate(beside, 1 << 20);
    return {};
  }

  void add_hot(std::pmr::memory_resource& memory, const hot_size& size) {
    const auto ours = [&] {
      return ns_each(options_.pairs, [&] {
        auto* place = memory.allocate(size.bytes);
        use(place);
        memory.deallocate(place, size.bytes);
      });
    };
    const std::string suffix = size.suffix;
    const auto times =
        static_cast<std::uint32_t>(options_.mapped * 4'096ULL / (size.bytes < 4'096 ? 4'096 : size.bytes));
    add_comparison(report_, "alloc_free_ns" + suffix, "map_touch_unmap_ns" + suffix, "ns",
                   measure_abba(options_.rounds, ours,
                                [&] { return ns_each(times < 8 ? 8 : times, [&] { map_touch_unmap(size.bytes); }); }));
    (report_.figures.end() - 2)->note = std::to_string(size.bytes) + " bytes, freed at once";
    const auto libc = allocator_of_libc();
    if (libc.allocate != nullptr) add_malloc("malloc_free_ns" + suffix, "the C library's", ours, size.bytes, libc);
    add_malloc("program_malloc_free_ns" + suffix, "this program's: mimalloc, unless built without", ours, size.bytes,
               {std::malloc, std::free});
  }

  /// Eight sizes at once, as a step of work takes them again and again.
  void add_hot_set(std::pmr::memory_resource& memory) {
    constexpr std::array<std::size_t, 8> sizes{64, 200, 1'000, 4'096, 20'000, 65'536, 300'000, 1 << 20};
    const auto each = [&](auto allocate, auto free) {
      return ns_each(options_.pairs / 8,
                     [&] {
                       std::array<void*, sizes.size()> places;
                       for (std::size_t i = 0; i < sizes.size(); ++i) use(places[i] = allocate(sizes[i]));
                       for (std::size_t i = 0; i < sizes.size(); ++i) free(places[i], sizes[i]);
                     }) /
             sizes.size();
    };
    const auto sides = measure_abba(
        options_.rounds,
        [&] {
          return each([&](std::size_t bytes) { return memory.allocate(bytes); },
                      [&](void* place, std::size_t bytes) { memory.deallocate(place, bytes); });
        },
        [&] { return each(std::malloc, [](void* place, std::size_t) { std::free(place); }); });
    add_comparison(report_, "alloc_free_ns_eight_sizes", "program_malloc_free_ns_eight_sizes", "ns", sides);
    (report_.figures.end() - 2)->note = "64 B to 1 MiB, all in use at once";
  }

  template <class Ours>
  void add_malloc(const std::string& name, const char* note, const Ours& ours, std::size_t bytes,
                  const malloc_and_free& of) {
    const auto sides = measure_abba(options_.rounds, ours, [&] {
      return ns_each(options_.pairs, [&] {
        auto* place = of.allocate(bytes);
        use(place);
        of.free(place);
      });
    });
    report_.figures.push_back(make_figure(name, "ns", sides.baseline));
    auto& added = report_.figures.back();
    added.note = note;
    added.note += "; the pool takes " + ratio_text(spread_of(sides.ours).median / added.value) + " times as long";
  }

  static std::string ratio_text(double value) {
    const auto hundredths = std::lround(value * 100);
    const auto part = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + "." + (part.size() < 2 ? "0" : "") + part;
  }

  result<void> add_trace_file(const std::string& file) {
    auto text = text_of(file);
    if (!text) return fail(std::move(text.error()));
    auto trace = parse_allocation_trace(*text);
    if (!trace) {
      trace.error().context += " (in " + file + ")";
      return fail(std::move(trace.error()));
    }
    return add_trace(std::filesystem::path{file}.stem().string(), *trace);
  }

  result<void> add_trace(const std::string& name, const std::vector<allocation_event>& trace) {
    const auto live = peak_live_bytes(trace);
    auto ours = replay_on_pool(trace);
    if (!ours) return fail(std::move(ours.error()));
    auto capped = replay_on_pool(trace, live + live / 10);
    if (!capped) return fail(std::move(capped.error()));
    const auto best_fit = replay_on_best_fit(trace);
    add_waste("waste_percent_" + name, ours->reserved, live);
    add_waste("waste_percent_" + name + "_bestfit", best_fit.reserved, live);
    auto& waste = *(report_.figures.end() - 2);
    waste.baseline = report_.figures.back().name;
    if (report_.figures.back().value > 0) waste.ratio = waste.value / report_.figures.back().value;
    waste.note = split_text(*ours);
    add_waste("waste_percent_" + name + "_pow2", replay_on_powers_of_two(trace).reserved, live);
    add_waste("waste_percent_" + name + "_fixed", replay_on_fixed_slots(trace).reserved, live);
    add("refused_at_110_percent_" + name, static_cast<double>(capped->refused), "allocations",
        "of " + std::to_string(trace.size()) + " events, with 1.1 times the peak of what is live");
    add("moved_percent_" + name, 100 * static_cast<double>(ours->moved) / static_cast<double>(total_bytes(trace)), "%",
        "of the bytes allocated: pages that were moved to where they were needed");
    add("replay_ns_" + name, ours->ns, "ns", "an event, without the pages' own cost");
    auto& slow = report_.figures.back();
    slow.baseline = "replay_ns_" + name + "_bestfit";
    slow.ratio = ours->ns / best_fit.ns;
    add("replay_ns_" + name + "_bestfit", best_fit.ns, "ns", "");
    return {};
  }

  static std::uint64_t total_bytes(const std::vector<allocation_event>& trace) {
    std::uint64_t out = 1;
    for (const auto& event : trace) out += event.is_free ? 0 : event.bytes;
    return out;
  }

  /// Returns where the bytes were that were reserved and not asked for, when the pool last took pages.
  static std::string split_text(const replay_outcome& of) {
    const auto percent = [&](std::uint64_t bytes) {
      return ratio_text(100 * static_cast<double>(bytes) / static_cast<double>(of.reserved == 0 ? 1 : of.reserved)) +
             " %";
    };
    return "when it last grew: internal " + percent(of.at_peak.internal) + ", cached " + percent(of.at_peak.cached) +
           ", external " + percent(of.at_peak.external);
  }

  void add_waste(const std::string& name, std::uint64_t reserved, std::uint64_t live) {
    add(name, waste_percent(reserved, live), "%", "");
  }

  void add(const std::string& name, double value, const char* unit, std::string note) {
    figure out;
    out.name = name;
    out.value = value;
    out.unit = unit;
    out.note = std::move(note);
    report_.figures.push_back(std::move(out));
  }

  pool_bench_options options_;
  bench_report report_ = begin_report("pool");
};

}  // namespace

result<bench_report> run_pool_bench(const pool_bench_options& options) { return pool_bench{options}.measure(); }

}  // namespace dunlin::bench
