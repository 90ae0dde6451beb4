// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sqlite/fault_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/store/sqlite/fault_vfs.hpp"

namespace dunlin::testing {

fault_disk::fault_disk() { mount(*this); }
fault_disk::~fault_disk() { unmount(); }

int fault_disk::on_write(const std::string& name, const void* data, int size, std::int64_t offset) {
  if (on_access) on_access();
  const std::lock_guard lock{mutex_};
  if (room_ < size) return SQLITE_FULL;
  room_ -= size;
  const auto* first = static_cast<const std::byte*>(data);
  files_[name].unsynced.push_back({offset, bytes(first, first + size), false});
  return SQLITE_OK;
}

int fault_disk::on_sync(const std::string& name) {
  if (on_access) on_access();
  const std::lock_guard lock{mutex_};
  if (syncs_fail_) return SQLITE_IOERR_FSYNC;
  if (lies_) return SQLITE_OK;
  auto& one = files_[name];
  for (const auto& each : one.unsynced) apply(one.synced, each, each.data.size());
  one.unsynced.clear();
  return SQLITE_OK;
}

void fault_disk::on_truncate(const std::string& name, std::int64_t size) {
  const std::lock_guard lock{mutex_};
  files_[name].unsynced.push_back({size, {}, true});
}

void fault_disk::on_delete(const std::string& name) {
  const std::lock_guard lock{mutex_};
  files_.erase(name);
}

void fault_disk::apply(bytes& content, const change& one, std::size_t size) {
  const auto offset = static_cast<std::size_t>(one.offset);
  if (one.truncates) return content.resize(offset);
  if (size == 0) return;
  content.resize(std::max(content.size(), offset + size));
  std::copy_n(one.data.begin(), size, content.begin() + one.offset);
}

disk_image fault_disk::image_after_power_cut(std::mt19937& random) {
  constexpr std::size_t sector = 512;
  const std::lock_guard lock{mutex_};
  disk_image out;
  for (const auto& [name, one] : files_) {
    auto& content = out[name] = one.synced;
    for (const auto& each : one.unsynced) {
      const auto fate = random() % 4;
      const auto sectors = each.data.size() / sector;
      const auto torn = sectors == 0 ? 0 : random() % sectors * sector;
      if (fate > 0 || !each.truncates) apply(content, each, fate == 0 ? 0 : fate == 1 ? torn : each.data.size());
    }
  }
  return out;
}

void write_image(const disk_image& image, const std::string& directory) {
  for (const auto& [name, content] : image)
    std::ofstream{std::filesystem::path{directory} / name, std::ios::binary}.write(
        reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

}  // namespace dunlin::testing
