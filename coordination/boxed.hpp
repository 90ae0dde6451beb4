// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace dunlin {

/// A value that lives on the heap and is copied like a value: for a large alternative among small ones.
template <class T>
class boxed {
 public:
  boxed() : value_(std::make_unique<T>()) {}
  boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // a box stands for what is in it
  boxed(const boxed& other) : value_(std::make_unique<T>(*other)) {}
  boxed(boxed&& other) noexcept = default;
  boxed& operator=(const boxed& other) {
    value_ = std::make_unique<T>(*other);
    return *this;
  }
  boxed& operator=(boxed&& other) noexcept = default;
  ~boxed() = default;

  /// Not to be used on a box that was moved from.
  T& operator*() noexcept { return *value_; }
  const T& operator*() const noexcept { return *value_; }
  T* operator->() noexcept { return value_.get(); }
  const T* operator->() const noexcept { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace dunlin
