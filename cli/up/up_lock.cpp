// SPDX-License-Identifier: Apache-2.0
#include "cli/up/up_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "cli/client/up_file.hpp"

namespace dunlin::cli {

result<up_lock> up_lock::take(const std::string& state_dir) {
  const auto path = state_dir + "/up.lock";
  descriptor held{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (held.get() < 0) return fail(errc::io_failed, "cannot open '" + path + "': " + std::strerror(errno));
  if (::flock(held.get(), LOCK_EX | LOCK_NB) == 0) return up_lock{std::move(held)};
  const auto first = read_up_file(state_dir);
  const auto where = first ? " on " + first->url + ", process " + std::to_string(first->pid) : ", and is just starting";
  return fail(errc::already_running, "a swarm with its state in '" + state_dir + "' runs already" + where,
              "use it, stop it with `dunlin down`, or name another directory with --state-dir");
}

}  // namespace dunlin::cli
