// What a node must give for its inputs, in double precision and by the shortest way, written from the
// contract of the ops: the oracle of randomised tests and of the fuzzers.
//
// Floats are held to the worst-case bounds of a float accumulation: with u = 2^-24, l_j the logit of term
// j, A_j the sum of the magnitudes in it, s_j = |sigmoid(l_j) - z_j| and N terms,
//
//   |loss - exact| <= u ((D + 4) sum_j s_j A_j + (4 + N) sum_j loss_j) + second order + N 2^-148
//   |dx_d - exact| <= u ((D + 4) / 4 sum_j A_j |w_jd| + (6 + N) sum_j |g_j w_jd|) + second order + ...
//
// and likewise for gradients of weights and biases. Examples that hold NaN, infinities or numbers so large
// that sums may overflow are left to tests of their own.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "support/op_node.h"

namespace ortnce::test {

/// An output that is not what it must be.
class Mismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Mismatch unless a run of the node that had no error gave what it must. `wanted`: as in
/// OpKernel::run, all if empty.
void check_outputs(const OpNode& node, const std::vector<bool>& wanted, const OpResult& result);

/// The same for ops of one kind.
void check_nce_loss(const OpNode& node, const OpResult& result);
void check_nce_loss_grad(const OpNode& node, const OpResult& result);
void check_full_sigmoid_loss(const OpNode& node, const OpResult& result);
void check_full_sigmoid_loss_shard(const OpNode& node, const OpResult& result);
void check_combine_full_sigmoid_loss(const OpNode& node, const OpResult& result);
void check_top_k_classes(const OpNode& node, const OpResult& result);
void check_accidental_hits(const OpNode& node, const OpResult& result);
void check_deduplicate(const OpNode& node, const OpResult& result);
void check_apply_gradients(const OpNode& node, const OpResult& result);
void check_sampler(const OpNode& node, const OpResult& result);

}  // namespace ortnce::test
