package org.ortnce.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.ortnce.ops.NceGraphs.Declared;
import org.ortnce.session.ModelSession;
import org.ortnce.tensor.Tensor;

/**
 * A row of a bad-input table: a good case, what spoils it, and the error wherever it can show. The
 * builder call must refuse it; so must the op in graphs that no builder checked, when the graph
 * tells shapes and attributes and else when it runs.
 */
final class BadRow {
  private static final String OP = "NceLoss: ";
  private static final int MAX_BYTES = 512;

  private final String name;
  private final NceCase good;
  private final NceCase bad;
  private Class<? extends RuntimeException> builderError;
  private String builderText;
  private String loadText;
  private String runText;

  private BadRow(String name, NceCase good, Consumer<NceCase> spoil) {
    this.name = name;
    this.good = good;
    this.bad = good.copy();
    spoil.accept(bad);
  }

  /** A row named by its id and what is bad. */
  static BadRow of(String name, NceCase good, Consumer<NceCase> spoil) {
    return new BadRow(name, good, spoil);
  }

  /** The builder call throws IllegalArgumentException with this text. */
  BadRow builder(String text) {
    return builder(IllegalArgumentException.class, text);
  }

  /** The builder call throws this exception. */
  BadRow builder(Class<? extends RuntimeException> error, String text) {
    builderError = error;
    builderText = text;
    return this;
  }

  /** The op refuses the graph when the session is created. */
  BadRow load(String text) {
    loadText = text;
    return this;
  }

  /** The op refuses the values when it runs, and the session goes on to work. */
  BadRow run(String text) {
    runText = text;
    return this;
  }

  /** The same text from a graph that declares shapes and from one that does not. */
  BadRow op(String text) {
    return load(text).run(text);
  }

  static Stream<DynamicTest> tests(BadRow... rows) {
    return Stream.of(rows).flatMap(BadRow::stages);
  }

  private Stream<DynamicTest> stages() {
    List<DynamicTest> tests = new ArrayList<>();
    if (builderText != null) {
      tests.add(DynamicTest.dynamicTest(name + " - builder", this::checkBuilder));
    }
    if (loadText != null) {
      tests.add(DynamicTest.dynamicTest(name + " - load", this::checkLoad));
    }
    if (runText != null) {
      tests.add(DynamicTest.dynamicTest(name + " - run", this::checkRun));
    }
    assertThat(tests).as("row " + name + " must expect an error").isNotEmpty();
    return tests.stream();
  }

  private void checkBuilder() {
    assertThatThrownBy(() -> NceGraphs.checked(bad))
        .isExactlyInstanceOf(builderError)
        .hasMessageContaining(builderText);
  }

  private void checkLoad() {
    OrtException error =
        catchThrowableOfType(OrtException.class, () -> NceRuns.open(bad, Declared.SHAPES).close());
    // ONNX Runtime makes one code of all that goes wrong while it creates kernels.
    checkError(error, OrtErrorCode.ORT_RUNTIME_EXCEPTION, loadText);
  }

  private void checkRun() throws OrtException {
    // Where shapes can be declared and are right, only values are bad: declare them.
    Declared declared = loadText == null ? Declared.SHAPES : Declared.TYPES;
    Map<String, Tensor> goodFeeds = NceGraphs.rawFeeds(good, declared);
    Map<String, Tensor> first;
    try (ModelSession fresh = NceRuns.open(good, declared)) {
      first = fresh.run(goodFeeds);
    }
    NceRuns.checkLoss(good, first);
    try (ModelSession session = NceRuns.open(good, declared)) {
      for (int i = 0; i < 2; i++) {
        OrtException error =
            catchThrowableOfType(
                OrtException.class, () -> session.run(NceGraphs.rawFeeds(bad, declared)));
        checkError(error, OrtErrorCode.ORT_INVALID_ARGUMENT, runText);
      }
      // The stream of a drawing op stands where it stood: this is still its first run.
      Map<String, Tensor> after = session.run(goodFeeds);
      assertThat(NceRuns.bits(after.get("loss").toFloatArray()))
          .isEqualTo(NceRuns.bits(first.get("loss").toFloatArray()));
      assertThat(after.get("sampled_candidates_used").toLongArray())
          .isEqualTo(first.get("sampled_candidates_used").toLongArray());
    }
  }

  private static void checkError(OrtException error, OrtErrorCode code, String text) {
    assertThat(error).as("an OrtException: " + text).isNotNull();
    assertThat(error.getCode()).as(error.getMessage()).isEqualTo(code);
    String message = error.getMessage();
    assertThat(message).contains(OP);
    // What stands before is ONNX Runtime's.
    String ours = message.substring(message.indexOf(OP)).strip();
    assertThat(ours).isEqualTo(OP + text);
    assertThat(ours.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(MAX_BYTES);
    assertThat(ours).matches("[ -~]*");
  }
}
