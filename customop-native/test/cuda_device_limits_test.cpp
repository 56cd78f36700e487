// What the ops for CUDA refuse because their kernels cannot count so far.
#include <gtest/gtest.h>

#include <string>

#include "kernels/cuda/device_problem.h"
#include "ops/cuda/device_limits.h"
#include "ops/message.h"

namespace ortnce::ops {
namespace {

using kernels::cuda::kMostDim;
using kernels::cuda::kMostIds;

template <class Check>
std::string refusal(const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ORT_NOT_IMPLEMENTED);
    return error.text();
  }
  return "";
}

TEST(DeviceLimits, Dim) {
  for (const int64_t dim : {int64_t{-1}, int64_t{0}, kMostDim}) {
    EXPECT_EQ(refusal([&] { check_device_dim("NceLoss", dim); }), "");
  }
  EXPECT_EQ(refusal([] { check_device_dim("NceLoss", kMostDim + 1); }),
            "NceLoss: inputs must have at most 1073741824 columns in the kernel for CUDA, got 1073741825: run it on "
            "the processor");
}

TEST(DeviceLimits, Ids) {
  for (const int64_t labels : {int64_t{0}, int64_t{1}, kMostIds}) {
    EXPECT_EQ(refusal([&] { check_device_ids("NceLossGrad", labels, kMostIds - labels); }), "");
    EXPECT_NE(refusal([&] { check_device_ids("NceLossGrad", labels, kMostIds - labels + 1); }), "");
  }
  EXPECT_EQ(refusal([] { check_device_ids("NceLossGrad", int64_t{1} << 62, int64_t{1} << 62); }),
            "NceLossGrad: labels and sampled_candidates must have at most 2147483647 elements together in the kernel "
            "for CUDA, got 4611686018427387904 and 4611686018427387904: run it on the processor");
}

}  // namespace
}  // namespace ortnce::ops
