package org.ortnce.cli;

import java.io.PrintStream;
import org.ortnce.cli.terminal.Console;
import org.ortnce.cli.terminal.Failure;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code ortnce}, which only has subcommands. */
@Command(
    name = "ortnce",
    mixinStandardHelpOptions = true,
    versionProvider = BuildInfo.class,
    description =
        "Noise-contrastive losses (tf.nn.nce_loss) for ONNX Runtime: makes models, evaluates them,"
            + " looks into them.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
final class OrtnceCommand {

  private OrtnceCommand() {}

  /** Runs one command line; the exit status. */
  static int execute(Console console, String... args) {
    int status;
    try {
      status = commandLine(console).execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      // The first is no bug, the second a library that does not fit: neither needs a stack trace.
      status = report(console.err(), e, false);
    }
    console.out().flush();
    if (console.out().checkError() && status == ExitCode.OK) {
      console.err().println("ortnce: cannot write to standard output");
      status = ExitCode.SOFTWARE;
    }
    return status;
  }

  static CommandLine commandLine(Console console) {
    CommandLine root = new CommandLine(new OrtnceCommand());
    root.addSubcommand(new DemoCommand(console));
    root.addSubcommand(new ExportCommand(console));
    root.addSubcommand(new AttachCommand(console));
    root.addSubcommand(new LossCommand(console));
    root.addSubcommand(new EvalCommand(console));
    root.addSubcommand(new TopKCommand(console));
    root.addSubcommand(new TrainCommand(console));
    root.addSubcommand(new SampleCommand(console));
    root.addSubcommand(new InspectCommand(console));
    root.addSubcommand(new GenerateCompletion());
    root.getSubcommands().values().forEach(OptionHelp::install);
    root.setOut(console.out());
    root.setErr(console.errWriter());
    root.setCaseInsensitiveEnumValuesAllowed(true);
    // The last one counts, so that aliases can have options of their own.
    root.setOverwrittenOptionsAllowed(true);
    root.setUsageHelpAutoWidth(false);
    root.setUsageHelpWidth(Math.max(80, console.width()));
    root.setParameterExceptionHandler((e, args) -> wrongUsage(console.err(), e));
    root.setExecutionExceptionHandler((e, line, parsed) -> failed(console.err(), e, parsed));
    return root;
  }

  private static int wrongUsage(PrintStream err, ParameterException e) {
    CommandLine command = e.getCommandLine();
    err.println("ortnce: " + Failure.describe(e));
    UnmatchedArgumentException.printSuggestions(e, command.getErr());
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  private static int failed(PrintStream err, Exception e, ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    boolean stacktrace =
        last.commandSpec().userObject() instanceof Subcommand command
            && command.common.wantsStacktrace();
    return report(err, e, stacktrace);
  }

  private static int report(PrintStream err, Throwable e, boolean stacktrace) {
    err.println("ortnce: " + Failure.describe(e));
    if (stacktrace) {
      e.printStackTrace(err);
    }
    return ExitCode.SOFTWARE;
  }
}
