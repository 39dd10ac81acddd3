package io.stanzahook.guard;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules that compiled classes show. Each method returns what breaks its rule, one line each.
 *
 * @param main the classes of the program
 * @param tests the classes of its tests
 */
record ClassRules(JavaClasses main, JavaClasses tests) {
  private static final String BASE = "io.stanzahook";

  /** Each package may use those of the lists before its own; the empty name is the base package. */
  private static final List<List<String>> ORDER =
      List.of(
          List.of("xml", "settings", "tls", "net", "order", "trace", "signing"),
          List.of("stanza"),
          List.of("mapping"),
          List.of("wire", "local", "exchange"),
          List.of("webhook"),
          List.of("stream", "delivery", "query", "rooms", "sandbox"),
          List.of("spool"),
          List.of("cluster"),
          List.of("metrics"),
          List.of(""),
          List.of("app"));

  private static final Set<String> EMPTY_NAMES =
      Set.of("util", "utils", "common", "commons", "manager", "managers", "impl", "helper", "misc");

  private static final Set<String> SLEEPERS =
      Set.of("java.lang.Thread", "java.util.concurrent.TimeUnit");

  private static final String TESTABLE = "org.junit.platform.commons.annotation.Testable";

  private static final Set<String> NESTING =
      Set.of("org.junit.jupiter.api.Nested", "net.jqwik.api.Group");

  /** Imports that point to the right or sideways, and packages that have no place in the order. */
  List<String> packageOrder() {
    Set<String> broken = new TreeSet<>();
    for (JavaClass origin : main) {
      String from = packageOf(origin);
      if (tier(from) < 0) {
        broken.add("package '" + from + "' has no place in the order of packages");
        continue;
      }
      for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass();
        if (!isOurs(target) || packageOf(target).equals(from)) {
          continue;
        }
        if (tier(packageOf(target)) >= tier(from)) {
          broken.add(dependency.getDescription());
        }
      }
    }
    return List.copyOf(broken);
  }

  /** Circles of packages. */
  List<String> packageCycles() {
    return SlicesRuleDefinition.slices()
        .matching(BASE + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .evaluate(main)
        .getFailureReport()
        .getDetails();
  }

  /** Packages whose names say nothing. */
  List<String> emptyPackageNames() {
    return packages()
        .filter(name -> Stream.of(name.split("\\.", -1)).anyMatch(EMPTY_NAMES::contains))
        .toList();
  }

  /** Packages where null is not accounted for. */
  List<String> packagesNotNullMarked() {
    return main.stream()
        .map(JavaClass::getPackage)
        .distinct()
        .filter(p -> !p.isAnnotatedWith(NullMarked.class))
        .map(JavaPackage::getName)
        .sorted()
        .toList();
  }

  /**
   * Test classes that no runner runs: surefire takes {@code *Test}, failsafe {@code *IT}, both of
   * top-level classes; an abstract class needs a subclass; a nested one an annotation.
   */
  List<String> testsNotRun() {
    return tests.stream()
        .filter(ClassRules::hasTests)
        .filter(type -> !isRun(type))
        .map(JavaClass::getName)
        .sorted()
        .toList();
  }

  /** Calls that sleep: a test that waits so is slow and fails now and then. */
  List<String> sleeps() {
    return Stream.concat(main.stream(), tests.stream())
        // Its sleep is the blocking call that must be caught.
        .filter(type -> !type.getSimpleName().equals("BlockingRecorderTest"))
        .flatMap(ClassRules::accesses)
        .filter(
            access ->
                access.getTarget().getName().equals("sleep")
                    && SLEEPERS.contains(access.getTargetOwner().getName()))
        .map(JavaAccess::getDescription)
        .sorted()
        .toList();
  }

  private Stream<String> packages() {
    return main.stream().map(JavaClass::getPackageName).distinct().sorted();
  }

  private static Stream<JavaAccess<?>> accesses(JavaClass type) {
    return Stream.concat(
        type.getMethodCallsFromSelf().stream(), type.getMethodReferencesFromSelf().stream());
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().equals(BASE) || type.getPackageName().startsWith(BASE + ".");
  }

  /** The package's name below the base, up to its first dot. */
  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(BASE) ? "" : name.substring(BASE.length() + 1).split("\\.", 2)[0];
  }

  private static int tier(String name) {
    for (int i = 0; i < ORDER.size(); i++) {
      if (ORDER.get(i).contains(name)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean hasTests(JavaClass type) {
    return type.getAllMethods().stream().anyMatch(method -> method.isMetaAnnotatedWith(TESTABLE));
  }

  private static boolean isRun(JavaClass type) {
    if (type.isInterface() || type.getModifiers().contains(JavaModifier.ABSTRACT)) {
      return type.getAllSubclasses().stream().anyMatch(ClassRules::isRun);
    }
    return type.getEnclosingClass()
        .map(outer -> NESTING.stream().anyMatch(type::isAnnotatedWith) && isNamedAsTest(outer))
        .orElseGet(() -> isNamedAsTest(type));
  }

  private static boolean isNamedAsTest(JavaClass type) {
    JavaClass outermost = type;
    while (outermost.getEnclosingClass().isPresent()) {
      outermost = outermost.getEnclosingClass().get();
    }
    return outermost.getSimpleName().endsWith("Test") || outermost.getSimpleName().endsWith("IT");
  }
}
