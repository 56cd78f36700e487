package org.ortnce.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void numbersThatJsonHasNotAreStrings() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("nan", Double.NaN);
    values.put("infinite", new double[] {Double.NEGATIVE_INFINITY, 0.1});
    values.put("html", "a<b");
    String text = Json.write(values);
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    assertThat(json.get("nan").getAsString()).isEqualTo("NaN");
    assertThat(json.getAsJsonArray("infinite").get(0).getAsString()).isEqualTo("-Infinity");
    assertThat(json.getAsJsonArray("infinite").get(1).getAsDouble()).isEqualTo(0.1);
    assertThat(text).contains("a<b").doesNotContain("NaN,");
  }
}
