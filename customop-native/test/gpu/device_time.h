// Times of work on a stream, by events of the device.
#pragma once

#include <cuda_runtime_api.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace ortnce::test {

inline void require(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(error));
}

/// The median of `samples` times of one call of `queue`, in milliseconds. A sample queues as many calls as
/// take 20 ms, so that gaps between launches show only where they cannot be hidden.
template <class Queue>
double median_ms(cudaStream_t stream, Queue&& queue, int samples = 11) {
  constexpr float kSampleMs = 20;
  cudaEvent_t begin, end;
  require(cudaEventCreate(&begin));
  require(cudaEventCreate(&end));
  const auto time = [&](int calls) {
    require(cudaEventRecord(begin, stream));
    for (int i = 0; i < calls; ++i) queue();
    require(cudaEventRecord(end, stream));
    require(cudaEventSynchronize(end));
    float ms = 0;
    require(cudaEventElapsedTime(&ms, begin, end));
    return ms;
  };
  time(3);  // loads modules, warms up
  const float one = std::max(time(3) / 3, 1e-3f);
  const int calls = std::clamp(static_cast<int>(kSampleMs / one), 1, 1000);
  std::vector<double> times;
  for (int i = 0; i < samples; ++i) times.push_back(static_cast<double>(time(calls)) / calls);
  std::nth_element(times.begin(), times.begin() + samples / 2, times.end());
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  return times[static_cast<size_t>(samples / 2)];
}

}  // namespace ortnce::test
