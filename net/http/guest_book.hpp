// SPDX-License-Identifier: Apache-2.0
// Who is connected, counted in all and by address. Thread: the server's.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace dunlin::net {

class guest_book {
 public:
  guest_book(std::size_t most, std::size_t most_per_address) : most_(most), most_per_address_(most_per_address) {}

  /// Returns false, and counts nothing, if the house or the address is full.
  bool enter(const std::string& address) {
    if (all_ >= most_) return false;
    auto& here = by_address_[address];
    if (here >= most_per_address_) return false;
    ++here;
    ++all_;
    return true;
  }

  void leave(const std::string& address) {
    const auto found = by_address_.find(address);
    if (found == by_address_.end()) return;
    --all_;
    if (--found->second == 0) by_address_.erase(found);
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_; }

 private:
  std::size_t most_;
  std::size_t most_per_address_;
  std::size_t all_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace dunlin::net
