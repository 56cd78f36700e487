// The losses over all classes of one example, from the sums of its chunks and the logits of its
// labels. A whole table and one spread over processes go through these functions in the same order.
#pragma once

#include <cstdint>
#include <limits>

namespace ortnce::kernels {

/// What the chunks of an example add up to, added in order of the classes: a label takes no part.
struct ClassTotals {
  double softplus_sum = 0;
  double log_sum_exp = -std::numeric_limits<double>::infinity();
};

/// log(exp(a) + exp(b)); infinities give the limit.
double log_add_exp(double a, double b);

/// Adds the next chunks to the totals of every example, [B]. `softplus_sums`, `log_sum_exps`: [B, chunks],
/// `stride` from one example to the next; the latter may be null.
void add_chunks(int64_t batch, int64_t chunks, int64_t stride, const double* softplus_sums, const double* log_sum_exps,
                ClassTotals* totals);

/// The labels of one example. Ones that occur several times count as often as they occur.
struct ExampleLabels {
  const int64_t* ids;   // [T] class ids or kIgnoredLabel
  const float* logits;  // [T]
  int64_t num_true;
};

/// The number of labels that are not ignored.
int64_t counted_labels(const ExampleLabels& labels);

/// sum over all classes c of softplus(z_c) - mean over the counted labels y of z_y; 0 without a
/// counted label. `softplus_sum`: over the classes that are no label. A sum of non-negative terms:
/// nothing cancels, and infinite logits give the limit.
double full_sigmoid_loss(const ExampleLabels& labels, double softplus_sum);

/// log(sum over all classes c of exp(z_c)) - mean over the counted labels y of z_y, the softmax cross
/// entropy; 0 without a counted label. `log_sum_exp`: over the classes that are no label. Small losses
/// do not cancel either; +infinity of a label and of another class gives NaN.
double softmax_loss(const ExampleLabels& labels, double log_sum_exp);

}  // namespace ortnce::kernels
