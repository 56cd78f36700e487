package org.ortnce.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The heading in the help under which the options of a mixin stand. Picocli's own groups of options
 * begin anew when an option is repeated, and forget those given before it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface OptionHeading {
  /** The text, without a colon. */
  String value();
}
