package org.ortnce.cli.terminal;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;

/** JSON for machines. */
public final class Json {
  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .registerTypeAdapter(Double.class, finiteOrText())
          .registerTypeAdapter(double.class, finiteOrText())
          .create();

  private Json() {}

  public static String write(Object value) {
    return GSON.toJson(value);
  }

  /** JSON has no NaN and no infinity: they become strings, as in Protocol Buffers' JSON. */
  private static JsonSerializer<Double> finiteOrText() {
    return (value, type, context) ->
        Double.isFinite(value) ? new JsonPrimitive(value) : new JsonPrimitive(value.toString());
  }
}
