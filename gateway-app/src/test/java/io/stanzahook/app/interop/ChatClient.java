package io.stanzahook.app.interop;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat user on a real client library: chat_client.py on Debian's python3-slixmpp, as a process of
 * its own. Every take waits, and fails after its limit.
 */
final class ChatClient implements Fixture {
  /** How long anything that should come may take on a busy machine. */
  static final Duration LIMIT = Patience.LONG;

  /** Debian's own Python, which has the library; another one in the PATH has not. */
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private static final String MUC_OWNER = "http://jabber.org/protocol/muc#owner";

  private static final JsonMapper JSON = new JsonMapper();

  private final String jid;
  private final TestFolder folder = TestFolder.create("client");
  private final AtomicInteger numbers = new AtomicInteger();
  private final BlockingQueue<ChatStanza> messages = new LinkedTransferQueue<>();
  private final BlockingQueue<ChatStanza> presences = new LinkedTransferQueue<>();
  private final List<ChatStanza> history = new CopyOnWriteArrayList<>();
  private final BlockingQueue<ChatStanza> states = new LinkedTransferQueue<>();
  private final Map<Integer, CompletableFuture<ChatStanza>> results = new ConcurrentHashMap<>();
  private final Lines traffic = new Lines();
  private final ChildProcess process;

  private ChatClient(XmppServer server, String jid) {
    this.jid = jid;
    this.process =
        ChildProcess.start(
            name(),
            folder.path(),
            List.of(
                PYTHON.toString(),
                script(),
                Integer.toString(server.clientPort()),
                jid,
                XmppServer.PASSWORD),
            this::received);
  }

  /**
   * Logs in and is available: its own presence has come back.
   *
   * @param user an account of the server
   */
  static ChatClient login(XmppServer server, String user) {
    return login(server, user, "test");
  }

  /** The same with a resource of the caller's choice. */
  static ChatClient login(XmppServer server, String user, String resource) {
    ChatClient client = new ChatClient(server, user + "@" + XmppServer.HOST + "/" + resource);
    ChatStanza state = client.take(client.states, LIMIT, "a session", any -> true);
    if (!state.text("event").equals("online")) {
      String log = client.log();
      client.close();
      throw new AssertionError(user + " could not log in: " + state + "\n" + log);
    }
    if (server.sendsOwnPresence()) {
      client.takePresence("its own presence", p -> p.from().equals(client.jid));
    } else {
      // What is answered now came after the presence.
      client.ping(XmppServer.HOST);
    }
    return client;
  }

  private static String script() {
    URL script =
        Objects.requireNonNull(ChatClient.class.getResource("chat_client.py"), "chat_client.py");
    try {
      return Path.of(script.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void received(String line) {
    traffic.add("< " + line);
    ChatStanza event = new ChatStanza(JSON.readTree(line));
    switch (event.text("event")) {
      case "iq" -> history.add(event);
      case "message" -> {
        history.add(event);
        messages.add(event);
      }
      case "presence" -> {
        history.add(event);
        presences.add(event);
      }
      case "result" -> {
        CompletableFuture<ChatStanza> result = results.remove(event.json().path("n").asInt());
        if (result != null) {
          result.complete(event);
        }
      }
      default -> states.add(event);
    }
  }

  private void command(ObjectNode command) {
    traffic.add("> " + command);
    process.writeLine(command.toString());
  }

  private static ObjectNode op(String name) {
    return JSON.createObjectNode().put("op", name);
  }

  /** Its full JID. */
  String jid() {
    return jid;
  }

  /** Sends a chat message and gives its id. */
  String send(String to, String body) {
    return send(to, body, "chat");
  }

  /** Sends a message of a type and gives its id. */
  String send(String to, String body, String type) {
    String id = "m" + numbers.incrementAndGet();
    command(op("message").put("to", to).put("body", body).put("type", type).put("id", id));
    return id;
  }

  /** Sends XML as it is. */
  void sendRaw(String xml) {
    command(op("raw").put("xml", xml));
  }

  /** Asks for a presence subscription. */
  void subscribe(String to) {
    command(op("subscribe").put("to", to));
  }

  /** Enters a room, and returns once the room has said so. */
  void join(String room, String nick) {
    command(op("join").put("room", room).put("nick", nick));
    takePresence("its own presence in " + room, p -> p.from().equals(room + "/" + nick));
  }

  /** Makes a new room for all: it is locked until its owner has accepted its configuration. */
  void open(String room, String nick) {
    join(room, nick);
    String accept = "<x xmlns='jabber:x:data' type='submit'/>";
    ChatStanza answer = iq(room, "set", "<query xmlns='" + MUC_OWNER + "'>" + accept + "</query>");
    if (!answer.type().equals("result")) {
      throw new AssertionError(room + " cannot be opened: " + answer);
    }
  }

  /** XEP-0199. */
  ChatStanza ping(String to) {
    return request(op("ping").put("to", to));
  }

  /** XEP-0030; the answer has {@code identities} and {@code features}. */
  ChatStanza discoInfo(String to, @Nullable String node) {
    return request(op("disco_info").put("to", to).put("node", node));
  }

  /** XEP-0030; the answer has {@code items}. */
  ChatStanza discoItems(String to) {
    return request(op("disco_items").put("to", to));
  }

  /** XEP-0092; the answer has {@code name} and {@code version}. */
  ChatStanza version(String to) {
    return request(op("version").put("to", to));
  }

  /** Any other iq request. */
  ChatStanza iq(String to, String type, String payload) {
    return request(op("iq").put("to", to).put("type", type).put("payload", payload));
  }

  private ChatStanza request(ObjectNode command) {
    int number = numbers.incrementAndGet();
    CompletableFuture<ChatStanza> result = new CompletableFuture<>();
    results.put(number, result);
    command(command.put("n", number).put("timeout", LIMIT.toSeconds()));
    try {
      return result.get(LIMIT.toSeconds() * 2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no outcome of " + command + "\n" + log(), e);
    }
  }

  /** The next message, of any type. */
  ChatStanza takeMessage() {
    return take(messages, LIMIT, "a message", any -> true);
  }

  /** The next message that meets a condition; others before it are passed over. */
  ChatStanza takeMessage(String what, Predicate<ChatStanza> wanted) {
    return take(messages, LIMIT, what, wanted);
  }

  /** The next presence that meets a condition; others before it are passed over. */
  ChatStanza takePresence(String what, Predicate<ChatStanza> wanted) {
    return take(presences, LIMIT, what, wanted);
  }

  /** All stanzas so far, of every kind, in order of arrival. */
  List<ChatStanza> history() {
    return List.copyOf(history);
  }

  /** The messages that come within a time. */
  List<ChatStanza> messagesWithin(Duration time) {
    Await.holds(time, () -> false);
    List<ChatStanza> come = new java.util.ArrayList<>();
    messages.drainTo(come);
    return come;
  }

  private ChatStanza take(
      BlockingQueue<ChatStanza> queue, Duration limit, String what, Predicate<ChatStanza> wanted) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (ChatStanza next; ; ) {
        next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          throw new AssertionError(
              jid + " did not get " + what + " within " + limit.toSeconds() + " s\n" + log());
        }
        if (wanted.test(next)) {
          return next;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public String name() {
    return "client-" + jid.substring(0, jid.indexOf('@'));
  }

  @Override
  public String log() {
    return traffic + process.log();
  }

  @Override
  public void close() {
    process.close();
    folder.close();
  }
}
