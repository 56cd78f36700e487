package org.ortnce.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Prints options under the {@link OptionHeading} of their mixin. */
final class OptionHelp {
  private static final String NO_HEADING = "";

  private OptionHelp() {}

  /** Does so in the help of this command, if it has headings. */
  static void install(CommandLine command) {
    if (byHeading(command.getCommandSpec().options()).size() > 1) {
      command
          .getHelpSectionMap()
          .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionHelp::optionList);
    }
  }

  private static String optionList(Help help) {
    List<OptionSpec> all = help.commandSpec().options();
    StringBuilder text = new StringBuilder();
    byHeading(all)
        .forEach(
            (heading, options) -> {
              // Columns are as wide as all options want, so that they align.
              Help.Layout layout = help.createDefaultLayout(all, List.of(), help.colorScheme());
              layout.addOptions(options, help.createDefaultParamLabelRenderer());
              text.append(heading.equals(NO_HEADING) ? "" : "%n%s:%n".formatted(heading))
                  .append(layout);
            });
    return text.toString();
  }

  private static Map<String, List<OptionSpec>> byHeading(List<OptionSpec> options) {
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    groups.put(NO_HEADING, new ArrayList<>());
    for (OptionSpec option : options) {
      OptionHeading heading =
          option.userObject() instanceof Field field
              ? field.getDeclaringClass().getAnnotation(OptionHeading.class)
              : null;
      groups
          .computeIfAbsent(heading == null ? NO_HEADING : heading.value(), key -> new ArrayList<>())
          .add(option);
    }
    return groups;
  }
}
