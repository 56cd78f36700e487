package org.ortnce.session;

import java.util.Map;
import java.util.OptionalLong;

/** Numbers among a model's {@code metadata_props}. */
final class ModelMetadata {
  private ModelMetadata() {}

  /**
   * The number of a key, if it is there.
   *
   * @param meaning what the number is, with its article, for messages
   * @throws IllegalArgumentException if it is no number
   */
  static OptionalLong number(Map<String, String> metadata, String key, String meaning) {
    String text = metadata.get(key);
    try {
      return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the model's metadata " + key + " is " + text + ", not " + meaning, e);
    }
  }
}
