package org.ortnce.cli.train.data;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ortnce.cli.corpus.Vocabulary;

/** What ids are called: words, or the ids themselves. */
public interface Names {
  /** The name of an id. */
  String name(int id);

  /** The id of a name, if there is one. */
  OptionalInt id(String name);

  /**
   * The names of a vocabulary. They are found in lower case too, and methods without their package:
   * the most frequent one of that name.
   */
  static Names of(Vocabulary vocabulary) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.name(id), id);
    }
    return new Names() {
      @Override
      public String name(int id) {
        return vocabulary.name(id);
      }

      @Override
      public OptionalInt id(String name) {
        Integer id = ids.getOrDefault(name, ids.get(name.toLowerCase(Locale.ROOT)));
        return id == null
            ? IntStream.range(0, vocabulary.size())
                .filter(other -> vocabulary.name(other).endsWith("/" + name))
                .findFirst()
            : OptionalInt.of(id);
      }
    };
  }

  /** Ids below {@code size} as decimal numbers. */
  static Names numbers(int size) {
    return new Names() {
      @Override
      public String name(int id) {
        return Integer.toString(id);
      }

      @Override
      public OptionalInt id(String name) {
        try {
          int id = Integer.parseInt(name);
          return id >= 0 && id < size ? OptionalInt.of(id) : OptionalInt.empty();
        } catch (NumberFormatException e) {
          return OptionalInt.empty();
        }
      }
    };
  }
}
