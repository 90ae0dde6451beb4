// SPDX-License-Identifier: Apache-2.0
#include "store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dunlin {

result<file_lock> file_lock::take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail(errc::io_failed, "cannot open '" + path + "': " + std::strerror(errno),
                "check that the directory exists and may be written");
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return file_lock{fd};
  const bool taken = errno == EWOULDBLOCK;
  const std::string words = std::strerror(errno);
  ::close(fd);
  if (taken)
    return fail(errc::already_running, "another process has '" + path + "'", "end it, or name another directory");
  return fail(errc::io_failed, "cannot lock '" + path + "': " + words);
}

file_lock::~file_lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace dunlin
