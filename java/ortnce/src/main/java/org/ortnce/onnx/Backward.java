package org.ortnce.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * Reverse-mode differentiation: visits the nodes of a loss from the last to the first and has the
 * rule of each pass the gradients by its outputs on to its inputs. No recursion: graphs may be
 * deeper than the thread's stack.
 */
final class Backward {
  private static final String OP = "Gradients";

  private final Plan plan;
  private final Set<Value> wanted;
  private final GradientSums sums = new GradientSums();
  private final GradientPath path;

  private Backward(Plan plan, Value loss, List<Value> wrt, IntFunction<String> wrtNames) {
    this.plan = plan;
    this.wanted = dependents(plan, wrt);
    this.path = new GradientPath(plan, loss, wrt, wrtNames);
  }

  /**
   * The gradients of the sum of a loss.
   *
   * @param wrtNames the name of each wrt in messages
   */
  static List<Gradient> of(Value loss, List<Value> wrt, IntFunction<String> wrtNames) {
    Args.type(OP, "loss", loss, Types.FLOATS);
    Args.given(OP, "wrt", wrt);
    if (wrt.isEmpty()) {
      throw Args.expected(OP, "wrt", wrt, "at least one value");
    }
    Plan plan = new Plan(List.of(new Plan.Output("loss", loss)));
    Set<Value> reached = ancestors(plan, loss);
    for (int i = 0; i < wrt.size(); i++) {
      Args.type(OP, wrtNames.apply(i), wrt.get(i), Types.FLOATS);
      if (!reached.contains(wrt.get(i))) {
        throw Args.error(
            OP,
            "the loss does not depend on "
                + wrtNames.apply(i)
                + " ("
                + wrt.get(i)
                + "), so there is no gradient by it (TensorFlow gives None)");
      }
    }
    return new Backward(plan, loss, wrt, wrtNames).run(loss, wrt);
  }

  private List<Gradient> run(Value loss, List<Value> wrt) {
    sums.add(loss, new GradientSums.Part(new Gradient.Dense(ones(loss)), true));
    List<Node> nodes = plan.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(sums::has)
          && node.dependencies().stream().anyMatch(this::wants)) {
        if (node.gradient() == null) {
          throw path.error(node, null);
        }
        node.gradient().pass(new NodeGradients(node, this));
      }
    }
    List<Gradient> gradients = new ArrayList<>();
    for (int i = 0; i < wrt.size(); i++) {
      if (!sums.has(wrt.get(i))) {
        throw path.interrupted(i, sums);
      }
      gradients.add(sums.finished(wrt.get(i)));
    }
    return gradients;
  }

  private static Value ones(Value loss) {
    boolean scalar = loss.shape().hasRank() && loss.shape().rank() == 0;
    if (scalar) {
      return Ops.scalar(loss.elementType(), 1);
    }
    Value ones = Ops.constantOfShape(Ops.shape(loss), Tensor.scalar(1f));
    return loss.elementType() == ElementType.FLOAT ? ones : Ops.cast(ones, loss.elementType());
  }

  /** The floating-point values that are computed from these, and these. */
  static Set<Value> dependents(Plan plan, List<Value> from) {
    Set<Value> found = new HashSet<>(from);
    for (Node node : plan.nodes()) {
      if (node.dependencies().stream().anyMatch(found::contains)) {
        node.outputs().stream().filter(Backward::isFloat).forEach(found::add);
      }
    }
    return found;
  }

  /** The floating-point values that a value is computed from by such values, and itself. */
  private static Set<Value> ancestors(Plan plan, Value of) {
    Set<Value> found = new HashSet<>(List.of(of));
    List<Node> nodes = plan.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(found::contains)) {
        node.dependencies().stream()
            .filter(input -> input != null && isFloat(input))
            .forEach(found::add);
      }
    }
    return found;
  }

  private static boolean isFloat(Value value) {
    // Inside an imported graph it may be unknown, and then be one.
    return value.type() == null || value.elementType().isFloatingPoint();
  }

  /** Whether a value is, or is computed from, one of those asked for. */
  boolean wants(Value valueOrNull) {
    return valueOrNull != null && wanted.contains(valueOrNull);
  }

  void add(Node from, Value value, GradientSums.Part part) {
    path.passed(from, value);
    sums.add(value, part);
  }

  GradientSums sums() {
    return sums;
  }

  GradientPath path() {
    return path;
  }
}
