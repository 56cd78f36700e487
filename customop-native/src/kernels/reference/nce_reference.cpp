#include "kernels/reference/nce_reference.h"

#include <cmath>

namespace ortnce::kernels::reference {
namespace {

double softplus(double x) {
  return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))) + (std::isnan(x) ? x : 0.0);
}

double logit(const float* x, const void* embedding, int64_t dim, float offset) {
  const auto* const row = static_cast<const float*>(embedding);
  double sum = 0;
  for (int64_t d = 0; d < dim; ++d) sum += static_cast<double>(x[d]) * static_cast<double>(row[d]);
  return sum + static_cast<double>(offset);
}

/// softplus(u) - u / count, as a sum of non-negative terms; infinite u gives the limit.
double true_term(double u, double count) {
  if (count == 1) return softplus(-u);
  return (u > 0 ? u * ((count - 1) / count) : -u / count) + std::log1p(std::exp(-std::fabs(u)));
}

bool is_hit(const NceProblem& p, int64_t example, int64_t position) {
  for (int64_t j = 0; j < p.num_true; ++j) {
    const int64_t at = example * p.num_true + j;
    if (p.true_rows[at] == nullptr) continue;
    const auto* entry = p.hits->find(p.labels[at], position);
    if (entry != nullptr && entry->position == position) return true;
  }
  return false;
}

}  // namespace

void nce_forward(const NceProblem& p, double* loss) {
  for (int64_t i = 0; i < p.batch; ++i) {
    const int64_t counted = counted_labels(p, i);
    loss[i] = 0;
    if (counted == 0) continue;
    const float* x = p.inputs + i * p.dim;
    for (int64_t j = 0; j < p.num_true; ++j) {
      const int64_t at = i * p.num_true + j;
      if (p.true_rows[at] == nullptr) continue;
      loss[i] += true_term(logit(x, p.true_rows[at], p.dim, p.true_offsets[at]), static_cast<double>(counted));
    }
    for (int64_t k = 0; k < p.num_sampled; ++k) {
      if (p.hits != nullptr && is_hit(p, i, k)) continue;
      loss[i] += softplus(logit(x, p.sampled_rows[k], p.dim, p.sampled_offsets[k]));
    }
  }
}

void nce_backward(const NceProblem& p, const float* loss_grad, const Gradients& out) {
  const auto sigmoid = [](double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); };
  for (int64_t at = 0; at < p.num_sampled * p.dim; ++at) out.sampled[at] = 0;
  for (int64_t k = 0; k < p.num_sampled; ++k) out.sampled_biases[k] = 0;
  for (int64_t i = 0; i < p.batch; ++i) {
    const int64_t counted = counted_labels(p, i);
    const float* x = p.inputs + i * p.dim;
    double* const dx = out.inputs + i * p.dim;
    for (int64_t d = 0; d < p.dim; ++d) dx[d] = 0;
    for (int64_t j = 0; j < p.num_true; ++j) {
      const int64_t at = i * p.num_true + j;
      out.true_slopes[at] = 0;
      if (p.true_rows[at] == nullptr) continue;
      const double u = logit(x, p.true_rows[at], p.dim, p.true_offsets[at]);
      // For one label without cancellation.
      const double slope = counted == 1 ? -sigmoid(-u) : sigmoid(u) - 1.0 / static_cast<double>(counted);
      out.true_slopes[at] = static_cast<double>(loss_grad[i]) * slope;
      const auto* const row = static_cast<const float*>(p.true_rows[at]);
      for (int64_t d = 0; d < p.dim; ++d) dx[d] += out.true_slopes[at] * static_cast<double>(row[d]);
    }
    for (int64_t k = 0; counted > 0 && k < p.num_sampled; ++k) {
      if (p.hits != nullptr && is_hit(p, i, k)) continue;
      const double v = logit(x, p.sampled_rows[k], p.dim, p.sampled_offsets[k]);
      const double slope = static_cast<double>(loss_grad[i]) * sigmoid(v);
      out.sampled_biases[k] += slope;
      const auto* const row = static_cast<const float*>(p.sampled_rows[k]);
      for (int64_t d = 0; d < p.dim; ++d) {
        dx[d] += slope * static_cast<double>(row[d]);
        out.sampled[k * p.dim + d] += slope * static_cast<double>(x[d]);
      }
    }
  }
}

}  // namespace ortnce::kernels::reference
