package org.ortnce.attach;

import static org.ortnce.attach.GraphParts.attribute;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Adds random operators that take [n, dim] to [n, dim], in the form of one operator set. */
final class RandomLayers {
  private final Random random;
  private final long opset;
  private final int dim;

  RandomLayers(Random random, long opset, int dim) {
    this.random = random;
    this.opset = opset;
    this.dim = dim;
  }

  String add(GraphParts graph, String x) {
    return switch (random.nextInt(20)) {
      case 0, 1 -> graph.node("MatMul", List.of(x, graph.weights(dim, dim)));
      case 2 -> graph.node("Gemm", List.of(x, graph.weights(dim, dim), graph.weights(dim)));
      case 3 -> graph.node(random.nextBoolean() ? "Tanh" : "Sigmoid", List.of(x));
      case 4 -> softmax(graph, x);
      case 5 -> softmaxOfThree(graph, x);
      case 6 -> unsqueezeAndSqueeze(graph, x);
      case 7 -> reduced(graph, x);
      case 8 -> splitAndConcatenated(graph, x);
      case 9 -> dropout(graph, x);
      case 10 -> batchNormalization(graph, x);
      case 11 -> graph.node("Clip", List.of(x, graph.floats(new float[] {-2}), ""));
      case 12 -> padAndSlice(graph, x);
      case 13 -> graph.nodes("TopK", 2, List.of(x, graph.integers(dim))).get(0);
      case 14 -> resized(graph, x);
      case 15 -> newest(graph, x);
      case 16 -> reshapedAndTransposed(graph, x);
      case 17 -> castThere(graph, x);
      case 18 -> scattered(graph, x);
      default -> graph.node("Add", List.of(x, graph.weights(dim)));
    };
  }

  /** Whose axes past the given one were one axis until version 13. */
  private String softmax(GraphParts graph, String x) {
    String op = new String[] {"Softmax", "LogSoftmax", "Hardmax"}[random.nextInt(3)];
    return switch (random.nextInt(4)) {
      case 0 -> graph.node(op, List.of(x));
      case 1 -> graph.node(op, List.of(x), attribute("axis", -1));
      case 2 -> graph.node(op, List.of(x), attribute("axis", 1));
      default -> graph.node(op, List.of(x), attribute("axis", -2));
    };
  }

  private String softmaxOfThree(GraphParts graph, String x) {
    String cube = graph.node("Reshape", List.of(x, graph.integers(-1, 2, dim / 2)));
    String op = random.nextBoolean() ? "Softmax" : "LogSoftmax";
    String y = graph.node(op, List.of(cube), attribute("axis", random.nextInt(5) - 2));
    return graph.node("Flatten", List.of(y));
  }

  private String unsqueezeAndSqueeze(GraphParts graph, String x) {
    String y = withAxes(graph, "Unsqueeze", x, 13, 0, 2);
    return withAxes(
        graph, "Squeeze", y, 13, random.nextBoolean() ? new long[] {0, 2} : new long[] {-2, 0});
  }

  /** Adds to x what a reduction leaves of it. */
  private String reduced(GraphParts graph, String x) {
    String[] ops = {"Sum", "Mean", "Max", "L2", "LogSumExp", "SumSquare"};
    String op = "Reduce" + ops[random.nextInt(ops.length)];
    long since = op.equals("ReduceSum") ? 13 : 18;
    String left = withAxes(graph, op, x, since, random.nextBoolean() ? 1 : -1);
    return graph.node("Tanh", List.of(graph.node("Add", List.of(x, left))));
  }

  /** Axes were an attribute until that version. */
  private String withAxes(GraphParts graph, String op, String x, long inputSince, long... axes) {
    List<Long> list = new ArrayList<>();
    for (long axis : axes) {
      list.add(axis);
    }
    return opset < inputSince
        ? graph.node(op, List.of(x), attribute("axes", list))
        : graph.node(op, List.of(x, graph.integers(axes)));
  }

