// SPDX-License-Identifier: Apache-2.0
#include "net/crypto/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace dunlin::net {

sha256_digest hmac_sha256(bytes_view key, bytes_view text) {
  sha256_digest out{};
  unsigned int size = out.size();
  const void* any_key = key.empty() ? "" : static_cast<const void*>(key.data());  // no key at all would be an error
  const auto* done =
      ::HMAC(::EVP_sha256(), any_key, static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
             text.size(), reinterpret_cast<unsigned char*>(out.data()), &size);
  if (done == nullptr) {  // a tag that everybody can guess must not be given
    std::fputs("dunlin: OpenSSL has no HMAC-SHA256\n", stderr);
    std::abort();
  }
  return out;
}

bool equal_in_constant_time(bytes_view a, bytes_view b) noexcept {
  return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

result<void> fill_random(std::span<std::byte> out) {
  if (::RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) == 1) return {};
  return fail(errc::io_failed, "the system gave no random numbers");
}

}  // namespace dunlin::net
