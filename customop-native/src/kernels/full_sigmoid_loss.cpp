#include "kernels/full_sigmoid_loss.h"

#include <cmath>

#include "kernels/class_scan.h"
#include "platform/libm.h"

namespace ortnce::kernels {
namespace {

bool counts(const ExampleLabels& labels, int64_t j) { return labels.ids[j] != kIgnoredLabel; }

/// Whether label j is the first of its class.
bool is_first(const ExampleLabels& labels, int64_t j) {
  for (int64_t i = 0; i < j; ++i) {
    if (labels.ids[i] == labels.ids[j]) return false;
  }
  return true;
}

/// How many labels are of the class of label j.
int64_t occurrences(const ExampleLabels& labels, int64_t j) {
  int64_t count = 0;
  for (int64_t i = 0; i < labels.num_true; ++i) count += labels.ids[i] == labels.ids[j];
  return count;
}

/// softplus(z) - z * share / counted.
double true_term(double z, int64_t share, int64_t counted) {
  double linear = z > 0 ? 0 : -z;
  if (share < counted) {
    const auto total = static_cast<double>(counted);
    linear = z > 0 ? z * (static_cast<double>(counted - share) / total) : -z * (static_cast<double>(share) / total);
  }
  return linear + std::log1p(platform::exp(-std::fabs(z)));
}

}  // namespace

double log_add_exp(double a, double b) {
  const double high = a > b ? a : b, low = a > b ? b : a;
  if (high == low) return high + 0x1.62e42fefa39efp-1;  // log(2); equal infinities have no difference
  return high + std::log1p(platform::exp(low - high));
}

void add_chunks(int64_t batch, int64_t chunks, int64_t stride, const double* softplus_sums, const double* log_sum_exps,
                ClassTotals* totals) {
  for (int64_t i = 0; i < batch; ++i) {
    for (int64_t at = i * stride; at < i * stride + chunks; ++at) {
      totals[i].softplus_sum += softplus_sums[at];
      if (log_sum_exps != nullptr) totals[i].log_sum_exp = log_add_exp(totals[i].log_sum_exp, log_sum_exps[at]);
    }
  }
}

int64_t counted_labels(const ExampleLabels& labels) {
  int64_t count = 0;
  for (int64_t j = 0; j < labels.num_true; ++j) count += counts(labels, j);
  return count;
}

double full_sigmoid_loss(const ExampleLabels& labels, double softplus_sum) {
  const int64_t counted = counted_labels(labels);
  if (counted == 0) return 0;
  double loss = 0;
  for (int64_t j = 0; j < labels.num_true; ++j) {
    if (!counts(labels, j) || !is_first(labels, j)) continue;
    loss += true_term(static_cast<double>(labels.logits[j]), occurrences(labels, j), counted);
  }
  return loss + softplus_sum;
}

double softmax_loss(const ExampleLabels& labels, double log_sum_exp) {
  const int64_t counted = counted_labels(labels);
  if (counted == 0) return 0;
  int64_t top = -1;  // the label of the greatest logit
  for (int64_t j = 0; j < labels.num_true; ++j) {
    if (counts(labels, j) && (top < 0 || labels.logits[j] > labels.logits[top])) top = j;
  }
  const auto greatest = static_cast<double>(labels.logits[top]);
  double below = 0;   // mean of greatest - z_y
  double others = 0;  // sum of exp(z_y - greatest) over the other classes among the labels
  for (int64_t j = 0; j < labels.num_true; ++j) {
    if (!counts(labels, j)) continue;
    const auto z = static_cast<double>(labels.logits[j]);
    const double distance = z == greatest ? 0 : greatest - z;
    below += distance;
    if (labels.ids[j] != labels.ids[top] && is_first(labels, j)) others += platform::exp(-distance);
  }
  below /= static_cast<double>(counted);
  if (log_sum_exp > greatest) {
    const double above = log_sum_exp - greatest;
    return below + above + std::log1p((1 + others) * platform::exp(-above));
  }
  return below + std::log1p(platform::exp(log_sum_exp - greatest) + others);
}

}  // namespace ortnce::kernels
