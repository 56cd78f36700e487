// The losses over all classes in double precision, from a full row of logits: the oracle the streaming
// kernels are tested against.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/class_table.h"
#include "kernels/top_k_classes.h"

namespace ortnce::kernels::reference {

/// z[c] = x . w[c] + b[c] of one example, x [dim], for all `classes` classes of a table.
std::vector<double> logits(const float* x, int64_t dim, const ClassTable& table, int64_t classes);

/// sum_c softplus(z_c) - mean z_y over the labels that are not kIgnoredLabel; 0 without one.
double full_sigmoid_loss(const std::vector<double>& z, const int64_t* labels, int64_t num_true);

/// log(sum_c exp(z_c)) - mean z_y over the labels that are not kIgnoredLabel; 0 without one.
double softmax_loss(const std::vector<double>& z, const int64_t* labels, int64_t num_true);

/// The place of a class in the order of falling logits, equal ones in order of their ids, NaN last; 1
/// is the first. 0 for kIgnoredLabel.
int64_t rank(const std::vector<double>& z, int64_t label);

/// The first k classes in that order.
std::vector<int64_t> top_k(const std::vector<double>& z, int64_t k);

}  // namespace ortnce::kernels::reference
