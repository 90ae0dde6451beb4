// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sqlite/fault_vfs.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <new>
#include <string>

#include "tests/store/sqlite/fault_disk.hpp"

namespace dunlin::testing {

namespace {

fault_disk* mounted = nullptr;
sqlite3_vfs* real = nullptr;

/// SQLite allocates it with room behind it for the real file.
struct faulty_file {
  sqlite3_file base;
  std::string* name;
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<faulty_file*>(file) + 1);
}

const std::string& name_of(sqlite3_file* file) { return *reinterpret_cast<faulty_file*>(file)->name; }

/// Calls the same method of the real file.
template <auto Method, class... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
  auto* to = real_of(file);
  return (to->pMethods->*Method)(to, arguments...);
}

int close(sqlite3_file* file) {
  delete reinterpret_cast<faulty_file*>(file)->name;
  return pass<&sqlite3_io_methods::xClose>(file);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  const auto said = mounted->on_write(name_of(file), data, size, offset);
  return said == SQLITE_OK ? pass<&sqlite3_io_methods::xWrite>(file, data, size, offset) : said;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  mounted->on_truncate(name_of(file), size);
  return pass<&sqlite3_io_methods::xTruncate>(file, size);
}

/// The real files need no sync: what a power cut leaves is known here.
int sync(sqlite3_file* file, int) { return mounted->on_sync(name_of(file)); }

void barrier(sqlite3_file* file) {
  auto* to = real_of(file);
  to->pMethods->xShmBarrier(to);
}

constexpr sqlite3_io_methods methods{
    2,  // no memory mapping: every read and write is a call
    close,
    pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    write,
    truncate,
    sync,
    pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    pass<&sqlite3_io_methods::xLock, int>,
    pass<&sqlite3_io_methods::xUnlock, int>,
    pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    pass<&sqlite3_io_methods::xFileControl, int, void*>,
    pass<&sqlite3_io_methods::xSectorSize>,
    pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    pass<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    pass<&sqlite3_io_methods::xShmLock, int, int, int>,
    barrier,
    pass<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr,
};

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  const auto said = real->xOpen(real, path, real_of(file), flags, flags_out);
  const auto name = path == nullptr ? std::string{} : std::filesystem::path{path}.filename().string();
  file->pMethods = said == SQLITE_OK ? &methods : nullptr;
  if (said == SQLITE_OK) reinterpret_cast<faulty_file*>(file)->name = new std::string{name};
  return said;
}

int remove(sqlite3_vfs*, const char* path, int sync_directory) {
  mounted->on_delete(std::filesystem::path{path}.filename().string());
  return real->xDelete(real, path, sync_directory);
}

sqlite3_vfs faulty;

}  // namespace

void mount(fault_disk& disk) {
  real = sqlite3_vfs_find(nullptr);
  mounted = &disk;
  faulty = *real;
  faulty.zName = "faulty";
  faulty.szOsFile = static_cast<int>(sizeof(faulty_file)) + real->szOsFile;
  faulty.xOpen = open;
  faulty.xDelete = remove;
  sqlite3_vfs_register(&faulty, 1);
}

void unmount() {
  sqlite3_vfs_unregister(&faulty);
  sqlite3_vfs_register(real, 1);
  mounted = nullptr;
}

}  // namespace dunlin::testing
