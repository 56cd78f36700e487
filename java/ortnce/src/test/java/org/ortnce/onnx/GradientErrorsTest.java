package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ortnce.onnx.ShapeInferenceTest.ids;
import static org.ortnce.onnx.ShapeInferenceTest.input;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** What cannot be differentiated, and the whole message that says so. */
class GradientErrorsTest {
  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static List<Gradient> of(Value loss, Value... wrt) {
    return Gradients.of(loss, List.of(wrt));
  }

  @Test
  void nodesWithoutARuleOnTheWay() {
    Value table = input("10 64");
    Value soft = Ops.softmax(Ops.gather(table, ids("batch"), 0), 1);
    Value loss = Ops.reduceMean(Ops.neg(soft), false);
    ModelBuilder model = new ModelBuilder().input("embeddings", table);
    refuses(
        () -> model.withGradients(loss, table),
        "Softmax (float[batch, 64]) cannot be differentiated: it lies on the way from the loss to"
            + " wrt[0] 'embeddings': ReduceMean <- Neg <- Softmax <- Gather");
    Value other = input("64");
    refuses(
        () -> of(Ops.add(soft, other), other, table),
        "Softmax (float[batch, 64]) cannot be differentiated: it lies on the way from the loss to"
            + " wrt[1]: Add <- Softmax <- Gather");
    assertThat(of(Ops.add(soft, other), other)).hasSize(1);
  }

  @Test
  void longWaysAreCut() {
    Value x = input("2");
    Value y = x;
    for (int i = 0; i < 50; i++) {
      y = i == 25 ? Ops.abs(y) : i % 2 == 0 ? Ops.tanh(y) : Ops.neg(y);
    }
    Value loss = y;
    refuses(
        () -> of(loss, x),
        "Abs (float[2]) cannot be differentiated: it lies on the way from the loss to wrt[0]: Neg"
            + " <- Tanh <- Neg <- ... <- Neg <- Tanh <- Abs <- Tanh <- Neg <- ... <- Tanh <- Neg"
            + " <- Tanh");
  }

  @Test
  void nodesWithARuleForOthersOfTheirKind() {
    Value table = input("10 4");
    refuses(
        () -> of(Ops.gather(table, ids("batch"), 1), table),
        "Gather (float[10, batch]) cannot be differentiated, axis is 1, expected 0: it lies on the"
            + " way from the loss to wrt[0]: Gather");
    Value cube = input("2 3 4");
    refuses(
        () -> of(Ops.matMul(cube, table(4, 2)), cube),
        "MatMul (float[2, 3, 2]) cannot be differentiated, a is float[2, 3, 4] and b float[4, 2],"
            + " expected rank 2: it lies on the way from the loss to wrt[0]: MatMul");
  }

  private static Value table(long rows, long columns) {
    return Value.input(ElementType.FLOAT, Shape.of(rows, columns));
  }

  @Test
  void shapesThatDoNotTell() {
    Value x = input("n 3");
    Value y = input("m 3");
    refuses(
        () -> of(Ops.add(y, Ops.exp(x)), x),
        "Add (float[?, 3]) cannot be differentiated, the shapes do not tell where its input 1,"
            + " float[n, 3], is broadcast: it lies on the way from the loss to wrt[0]: Add <- Exp");
    Value fixed = input("5 3");
    refuses(
        () -> of(Ops.mul(x, fixed), x),
        "Mul (float[5, 3]) cannot be differentiated, the shapes do not tell where its input 0,"
            + " float[n, 3], is broadcast: it lies on the way from the loss to wrt[0]: Mul");
    assertThat(of(Ops.mul(x, fixed), fixed)).hasSize(1);
    assertThat(of(Ops.mul(x, input("3")), x)).hasSize(1);
    Value open = input("...");
    refuses(
        () -> of(Ops.sub(open, fixed), open),
        "Sub (float[...]) cannot be differentiated, the shapes do not tell where its input 0,"
            + " float[...], is broadcast: it lies on the way from the loss to wrt[0]: Sub");
    refuses(
        () -> of(Ops.expand(x, 5, 3), x),
        "Expand (float[5, 3]) cannot be differentiated, the shapes do not tell where its input 0,"
            + " float[n, 3], is broadcast: it lies on the way from the loss to wrt[0]: Expand");
  }

