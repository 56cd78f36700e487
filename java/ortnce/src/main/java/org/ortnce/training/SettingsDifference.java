package org.ortnce.training;

import java.nio.file.Path;
import java.util.List;

/** Says in which lines two settings differ. */
final class SettingsDifference {
  private SettingsDifference() {}

  static String message(Path file, String saved, String given) {
    List<String> savedLines = saved.lines().toList();
    List<String> givenLines = given.lines().toList();
    return file
        + ": was written by a training with other settings: it has "
        + onlyIn(savedLines, givenLines)
        + ", this training has "
        + onlyIn(givenLines, savedLines);
  }

  private static String onlyIn(List<String> lines, List<String> others) {
    List<String> only = lines.stream().filter(line -> !others.contains(line)).toList();
    return "'" + String.join("', '", only.isEmpty() ? lines : only) + "'";
  }
}
