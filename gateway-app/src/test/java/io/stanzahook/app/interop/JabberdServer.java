package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * jabberd2 from the Debian package: its router, session manager and client server as child
 * processes with a configuration of their own. It has no rooms, and takes any component that knows
 * the one secret.
 */
final class JabberdServer implements XmppServer {
  private static final String MODULES = "/usr/lib/x86_64-linux-gnu/jabberd2";

  /** In the order of their start. */
  private static final List<String> PARTS = List.of("router", "sm", "c2s");

  private static final Map<String, String> CHAINS =
      Map.of(
          "in-sess", "validate status roster disco presence deliver",
          "in-router", "session validate presence",
          "pkt-sm", "iq-ping disco presence",
          "pkt-user", "roster presence disco deliver offline",
          "pkt-router", "session disco",
          "user-load", "active roster",
          "user-create", "active",
          "user-delete", "active roster");

  private final TestFolder folder = TestFolder.create("jabberd");
  private final int clientPort = Ports.free();
  private final int componentPort = Ports.free();
  private final List<ChildProcess> running = new ArrayList<>();

  private JabberdServer() {
    PARTS.forEach(part -> ChildProcess.requireInstalled(program(part)));
    folder.write("fs/README", "Session manager's data.\n");
    folder.write(
        "router-users.xml",
        "<users><user><name>jabberd</name><secret>inner</secret></user></users>");
    folder.write(
        "router.xml",
        """
        <router><id>router</id><pidfile>%1$s/router.pid</pidfile>%2$s
          <local><ip>127.0.0.1</ip><port>%3$d</port><users>%1$s/router-users.xml</users>
            <secret>%4$s</secret></local>
          <io><max_fds>1024</max_fds></io>
          <aci><acl type='all'><user>jabberd</user></acl></aci>
        </router>
        """
            .formatted(
                folder.path(),
                logTo("router"),
                componentPort,
                SECRET.replace("&", "&amp;").replace("<", "&lt;")));
    folder.write(
        "sm.xml",
        """
        <sm><id>sm</id><pidfile>%1$s/sm.pid</pidfile>%2$s%3$s
          <local><id>%4$s</id></local>
          <storage><path>%5$s</path><driver>fs</driver><fs><path>%1$s/fs</path></fs></storage>
          <modules><path>%5$s</path>%6$s</modules>
          <user><auto-create/></user>
        </sm>
        """
            .formatted(folder.path(), logTo("sm"), toRouter(), HOST, MODULES, chains()));
    folder.write(
        "c2s.xml",
        """
        <c2s><id>c2s</id><pidfile>%1$s/c2s.pid</pidfile>%2$s%3$s
          <local><id>%4$s</id><ip>127.0.0.1</ip><port>%6$d</port></local>
          <io><max_fds>1024</max_fds><limits><stanzasize>4194304</stanzasize></limits></io>
          <authreg><path>%5$s</path><module>sqlite</module>
            <mechanisms><sasl><plain/></sasl></mechanisms>
            <sqlite><dbname>%1$s/users.db</dbname><busy-timeout>60000</busy-timeout>
              <password_type><plaintext/></password_type></sqlite>
          </authreg>
        </c2s>
        """
            .formatted(folder.path(), logTo("c2s"), toRouter(), HOST, MODULES, clientPort));
    inUsers("create table authreg (username text, realm text, password text)");
  }

  static JabberdServer create() {
    return new JabberdServer();
  }

  private static Path program(String part) {
    return Path.of("/usr/sbin/jabberd2-" + part);
  }

  private String logTo(String part) {
    return "<log type='file'><ident>%1$s</ident><file>%2$s/%1$s.log</file></log>"
        .formatted(part, folder.path());
  }

  private String toRouter() {
    return """
        <router><ip>127.0.0.1</ip><port>%d</port><user>jabberd</user><pass>inner</pass>
          <retry><init>100</init><lost>100</lost><sleep>1</sleep></retry></router>
        """
        .formatted(componentPort);
  }

  private static String chains() {
    return CHAINS.entrySet().stream()
        .map(
            chain ->
                "<chain id='%s'>%s</chain>"
                    .formatted(
                        chain.getKey(),
                        Stream.of(chain.getValue().split(" ", -1))
                            .map(module -> "<module>" + module + "</module>")
                            .collect(Collectors.joining())))
        .collect(Collectors.joining());
  }

  @Override
  public String name() {
    return "jabberd2";
  }

  @Override
  public int clientPort() {
    return clientPort;
  }

  @Override
  public int componentPort() {
    return componentPort;
  }

  @Override
  public boolean sendsOwnPresence() {
    return false;
  }

  @Override
  public void start() {
    PARTS.forEach(this::start);
    Await.until(
        "jabberd2 listens",
        START_LIMIT,
        () -> Ports.accepts(clientPort) && Ports.accepts(componentPort));
  }

  private void start(String part) {
    // What a part says when the others may follow.
    String ready =
        switch (part) {
          case "router" -> "listening for incoming connections";
          case "sm" -> "ready for sessions";
          default -> "ready for connections";
        };
    long before = said(part, ready);
    running.add(
        ChildProcess.start(
            "jabberd2-" + part,
            folder.path(),
            List.of(program(part).toString(), "-c", folder.path().resolve(part + ".xml") + "")));
    ChildProcess started = running.get(running.size() - 1);
    Await.until(
        "jabberd2's " + part + " is ready",
        START_LIMIT,
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError("jabberd2's " + part + " ended at its start:\n" + log());
          }
          return said(part, ready) > before;
        });
  }

  private long said(String part, String words) {
    return log(part).lines().filter(line -> line.contains(words)).count();
  }

  @Override
  public void stop() {
    end(ChildProcess::terminate);
  }

  @Override
  public void kill() {
    end(ChildProcess::kill);
  }

  private void end(java.util.function.Consumer<ChildProcess> how) {
    running.forEach(how);
    running.forEach(each -> each.awaitExit(STOP_LIMIT));
    running.clear();
  }

  @Override
  public void register(String user) {
    inUsers("insert into authreg values (?, ?, ?)", user, HOST, PASSWORD);
  }

  private void inUsers(String sql, String... values) {
    try (Connection users =
            DriverManager.getConnection("jdbc:sqlite:" + folder.path() + "/users.db");
        PreparedStatement statement = users.prepareStatement(sql)) {
      try (Statement patience = users.createStatement()) {
        patience.execute("pragma busy_timeout = 60000");
      }
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException("jabberd2's users cannot be written", e);
    }
  }

  private String log(String part) {
    Path file = folder.path().resolve(part + ".log");
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String log() {
    return PARTS.stream().map(this::log).collect(Collectors.joining());
  }

  @Override
  public void close() {
    kill();
    folder.close();
  }
}
