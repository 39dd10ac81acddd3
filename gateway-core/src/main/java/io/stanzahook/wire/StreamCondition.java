package io.stanzahook.wire;

import org.jspecify.annotations.Nullable;

/** Conditions of stream errors, each with its meaning for a component (RFC 6120, 4.9.3). */
public enum StreamCondition {
  BAD_FORMAT("bad-format", Cause.OUR_OUTPUT),
  BAD_NAMESPACE_PREFIX("bad-namespace-prefix", Cause.OUR_OUTPUT),
  CONFLICT("conflict", Cause.TRANSIENT),
  CONNECTION_TIMEOUT("connection-timeout", Cause.TRANSIENT),
  HOST_GONE("host-gone", Cause.CONFIGURATION),
  HOST_UNKNOWN("host-unknown", Cause.CONFIGURATION),
  IMPROPER_ADDRESSING("improper-addressing", Cause.CONFIGURATION),
  INTERNAL_SERVER_ERROR("internal-server-error", Cause.TRANSIENT),
  INVALID_FROM("invalid-from", Cause.OUR_OUTPUT),
  INVALID_NAMESPACE("invalid-namespace", Cause.CONFIGURATION),
  INVALID_XML("invalid-xml", Cause.OUR_OUTPUT),
  NOT_AUTHORIZED("not-authorized", Cause.CONFIGURATION),
  NOT_WELL_FORMED("not-well-formed", Cause.OUR_OUTPUT),
  POLICY_VIOLATION("policy-violation", Cause.OUR_OUTPUT),
  REMOTE_CONNECTION_FAILED("remote-connection-failed", Cause.TRANSIENT),
  RESET("reset", Cause.TRANSIENT),
  RESOURCE_CONSTRAINT("resource-constraint", Cause.TRANSIENT),
  RESTRICTED_XML("restricted-xml", Cause.OUR_OUTPUT),
  SEE_OTHER_HOST("see-other-host", Cause.TRANSIENT),
  SYSTEM_SHUTDOWN("system-shutdown", Cause.TRANSIENT),
  UNDEFINED_CONDITION("undefined-condition", Cause.TRANSIENT),
  UNSUPPORTED_ENCODING("unsupported-encoding", Cause.CONFIGURATION),
  UNSUPPORTED_FEATURE("unsupported-feature", Cause.CONFIGURATION),
  UNSUPPORTED_STANZA_TYPE("unsupported-stanza-type", Cause.OUR_OUTPUT),
  UNSUPPORTED_VERSION("unsupported-version", Cause.CONFIGURATION);

  /** Where the fault lies, which decides what to do after the stream ended. */
  public enum Cause {
    /** In the configuration of either side: retrying soon is pointless. */
    CONFIGURATION,
    /** Temporary: retry after a pause. */
    TRANSIENT,
    /** In what we wrote: retry, but never write the same stanzas again. */
    OUR_OUTPUT
  }

  private final String elementName;
  private final Cause cause;

  StreamCondition(String elementName, Cause cause) {
    this.elementName = elementName;
    this.cause = cause;
  }

  /** The condition's element name. */
  public String elementName() {
    return elementName;
  }

  /** Where the fault lies when a server sends this condition. */
  public Cause cause() {
    return cause;
  }

  /** The condition of that element name; {@link #UNDEFINED_CONDITION} for one not known. */
  public static StreamCondition ofElement(@Nullable String elementName) {
    for (StreamCondition condition : values()) {
      if (condition.elementName.equals(elementName)) {
        return condition;
      }
    }
    return UNDEFINED_CONDITION;
  }
}
