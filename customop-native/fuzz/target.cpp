#include "target.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "byte_source.h"
#include "mutation.h"
#include "oracle/oracle.h"
#include "platform/instruction_set.h"
#include "support/levels.h"
#include "support/op_runtime.h"

namespace ortnce::fuzz {
namespace {

using test::OpKernel;
using test::OpNode;
using test::OpResult;
using test::OpTensor;

constexpr Target kTargets[] = {{"nce_loss", test::nce_loss_node},
                               {"nce_loss_of_sample", test::nce_loss_of_sample_node},
                               {"nce_loss_grad", test::nce_loss_grad_node},
                               {"full_sigmoid_loss", test::full_sigmoid_loss_node},
                               {"full_sigmoid_loss_shard", test::full_sigmoid_loss_shard_node},
                               {"combine_full_sigmoid_loss", test::combine_full_sigmoid_loss_node},
                               {"top_k_classes", test::top_k_classes_node},
                               {"accidental_hits", test::accidental_hits_node},
                               {"deduplicate", test::deduplicate_node},
                               {"apply_gradients", test::apply_gradients_node},
                               {"uniform_sampler", test::uniform_sampler_node},
                               {"log_uniform_sampler", test::log_uniform_sampler_node},
                               {"learned_unigram_sampler", test::learned_unigram_sampler_node},
                               {"fixed_unigram_sampler", test::fixed_unigram_sampler_node},
                               {"all_sampler", test::all_sampler_node}};

/// Text and shape of what went wrong.
[[noreturn]] void fail(const OpNode& node, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", node.op, why.c_str());
  for (const auto& [name, value] : node.attributes.ints) {
    std::fprintf(stderr, "  %s = %lld\n", name.c_str(), static_cast<long long>(value));
  }
  for (const auto& [name, value] : node.attributes.strings) {
    std::fprintf(stderr, "  %s = \"%s\"\n", name.c_str(), value.c_str());
  }
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    std::fprintf(stderr, "  input %zu: type %d, [", i, static_cast<int>(node.inputs[i].type));
    for (const int64_t dim : node.inputs[i].dims) std::fprintf(stderr, " %lld", static_cast<long long>(dim));
    std::fprintf(stderr, " ]\n");
  }
  std::abort();
}

void check_error(const OpNode& node, const std::string& text) {
  constexpr size_t kMostBytes = 512;
  if (text.rfind("no memory for output", 0) == 0) return;  // the runtime's own
  const std::string prefix = std::string(node.op) + ": ";
  if (text.rfind(prefix, 0) != 0 || text.size() == prefix.size()) fail(node, "names no op: " + text);
  if (text.size() > kMostBytes) fail(node, "more than 512 bytes: " + text);
  for (const char c : text) {
    if (c < ' ' || c > '~') fail(node, "not ASCII: " + text);
  }
}

/// Whether two outputs that do not depend on the level are the same, floats to 2 ulp.
bool agree(const OpTensor& a, const OpTensor& b) {
  if (a.dims != b.dims) return false;
  if (a.type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return a.bytes == b.bytes;
  const std::vector<float> x = a.numbers<float>(), y = b.numbers<float>();
  for (size_t i = 0; i < x.size(); ++i) {
    if (!(std::fabs(x[i] - y[i]) <= 0x1p-22f * std::fabs(x[i]) + 0x1p-148f)) return false;
  }
  return true;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// Compares what does not depend on the level: samples.
void check_levels(const OpNode& node, const OpResult& a, const OpResult& b) {
  const bool fresh = node.integer("seed", 0) == 0 && node.integer("seed2", 0) == 0;
  const auto both = [&](const char* part) { return contains(a.error, part) && contains(b.error, part); };
  // How much memory a level works in is its own matter, and other seeds find other candidates in time.
  const bool may_differ = both("bytes of working memory") ||
                          (fresh && (contains(a.error, "were not found in") || contains(b.error, "were not found in")));
  if (a.error != b.error && !may_differ) fail(node, "levels disagree: \"" + a.error + "\" and \"" + b.error + "\"");
  const bool sampler = std::strstr(node.op, "Sampler") != nullptr;
  const bool draws = sampler || (std::strcmp(node.op, "NceLoss") == 0 && !node.has_input(3));
  if (!draws || fresh || !a.error.empty()) return;
  for (size_t i = sampler ? 0 : 1; i < a.outputs.size(); ++i) {
    if (!agree(a.outputs[i], b.outputs[i])) fail(node, "levels disagree on output " + std::to_string(i));
  }
}

/// All levels of this processor if `all_allowed`, or one of them: the oracle judges each alone, and that is faster.
std::vector<platform::InstructionSet> choose_levels(ByteSource& bytes, bool all_allowed) {
  const std::vector<platform::InstructionSet> levels = test::available_levels();
  const bool all = bytes.below(8) == 0 && all_allowed;
  const auto one = static_cast<size_t>(bytes.below(static_cast<int64_t>(levels.size())));
  return all ? levels : std::vector<platform::InstructionSet>{levels[one]};
}

}  // namespace

const Target* find_target(const char* name) {
  for (const Target& target : kTargets) {
    if (std::strcmp(target.name, name) == 0) return &target;
  }
  return nullptr;
}

void run_target(const Target& target, const uint8_t* data, size_t size, bool judged) {
  ByteSource bytes(data, size);
  test::NodeSizes sizes;
  sizes.batch = bytes.below(6);
  sizes.num_true = 1 + bytes.below(3);
  sizes.num_classes = 1 + bytes.below(40);
  sizes.num_sampled = bytes.below(20);
  sizes.dim = bytes.below(37);
  sizes.partitions = 1 + bytes.below(4);
  OpNode node = target.build(sizes, bytes.byte());
  choose_options(bytes, &node);
  const auto declared = static_cast<test::Declared>(bytes.below(3));
  const uint8_t unwanted = bytes.byte();
  const std::vector<platform::InstructionSet> levels = choose_levels(bytes, judged);
  mutate(bytes, &node);
  // Counts of a large range are a vector of their own: gigabytes, which no limit of the runtime stops.
  const int64_t range_max = node.integer("range_max", 0);
  if (range_max > 4096 && range_max < INT32_MAX && std::strcmp(node.op, "LearnedUnigramCandidateSampler") == 0) return;

  std::vector<OpResult> results;
  std::vector<bool> wanted;
  for (const platform::InstructionSet level : levels) {
    platform::use_level(level);
    const OpKernel kernel(node.op, test::declare(node.inputs, declared), node.attributes, {}, node.outputs());
    if (!kernel.error().empty()) return check_error(node, kernel.error());
    wanted.clear();
    // Required outputs are there in every node that a runtime loads.
    for (size_t i = 0; i < kernel.outputs(); ++i) wanted.push_back(!kernel.is_optional(i) || (unwanted >> i % 8 & 1) == 0);
    results.push_back(kernel.run(node.inputs, 1, wanted));
    const OpResult& result = results.back();
    if (!result.error.empty()) {
      check_error(node, result.error);
      continue;
    }
    if (!judged) continue;
    try {
      test::check_outputs(node, wanted, result);
    } catch (const std::exception& error) {
      fail(node, std::string(platform::name_of(level)) + ": " + error.what());
    }
  }
  for (const OpResult& result : results) check_levels(node, results[0], result);
}

}  // namespace ortnce::fuzz
