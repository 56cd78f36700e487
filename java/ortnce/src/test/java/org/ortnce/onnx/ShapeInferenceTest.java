package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ortnce.tensor.ElementType;

/** What is known of a result when dimensions are symbolic or unknown. */
class ShapeInferenceTest {
  /** A float input; the shape as text: numbers, names and ?; ... is an unknown rank. */
  static Value input(String shape) {
    return Value.input(ElementType.FLOAT, shape(shape));
  }

  static Value ids(String shape) {
    return Value.input(ElementType.INT64, shape(shape));
  }

  static Shape shape(String text) {
    if (text.equals("...")) {
      return Shape.unknown();
    }
    return Shape.of(
        Stream.of(text.split(" "))
            .filter(dim -> !dim.isEmpty())
            .map(
                dim ->
                    dim.equals("?")
                        ? Dim.unknown()
                        : dim.matches("\\d+") ? Dim.of(Long.parseLong(dim)) : Dim.of(dim))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "'2 3', '2 3', '[2, 3]'",
    "'2 1', '3', '[2, 3]'",
    "'', '4', '[4]'",
    "'B 1', '3', '[B, 3]'",
    "'B 3', '3', '[B, 3]'",
    "'B', 'B', '[B]'",
    // A symbol may be 1 when the program runs, so two of them leave the result open.
    "'B', 'N', '[?]'",
    "'B', '?', '[?]'",
    // But a fixed size other than 1 rules.
    "'B', '7', '[7]'",
    "'?', '7', '[7]'",
    "'B', '1', '[B]'",
    "'0', 'B', '[0]'",
    "'0', '1', '[0]'",
    "'...', '3', '[...]'",
  })
  void broadcasting(String a, String b, String expected) {
    assertThat(Ops.add(input(a), input(b)).shape()).hasToString(expected);
    assertThat(Ops.mul(input(b), input(a)).shape()).hasToString(expected);
    assertThat(Ops.max(input(b), input(a)).shape()).hasToString(expected);
    assertThat(Ops.where(Ops.less(input(a), input(b)), input(a), input(b)).shape())
        .hasToString(expected);
  }

