// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/minimise.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace dunlin::flight::quantum {
namespace {

using vector = std::vector<double>;

constexpr std::size_t remembered = 10;

double dot(const vector& x, const vector& y) { return std::inner_product(x.begin(), x.end(), y.begin(), 0.0); }

void add(double factor, const vector& x, vector& y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += factor * x[i];
}

/// A step taken and how the gradient changed over it.
struct curvature {
  vector step;
  vector change;
  double inverse_product;  ///< 1 / (step · change)
};

/// The last steps, which stand for the inverse of the second derivatives.
class memory {
 public:
  /// Keeps a pair of positive curvature; others would turn the direction uphill.
  void keep(vector step, vector change) {
    const double product = dot(step, change);
    if (product <= 1e-14 * dot(change, change)) return;
    if (pairs_.size() == remembered) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), 1 / product});
  }

  void forget() { pairs_.clear(); }
  bool empty() const { return pairs_.empty(); }

  /// Returns the direction to walk in from a point with this gradient: the two-loop recursion.
  vector direction(const vector& gradient) const {
    vector q = gradient;
    vector alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].inverse_product * dot(pairs_[i].step, q);
      add(-alpha[i], pairs_[i].change, q);
    }
    if (!pairs_.empty()) {
      const curvature& last = pairs_.back();
      const double scale = 1 / (last.inverse_product * dot(last.change, last.change));
      for (double& value : q) value *= scale;
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      add(alpha[i] - pairs_[i].inverse_product * dot(pairs_[i].change, q), pairs_[i].step, q);
    for (double& value : q) value = -value;
    return q;
  }

 private:
  std::deque<curvature> pairs_;
};

/// A point, its value and its gradient.
struct point {
  vector x;
  double value = 0;
  vector gradient;
};

/// Halves the step along `direction` until the value falls enough. Returns false if it never does.
bool descend(objective& of, const point& from, const vector& direction, double first, point& to) {
  constexpr double enough = 1e-4;
  const double slope = dot(from.gradient, direction);
  for (double length = first; length > 1e-12; length /= 2) {
    to.x = from.x;
    add(length, direction, to.x);
    to.value = of.value_at(to.x, to.gradient);
    if (to.value <= from.value + enough * length * slope) return true;
  }
  return false;
}

}  // namespace

result<minimum> minimise(objective& of, std::vector<double> start, const minimise_limits& limits, watcher* by) {
  point at{std::move(start), 0, {}};
  at.gradient.resize(at.x.size());
  at.value = of.value_at(at.x, at.gradient);
  point next = at;
  memory seen;
  std::uint32_t steps = 0;
  for (; steps < limits.steps; ++steps) {
    if (auto more = step_done(by, steps, limits.steps, "steps"); !more) return fail(std::move(more.error()));
    const double length = std::sqrt(dot(at.gradient, at.gradient));
    if (length < limits.gradient) break;
    const double first = seen.empty() ? std::min(1.0, 1.0 / length) : 1.0;
    if (!descend(of, at, seen.direction(at.gradient), first, next)) {
      if (seen.empty()) break;  // not even the steepest way leads down
      seen.forget();
      continue;
    }
    vector step = next.x;
    add(-1, at.x, step);
    vector change = next.gradient;
    add(-1, at.gradient, change);
    seen.keep(std::move(step), std::move(change));
    std::swap(at, next);
  }
  return minimum{std::move(at.x), at.value, steps};
}

}  // namespace dunlin::flight::quantum