  @Test
  void whatTheLossDoesNotDependOn() {
    Value x = input("3");
    Value y = input("3");
    refuses(
        () -> of(Ops.exp(x), x, y),
        "Gradients: the loss does not depend on wrt[1] (float[3]), so there is no gradient by it"
            + " (TensorFlow gives None)");
    // By whole numbers only: a gradient is not 0 there, there is none.
    Value rounded = Ops.cast(Ops.cast(y, ElementType.INT64), ElementType.FLOAT);
    ModelBuilder model = new ModelBuilder().input("x", x).input("y", y);
    refuses(
        () -> model.withGradients(Ops.add(x, rounded), y),
        "Gradients: the loss does not depend on wrt[0] 'y' (float[3]), so there is no gradient by"
            + " it (TensorFlow gives None)");
    // By an input that its rule leaves out.
    Value z =
        NodeBuilder.of("First", "com.example", 1)
            .input(x)
            .input(y)
            .output("z", x.type())
            .gradient(node -> node.add(0, node.outputGradient(0)))
            .buildOne();
    assertThat(of(Ops.exp(z), x)).hasSize(1);
    refuses(
        () -> of(Ops.exp(z), Ops.neg(y), y),
        "Gradients: the loss does not depend on wrt[0] (float[3]), so there is no gradient by it"
            + " (TensorFlow gives None)");
    refuses(
        () -> of(Ops.exp(z), x, y),
        "First (float[3]) cannot be differentiated, it has no gradient by its input 1: it lies on"
            + " the way from the loss to wrt[1]: Exp <- First");
  }

  @Test
  void valuesThatHaveNoGradient() {
    Value x = input("3");
    Value labels = ids("3");
    refuses(
        () -> of(Ops.gather(x, labels, 0), labels),
        "Gradients: wrt[0] is int64[3], expected elements of type float, float16, double,"
            + " bfloat16");
    refuses(
        () -> of(labels, x),
        "Gradients: loss is int64[3], expected elements of type float, float16, double, bfloat16");
    refuses(() -> of(null, x), "Gradients: loss is null, expected a value");
    refuses(() -> of(x), "Gradients: wrt is [], expected at least one value");
    refuses(() -> Gradients.of(x, null), "Gradients: wrt is null, expected one that is not null");
    refuses(
        () -> Gradients.of(x, Arrays.asList(x, null)),
        "Gradients: wrt[1] is null, expected a value");
  }

  @Test
  void wrtMustHaveANameInTheModel() {
    Value x = input("3");
    Value w = Value.initializer(Tensor.of(new float[3], 3));
    Value y = Ops.mul(x, w);
    ModelBuilder model = new ModelBuilder().input("x", x);
    refuses(
        () -> model.withGradients(y, x, w),
        "wrt[1] is float[3], which is no input and no named initializer of this model: name it"
            + " first, by input(name, ..) or initializer(name, ..)");
    refuses(
        () -> model.withGradients(Ops.exp(y), y),
        "wrt[0] is float[3], which is no input and no named initializer of this model: name it"
            + " first, by input(name, ..) or initializer(name, ..)");
    model.withGradients(y, x);
    refuses(() -> model.withGradients(y, x), "output name 'x_grad' is taken by another output");
  }

  @Test
  void rulesMustKeepTypes() {
    Value x = input("3");
    Value y =
        NodeBuilder.of("Foo", "com.example", 1)
            .input(x)
            .output("y", x.type())
            .gradient(node -> node.add(0, Ops.scalar(1f)))
            .buildOne();
    refuses(
        () -> of(y, x), "com.example:Foo: the gradient by input 0 has float[], expected float[3]");
    Value z =
        NodeBuilder.of("Foo", "com.example", 1)
            .input(x)
            .output("z", x.type())
            .gradient(node -> node.addUniqueSlices(0, ids("2 2"), node.outputGradient(0)))
            .buildOne();
    refuses(
        () -> of(z, x),
        "com.example:Foo: the gradient by input 0 has int64[2, 2], expected int64[?]");
  }

  @Test
  void rowsToSumMustFitTheirIndices() {
    refuses(
        () -> Gradients.deduplicate(ids("4"), input("3 2")),
        "DeduplicateIndexedSlices: values is float[3, 2], expected a shape that starts with that of"
            + " indices, int64[4]");
    refuses(
        () -> Gradients.deduplicate(ids("4 2"), input("4")),
        "DeduplicateIndexedSlices: values is float[4], expected a shape that starts with that of"
            + " indices, int64[4, 2]");
    refuses(
        () -> Gradients.deduplicate(input("4"), input("4")),
        "DeduplicateIndexedSlices: indices is float[4], expected elements of type int32, int64");
    refuses(
        () -> Gradients.deduplicate(ids(""), input("4")),
        "DeduplicateIndexedSlices: indices is int64[], expected rank 1 or more");
  }
}
