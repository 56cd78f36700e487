// What a NceLoss node is on every provider: its attributes, its stream of samples, its outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "ops/nce_batch.h"
#include "ops/nce_loss_contract.h"
#include "ops/run_context.h"
#include "sampling/run_streams.h"

namespace ortnce::ops {

inline constexpr const char* kNceLoss = "NceLoss";

/// Immutable but for the number of the next run; runs may be concurrent.
class NceLossNode {
 public:
  /// Checks all that the graph declares. Throws Error.
  explicit NceLossNode(const OrtKernelInfo* info);

  const NceLossAttributes& attributes() const { return attributes_; }

  /// Bytes of scratch that draw() needs.
  size_t draw_bytes(const NceLossSizes& sizes) const;

  /// Fills the sample of a batch that has been read, unless it is given. Run number `step`, else the next of
  /// the stream.
  void draw(std::optional<uint64_t> step, const NceBatch& batch, void* workspace);

 private:
  NceLossAttributes attributes_;
  sampling::RunStreams streams_;
};

/// The outputs of a run; null where the node has none.
struct NceLossOutputs {
  enum Index : size_t { kLoss, kSampledCandidates, kTrueExpectedCount, kSampledExpectedCount };

  float* loss;            // [B] or []
  int64_t* candidates;    // [S]
  float* true_count;      // [B, T]
  float* sampled_count;   // [S]

  NceLossOutputs(const RunContext& context, const NceBatch& batch);
};

}  // namespace ortnce::ops
