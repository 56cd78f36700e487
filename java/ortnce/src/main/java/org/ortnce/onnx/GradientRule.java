package org.ortnce.onnx;

/**
 * How gradients pass through one node, from its outputs to its inputs: the chain rule of its
 * operator. A node gets its rule by {@link NodeBuilder#gradient}.
 *
 * <pre>{@code
 * Value y = NodeBuilder.of("Square", "com.example", 1)
 *     .input(x)
 *     .output("y", x.type())
 *     .gradient(node -> node.add(0,
 *         Ops.mul(node.outputGradient(0), Ops.mul(Ops.scalar(2f), node.input(0)))))
 *     .buildOne();
 * }</pre>
 */
@FunctionalInterface
public interface GradientRule {
  /**
   * Adds the gradients of the inputs of {@code node}, as far as they are {@linkplain
   * NodeGradients#wants wanted}. An input that gets none takes none: it counts as a constant.
   *
   * @throws IllegalArgumentException made by {@link NodeGradients#error} if this node, unlike
   *     others of its operator, cannot be differentiated
   */
  void pass(NodeGradients node);
}
