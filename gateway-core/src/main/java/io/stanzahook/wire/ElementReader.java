package io.stanzahook.wire;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.async.AsyncByteArrayScanner;
import com.fasterxml.aalto.async.AsyncStreamReaderImpl;
import com.fasterxml.aalto.in.ByteBasedPNameTable;
import com.fasterxml.aalto.in.ReaderConfig;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import io.stanzahook.xml.XmlChars;
import java.util.Arrays;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An Aalto reader that has read the stream's start tag and takes whole elements, one at a time, so
 * that each is read in the namespace context of the stream.
 *
 * <p>A reader remembers every name it meets, so hostile names could cause a leak and a slowdown
 * (measured: 130 bytes a name; with 120,000 of them a stanza with a new one takes 0.2 ms). So it is
 * replaced after a bounded amount of XML, and a new one reads the start tag again. It is never
 * closed, because closing merges its names into the factory.
 *
 * <p>Its table of names is one without a secret: names with equal hashes are gone through one by
 * one, so that 4,000 of them in one element took half a second of the event loop. So the table is
 * small: past {@link #MAX_NAMES} the reader goes on with an empty one.
 */
final class ElementReader {
  /**
   * The maximum number of names in a reader's table, besides those of one tag: an ordinary stream
   * has 100.
   */
  static final int MAX_NAMES = 256;

  /** The maximum that one reader reads: about ten thousand names in the worst case. */
  static final int MAX_BYTES = 256 * 1024;

  private final InputFactoryImpl factory = new InputFactoryImpl();
  private final byte[] startTag;
  private AsyncXMLStreamReader<AsyncByteArrayFeeder> reader;
  private Scanner scanner;
  private int bytes;

  /**
   * Reads the stream's start tag; the reader stands at it.
   *
   * @throws StreamViolation if it is not well-formed
   */
  ElementReader(byte[] data, int offset, int length) throws StreamViolation {
    startTag = Arrays.copyOfRange(data, offset, offset + length);
    scanner = newScanner();
    reader = newReader(scanner);
  }

  private Scanner newScanner() {
    // What the factory does, with a scanner whose names can be got at.
    ReaderConfig config = factory.getNonSharedConfig(null, null, null, false, false);
    config.setActualEncoding("UTF-8");
    return new Scanner(config);
  }

  private AsyncXMLStreamReader<AsyncByteArrayFeeder> newReader(Scanner names)
      throws StreamViolation {
    AsyncXMLStreamReader<AsyncByteArrayFeeder> fresh = new AsyncStreamReaderImpl<>(names);
    feed(fresh, startTag, 0, startTag.length);
    int event = next(fresh);
    while (event == AsyncXMLStreamReader.START_DOCUMENT) {
      event = next(fresh);
    }
    if (event != AsyncXMLStreamReader.START_ELEMENT) {
      throw new StreamViolation(StreamCondition.NOT_WELL_FORMED, "no start tag of a stream");
    }
    return fresh;
  }

  /**
   * Reads a whole element; the reader is then at its start tag. Before, the reader must be at the
   * end tag of the previous element.
   */
  AsyncXMLStreamReader<AsyncByteArrayFeeder> begin(byte[] data, int offset, int length)
      throws StreamViolation {
    if (bytes > MAX_BYTES) {
      scanner = newScanner();
      reader = newReader(scanner);
      bytes = 0;
    }
    bytes += length;
    feed(reader, data, offset, length);
    if (next(reader) != AsyncXMLStreamReader.START_ELEMENT) {
      throw new StreamViolation(StreamCondition.NOT_WELL_FORMED, "no start tag of an element");
    }
    return reader;
  }

  /**
   * A start tag of an element that is not whole yet, in the stream's namespace context. The reader
   * for it is left behind: rare, as few elements are no stanzas.
   */
  XMLStreamReader peek(byte[] data, int offset, int length) throws StreamViolation {
    AsyncXMLStreamReader<AsyncByteArrayFeeder> fresh = newReader(newScanner());
    feed(fresh, data, offset, length);
    if (next(fresh) != AsyncXMLStreamReader.START_ELEMENT) {
      throw new StreamViolation(StreamCondition.NOT_WELL_FORMED, "no start tag of an element");
    }
    return fresh;
  }

  /** The reader, at the stream's start tag until the first element. */
  AsyncXMLStreamReader<AsyncByteArrayFeeder> reader() {
    return reader;
  }

  /** The stream's start tag. */
  byte[] startTag() {
    return startTag;
  }

  /** Moves on by one event. */
  int next() throws StreamViolation {
    scanner.boundNames();
    return next(reader);
  }

  /** How many names are in the reader's table. */
  int names() {
    return scanner.names();
  }

  /** Aalto's scanner, with a bound for the names that it remembers. */
  private static final class Scanner extends AsyncByteArrayScanner {
    private static final int TABLE = 64;

    Scanner(ReaderConfig config) {
      super(config);
    }

    int names() {
      return _symbols.size();
    }

    /** Between two events: the names of one tag are compared with each other. */
    void boundNames() {
      if (_symbols.size() > MAX_NAMES) {
        _symbols = new ByteBasedPNameTable(TABLE);
      }
    }
  }

  /** The text at the current event. */
  String text() throws StreamViolation {
    try {
      return reader.getText();
    } catch (RuntimeException e) {
      throw malformed(e.getMessage());
    }
  }

  private static int next(AsyncXMLStreamReader<AsyncByteArrayFeeder> reader)
      throws StreamViolation {
    try {
      int event = reader.next();
      if (event == AsyncXMLStreamReader.EVENT_INCOMPLETE) {
        throw malformed("an element without its end tag");
      }
      if (event == AsyncXMLStreamReader.START_ELEMENT) {
        checkDeclarations(reader);
        checkNames(reader);
      }
      return event;
    } catch (XMLStreamException | RuntimeException e) {
      throw malformed(e.getMessage());
    }
  }

  /** What Aalto 1.4.0 takes and Namespaces in XML 1.0 does not (2.2, 5 and 7). */
  private static void checkDeclarations(XMLStreamReader element) throws StreamViolation {
    for (int i = 0; i < element.getNamespaceCount(); i++) {
      String prefix = element.getNamespacePrefix(i);
      if (prefix == null || prefix.isEmpty()) {
        continue;
      }
      String namespace = element.getNamespaceURI(i);
      if (namespace == null || namespace.isEmpty()) {
        throw malformed("a prefix is declared without a namespace");
      }
      if (!XmlChars.isNcName(prefix)) {
        throw malformed("a prefix is declared that is not a name");
      }
    }
  }

  /** Aalto checks a name as a whole, and not what comes after its colon. */
  private static void checkNames(XMLStreamReader element) throws StreamViolation {
    checkName(element.getPrefix(), element.getLocalName());
    for (int i = 0; i < element.getAttributeCount(); i++) {
      checkName(element.getAttributePrefix(i), element.getAttributeLocalName(i));
    }
  }

  private static void checkName(@Nullable String prefix, String name) throws StreamViolation {
    if (prefix != null && !prefix.isEmpty() && !XmlChars.isNcName(name)) {
      throw malformed("no name after the prefix '" + prefix + ":'");
    }
  }

  private static void feed(
      AsyncXMLStreamReader<AsyncByteArrayFeeder> reader, byte[] data, int offset, int length)
      throws StreamViolation {
    try {
      reader.getInputFeeder().feedInput(data, offset, length);
    } catch (XMLStreamException | RuntimeException e) {
      throw malformed(e.getMessage());
    }
  }

  /** Aalto's first line says what is wrong; the next ones where, which means nothing here. */
  private static StreamViolation malformed(@Nullable String message) {
    String first = message == null ? "" : message.lines().findFirst().orElse("");
    return new StreamViolation(
        StreamCondition.NOT_WELL_FORMED, "XML that is not well-formed: " + first);
  }
}
