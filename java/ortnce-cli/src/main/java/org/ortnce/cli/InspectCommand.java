package org.ortnce.cli;

import java.nio.file.Path;
import org.ortnce.cli.inspect.ModelInspection;
import org.ortnce.cli.terminal.Console;
import org.ortnce.session.CudaOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ortnce inspect}: what is in a model, and what runs it here. */
@Command(
    name = "inspect",
    description =
        "Shows what is in a model (inputs, outputs, weights, ops, attributes, functions), whether"
            + " our native library will run its nodes, and which provider ran each of them in a run"
            + " on zeros.")
final class InspectCommand extends Subcommand {
  @Parameters(paramLabel = "MODEL", description = "The .onnx file.")
  Path model;

  @Option(
      names = "--no-session",
      description = "Only read the file; open no session to see what runs it here.")
  boolean noSession;

  @Mixin ProviderOptions provider = new ProviderOptions();

  InspectCommand(Console console) {
    super(console);
  }

  @Override
  void run() throws Exception {
    CudaOptions cuda = fromOptions(provider::cuda);
    ModelInspection inspection =
        noSession
            ? ModelInspection.of(model)
            : ModelInspection.withSessions(model, this::sessions, cuda);
    print(inspection.json(), inspection::text);
  }
}
