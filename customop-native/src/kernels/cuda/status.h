// Streams and outcomes of the CUDA runtime, for callers that do not include its headers.
#pragma once

struct CUstream_st;

namespace ortnce::kernels::cuda {

/// A cudaStream_t.
using Stream = ::CUstream_st*;

/// What became of a call: work was queued, or the first step that failed and why. Owns no memory.
struct Status {
  int code = 0;             // a cudaError_t; 0 = success
  const char* step = "";    // what was tried, such as "cudaMemcpyAsync"
  const char* reason = "";  // the runtime's description of `code`

  bool ok() const { return code == 0; }
};

}  // namespace ortnce::kernels::cuda
