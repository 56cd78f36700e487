#include "kernels/reference/class_reference.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/class_scan.h"

namespace ortnce::kernels::reference {
namespace {

/// Calls visit(c, share) for every class c among the labels, `share` of whose labels are c.
template <class Visit>
void for_each_target(const int64_t* labels, int64_t num_true, Visit visit) {
  std::vector<int64_t> counted;
  for (int64_t j = 0; j < num_true; ++j) {
    if (labels[j] != kIgnoredLabel) counted.push_back(labels[j]);
  }
  std::sort(counted.begin(), counted.end());
  for (size_t at = 0; at < counted.size();) {
    size_t end = at;
    while (end < counted.size() && counted[end] == counted[at]) ++end;
    visit(counted[at], static_cast<double>(end - at) / static_cast<double>(counted.size()));
    at = end;
  }
}

bool before(const std::vector<double>& z, int64_t a, int64_t b) {
  const double za = z[static_cast<size_t>(a)], zb = z[static_cast<size_t>(b)];
  if (std::isnan(za) || std::isnan(zb)) return std::isnan(za) == std::isnan(zb) ? a < b : std::isnan(zb);
  return za != zb ? za > zb : a < b;
}

}  // namespace

std::vector<double> logits(const float* x, int64_t dim, const ClassTable& table, int64_t classes) {
  std::vector<double> z;
  for (int64_t c = 0; c < classes; ++c) {
    const auto* const row = static_cast<const float*>(table.row(c));
    double sum = 0;
    for (int64_t d = 0; d < dim; ++d) sum += static_cast<double>(x[d]) * static_cast<double>(row[d]);
    z.push_back(sum + static_cast<double>(table.bias(c)));
  }
  return z;
}

double full_sigmoid_loss(const std::vector<double>& z, const int64_t* labels, int64_t num_true) {
  std::vector<double> share(z.size());
  bool any = false;
  for_each_target(labels, num_true, [&](int64_t c, double part) {
    share[static_cast<size_t>(c)] = part;
    any = true;
  });
  if (!any) return 0;
  double loss = 0;
  for (size_t c = 0; c < z.size(); ++c) {
    double linear = std::fmax(z[c], 0.0);
    if (share[c] == 1) linear = std::fmax(-z[c], 0.0);
    if (share[c] > 0 && share[c] < 1) linear = z[c] > 0 ? z[c] * (1 - share[c]) : -z[c] * share[c];
    loss += linear + std::log1p(std::exp(-std::fabs(z[c]))) + (std::isnan(z[c]) ? z[c] : 0.0);
  }
  return loss;
}

double softmax_loss(const std::vector<double>& z, const int64_t* labels, int64_t num_true) {
  double mean = 0;
  bool any = false;
  for_each_target(labels, num_true, [&](int64_t c, double part) {
    mean += part * z[static_cast<size_t>(c)];
    any = true;
  });
  if (!any) return 0;
  double loss = 0;
  for (const double logit : z) loss += std::exp(logit - mean);  // small losses keep their digits in log1p
  const bool one = std::all_of(labels, labels + num_true, [&](int64_t y) { return y == labels[0]; });
  if (!one) return std::log(loss);
  double others = 0;
  for (size_t c = 0; c < z.size(); ++c) {
    if (static_cast<int64_t>(c) != labels[0]) others += std::exp(z[c] - mean);
  }
  return std::log1p(others);
}

int64_t rank(const std::vector<double>& z, int64_t label) {
  if (label == kIgnoredLabel) return 0;
  int64_t place = 1;
  for (size_t c = 0; c < z.size(); ++c) place += before(z, static_cast<int64_t>(c), label);
  // The kernels do not compare one NaN with another: each is behind every other class.
  return std::isnan(z[static_cast<size_t>(label)]) ? static_cast<int64_t>(z.size()) : place;
}

std::vector<int64_t> top_k(const std::vector<double>& z, int64_t k) {
  std::vector<int64_t> ids(z.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::sort(ids.begin(), ids.end(), [&](int64_t a, int64_t b) { return before(z, a, b); });
  ids.resize(static_cast<size_t>(k));
  return ids;
}

}  // namespace ortnce::kernels::reference
