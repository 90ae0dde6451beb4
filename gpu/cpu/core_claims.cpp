// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/core_claims.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace dunlin {

namespace {

constexpr std::uint32_t slots = 64;
constexpr std::size_t name_bytes = core_claims::name_length + 1;

// Slot s is byte s for the lock; its name stands behind all lock bytes.
struct flock slot_lock(short type, std::uint32_t first, std::uint32_t count) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = first;
  lock.l_len = count;
  return lock;
}

off_t name_offset(std::uint32_t slot) noexcept { return static_cast<off_t>(slots + slot * name_bytes); }

}  // namespace

/// One core's lock file and the slot held in it. Locks belong to the open file, so two claims of one process see each
/// other like those of two processes.
struct core_claims::slot_file {
  int fd = -1;
  std::uint32_t slot = slots;  // `slots` = none held

  slot_file() = default;
  slot_file(const slot_file&) = delete;
  slot_file& operator=(const slot_file&) = delete;
  ~slot_file() {
    if (fd >= 0) ::close(fd);
  }

  result<void> open(const std::string& path) {
    fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fail(errc::io_failed, "open " + path + ": " + std::strerror(errno));
    return {};
  }

  bool take_slot() {
    for (std::uint32_t s = 0; s < slots; ++s) {
      auto lock = slot_lock(F_WRLCK, s, 1);
      if (::fcntl(fd, F_OFD_SETLK, &lock) == 0) return slot = s, true;
    }
    return false;
  }

  void drop_slot() {
    auto lock = slot_lock(F_UNLCK, slot, 1);
    ::fcntl(fd, F_OFD_SETLK, &lock);
    slot = slots;
  }

  void write_name(const std::string& name) const {
    std::array<char, name_bytes> text{};
    std::copy_n(name.begin(), std::min(name.size(), text.size() - 1), text.begin());
    // A lost name costs a word in a label, not the claim.
    [[maybe_unused]] const auto n = ::pwrite(fd, text.data(), text.size(), name_offset(slot));
  }

  [[nodiscard]] std::string name_in(std::uint32_t s) const {
    std::array<char, name_bytes> text{};
    if (::pread(fd, text.data(), text.size() - 1, name_offset(s)) <= 0 || text[0] == '\0') return "another process";
    return std::string("node ") + text.data();
  }

  /// Returns the slots that others hold, rising.
  [[nodiscard]] std::vector<std::uint32_t> others() const {
    std::vector<std::uint32_t> held;
    for (std::uint32_t s = 0; s < slots; ++s) {
      auto lock = slot_lock(F_WRLCK, s, 1);
      if (s != slot && ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) held.push_back(s);
    }
    return held;
  }

  /// Takes a slot of a core that nobody else holds. When two try at once, both see the other and the lower slot stays.
  bool take_alone() {
    if (!others().empty() || !take_slot()) return false;
    const auto seen = others();
    if (seen.empty() || slot < seen.front()) return true;
    drop_slot();
    return false;
  }
};

struct core_claims::candidate {
  std::uint32_t core;
  std::unique_ptr<slot_file> file;
};

result<std::vector<core_claims::candidate>> core_claims::open_all(const std::string& run_directory,
                                                                  const std::vector<std::uint32_t>& cores) {
  if (cores.empty()) return fail(errc::invalid_argument, "no core to claim");
  std::error_code why;
  std::filesystem::create_directories(run_directory, why);
  if (why) return fail(errc::io_failed, "create " + run_directory + ": " + why.message());
  std::vector<candidate> out;
  for (const auto core : cores) {
    auto file = std::make_unique<slot_file>();
    if (auto opened = file->open(run_directory + "/core-" + std::to_string(core) + ".lock"); !opened)
      return fail(std::move(opened.error()));
    out.push_back({core, std::move(file)});
  }
  return out;
}

void core_claims::keep(candidate&& claimed, const std::string& name) {
  claimed.file->write_name(name);
  cores_.push_back(claimed.core);
  files_.push_back(std::move(claimed.file));
}

result<std::unique_ptr<core_claims>> core_claims::claim(const std::string& run_directory, const std::string& name,
                                                        const std::vector<std::uint32_t>& candidates,
                                                        std::uint32_t wanted) {
  auto open = open_all(run_directory, candidates);
  if (!open) return fail(std::move(open.error()));
  std::unique_ptr<core_claims> out{new core_claims};
  const auto target = wanted == 0 ? candidates.size() : std::min<std::size_t>(wanted, candidates.size());
  for (auto& c : *open)
    if (out->cores_.size() < target && c.file->take_alone()) out->keep(std::move(c), name);
  std::erase_if(*open, [](const candidate& c) { return c.file == nullptr; });
  std::stable_sort(open->begin(), open->end(), [](const candidate& a, const candidate& b) {
    return a.file->others().size() < b.file->others().size();
  });
  for (auto& c : *open)
    if (out->cores_.size() < target && c.file->take_slot()) out->keep(std::move(c), name);
  if (out->cores_.empty()) return fail(errc::io_failed, "no core of " + run_directory + " could be claimed");
  return out;
}

result<std::unique_ptr<core_claims>> core_claims::claim_all(const std::string& run_directory, const std::string& name,
                                                            const std::vector<std::uint32_t>& cores) {
  auto open = open_all(run_directory, cores);
  if (!open) return fail(std::move(open.error()));
  std::unique_ptr<core_claims> out{new core_claims};
  for (auto& c : *open) {
    if (!c.file->take_slot())
      return fail(errc::io_failed, "core " + std::to_string(c.core) + " has as many claimants as it may have");
    out->keep(std::move(c), name);
  }
  return out;
}

core_claims::~core_claims() = default;

std::string core_claims::sharing(const std::string& partners) const {
  std::string text;
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    for (const auto s : files_[i]->others()) {
      const auto name = files_[i]->name_in(s);
      if (!partners.empty() && name.ends_with(partners)) continue;
      text += (text.empty() ? "core " : ", core ") + std::to_string(cores_[i]) + " shared with " + name;
    }
  }
  return text;
}

}  // namespace dunlin