  static Stream<Arguments> cases() {
    Value x = input("B 3");
    Value any = input("...");
    return Stream.of(
        Arguments.of(Ops.matMul(x, input("3 H")), "[B, H]"),
        Arguments.of(Ops.matMul(input("B T D"), input("D 5")), "[B, T, 5]"),
        Arguments.of(Ops.matMul(input("B 1 2 3"), input("7 3 5")), "[B, 7, 2, 5]"),
        Arguments.of(Ops.matMul(any, x), "[...]"),
        Arguments.of(Ops.gemm(x, input("H 3"), input("H"), 1, 1, false, true), "[B, H]"),
        Arguments.of(Ops.gemm(any, input("3 5"), null), "[?, 5]"),
        Arguments.of(Ops.reduceSum(x, false, 1), "[B]"),
        Arguments.of(Ops.reduceMax(x, true, 0), "[1, 3]"),
        Arguments.of(Ops.reduceMean(any, false), "[]"),
        Arguments.of(Ops.reduceMean(any, false, 0), "[...]"),
        Arguments.of(Ops.argMax(x, 1, false), "[B]"),
        Arguments.of(Ops.topK(x, 2).values(), "[B, 2]"),
        Arguments.of(Ops.topK(x, ids("1")).values(), "[B, ?]"),
        Arguments.of(Ops.gather(input("V D"), ids("B T"), 0), "[B, T, D]"),
        Arguments.of(Ops.gather(input("V D"), ids(""), 1), "[V]"),
        Arguments.of(Ops.gather(input("V D"), ids("..."), 0), "[...]"),
        Arguments.of(Ops.gatherElements(x, ids("B 1"), 1), "[B, 1]"),
        Arguments.of(Ops.concat(1, x, input("B 4")), "[B, 7]"),
        Arguments.of(Ops.concat(0, x, input("? 3")), "[?, 3]"),
        Arguments.of(Ops.concat(1, input("? 3"), input("B 4")), "[B, 7]"),
        Arguments.of(Ops.reshape(x, 0, 3, 1), "[B, 3, 1]"),
        Arguments.of(Ops.reshape(x, -1, 3), "[B, 3]"),
        Arguments.of(Ops.reshape(x, -1), "[?]"),
        Arguments.of(Ops.reshape(input("B 3 4"), 0, -1), "[B, 12]"),
        Arguments.of(Ops.reshape(input("2 6"), 3, -1), "[3, 4]"),
        Arguments.of(Ops.reshape(x, ids("2")), "[?, ?]"),
        Arguments.of(Ops.reshape(x, ids("?")), "[...]"),
        Arguments.of(Ops.transpose(input("A B C"), 1, 2, 0), "[B, C, A]"),
        Arguments.of(Ops.transpose(any), "[...]"),
        Arguments.of(Ops.unsqueeze(x, 0, 2), "[1, B, 1, 3]"),
        Arguments.of(Ops.squeeze(input("B 1"), 1), "[B]"),
        Arguments.of(Ops.squeeze(input("B ?"), 1), "[B]"),
        Arguments.of(Ops.squeeze(input("B 1")), "[...]"),
        Arguments.of(Ops.expand(x, ids("3")), "[?, ?, 3]"),
        Arguments.of(Ops.shape(x), "[2]"),
        Arguments.of(Ops.shape(any), "[?]"),
        Arguments.of(Ops.size(any), "[]"),
        Arguments.of(slice(x, 0, 0, Long.MAX_VALUE), "[B, 3]"),
        Arguments.of(slice(x, 0, 1, Long.MAX_VALUE), "[?, 3]"),
        Arguments.of(slice(x, 1, 1, 100), "[B, 2]"),
        Arguments.of(Ops.slice(x, ids("1"), ids("1"), Ops.vector(0), null), "[?, 3]"),
        Arguments.of(Ops.slice(x, ids("1"), ids("1"), ids("1"), null), "[?, ?]"));
  }

  private static Value slice(Value x, long axis, long start, long end) {
    return Ops.slice(x, new long[] {start}, new long[] {end}, new long[] {axis});
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shapes(Value y, String expected) {
    assertThat(y.shape()).hasToString(expected);
  }

  /** Shapes computed in the graph from Shape keep their symbols. */
  @Test
  void shapeArithmeticIsFollowed() {
    Value x = input("B T D");
    Value shape = Ops.shape(x);
    Value batch = Ops.gather(shape, Ops.scalar(0L), 0);
    Value flat = Ops.concat(0, Ops.unsqueeze(batch, 0), Ops.vector(7));
    assertThat(Ops.expand(Ops.scalar(0f), flat).shape()).hasToString("[B, 7]");
    Value tail = Ops.slice(shape, new long[] {1}, new long[] {Long.MAX_VALUE}, new long[] {0});
    assertThat(Ops.expand(Ops.scalar(0f), tail).shape()).hasToString("[T, D]");
    Value rows = Ops.range(Ops.scalar(0L), Ops.squeeze(batch), Ops.scalar(1L));
    assertThat(rows.shape()).hasToString("[B]");
    assertThat(
            Ops.reshape(input("B 12"), Ops.concat(0, Ops.unsqueeze(batch, 0), Ops.vector(3, 4)))
                .shape())
        .hasToString("[B, 3, 4]");
  }

  @Test
  void elementTypesFollow() {
    Value x = input("2");
    assertThat(Ops.less(x, x).elementType()).isEqualTo(ElementType.BOOL);
    assertThat(Ops.shape(x).elementType()).isEqualTo(ElementType.INT64);
    assertThat(Ops.topK(x, 1).indices().elementType()).isEqualTo(ElementType.INT64);
    assertThat(Ops.pow(x, Ops.vector(2)).elementType()).isEqualTo(ElementType.FLOAT);
    assertThat(Ops.cast(x, ElementType.BFLOAT16).elementType()).isEqualTo(ElementType.BFLOAT16);
  }
}
