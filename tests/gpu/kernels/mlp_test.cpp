// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/mlp.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "gpu/kernels/core_team.hpp"
#include "gpu/kernels/scalar_backend.hpp"
#include "gpu/kernels/simd_backend.hpp"

namespace dunlin {
namespace {

/// A perceptron with its buffers.
class network {
 public:
  network(std::vector<std::uint64_t> widths, std::uint64_t batch) : batch_(batch) {
    for (std::size_t i = 1; i < widths.size(); ++i) {
      mlp_layer layer;
      layer.inputs = widths[i - 1];
      layer.outputs = widths[i];
      layer.weights = buffer(layer.inputs * layer.outputs, 0.5F);
      layer.bias = buffer(layer.outputs, 0.1F);
      layer.output = buffer(batch * layer.outputs, 0);
      layer.gradient = buffer(batch * layer.outputs, 0);
      layer.weight_gradient = buffer(layer.inputs * layer.outputs, 0);
      layer.bias_gradient = buffer(layer.outputs, 0);
      layers.push_back(layer);
    }
  }

  [[nodiscard]] double loss(kernel_backend& backend, const std::vector<float>& x,
                            const std::vector<std::uint32_t>& labels) {
    EXPECT_TRUE(mlp_forward(backend, batch_, x.data(), layers));
    double out = 0;
    for (std::uint64_t i = 0; i < batch_; ++i)
      out -= std::log(static_cast<double>(layers.back().output[i * layers.back().outputs + labels[i]]));
    return out / static_cast<double>(batch_);
  }

  std::vector<mlp_layer> layers;

 private:
  float* buffer(std::uint64_t count, float spread) {
    buffers_.push_back(std::make_unique<std::vector<float>>(count));
    std::uniform_real_distribution<float> uniform{-spread, spread};
    for (auto& one : *buffers_.back()) one = spread == 0 ? 0 : uniform(random_);
    return buffers_.back()->data();
  }

  std::uint64_t batch_;
  std::mt19937 random_{3};
  std::vector<std::unique_ptr<std::vector<float>>> buffers_;
};

/// Points of the plane, labelled by the quadrant's sign: no line parts them.
struct quadrants {
  explicit quadrants(std::uint64_t count) {
    std::mt19937 random{11};
    std::uniform_real_distribution<float> uniform{-1, 1};
    for (std::uint64_t i = 0; i < count; ++i) {
      x.push_back(uniform(random));
      x.push_back(uniform(random));
      labels.push_back(x[2 * i] * x[2 * i + 1] > 0 ? 1 : 0);
    }
  }
  std::vector<float> x;
  std::vector<std::uint32_t> labels;
};

class Mlp : public ::testing::TestWithParam<bool> {
 protected:
  kernel_backend& backend() {
    if (GetParam()) return simd_;
    return scalar_;
  }

 private:
  core_team team_{{}};
  simd_backend simd_{team_};
  scalar_backend scalar_;
};

TEST_P(Mlp, HasTheGradientsThatItsLossHas) {
  network net{{2, 7, 5, 2}, 40};
  const quadrants data{40};
  static_cast<void>(net.loss(backend(), data.x, data.labels));
  ASSERT_TRUE(mlp_backward(backend(), 40, data.x.data(), data.labels.data(), net.layers));

  constexpr float apart = 0.002F;  // further, and some outputs would begin to be cut
  for (auto& layer : net.layers) {
    const auto check = [&](float* at, float gradient) {
      const auto was = *at;
      *at = was + apart;
      const auto above = net.loss(backend(), data.x, data.labels);
      *at = was - apart;
      const auto below = net.loss(backend(), data.x, data.labels);
      *at = was;
      EXPECT_NEAR(static_cast<double>(gradient), (above - below) / (2 * static_cast<double>(apart)), 2e-3);
    };
    for (std::uint64_t i = 0; i < layer.inputs * layer.outputs; ++i) check(layer.weights + i, layer.weight_gradient[i]);
    for (std::uint64_t i = 0; i < layer.outputs; ++i) check(layer.bias + i, layer.bias_gradient[i]);
  }
}

TEST_P(Mlp, LearnsWhatNoLineParts) {
  constexpr std::uint64_t batch = 200;
  network net{{2, 16, 2}, batch};
  const quadrants data{batch};
  std::vector<std::vector<float>> moments;
  const auto update = [&](std::uint64_t step, std::size_t which, std::uint64_t count, float* values, float* gradient) {
    if (moments.size() <= which) moments.resize(which + 1);
    moments[which].resize(2 * count);
    adam_call adam;
    adam.count = count;
    adam.step = step;
    adam.learning_rate = 0.05F;
    adam.gradient = gradient;
    adam.weights = values;
    adam.mean = moments[which].data();
    adam.variance = moments[which].data() + count;
    ASSERT_TRUE(backend().run(adam));
  };
  const auto before = net.loss(backend(), data.x, data.labels);
  for (std::uint64_t step = 1; step <= 300; ++step) {
    ASSERT_TRUE(mlp_forward(backend(), batch, data.x.data(), net.layers));
    ASSERT_TRUE(mlp_backward(backend(), batch, data.x.data(), data.labels.data(), net.layers));
    std::size_t which = 0;
    for (auto& layer : net.layers) {
      update(step, which++, layer.inputs * layer.outputs, layer.weights, layer.weight_gradient);
      update(step, which++, layer.outputs, layer.bias, layer.bias_gradient);
    }
  }

  EXPECT_GT(before, 0.6);
  EXPECT_LT(net.loss(backend(), data.x, data.labels), 0.15);
}

INSTANTIATE_TEST_SUITE_P(Every, Mlp, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "simd" : "scalar"; });

TEST(MlpLayers, HaveWidthsThatFit) {
  scalar_backend backend;
  network net{{2, 3, 2}, 4};
  const std::vector<float> x(8);

  EXPECT_EQ(mlp_forward(backend, 4, x.data(), {}).error().path, "layers");
  net.layers[1].inputs = 4;
  EXPECT_EQ(mlp_forward(backend, 4, x.data(), net.layers).error().path, "layers[1].inputs");
  EXPECT_EQ(mlp_backward(backend, 4, x.data(), nullptr, net.layers).error().path, "layers[1].inputs");
}

}  // namespace
}  // namespace dunlin
