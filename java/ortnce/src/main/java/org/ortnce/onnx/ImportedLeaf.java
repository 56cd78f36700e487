package org.ortnce.onnx;

import java.nio.file.Path;
import org.ortnce.onnx.proto.TensorProto;

/**
 * What a graph input or initializer of a model that was read brings.
 *
 * @param name its name in a new graph, if that is free
 * @param position its place among the inputs there
 * @param tensor the initializer, its data included or external; null for an input
 * @param directory of the model; null if it has none
 */
record ImportedLeaf(String name, int position, TensorProto tensor, Path directory) {
  boolean isExternal() {
    return tensor != null && ExternalTensor.of(tensor).isExternal();
  }
}
