// SPDX-License-Identifier: Apache-2.0
#include "net/crypto/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace dunlin::net {

sha256_digest hmac_sha256(bytes_view key, bytes_view text) {
  sha256_digest out{};
  unsigned int size = out.size();
  ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), reinterpret_cast<unsigned char*>(out.data()), &size);
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
