// SPDX-License-Identifier: Apache-2.0
#include "store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace dunlin {

namespace {

/// Returns `process 42 (dunlin)`, from the number that the holder left in the file.
std::string holder_of(const std::string& path) {
  std::string number;
  std::string name;
  std::ifstream{path} >> number;
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) return "another process";
  std::getline(std::ifstream{"/proc/" + number + "/comm"}, name);
  return "process " + number + (name.empty() ? "" : " (" + name + ")");
}

/// For those who are refused; the lock itself does not depend on it.
void leave_number(int fd) {
  const auto number = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) == 0) static_cast<void>(!::pwrite(fd, number.data(), number.size(), 0));
}

}  // namespace

result<file_lock> file_lock::take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail(errc::io_failed, "cannot open '" + path + "': " + std::strerror(errno),
                "check that the directory exists and may be written");
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
    leave_number(fd);
    return file_lock{fd};
  }
  const bool taken = errno == EWOULDBLOCK;
  const std::string words = std::strerror(errno);
  ::close(fd);
  if (taken)
    return fail(errc::already_running, holder_of(path) + " holds '" + path + "'", "end it, or name another directory");
  return fail(errc::io_failed, "cannot lock '" + path + "': " + words);
}

file_lock::~file_lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace dunlin
