package io.stanzahook.xml;

/** Text that is not one well-formed element within the limits; the message says where and why. */
public final class XmlException extends Exception {
  private static final long serialVersionUID = 1L;

  public XmlException(String message) {
    super(message);
  }
}
