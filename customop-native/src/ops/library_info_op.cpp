// LibraryInfo: what this library is and which of its kernels run, as a list of names and values, so
// that later versions can say more. No inputs.
#include <iterator>

#include "ops/custom_op.h"
#include "ops/ops.h"
#include "platform/instruction_set.h"

namespace ortnce::ops {
namespace {

constexpr const char* kName = "LibraryInfo";
#ifdef ORTNCE_CUDA
constexpr const char* kProviders = "CUDAExecutionProvider, CPUExecutionProvider";
#else
constexpr const char* kProviders = "CPUExecutionProvider";
#endif
enum Output : size_t { kNames, kValues };

class LibraryInfoKernel {
 public:
  explicit LibraryInfoKernel(const OrtKernelInfo*) {}

  void compute(RunContext& context) {
    const char* const names[] = {"version", "instruction_set", "available_instruction_sets", "execution_providers"};
    const char* const values[] = {ORTNCE_VERSION, platform::name_of(platform::active_level()),
                                  platform::available_levels(), kProviders};
    static_assert(std::size(names) == std::size(values));
    context.string_output(kNames, names, std::size(names));
    context.string_output(kValues, values, std::size(values));
  }
};

}  // namespace

OpOfRuntime library_info_op(const OrtApi& runtime_api) {
  constexpr auto kString = ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING;
  return op_of_runtime<LibraryInfoKernel>(
      runtime_api, {kName, {}, {{kString, INPUT_OUTPUT_REQUIRED}, {kString, INPUT_OUTPUT_REQUIRED}}});
}

}  // namespace ortnce::ops
