// SPDX-License-Identifier: Apache-2.0
// A disk that forgets, fills up and fails, under the real SQLite. Killing a process does not show what a power cut
// does: the kernel still has what was never synced. This disk knows what was.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "coordination/bytes.hpp"

namespace dunlin::testing {

/// What is on a disk, by file name without its directory.
using disk_image = std::map<std::string, bytes>;

/// Puts itself under every database that is opened from now on, until destroyed. One at a time.
class fault_disk {
 public:
  fault_disk();
  ~fault_disk();
  fault_disk(const fault_disk&) = delete;
  fault_disk& operator=(const fault_disk&) = delete;

  /// Returns what a power cut now would leave: all that was synced, and of each later write, as `random` wills, all,
  /// nothing, or its first sectors.
  disk_image image_after_power_cut(std::mt19937& random);

  /// Called before each write and sync, on the thread that does it.
  std::function<void()> on_access;

  /// Acknowledges syncs without syncing, as some disks do.
  void lie_about_syncs(bool lie) { lies_ = lie; }

  /// Takes so many more bytes, then is full.
  void fill_up_after(std::int64_t bytes) { room_ = bytes; }
  void make_room() { room_ = without_end; }

  /// Lets every sync fail.
  void fail_syncs(bool fail) { syncs_fail_ = fail; }

  // What the files of the disk say.
  int on_write(const std::string& name, const void* data, int size, std::int64_t offset);
  int on_sync(const std::string& name);
  void on_truncate(const std::string& name, std::int64_t size);
  void on_delete(const std::string& name);

 private:
  static constexpr std::int64_t without_end = std::int64_t{1} << 60;

  struct change {
    std::int64_t offset = 0;  ///< of a write; of a truncation the new size
    bytes data;
    bool truncates = false;
  };
  struct file {
    bytes synced;
    std::vector<change> unsynced;
  };
  static void apply(bytes& content, const change& one, std::size_t size);

  std::mutex mutex_;
  std::map<std::string, file> files_;
  std::int64_t room_ = without_end;
  bool lies_ = false;
  bool syncs_fail_ = false;
};

/// Writes every file of an image into a directory.
void write_image(const disk_image& image, const std::string& directory);

}  // namespace dunlin::testing
