// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/gpu_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace dunlin::cuda {

namespace {

std::string holder_in(int file) {
  std::array<char, 64> text{};
  const auto length = pread(file, text.data(), text.size() - 1, 0);
  return length > 0 ? std::string{text.data()} : std::string{"another process"};
}

error io_error(const std::string& what) {
  return error{errc::io_failed, what + ": " + std::generic_category().message(errno)};
}

}  // namespace

result<std::unique_ptr<gpu_lock>> gpu_lock::take(const std::string& run_directory, const std::string& uuid,
                                                 const std::string& owner) {
  std::error_code why;
  std::filesystem::create_directories(run_directory, why);
  const auto path = run_directory + "/gpu-" + uuid;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return fail(io_error("cannot open " + path));
  std::unique_ptr<gpu_lock> made{new gpu_lock(file)};
  if (flock(file, LOCK_EX | LOCK_NB) != 0)
    return fail(errc::already_running, "GPU " + uuid + " is held by " + holder_in(file),
                "one node of a host has a GPU; stop the other, or switch GPUs off for this one");
  if (ftruncate(file, 0) != 0 || pwrite(file, owner.data(), owner.size(), 0) < 0)
    return fail(io_error("cannot write " + path));
  return made;
}

gpu_lock::~gpu_lock() { close(file_); }

}  // namespace dunlin::cuda
