// The loss in double precision, term by term: the oracle the other kernels are tested against.
#pragma once

#include "kernels/nce_forward.h"

namespace ortnce::kernels::reference {

/// Writes loss[i], [B], of the same problem that nce_forward solves.
void nce_forward(const NceProblem& problem, double* loss);

}  // namespace ortnce::kernels::reference
