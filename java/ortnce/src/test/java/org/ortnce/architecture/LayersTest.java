package org.ortnce.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.onnxruntime.OrtException;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The layers of the README's architecture section: what each package may know. The exception of the
 * runtime is everybody's to pass on.
 */
@AnalyzeClasses(packages = "org.ortnce", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
  private static final String RUNTIME = "ai.onnxruntime..";
  private static final String PROTOBUF = "com.google.protobuf..";
  private static final String FORMAT = "org.ortnce.onnx.proto..";

  @ArchTest
  static final ArchRule tensorsKnowOnlyFiles =
      classes()
          .that()
          .resideInAPackage("org.ortnce.tensor..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.ortnce.tensor..", "org.ortnce.io..");

  @ArchTest
  static final ArchRule filesKnowNothing =
      classes()
          .that()
          .resideInAPackage("org.ortnce.io..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.ortnce.io..");

  @ArchTest
  static final ArchRule graphBuilderKnowsTensorsAndTheFormat =
      classes()
          .that()
          .resideInAPackage("org.ortnce.onnx")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.ortnce.onnx..", "org.ortnce.tensor..", "org.ortnce.io..", PROTOBUF);

  @ArchTest
  static final ArchRule lossesKnowTheGraphBuilder =
      classes()
          .that()
          .resideInAPackage("org.ortnce.nce..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "org.ortnce.nce..", "org.ortnce.onnx", "org.ortnce.tensor..");

  @ArchTest
  static final ArchRule metricsKnowTensors =
      classes()
          .that()
          .resideInAPackage("org.ortnce.evaluation..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.ortnce.evaluation..", "org.ortnce.tensor..");

  @ArchTest
  static final ArchRule libraryFindsTheNativeLibraryAlone =
      classes()
          .that()
          .resideInAPackage("org.ortnce.library..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.ortnce.library..", RUNTIME);

  @ArchTest
  static final ArchRule sessionsKnowTheRuntimeAndReadModels =
      classes()
          .that()
          .resideInAPackage("org.ortnce.session..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.ortnce.session..",
              "org.ortnce.evaluation..",
              "org.ortnce.library..",
              "org.ortnce.nce..",
              "org.ortnce.onnx",
              "org.ortnce.tensor..",
              RUNTIME);

  @ArchTest
  static final ArchRule trainingNeverCallsTheRuntimeItself =
      classes()
          .that()
          .resideInAPackage("org.ortnce.training..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java..",
                      "org.ortnce.training..",
                      "org.ortnce.session..",
                      "org.ortnce.nce..",
                      "org.ortnce.onnx",
                      "org.ortnce.tensor..",
                      "org.ortnce.io..")
                  .or(type(OrtException.class)));

  @ArchTest
  static final ArchRule onlySessionsAndLibraryCallTheRuntime =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.ortnce", "org.ortnce.session..", "org.ortnce.library..")
          .should()
          .dependOnClassesThat(resideInAPackage(RUNTIME).and(not(type(OrtException.class))));

  @ArchTest
  static final ArchRule theFormatStaysInside =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.ortnce.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FORMAT, PROTOBUF);

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("org.ortnce.(*)..").should().beFreeOfCycles();
}
