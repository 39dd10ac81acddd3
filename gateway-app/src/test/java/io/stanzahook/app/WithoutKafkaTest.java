package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.WithoutKafka;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The program's own jar has Kafka's client; a program that was put together otherwise may not. */
class WithoutKafkaTest {
  private final ClassLoader without = new WithoutKafka();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Object execute(String... arguments) throws Exception {
    Class<?> console = without.loadClass(Console.class.getName());
    Constructor<?> ofConsole = console.getDeclaredConstructor(PrintStream.class, PrintStream.class);
    ofConsole.setAccessible(true);
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Method commands = without.loadClass(Main.class.getName()).getDeclaredMethod("commands");
    commands.setAccessible(true);
    Class<?> program = without.loadClass(Program.class.getName());
    Constructor<?> ofProgram = program.getDeclaredConstructor(List.class, String.class);
    ofProgram.setAccessible(true);
    Method execute = program.getDeclaredMethod("execute", List.class, Map.class, console);
    execute.setAccessible(true);
    return execute.invoke(
        ofProgram.newInstance(commands.invoke(null), "test"),
        List.of(arguments),
        Map.of(),
        ofConsole.newInstance(stream, stream));
  }

  @Test
  void withoutItAClusterIsRefusedWithTheRemedy() throws Exception {
    Object code =
        execute(
            "run",
            "--server=127.0.0.1:1",
            "--component=gw.localhost",
            "--secret=s",
            "--post-url=http://127.0.0.1:1/",
            "--cluster=kafka://127.0.0.1:1/chat");
    assertThat(code).hasToString(ExitCode.USAGE.name());
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(
            "--cluster: needs Kafka's client, which is not on the class path: add the library");
  }

  @Test
  void allElseWorksWithoutIt() throws Exception {
    assertThat(execute("help", "run")).hasToString(ExitCode.ENDED.name());
  }
}
