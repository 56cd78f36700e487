package org.ortnce.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Which names are taken, and what comes in the place of those. */
class NamesTest {
  private final Names names = new Names();

  @Test
  void aNameIsTakenOnce() {
    assertThat(names.reserve("x")).isTrue();
    assertThat(names.reserve("x")).isFalse();
    // Nodes and values have names of their own.
    assertThat(names.reserveNode("x")).isTrue();
    assertThat(names.reserveNode("x")).isFalse();
  }

  @Test
  void valuesGetANumberIfNeedBe() {
    names.reserve("x_2");
    assertThat(names.value("x")).isEqualTo("x");
    assertThat(names.value("x")).isEqualTo("x_1");
    assertThat(names.value("x")).isEqualTo("x_3");
    assertThat(names.imported("y")).isEqualTo("y");
    assertThat(names.imported("y")).isEqualTo("y_imported");
    assertThat(names.imported("y")).isEqualTo("y_imported_1");
  }

  @Test
  void nodesAreNumberedByOperator() {
    names.reserveNode("Add_1");
    assertThat(names.node("Add")).isEqualTo("Add_0");
    assertThat(names.node("Add")).isEqualTo("Add_2");
    assertThat(names.node("Mul")).isEqualTo("Mul_0");
  }

  @Test
  void namesThatOnnxRuntimeGarbles() {
    assertThat(Names.check("input", "\u00e9 \ud7ff\ue000")).isEqualTo("\u00e9 \ud7ff\ue000");
    assertThatThrownBy(() -> Names.check("input", "a\nb"))
        .hasMessageEndingWith("got \\u000a at index 1");
    assertThatThrownBy(() -> Names.check("input", "ab\ud83d\ude00"))
        .hasMessageEndingWith("got \\ud83d at index 2");
    assertThatThrownBy(() -> Names.check("input", null))
        .hasMessage("input name must not be empty, got null");
    assertThatThrownBy(() -> Names.check("input", ""))
        .hasMessage("input name must not be empty, got ");
  }
}
