// SPDX-License-Identifier: Apache-2.0
#include "net/secret_file/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/crypto/hmac.hpp"

namespace dunlin::net {

namespace {

constexpr std::size_t digits = 64;

error failed(const std::string& what, const std::string& path) {
  return error{errno == ENOENT ? errc::not_found : errc::io_failed,
               "cannot " + what + " '" + path + "': " + std::strerror(errno), "check the directory and its rights"};
}

/// A directory that is not there is no reason to look elsewhere for the file.
error cannot_create(const std::string& path) {
  auto why = failed("create", path);
  why.code = errc::io_failed;
  return why;
}

error no_secret(const std::string& path, const std::string& what) {
  return error{errc::malformed, "'" + path + "' " + what,
               "remove it and start again; every node of the cluster needs the same file"};
}

/// A descriptor that closes itself.
class file {
 public:
  explicit file(int fd) noexcept : fd_(fd) {}
  ~file() {
    if (fd_ >= 0) ::close(fd_);
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

result<std::string> draw_secret() {
  std::array<std::byte, digits / 2> raw{};
  if (auto drawn = fill_random(raw); !drawn) return fail(std::move(drawn.error()));
  std::string text;
  constexpr auto hex = "0123456789abcdef";
  for (const auto each : raw) {
    text += hex[std::to_integer<unsigned>(each) >> 4];
    text += hex[std::to_integer<unsigned>(each) & 15];
  }
  return text;
}

/// Writes the secret beside `path` and links it into place: whoever is first wins, and nobody sees half a file.
result<void> create(const std::string& path) {
  auto secret = draw_secret();
  auto suffix = draw_secret();  // two threads of one process must not meet
  if (!secret || !suffix) return fail(std::move((secret ? suffix : secret).error()));
  const auto draft = path + "." + suffix->substr(0, 16);
  {
    const file out{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!out.is_open()) return fail(cannot_create(path));
    const auto text = *secret + "\n";
    if (::write(out.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(out.fd()) != 0) {
      const auto why = failed("write", draft);
      ::unlink(draft.c_str());
      return fail(why);
    }
  }
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const auto why = linked ? error{} : cannot_create(path);
  ::unlink(draft.c_str());
  if (!linked) return fail(why);
  return {};
}

}  // namespace

result<std::string> read_secret(const std::string& path) {
  const file in{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a pipe would make it wait
  if (!in.is_open()) return fail(failed("read", path));
  struct stat facts {};
  if (::fstat(in.fd(), &facts) != 0) return fail(failed("look at", path));
  if (!S_ISREG(facts.st_mode)) return fail(no_secret(path, "is no file"));
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0)
    return fail(errc::forbidden, "'" + path + "' belongs to another user", "name a file of your own");
  if ((facts.st_mode & 077) != 0)
    return fail(errc::forbidden, "others can read the secret in '" + path + "'", "chmod 600 " + path);
  std::string text(digits + 2, '\0');
  const auto got = ::read(in.fd(), text.data(), text.size());
  if (got < 0) return fail(failed("read", path));
  text.resize(static_cast<std::size_t>(got));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const auto is_hex = [](unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool is_whole = facts.st_size <= static_cast<off_t>(digits + 2);
  if (!is_whole || text.size() != digits || !std::ranges::all_of(text, is_hex))
    return fail(no_secret(path, "holds no secret of 64 hexadecimal digits"));
  return text;
}

result<std::string> read_or_create_secret(const std::string& path) {
  auto known = read_secret(path);
  if (known || known.error().code != errc::not_found) return known;
  if (auto created = create(path); !created) return fail(std::move(created.error()));
  return read_secret(path);
}

}  // namespace dunlin::net
