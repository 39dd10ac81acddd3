package io.stanzahook.stanza;

/** The defined conditions of stanza errors with their usual types (RFC 6120, 8.3.3). */
public enum ErrorCondition {
  BAD_REQUEST("bad-request", ErrorType.MODIFY),
  CONFLICT("conflict", ErrorType.CANCEL),
  FEATURE_NOT_IMPLEMENTED("feature-not-implemented", ErrorType.CANCEL),
  FORBIDDEN("forbidden", ErrorType.AUTH),
  GONE("gone", ErrorType.CANCEL),
  INTERNAL_SERVER_ERROR("internal-server-error", ErrorType.CANCEL),
  ITEM_NOT_FOUND("item-not-found", ErrorType.CANCEL),
  JID_MALFORMED("jid-malformed", ErrorType.MODIFY),
  NOT_ACCEPTABLE("not-acceptable", ErrorType.MODIFY),
  NOT_ALLOWED("not-allowed", ErrorType.CANCEL),
  NOT_AUTHORIZED("not-authorized", ErrorType.AUTH),
  POLICY_VIOLATION("policy-violation", ErrorType.MODIFY),
  RECIPIENT_UNAVAILABLE("recipient-unavailable", ErrorType.WAIT),
  REDIRECT("redirect", ErrorType.MODIFY),
  REGISTRATION_REQUIRED("registration-required", ErrorType.AUTH),
  REMOTE_SERVER_NOT_FOUND("remote-server-not-found", ErrorType.CANCEL),
  REMOTE_SERVER_TIMEOUT("remote-server-timeout", ErrorType.WAIT),
  RESOURCE_CONSTRAINT("resource-constraint", ErrorType.WAIT),
  SERVICE_UNAVAILABLE("service-unavailable", ErrorType.CANCEL),
  SUBSCRIPTION_REQUIRED("subscription-required", ErrorType.AUTH),
  UNDEFINED_CONDITION("undefined-condition", ErrorType.CANCEL),
  UNEXPECTED_REQUEST("unexpected-request", ErrorType.WAIT);

  private final String elementName;
  private final ErrorType defaultType;

  ErrorCondition(String elementName, ErrorType defaultType) {
    this.elementName = elementName;
    this.defaultType = defaultType;
  }

  /** The condition's element name. */
  public String elementName() {
    return elementName;
  }

  /** The type that the RFC names for it, or the first one if it names several. */
  public ErrorType defaultType() {
    return defaultType;
  }

  /** A stanza error of this condition and its usual type. */
  public StanzaError error(String text) {
    return new StanzaError(defaultType, this, text);
  }
}
