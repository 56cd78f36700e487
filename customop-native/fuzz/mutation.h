// From a good node to one that may be bad: shapes, types, attributes and values that bytes choose.
#pragma once

#include "byte_source.h"
#include "support/op_node.h"

namespace ortnce::fuzz {

/// Gives the node attributes and types that its op knows, so that most nodes stay good.
void choose_options(ByteSource& bytes, test::OpNode* node);

/// Changes the node, once for every change that the bytes name.
void mutate(ByteSource& bytes, test::OpNode* node);

}  // namespace ortnce::fuzz
