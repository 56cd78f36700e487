// One node on both providers.
#pragma once

#include <string>
#include <vector>

#include "support/op_runtime.h"

namespace ortnce::test {

/// What the same node did on both.
struct BothProviders {
  OpResult cpu, cuda;
};

/// Whether large cases take seconds on the device: it is a GPU, no emulation of one.
bool has_gpu();

/// Creates kernels that know types alone and runs them once.
BothProviders run_on_both(const char* name, const OpAttributes& attributes, const std::vector<OpTensor>& inputs,
                          const std::vector<bool>& wanted = {});

/// Expects an error, the same text and code on both.
void expect_same_error(const BothProviders& both, const std::string& part);

/// Expects success, equal shapes, equal integers, and |cuda - cpu| <= tolerance (|cpu| + size), where size is
/// the root mean square of the output. A number of a half type may round to the neighbour.
void expect_same_outputs(const BothProviders& both, double tolerance);

}  // namespace ortnce::test
