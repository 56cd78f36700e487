package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.reliability.BadInputs;
import org.ortnce.tensor.ElementType;

/** Hints at the end of ONNX Runtime's messages, taken from ONNX Runtime itself where it can be. */
@BadInputs
class OrtHintsTest {
  @Test
  void anOpOfOursWithoutTheLibrary() {
    hinted(model("org.ortnce", true), "org.ortnce:NceLoss", "Hint: the model needs the native");
    hinted(model("org.ortnce", false), "NceLoss", "Hint: the model needs the native library");
  }

  @Test
  void anOpOfOursThatTheLibraryLacks() {
    OrtException e =
        new OrtException(
            OrtErrorCode.ORT_FAIL,
            "Fatal error: org.ortnce:New(-1) is not a registered function/op");
    assertThat(OrtHints.explain(e, true).getMessage())
        .endsWith(
            "Hint: the native library of this ort-nce has no such op: the model was made by a"
                + " newer version.");
  }

  @Test
  void anOpOfSomebodyElse() {
    hinted(model("com.example", true), "com.example:NceLoss", "Hint: neither this ONNX Runtime");
  }

  @Test
  void aModelFromTheFuture() {
    hinted(stock().irVersion(9999), "9999", "Hint: the model is newer than this ONNX Runtime");
    hinted(stock().opset("", 999), "999", "Hint: the model is newer than this ONNX Runtime");
  }

  @Test
  void aLibraryRegisteredTwice() {
    OrtException e = new OrtException(OrtErrorCode.ORT_FAIL, "Domain already set in registry");
    OrtException explained = OrtHints.explain(e, true);
    assertThat(explained.getMessage())
        .startsWith("Error code - ORT_FAIL - message: Domain already set in registry Hint: ")
        .contains("OrtNce.register");
    assertThat(explained.getCode()).isEqualTo(OrtErrorCode.ORT_FAIL);
    assertThat(explained).hasCause(e);
  }

  /** J27: nothing is formatted, cut or encoded on the way. */
  @Test
  void j27OtherMessagesPassAsTheyAre() {
    for (String text :
        List.of("%n %s {0}", "\uD83D\uDE00 \uFFFD", "x".repeat(100_000), "", "a - message: b")) {
      OrtException e = new OrtException(OrtErrorCode.ORT_FAIL, text);
      assertThat(OrtHints.explain(e, true)).isSameAs(e);
      OrtException known = new OrtException(text + "Domain already set in registry");
      assertThat(OrtHints.explain(known, true).getCause()).isSameAs(known);
    }
    OrtException none = new OrtException(null);
    assertThat(OrtHints.explain(none, false)).isSameAs(none);
  }

  private static void hinted(TestModel model, String... parts) {
    assertThatThrownBy(() -> ModelSession.open(model.bytes(), TestModel.STOCK))
        .isInstanceOf(OrtException.class)
        .message()
        .contains(parts);
  }

  private static TestModel model(String domain, boolean imported) {
    TestModel model =
        new TestModel()
            .input("x", ElementType.FLOAT, 2)
            .node(domain, "NceLoss", "x", "y", Map.of())
            .output("y", ElementType.FLOAT, 2);
    return imported ? model.opset(domain, 1) : model;
  }

  private static TestModel stock() {
    return new TestModel()
        .input("x", ElementType.FLOAT, 2)
        .node("Identity", "x", "y")
        .output("y", ElementType.FLOAT, 2);
  }
}
