package org.ortnce.session;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ortnce.nce.MetadataKeys;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/** What the metadata of a model say of its ids. */
class IdRangesTest {
  private static final Map<String, TensorSpec> INPUTS =
      Map.of("x", spec("x", ElementType.INT64), "y", spec("y", ElementType.FLOAT));

  private static TensorSpec spec(String name, ElementType type) {
    return new TensorSpec(name, type, List.of());
  }

  @Test
  void aNumberOfRowsThatIsNoneIsRefused() {
    String key = MetadataKeys.rowsOf("x");
    assertThatThrownBy(() -> new IdRanges(Map.of(key, "many"), INPUTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model's metadata ortnce.rows.x is many, not a number of rows");
  }

  @Test
  void onlyIdsHaveRows() {
    Map<String, String> metadata =
        Map.of(MetadataKeys.rowsOf("y"), "2", MetadataKeys.rowsOf("z"), "many");
    Map<String, Tensor> values = Map.of("x", Tensor.scalar(9L), "y", Tensor.scalar(9f));
    assertThatCode(() -> new IdRanges(metadata, INPUTS).check(values)).doesNotThrowAnyException();
  }

  @Test
  void aScalarHasNoPlace() {
    IdRanges rows = new IdRanges(Map.of(MetadataKeys.rowsOf("x"), "9"), INPUTS);
    assertThatThrownBy(() -> rows.check(Map.of("x", Tensor.scalar(9L))))
        .hasMessage("x = 9 must be in [0, 9)");
  }
}
