// Sums the gradients of labels and candidates by class.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/nce_backward.h"
#include "kernels/nce_forward.h"
#include "kernels/parallel.h"

namespace ortnce::kernels {

/// The classes of one problem, counted labels and candidates, grouped by class. Owns no memory.
class ClassGroups {
 public:
  /// One occurrence of a class: the label at `source` of [B, T], or candidate `source` - B T.
  struct Entry {
    int64_t id;
    int64_t source;
    int64_t group;  // number of smaller classes
  };

  /// `entries` has room for B T + S entries. Candidates are `sampled`, [S].
  ClassGroups(const NceProblem& problem, const int64_t* sampled, Entry* entries);

  /// The number of different classes.
  int64_t count() const { return count_; }

  /// Writes the classes, ascending, [count()].
  void write_ids(int64_t* ids) const;

  /// Writes the sum of the gradients of each class, weights_grad [count(), D] and biases_grad
  /// [count()], each unless null. Occurrences are added in order of their source.
  void sum(const NceProblem& problem, const NceGradients& gradients, Executor& executor, float* weights_grad,
           float* biases_grad) const;

 private:
  const Entry* begin_;
  const Entry* end_;
  int64_t count_ = 0;
};

}  // namespace ortnce::kernels
