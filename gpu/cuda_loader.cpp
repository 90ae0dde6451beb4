// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda_loader.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "gpu/device_module.hpp"

namespace dunlin {

namespace {

constexpr const char* module_file = "libdunlin_cuda.so";

// dlerror's text may run over several lines; a reason is one.
std::string one_line(const char* text) {
  std::string line = text != nullptr ? text : "unknown reason";
  return line.substr(0, line.find('\n'));
}

result<void> check_fit(const device_module* module, const std::string& path) {
  if (module == nullptr) return fail(errc::malformed, path + " offers no devices");
  if (module->abi != device_module_abi)
    return fail(errc::version_mismatch,
                path + " has device ABI " + std::to_string(module->abi) + ", this program needs " +
                    std::to_string(device_module_abi),
                "install the module of the same version");
  if (module->digest != device_module_digest())
    return fail(errc::version_mismatch, path + " was built by another compiler or from other headers",
                "build the module together with the program");
  if (module->open == nullptr) return fail(errc::malformed, path + " offers no devices");
  return {};
}

}  // namespace

std::string cuda_module_path() {
  if (const char* named = std::getenv("DUNLIN_CUDA_MODULE"); named != nullptr && *named != '\0') return named;
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void*>(&cuda_module_path), &here) == 0 || here.dli_fname == nullptr)
    return module_file;
  return std::filesystem::path(here.dli_fname).replace_filename(module_file).string();
}

result<module_opening> load_device_module(const std::string& path, const module_devices& wanted) {
  std::error_code why;
  // Only a path is opened: a bare name would be searched for in places the operator did not choose.
  const auto full = std::filesystem::absolute(path, why);
  if (why || !std::filesystem::exists(full, why))
    return fail(errc::not_found, "no CUDA module at " + path,
                "this version is built without one; it goes on with the CPU device");
  void* handle = dlopen(full.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return fail(errc::malformed, "the module does not load: " + one_line(dlerror()));
  const auto entry = reinterpret_cast<device_module_entry>(dlsym(handle, device_module_symbol));
  if (entry == nullptr) {
    dlclose(handle);
    return fail(errc::malformed, path + " is no device module: it has no symbol " + device_module_symbol);
  }
  const auto* module = entry();
  if (auto fits = check_fit(module, path); !fits) {
    dlclose(handle);
    return fail(std::move(fits.error()));
  }
  return module->open(wanted);
}

}  // namespace dunlin