  private String splitAndConcatenated(GraphParts graph, String x) {
    boolean even = random.nextBoolean();
    List<Long> sizes = List.of(dim / 2L, dim - dim / 2L);
    List<String> parts;
    if (even && opset < 18) {
      parts = graph.nodes("Split", 2, List.of(x), attribute("axis", 1));
    } else if (even) {
      parts =
          graph.nodes("Split", 2, List.of(x), attribute("axis", 1), attribute("num_outputs", 2));
    } else if (opset < 13) {
      parts = graph.nodes("Split", 2, List.of(x), attribute("axis", 1), attribute("split", sizes));
    } else {
      String split = graph.integers(sizes.get(0), sizes.get(1));
      parts = graph.nodes("Split", 2, List.of(x, split), attribute("axis", -1));
    }
    return graph.node("Concat", List.of(parts.get(1), parts.get(0)), attribute("axis", 1));
  }

  private String dropout(GraphParts graph, String x) {
    return opset < 12
        ? graph.node("Dropout", List.of(x), attribute("ratio", 0.3f))
        : graph.node("Dropout", List.of(x, graph.floats(new float[] {0.3f})));
  }

  private String batchNormalization(GraphParts graph, String x) {
    float[] variances = new float[dim];
    for (int i = 0; i < dim; i++) {
      variances[i] = 0.5f + random.nextFloat();
    }
    return graph.node(
        "BatchNormalization",
        List.of(
            x,
            graph.weights(dim),
            graph.weights(dim),
            graph.weights(dim),
            graph.floats(variances, dim)),
        attribute("epsilon", 1e-3f));
  }

  private String padAndSlice(GraphParts graph, String x) {
    String padded = graph.node("Pad", List.of(x, graph.integers(0, 1, 0, 2)));
    return graph.node(
        "Slice", List.of(padded, graph.integers(1), graph.integers(dim + 1), graph.integers(1)));
  }

  private String resized(GraphParts graph, String x) {
    String four = graph.node("Reshape", List.of(x, graph.integers(-1, 1, 1, dim)));
    String roi = graph.floats(new float[0], 0);
    String scales = graph.floats(new float[] {1, 1, 2, 1}, 4);
    String twice = graph.node("Resize", List.of(four, roi, scales), attribute("mode", "nearest"));
    String half = withAxes(graph, "ReduceMean", twice, 18, 2);
    return graph.node("Reshape", List.of(half, graph.integers(-1, dim)));
  }

  /** What came with version 14, 17 or 20. */
  private String newest(GraphParts graph, String x) {
    if (opset >= 20) {
      return graph.node("Gelu", List.of(x), attribute("approximate", "tanh"));
    }
    if (opset >= 17) {
      return graph.node("LayerNormalization", List.of(x, graph.weights(dim)));
    }
    return graph.node(opset >= 14 ? "HardSwish" : "Softplus", List.of(x));
  }

  private String reshapedAndTransposed(GraphParts graph, String x) {
    String cube = graph.node("Reshape", List.of(x, graph.integers(0, dim / 2, 2)));
    String turned = graph.node("Transpose", List.of(cube), attribute("perm", List.of(0L, 2L, 1L)));
    return graph.node("Reshape", List.of(turned, graph.node("Shape", List.of(x))));
  }

  private String castThere(GraphParts graph, String x) {
    String wide = graph.node("Cast", List.of(x), attribute("to", 11));
    return graph.node("Cast", List.of(graph.node("Neg", List.of(wide))), attribute("to", 1));
  }

  /** Column 1 of every row becomes its column 0: a GatherElements along axis 1. */
  private String scattered(GraphParts graph, String x) {
    String columns =
        graph.node("Gather", List.of(x, graph.integers(0, dim - 1)), attribute("axis", 1));
    String rest =
        graph.node("Slice", List.of(x, graph.integers(2), graph.integers(dim), graph.integers(1)));
    return graph.node("Concat", List.of(columns, rest), attribute("axis", 1));
  }
}
