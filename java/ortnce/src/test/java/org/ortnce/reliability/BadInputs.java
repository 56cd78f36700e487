package org.ortnce.reliability;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks a class whose tests are rows of the table of bad inputs ({@code bad-inputs.tsv}). A test is
 * of the rows whose ids its name starts with, or that are its tags: {@code j09J10ByteOrder}, {@code
 * "N36 sampled id 10"}, {@code @Tag("G02")}.
 *
 * <p>{@link BadInputTableTest} runs such classes again, in JVMs of limited memory that it may lose.
 */
@Tag(BadInputs.TAG)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface BadInputs {
  /** The tag of these classes. */
  String TAG = "bad-inputs";

  /** Rows that run once, with the other tests: they take long, or make processes of their own. */
  @Tag(Apart.TAG)
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface Apart {
    /** The tag of these classes. */
    String TAG = "bad-inputs-apart";
  }
}
