package org.ortnce.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAlignAndLongLastCellsDoNotWiden() {
    String text =
        new Table("lrl")
            .row("a", 1234567, "and a long remark")
            .row("longer", "x", "")
            .row("b", 5L)
            .render(2);
    assertThat(text)
        .isEqualTo(
            "  a       1,234,567  and a long remark\n  longer          x\n  b               5\n");
  }

  @Test
  void numbersHaveCommasInEveryLocale() {
    assertThat(Table.grouped(-1234567)).isEqualTo("-1,234,567");
    assertThat(Table.decimal(1234.5678, 2)).isEqualTo("1,234.57");
    assertThat(Table.decimal(Double.NaN, 2)).isEqualTo("NaN");
  }

  @Test
  void tooManyCellsAreRefused() {
    assertThatThrownBy(() -> new Table("l").row("a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 cells, the table has 1 columns");
  }
}
