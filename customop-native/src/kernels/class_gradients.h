// Sums the gradients of labels and candidates by class.
#pragma once

#include <cstdint>

#include "kernels/id_groups.h"
#include "kernels/nce_backward.h"
#include "kernels/nce_forward.h"
#include "kernels/parallel.h"

namespace ortnce::kernels {

/// The classes of one problem, counted labels and candidates, grouped by class. The source of a label
/// is its place in [B, T], that of a candidate its place in [S] after them, B T + k.
///
/// `entries` has room for IdGroups::room(B T + S) entries. Candidates are `sampled`, [S].
IdGroups group_classes(const NceProblem& problem, const int64_t* sampled, IdGroups::Entry* entries);

/// The same for `labels`, [count], of which negative ones are ignored, and `sampled`, [num_sampled].
IdGroups group_classes(const int64_t* labels, int64_t count, const int64_t* sampled, int64_t num_sampled,
                       IdGroups::Entry* entries);

/// Writes the sum of the gradients of each class, weights_grad [groups.count(), D] and biases_grad
/// [groups.count()], each unless null. Occurrences are added in order of their source, embeddings in
/// float and biases in double. The result does not depend on how `executor` spreads the work.
void sum_by_class(const IdGroups& groups, const NceProblem& problem, const NceGradients& gradients, Executor& executor,
                  float* weights_grad, float* biases_grad);

}  // namespace ortnce::kernels
