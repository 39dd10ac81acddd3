package io.stanzahook.app.console;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.KeptStanzaReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Deliveries that have ended, in an SQLite file: they survive a restart. The oldest go first, by
 * age and by size. It is for looking at: what a crash or a slow disk takes from it is lost, and no
 * delivery waits for it. Writing, deleting and searching are one class because they share the three
 * tables.
 *
 * <p>Threading: {@link #add} is for any thread and never waits; a thread of its own writes.
 * Everything else blocks, one call at a time.
 */
public final class DeliveryFile implements AutoCloseable {
  /** Older ones are deleted. */
  static final Duration MAX_AGE = Duration.ofHours(24);

  /** Beyond so many bytes, the oldest are deleted. */
  static final long MAX_BYTES = 1L << 30;

  /** Deliveries that wait to be written; further ones are lost. */
  static final int MAX_QUEUED = 5_000;

  /** Deliveries in one transaction. */
  private static final int MAX_BATCH = 500;

  /** Bytes of text that one search looks through, the newest deliveries first. */
  static final long MAX_SEARCHED = 96L << 20;

  /** Deliveries looked at in one step of a search for text. */
  private static final int STEP = 5_000;

  /** Deliveries written between two looks at age and size. */
  private static final int TRIM_EVERY = 2_000;

  /** Deliveries of one batch that are read. */
  private static final int MAX_TOGETHER = 1_000;

  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final int BUSY_MILLIS = 5_000;

  /** Marks SQLite files that are such a log: "SHdl". */
  private static final int APPLICATION = 0x5348646C;

  private static final int FORMAT = 1;

  private static final Logger log = LoggerFactory.getLogger("stanzahook");
  private static final JsonFactory JSON = new JsonFactory();
  private static final JsonMapper MAPPER = new JsonMapper();

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE delivery(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, began INTEGER"
              + " NOT NULL, domain TEXT NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL, jids"
              + " TEXT NOT NULL, codes TEXT NOT NULL, size INTEGER NOT NULL)",
          "CREATE TABLE content(seq INTEGER PRIMARY KEY, text TEXT NOT NULL)",
          "CREATE TABLE shown(seq INTEGER PRIMARY KEY, summary TEXT NOT NULL, bodies TEXT NOT NULL,"
              + " stanza BLOB)");

  private final Path path;
  private final InstantSource clock;
  private final long maxBytes;
  private final BlockingQueue<Ended> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final AtomicLong lost = new AtomicLong();
  private final CountDownLatch written = new CountDownLatch(1);
  private final Connection writer;
  private final Connection reader;
  private final Thread thread;
  private volatile boolean closing;
  private long last;
  private int untrimmed;

  /**
   * A delivery that has ended.
   *
   * @param stanza to be sent again; null where it is not kept
   */
  record Ended(SeenDelivery delivery, @Nullable Stanza stanza) {}

  /**
   * What to look for.
   *
   * @param ids that are known already, and left out
   * @param domain of the component; null for all
   * @param batches that it was called in
   * @param since in milliseconds since 1970; as {@code until}, the delivery was first seen then
   */
  public record Query(
      Set<String> ids,
      @Nullable String id,
      @Nullable String domain,
      List<String> batches,
      List<String> kinds,
      List<String> states,
      List<String> statuses,
      List<String> jids,
      List<String> texts,
      long since,
      long until) {}

  /**
   * What was found, the newest first.
   *
   * @param deliveries each a JSON object
   * @param cut whether there may be more
   */
  public record Found(List<String> deliveries, boolean cut) {}

  private DeliveryFile(Path path, InstantSource clock, long maxBytes) throws SQLException {
    this.path = path;
    this.clock = clock;
    this.maxBytes = maxBytes;
    this.writer = connect(path, false);
    try {
      prepare();
      last = number("SELECT coalesce(max(seq), 0) FROM delivery");
      trim();
      this.reader = connect(path, true);
      try (Statement statement = reader.createStatement()) {
        statement.execute("PRAGMA mmap_size = " + MAX_BYTES);
      }
    } catch (SQLException | RuntimeException e) {
      writer.close();
      throw e;
    }
    this.thread = new Thread(this::write, "delivery-log");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Opens the file, or creates it, for its owner alone.
   *
   * @throws IOException saying what is wrong with it
   */
  public static DeliveryFile open(Path path) throws IOException {
    return open(path, InstantSource.system(), MAX_BYTES);
  }

  static DeliveryFile open(Path path, InstantSource clock, long maxBytes) throws IOException {
    try {
      create(path);
      return new DeliveryFile(path, clock, maxBytes);
    } catch (IOException | SQLException e) {
      throw new IOException(
          "--delivery-log-file: the file %s cannot be used: %s".formatted(path, reason(e)), e);
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static void create(Path path) throws IOException {
    try {
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(path);
      }
    } catch (FileAlreadyExistsException e) {
      // It is from before.
    }
  }

  private static Connection connect(Path path, boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setReadOnly(readOnly);
    return config.createConnection("jdbc:sqlite:" + path);
  }

  private void prepare() throws SQLException {
    long tables = number("SELECT count(*) FROM sqlite_schema");
    if (tables > 0
        && (number("PRAGMA application_id") != APPLICATION
            || number("PRAGMA user_version") != FORMAT)) {
      throw new SQLException("it is no delivery log of this version; name another file");
    }
    run("PRAGMA journal_mode = WAL");
    // A crash of the machine may lose the last of them.
    run("PRAGMA synchronous = NORMAL");
    if (tables == 0) {
      for (String table : TABLES) {
        run(table);
      }
      run("PRAGMA application_id = " + APPLICATION);
      run("PRAGMA user_version = " + FORMAT);
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Takes a delivery that has ended. Never waits: where too many do, it is lost. */
  void add(SeenDelivery delivery, @Nullable Stanza stanza) {
    if (closing || !queue.offer(new Ended(delivery, stanza))) {
      lost.incrementAndGet();
    }
  }

  private void write() {
    List<Ended> batch = new ArrayList<>();
    try {
      while (!closing || !queue.isEmpty()) {
        Ended first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, MAX_BATCH - 1);
        save(batch);
        batch.clear();
        long gone = lost.getAndSet(0);
        if (gone > 0) {
          log.warn(
              "{} deliveries are missing in the delivery log {}: the disk is too slow for them",
              gone,
              path);
        }
      }
    } catch (SQLException e) {
      closing = true;
      log.error(
          "the delivery log {} cannot be written, and nothing more is added until a restart: {}",
          path,
          e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      written.countDown();
    }
  }

  private void save(List<Ended> batch) throws SQLException {
    UnaryOperator<String> plain = UnaryOperator.identity();
    writer.setAutoCommit(false);
    try (PreparedStatement delivery =
            writer.prepareStatement(
                "INSERT INTO delivery VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        PreparedStatement content = writer.prepareStatement("INSERT INTO content VALUES(?, ?)");
        PreparedStatement shown = writer.prepareStatement("INSERT INTO shown VALUES(?, ?, ?, ?)")) {
      for (Ended each : batch) {
        SeenDelivery seen = each.delivery();
        long seq = ++last;
        String text = text(seen);
        delivery.setLong(1, seq);
        delivery.setString(2, seen.webhookId());
        delivery.setLong(3, seen.beganAt());
        delivery.setString(4, Jid.comparableDomain(seen.to().domain()));
        delivery.setString(5, seen.kind());
        delivery.setString(6, seen.outcome().label());
        delivery.setString(7, TextSearch.folded(seen.from() + "\n" + seen.to()));
        delivery.setString(8, codes(seen));
        delivery.setInt(9, text.length());
        if (delivery.executeUpdate() == 0) {
          // It ended before, and was made again under its old id: as dead letters are.
          forget(seen.webhookId());
          delivery.executeUpdate();
        }
        content.setLong(1, seq);
        content.setString(2, text);
        content.executeUpdate();
        Stanza stanza = each.stanza();
        shown.setLong(1, seq);
        shown.setString(2, json(json -> DeliveryPage.write(json, seen, false, plain)));
        shown.setString(3, json(json -> bodies(json, seen)));
        shown.setBytes(4, stanza == null ? null : stanza.xml().utf8());
        shown.executeUpdate();
      }
      writer.commit();
    } finally {
      writer.setAutoCommit(true);
    }
    untrimmed += batch.size();
    if (untrimmed >= TRIM_EVERY) {
      trim();
    }
  }

  private static String codes(SeenDelivery seen) {
    StringJoiner codes = new StringJoiner(" ", " ", " ");
    for (SeenAttempt attempt : seen.attempts()) {
      codes.add(attempt.outcome()).add(Integer.toString(attempt.status()));
    }
    for (SeenBatch batch : seen.batches()) {
      codes.add(batch.id());
    }
    return codes.toString();
  }

  private static String text(SeenDelivery seen) {
    StringJoiner text = new StringJoiner("\n");
    TextSearch.texts(seen).forEach(text::add);
    return TextSearch.folded(text.toString());
  }

  private static String json(Consumer<JsonGenerator> writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      writing.accept(json);
    }
    return text.toString();
  }

  private static void bodies(JsonGenerator json, SeenDelivery seen) {
    json.writeStartObject();
    DeliveryPage.writeBodies(json, seen);
    json.writeEndObject();
  }

  private void forget(String id) throws SQLException {
    try (PreparedStatement old = writer.prepareStatement("SELECT seq FROM delivery WHERE id = ?")) {
      old.setString(1, id);
      try (ResultSet row = old.executeQuery()) {
        if (row.next()) {
          delete("seq = " + row.getLong(1));
        }
      }
    }
  }

  private void delete(String which) throws SQLException {
    for (String table : List.of("content", "shown", "delivery")) {
      run("DELETE FROM " + table + " WHERE " + which);
    }
  }

  /** Deletes what is too old, and a twentieth where it is too large. */
  private void trim() throws SQLException {
    untrimmed = 0;
    long old = clock.millis() - MAX_AGE.toMillis();
    delete("seq <= coalesce((SELECT max(seq) FROM delivery WHERE began < " + old + "), 0)");
    while (number("PRAGMA page_size")
            * (number("PRAGMA page_count") - number("PRAGMA freelist_count"))
        > maxBytes) {
      long first = number("SELECT coalesce(min(seq), 0) FROM delivery");
      if (first == 0) {
        return;
      }
      delete("seq <= " + (first + (last - first) / 20));
    }
  }

  /** The delivery with that id that is kept here, as its stanza; null where there is none. */
  public synchronized @Nullable Stanza stanza(String id) throws IOException {
    try (PreparedStatement statement =
        reader.prepareStatement(
            "SELECT domain, stanza FROM delivery JOIN shown USING (seq) WHERE id = ?")) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        byte[] xml = row.getBytes(2);
        return xml == null ? null : new KeptStanzaReader(row.getString(1)).read(xml, null);
      }
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /** The batch of a delivery's last call; null without one, or where it is not kept here. */
  public synchronized @Nullable String batchOf(String id) throws IOException {
    try (PreparedStatement statement =
        reader.prepareStatement(
            "SELECT summary FROM delivery JOIN shown USING (seq) WHERE id = ?")) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        JsonNode batch = row.next() ? MAPPER.readTree(row.getString(1)).get("batch") : null;
        return batch == null ? null : batch.asString();
      }
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /** The deliveries that were called in a batch and are kept here, in any order. */
  public synchronized List<BatchMember> batch(String id) throws IOException {
    try (PreparedStatement statement =
        reader.prepareStatement(
            "SELECT id, domain, summary, stanza FROM delivery JOIN shown USING (seq) WHERE"
                + " instr(codes, ?) > 0 ORDER BY seq DESC LIMIT "
                + MAX_TOGETHER)) {
      statement.setString(1, spaced(id));
      List<BatchMember> members = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          SeenBatch in = in(id, MAPPER.readTree(row.getString(3)));
          byte[] xml = row.getBytes(4);
          if (in != null) {
            members.add(
                new BatchMember(
                    in,
                    row.getString(1),
                    xml == null ? null : new KeptStanzaReader(row.getString(2)).read(xml, null)));
          }
        }
      }
      return members;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private static @Nullable SeenBatch in(String id, JsonNode summary) {
    for (JsonNode each : summary.path("batches")) {
      if (each.path("id").asString("").equals(id)) {
        return new SeenBatch(
            id,
            each.path("size").asInt(0),
            each.path("place").asInt(1) - 1,
            each.path("attempt").asInt(1),
            each.path("own_attempt").asInt(1));
      }
    }
    return null;
  }

  /** Whether it has a delivery with that id. */
  public synchronized boolean has(String id) throws IOException {
    try (PreparedStatement statement =
        reader.prepareStatement("SELECT 1 FROM delivery WHERE id = ?")) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private IOException unreadable(SQLException e) {
    return new IOException("the delivery log %s cannot be read: %s".formatted(path, reason(e)), e);
  }

  /** Looks for deliveries, the newest first. */
  public synchronized Found find(Query query, int limit, boolean bodies) throws IOException {
    try {
      List<String> found = new ArrayList<>();
      if (query.texts().isEmpty()) {
        return new Found(found, step(query, Long.MAX_VALUE, 0, limit, bodies, found));
      }
      long searched = 0;
      long newest = highest();
      for (long to = newest; to > 0; to -= STEP) {
        if (searched > MAX_SEARCHED) {
          return new Found(found, true);
        }
        if (step(query, to, to - STEP, limit, bodies, found)) {
          return new Found(found, true);
        }
        searched += size(to);
      }
      return new Found(found, false);
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private long highest() throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(seq) FROM delivery")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private long size(long to) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(sum(size), 0) FROM delivery WHERE seq <= %d AND seq > %d"
                    .formatted(to, to - STEP))) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Adds what is between; true once there are more than the limit. */
  private boolean step(
      Query query, long to, long beyond, int limit, boolean bodies, List<String> found)
      throws SQLException {
    List<Object> values = new ArrayList<>(List.of(to, beyond));
    String where = where(query, values);
    try (PreparedStatement statement =
            reader.prepareStatement(
                ("SELECT d.seq, d.id FROM %s WHERE first.seq <= ? AND first.seq > ?%s ORDER BY"
                        + " first.seq DESC")
                    .formatted(tables(query, values.size()), where)
                    .replace("first.", isTextFirst(query, values.size()) ? "c." : "d."));
        PreparedStatement one =
            reader.prepareStatement(
                // Two objects, made one: the end of the first and the beginning of the second go.
                bodies
                    ? "SELECT substr(summary, 1, length(summary) - 1) || ',' || substr(bodies, 2)"
                        + " FROM shown WHERE seq = ?"
                    : "SELECT summary FROM shown WHERE seq = ?")) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      long size = found.stream().mapToLong(String::length).sum();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (query.ids().contains(row.getString(2))) {
            continue;
          }
          if (found.size() == limit || size > DeliveryPage.MAX_BODIES) {
            return true;
          }
          one.setLong(1, row.getLong(1));
          try (ResultSet json = one.executeQuery()) {
            if (json.next()) {
              found.add(json.getString(1));
              size += found.get(found.size() - 1).length();
            }
          }
        }
      }
    }
    return false;
  }

  /** Whether the text is all that is asked for: then it is looked at first, else last. */
  private static boolean isTextFirst(Query query, int conditions) {
    return !query.texts().isEmpty() && conditions == query.texts().size() + 2;
  }

  private static String tables(Query query, int conditions) {
    if (query.texts().isEmpty()) {
      return "delivery d";
    }
    return isTextFirst(query, conditions)
        ? "content c CROSS JOIN delivery d ON d.seq = c.seq"
        : "delivery d CROSS JOIN content c ON c.seq = d.seq";
  }

  private static String where(Query query, List<Object> values) {
    StringBuilder where = new StringBuilder();
    add("d.id = ?", query.id() == null ? List.of() : List.of(query.id()), where, values);
    add(
        "d.domain = ?",
        query.domain() == null ? List.of() : List.of(Jid.comparableDomain(query.domain())),
        where,
        values);
    add("instr(d.codes, ?) > 0", spaced(query.batches()), where, values);
    add("d.kind = ?", query.kinds(), where, values);
    add("d.outcome = ?", query.states(), where, values);
    for (String status : query.statuses()) {
      where.append(" AND (d.outcome = ? OR instr(d.codes, ?) > 0)");
      values.add(status);
      values.add(spaced(status));
    }
    add("instr(d.jids, ?) > 0", folded(query.jids()), where, values);
    add("instr(c.text, ?) > 0", folded(query.texts()), where, values);
    if (query.since() > 0) {
      add("d.began >= ?", List.of(query.since()), where, values);
    }
    if (query.until() < Long.MAX_VALUE) {
      add("d.began <= ?", List.of(query.until()), where, values);
    }
    return where.toString();
  }

  /** As a whole word among the codes. */
  private static String spaced(String word) {
    return " " + word + " ";
  }

  private static List<String> spaced(List<String> words) {
    return words.stream().map(DeliveryFile::spaced).toList();
  }

  private static List<String> folded(List<String> texts) {
    return texts.stream().map(TextSearch::folded).toList();
  }

  private static void add(
      String condition, List<?> wanted, StringBuilder where, List<Object> values) {
    for (Object value : wanted) {
      where.append(" AND ").append(condition);
      values.add(value);
    }
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() {
    closing = true;
    try {
      if (!written.await(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("the last deliveries are missing in the delivery log {}", path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      try (Connection first = reader;
          Connection second = writer) {
        log.debug("{} is closed: {}, {}", path, first, second);
      } catch (SQLException e) {
        log.warn("the delivery log {} did not close cleanly: {}", path, e.getMessage());
      }
    }
  }
}
