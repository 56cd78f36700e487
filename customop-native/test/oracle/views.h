// Inputs of a node as the oracle reads them: numbers in double, classes in their order.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oracle/oracle.h"

namespace ortnce::test {

constexpr double kUnit = 0x1p-24;        // half an ulp of float
constexpr double kSubnormal = 0x1p-148;  // two ulp of a subnormal float
constexpr double kTame = 1e30;           // sums of smaller magnitudes do not overflow

/// Throws Mismatch unless `holds`.
inline void require(bool holds, const char* what) {
  if (!holds) throw Mismatch(what);
}

/// Throws Mismatch unless |found - expected| <= bound; NaN never is.
void require_within(double found, double expected, double bound, const char* what, int64_t index);

/// The elements of a tensor of float, float16, bfloat16 or double.
std::vector<double> numbers_of(const OpTensor& tensor);

/// The elements of a tensor of int64 or int32.
std::vector<int64_t> ids_of(const OpTensor& tensor);

/// Throws Mismatch unless the output has this shape. False if the node lacks the output.
bool has_shape(const OpTensor& output, const std::vector<int64_t>& dims);

/// One class with the logits of an example.
struct ClassLogit {
  double value;
  double magnitude;
};

/// Weights and biases by class.
struct Layer {
  int64_t classes = 0;
  int64_t dim = 0;
  std::vector<double> rows;    // [classes, dim]
  std::vector<double> biases;  // [classes]

  /// The weights are all inputs from `first_weights` on; `classes`: the rows that count, all if none.
  Layer(const OpNode& node, size_t biases_input, size_t first_weights, int64_t dim_,
        std::optional<int64_t> limit);

  const double* row(int64_t c) const { return rows.data() + c * dim; }
  ClassLogit logit(const double* x, int64_t c) const;
};

/// Labels of the examples; -1 for ignored ones, the others checked to lie in [0, classes).
std::vector<int64_t> labels_of(const OpNode& node, size_t input, int64_t classes);

inline double softplus_of(double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }
inline double sigmoid_of(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

/// A loss and how far it may be off; not tame: nothing is known.
struct BoundedLoss {
  double value = 0;
  double bound = 0;
  bool tame = true;

  /// Adds softplus(l) - target l. `dim`: products in the logit, `terms`: of the whole loss.
  void add(const ClassLogit& logit, double target, int64_t dim, int64_t terms);
};

/// Checks a loss, per example or reduced; `counted`: the examples that count in a mean.
void check_losses(const OpTensor& found, const std::string& reduction, const std::vector<BoundedLoss>& losses,
                  int64_t counted, const char* what);

}  // namespace ortnce::test
