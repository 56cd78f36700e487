#include "ops/ort_api.h"

namespace ortnce::ops {
namespace {

thread_local const OrtApi* current = nullptr;

}  // namespace

const OrtApi& api() { return *current; }

CurrentApi::CurrentApi(const OrtApi& api) : before_(current) { current = &api; }

CurrentApi::~CurrentApi() { current = before_; }

}  // namespace ortnce::ops
